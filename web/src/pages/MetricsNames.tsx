// The metrics of the team to look through, and the labels of the one chosen.
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { metricSeriesQuery, mostRows } from "../api/metrics";
import { plural } from "../lib/format";
import { selectorOf } from "../lib/promql";
import { countValues } from "../lib/queryAnswer";
import { useTeamId } from "../shell/team";
import { type Column, DataTable } from "../ui/DataTable";
import { Empty } from "../ui/Empty";
import styles from "./MetricsPage.module.css";
import pages from "./pages.module.css";

type Props = { names: string[]; onChoose: (name: string) => void };

const nothingMore = () => {};
const columns: Column<string>[] = [
  {
    id: "name",
    header: "Metric",
    width: "minmax(0, 1fr)",
    cell: (name) => (
      <span className="mono" title={name}>
        {name}
      </span>
    ),
  },
];

export function MetricsNames({ names, onChoose }: Props) {
  const [filter, setFilter] = useState("");
  const [chosen, setChosen] = useState<string | null>(null);
  const words = filter.toLowerCase().split(/\s+/);
  const found = names.filter((name) => words.every((word) => name.toLowerCase().includes(word)));
  return (
    <section className={styles.names} aria-label="Metrics of the team">
      <input
        className={pages.input}
        type="search"
        aria-label="Filter metrics"
        placeholder="Filter metrics"
        value={filter}
        onChange={({ target }) => setFilter(target.value)}
      />
      <DataTable
        label="Metrics"
        columns={columns}
        rows={found}
        rowKey={(name) => name}
        narrow={(name) => <span className={`mono ${styles.narrowName}`}>{name}</span>}
        onOpen={(name) => {
          setChosen(name);
          onChoose(name);
        }}
        selected={chosen ?? undefined}
        hasMore={false}
        onMore={nothingMore}
        letters={false}
        empty={<Empty title="No metric matches" />}
      />
      <p className="faint num">{plural(found.length, "metric")}</p>
      {chosen !== null && <ChosenLabels metric={chosen} />}
    </section>
  );
}

function ChosenLabels({ metric }: { metric: string }) {
  const { data } = useQuery(metricSeriesQuery(useTeamId(), selectorOf(metric)));
  const counts = useMemo(() => countValues(data ?? []), [data]);
  if (!data) return null;
  const isWhole = data.length < mostRows;
  return (
    <section className={styles.labels} aria-label={`Labels of ${metric}`}>
      <h2>
        {!isWhole && "More than "}
        {plural(data.length, "series", "series")}
      </h2>
      <dl className="num">
        {counts.map(({ name, count }) => (
          <div key={name}>
            <dt className="mono">{name}</dt>
            <dd>{plural(count, "value")}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
