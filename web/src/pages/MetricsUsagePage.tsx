// How much the team measures: what is active, stored and refused, and the metrics, labels and values
// that make the most series, each with the way to see it.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { metricsUsageQuery } from "../api/metrics";
import { problemOf } from "../api/problem";
import type { MetricsUsage } from "../api/types";
import { formatBytes, formatCount, formatPercent, plural } from "../lib/format";
import { labelOf, quoted, selectorOf } from "../lib/promql";
import { useTeamId } from "../shell/team";
import { Loading } from "../ui/Empty";
import { Facts } from "../ui/Facts";
import { Meter } from "../ui/Meter";
import { PageHeader } from "../ui/PageHeader";
import { ProblemNote } from "../ui/ProblemNote";
import { Time } from "../ui/Time";
import { MetricsRetention } from "./MetricsRetention";
import styles from "./MetricsUsagePage.module.css";
import pages from "./pages.module.css";
import { TableCard } from "./TableCard";

/** Of fewer samples the bytes are mostly what begins a block. */
const enoughToTell = 1_000_000;

export function MetricsUsagePage() {
  const team = useTeamId();
  const usage = useQuery(metricsUsageQuery(team));
  const { data, error } = usage;
  return (
    <>
      <PageHeader
        title="Retention and cardinality"
        parent={
          <Link to="/teams/$team/metrics" params={{ team }}>
            Metrics
          </Link>
        }
      />
      <div className={pages.page}>
        {error && <ProblemNote problem={problemOf(error)} />}
        {!data && !error && <Loading what="usage" />}
        {data && <Totals usage={data} />}
        {data && <Refused usage={data} />}
        {data && <MetricsRetention keptDays={data.retention_days} />}
        {data && (
          <div className={styles.ranks}>
            <TableCard
              title="Metrics"
              note="with the most series"
              query={usage}
              columns={["Metric", "Series", "Share"]}
              rows={({ metrics, series }) =>
                metrics.map((one) => (
                  <Rank
                    key={one.name}
                    name={one.name}
                    expr={selectorOf(one.name)}
                    count={one.series}
                    share={(one.series / series) * 100}
                  />
                ))
              }
            />
            <TableCard
              title="Labels"
              note="with the most values"
              query={usage}
              columns={["Label", "Values"]}
              rows={({ labels }) =>
                labels
                  .filter(isOwnLabel)
                  .map((one) => (
                    <Rank
                      key={one.name}
                      name={one.name}
                      expr={countOf(one.name)}
                      count={one.values}
                    />
                  ))
              }
            />
            <TableCard
              title="Values"
              note="that the most series have"
              query={usage}
              columns={["Label and value", "Series", "Share"]}
              rows={({ label_values, series }) =>
                label_values
                  .filter(isOwnLabel)
                  .map((one) => (
                    <Rank
                      key={`${one.name} ${one.value}`}
                      name={`${one.name}=${quoted(one.value)}`}
                      expr={metricsOf(one.name, one.value)}
                      count={one.series}
                      share={(one.series / series) * 100}
                    />
                  ))
              }
            />
          </div>
        )}
      </div>
    </>
  );
}

/** The name of the metric is a label too, and the first table has it. */
function isOwnLabel({ name }: { name: string }): boolean {
  return name !== "__name__";
}

/** The values of a label that the most series have. */
function countOf(label: string): string {
  const name = labelOf(label);
  return `topk(20, count by (${name}) ({${name}!=""}))`;
}

/** The metrics with the most series that have a value. */
function metricsOf(label: string, value: string): string {
  return `topk(20, count by (__name__) ({${labelOf(label)}=${quoted(value)}}))`;
}

type RankProps = { name: string; expr: string; count: number; share?: number };

function Rank({ name, expr, count, share }: RankProps) {
  const search = { expr, view: "table" as const };
  return (
    <tr>
      <th scope="row" className={styles.rank}>
        <Link to="/teams/$team/metrics" params={{ team: useTeamId() }} search={search}>
          <span className="mono">{name}</span>
        </Link>
      </th>
      <td className="num">{count.toLocaleString("en")}</td>
      {share !== undefined && <td className="num">{formatPercent(share)}</td>}
    </tr>
  );
}

function Totals({ usage }: { usage: MetricsUsage }) {
  const { active_series, series_max, samples_stored, bytes_stored } = usage;
  const each = samples_stored >= enoughToTell ? bytes_stored / samples_stored : null;
  const facts: Record<string, ReactNode> = {
    "Active series": (
      <>
        {active_series.toLocaleString("en")} of {formatCount(series_max)}
        <Meter percent={(active_series / series_max) * 100} />
      </>
    ),
    "Series kept": usage.series.toLocaleString("en"),
    "Samples stored": formatCount(samples_stored),
    "Samples in memory": formatCount(usage.samples_in_memory),
    "Sealed bytes": (
      <>
        {formatBytes(bytes_stored)}
        {each !== null && <span className="faint"> {each.toFixed(2)} B each</span>}
      </>
    ),
    "Kept for": plural(usage.retention_days, "day"),
  };
  return (
    <>
      <Facts facts={facts} />
      <p className="faint">
        A series is active while samples of it came within two to four hours. What is stored was
        counted at <Time at={usage.stored_at} />. The operator sets how long samples are kept at
        most and how many series may be active.
      </p>
    </>
  );
}

const reasons: Record<keyof MetricsUsage["refused"], string> = {
  too_many_series: "The team has as many active series as it may have. Drop a label below.",
  too_old: "Older than what may still be written. Look at the sender's clock and queue.",
  too_new: "Too far in the future. Look at the sender's clock.",
  bad_labels: "With labels that cannot be taken: unsorted, repeated, empty or too long.",
};

function Refused({ usage }: { usage: MetricsUsage }) {
  const found = Object.entries(reasons).flatMap(([name, why]) => {
    const count = usage.refused[name as keyof typeof reasons];
    return count > 0 ? [{ name, why, count }] : [];
  });
  if (found.length === 0) return null;
  return (
    <section className={styles.refused} aria-label="Refused samples">
      <h2>Refused since the server was started</h2>
      <ul>
        {found.map(({ name, why, count }) => (
          <li key={name}>
            <strong className="num">{plural(count, "sample")}</strong> {why}
          </li>
        ))}
      </ul>
    </section>
  );
}
