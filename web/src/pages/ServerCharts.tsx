// The synced charts of a server.
import { useMemo, useState } from "react";
import type { SeriesAnswer } from "../api/types";
import { type Choice, chartsOf } from "../lib/serverCharts";
import { ChartCard } from "../ui/ChartCard";
import { Empty, Loading } from "../ui/Empty";
import styles from "./ServerPage.module.css";

type Props = {
  answer: SeriesAnswer | undefined;
  window: [number, number];
  cores: number | null;
};

export function ServerCharts({ answer, window, cores }: Props) {
  const [choice, setChoice] = useState<Choice>({});
  const charts = useMemo(
    () => (answer ? chartsOf(answer, cores, choice) : []),
    [answer, cores, choice],
  );
  if (!answer) return <Loading what="charts" />;
  if (charts.length === 0) {
    return (
      <Empty title="No reports in this range">
        <p>Choose a longer range, or wait for the next report.</p>
      </Empty>
    );
  }
  const choose = (id: string, name: string | undefined) => {
    setChoice(({ [id]: _, ...rest }) => (name ? { ...rest, [id]: name } : rest));
  };
  return (
    <div className={styles.charts}>
      {charts.map((chart) => (
        <ChartCard
          key={chart.id}
          spec={chart}
          times={answer.times}
          window={window}
          choice={choice[chart.id]}
          onChoice={chart.choices ? (name) => choose(chart.id, name) : undefined}
        />
      ))}
    </div>
  );
}
