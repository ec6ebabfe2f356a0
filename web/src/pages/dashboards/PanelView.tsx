// What a panel shows of its answers, by its kind; and when it cannot, what to do about it.

import { useMemo } from "react";
import type { Panel } from "../../api/types";
import { plural } from "../../lib/format";
import { joined, limitsOf, type Part, panelChart, readingsOf } from "../../lib/panelAnswer";
import { formatUnit, formatUnitTick, isBinary } from "../../lib/units";
import { Button } from "../../ui/Button";
import { Empty, Loading } from "../../ui/Empty";
import { MetricsTable } from "../MetricsTable";
import { QueryGraph } from "../QueryGraph";
import styles from "./Dashboard.module.css";
import { PanelReadings } from "./PanelReadings";
import type { PanelFault, usePanelAnswers } from "./usePanelAnswers";

type Props = ReturnType<typeof usePanelAnswers> & {
  panel: Panel;
  title: string;
  /** Of what is drawn, in pixels. */
  height: number;
};

export function PanelView({
  panel,
  title,
  height,
  parts,
  faults,
  isAsked,
  isLoading,
  again,
}: Props) {
  if (panel.kind === "text") return <p className={styles.text}>{panel.text}</p>;
  if (!isAsked) return <Empty title="No query yet">Edit the panel and write an expression.</Empty>;
  if (faults.length > 0) return <Faults faults={faults} onAgain={again} />;
  if (parts.length === 0) return isLoading ? <Loading what={title} /> : null;
  const count = parts.reduce((sum, { answer }) => sum + countOf(answer.data.result), 0);
  if (count === 0) {
    return <Empty title="No data">Nothing matches in this range.</Empty>;
  }
  return (
    <>
      <Content panel={panel} title={title} height={height} parts={parts} />
      <Remarks parts={parts} />
    </>
  );
}

function countOf(result: unknown): number {
  return Array.isArray(result) ? result.length : 1;
}

type ContentProps = Pick<Props, "panel" | "title" | "height" | "parts">;

function Content({ panel, title, height, parts }: ContentProps) {
  const { unit } = panel;
  const decimals = panel.decimals ?? null;
  const format = (value: number) => formatUnit(value, unit, decimals);
  if (panel.kind === "graph") return <Graph {...{ panel, title, height, parts }} />;
  if (panel.kind === "table") {
    const answer = joined(parts);
    return answer && <MetricsTable answer={answer} label={title} format={format} />;
  }
  return <PanelReadings panel={panel} readings={readingsOf(parts)} format={format} />;
}

const legendHeights = { list: 52, hidden: 0 };
const sharedHeight = 20;
const fewestPx = 60;

function Graph({ panel, title, height, parts }: ContentProps) {
  const chart = useMemo(() => panelChart(parts), [parts]);
  const { unit, min, max, stacked, thresholds, decimals, id, legend } = panel;
  const spec = useMemo(
    () => ({
      id: `panel-${id}`,
      title,
      unit,
      format: (value: number) => formatUnit(value, unit, decimals ?? null),
      tick: (value: number, step: number) => formatUnitTick(value, step, unit),
      low: min,
      high: max,
      stacked,
      binary: isBinary(unit),
      limits: limitsOf(thresholds),
    }),
    [id, title, unit, decimals, min, max, stacked, thresholds],
  );
  const below = legend === "table" ? Math.round(height * 0.4) : legendHeights[legend];
  const rest = height - below - (chart.shared ? sharedHeight : 0);
  return (
    <QueryGraph
      chart={chart}
      spec={spec}
      sync="dashboard"
      height={Math.max(fewestPx, rest)}
      legend={legend}
    />
  );
}

function Faults({ faults, onAgain }: { faults: PanelFault[]; onAgain: () => void }) {
  return (
    <div className={styles.fault} role="alert">
      {faults.map(({ ref, problem, advice }) => (
        <p key={ref}>
          <strong>Query {ref}: </strong>
          {problem ? `${problem.title}. ${problem.detail}` : advice}
        </p>
      ))}
      {faults.some((one) => one.problem) && <Button onClick={onAgain}>Ask again</Button>}
    </div>
  );
}

const truncated = "results truncated due to limit";

function Remarks({ parts }: { parts: Part[] }) {
  const remarks = parts.flatMap(({ answer }) => {
    const { warnings = [], infos = [], data } = answer;
    const found = data.stats?.samples.seriesFound ?? 0;
    const shown = countOf(data.result);
    const own = [...warnings, ...infos].filter((one) => one !== truncated);
    if (warnings.includes(truncated)) {
      own.push(`${plural(shown, "series", "series")} of ${found.toLocaleString("en")} are shown.`);
    }
    return own;
  });
  if (remarks.length === 0) return null;
  return <p className={styles.remark}>{[...new Set(remarks)].join(" ")}</p>;
}
