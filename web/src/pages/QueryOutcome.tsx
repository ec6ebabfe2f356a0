// What came of a query, around its chart or table: why there is none, what was left out, what the
// server remarked, and what it cost.
import type { ReactNode } from "react";
import { mostLines, mostRows } from "../api/metrics";
import type { Problem } from "../api/types";
import { plural } from "../lib/format";
import type { QueryAnswer, QueryStats } from "../lib/queryAnswer";
import { Button } from "../ui/Button";
import { Empty } from "../ui/Empty";
import { ProblemNote } from "../ui/ProblemNote";
import styles from "./MetricsPage.module.css";

export type MetricsView = "graph" | "table";

type Props = {
  expression: string;
  view: MetricsView;
  answer: QueryAnswer | undefined;
  problem: Problem | null;
  /** The field itself tells what is wrong, and where. */
  isMarked: boolean;
  isCancelled: boolean;
  onNarrow: (expression: string) => void;
  children: ReactNode;
};

const fewest = 10;
/** What the server says by `limit` is said here with numbers. */
const truncated = "results truncated due to limit";

export function QueryOutcome(props: Props) {
  const { expression, view, answer, problem, isMarked, isCancelled, onNarrow, children } = props;
  if (expression === "") {
    return (
      <Empty title="Ask for something">
        <p>Choose a metric from the list, or write an expression above and press Enter.</p>
      </Empty>
    );
  }
  if (isMarked) {
    return (
      <Empty title="The expression cannot be read">
        <p>Mend it where it is marked, and run it again.</p>
      </Empty>
    );
  }
  if (problem) return <ProblemNote problem={problem} />;
  if (isCancelled) {
    return (
      <Empty title="The query was cancelled">
        <p>Run it again, or ask for less: a shorter range, fewer series.</p>
      </Empty>
    );
  }
  if (!answer) return null;
  const { data, warnings = [], infos = [] } = answer;
  const shown = Array.isArray(data.result) ? data.result.length : 1;
  const found = data.stats?.samples.seriesFound ?? shown;
  const remarks = [...warnings, ...infos].filter((remark) => remark !== truncated);
  const isSingle = data.resultType === "scalar" || data.resultType === "string";
  return (
    <>
      {remarks.map((remark) => (
        <p key={remark} className={styles.remark}>
          {remark}
        </p>
      ))}
      {!isSingle && found > shown && (
        <p className={styles.remark} role="status">
          {plural(shown, "series", "series")} of {found.toLocaleString("en")} are shown: more than{" "}
          {(view === "graph" ? mostLines : mostRows).toLocaleString("en")} say little. Narrow the
          expression by a label, sum up, or
          <Button onClick={() => onNarrow(`topk(${fewest}, ${expression})`)}>
            Show the {fewest} largest
          </Button>
        </p>
      )}
      {shown === 0 ? (
        <Empty title="No series">
          <p>Nothing matches in this range. Widen the range, or loosen a condition.</p>
        </Empty>
      ) : (
        children
      )}
      {data.stats && <Cost stats={data.stats} />}
    </>
  );
}

function Cost({ stats }: { stats: QueryStats }) {
  const { totalQueryableSamples, seriesRead } = stats.samples;
  const ms = stats.timings.evalTotalTime * 1000;
  const took = ms < 10 ? ms.toFixed(1) : ms.toFixed(0);
  return (
    <p className="faint num">
      Read {plural(totalQueryableSamples, "sample")} of {plural(seriesRead, "series", "series")} in{" "}
      {took} ms.
    </p>
  );
}
