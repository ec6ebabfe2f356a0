// The values of one time, a row for each series and a column for each label in which they differ.
import { useMemo, useState } from "react";
import { plural } from "../lib/format";
import {
  labelColumn,
  numberOf,
  type QueryAnswer,
  type QueryRow,
  seriesName,
  sortRows,
  tableOf,
  valueColumn,
} from "../lib/queryAnswer";
import { type Column, DataTable } from "../ui/DataTable";
import styles from "./MetricsPage.module.css";

/** More columns than this leave none of them room. */
const mostColumns = 6;
const nothingMore = () => {};

type Props = {
  answer: QueryAnswer;
  label?: string;
  /** Else values stand as the server wrote them. */
  format?: (value: number) => string;
};

export function MetricsTable({ answer, label = "Values", format }: Props) {
  const [sort, setSort] = useState<string | undefined>(undefined);
  const table = useMemo(() => tableOf(answer), [answer]);
  const rows = useMemo(() => sortRows(table.rows, sort), [table, sort]);
  const shown = (row: QueryRow) => (format ? format(numberOf(row.text)) : row.text);
  return (
    <div className={styles.table}>
      {table.shared && (
        <p className={styles.shared}>
          <span className="faint">All: </span>
          <span className="mono">{table.shared}</span>
        </p>
      )}
      <DataTable
        label={label}
        columns={columnsFor(table.columns, shown)}
        rows={rows}
        rowKey={(row) => row.key}
        narrow={(row) => <NarrowRow row={row} columns={table.columns} value={shown(row)} />}
        sort={sort}
        onSort={setSort}
        hasMore={false}
        onMore={nothingMore}
        letters={format === undefined}
        empty={null}
      />
      <p className="faint num">
        {plural(rows.length, "row")}
        {answer.data.resultType === "matrix" && ", each with the newest of its samples"}
      </p>
    </div>
  );
}

function columnsFor(names: string[], shown: (row: QueryRow) => string): Column<QueryRow>[] {
  const own = names.slice(0, mostColumns);
  const rest = names.slice(mostColumns);
  const columns = own.map((name): Column<QueryRow> => {
    return {
      id: name,
      header: name === "__name__" ? "metric" : name,
      width: "minmax(90px, 1fr)",
      sort: labelColumn(name),
      cell: (row) => <span className="mono">{row.labels[name] ?? ""}</span>,
    };
  });
  if (rest.length > 0) {
    columns.push({
      id: "rest",
      header: "Other labels",
      width: "minmax(120px, 2fr)",
      cell: (row) => <span className="mono">{nameOf(row, rest)}</span>,
    });
  }
  columns.push({
    id: valueColumn,
    header: "Value",
    width: "minmax(110px, 1fr)",
    sort: valueColumn,
    cell: (row) => <span className="mono num">{shown(row)}</span>,
  });
  return columns;
}

function nameOf(row: QueryRow, names: string[]): string {
  const own = names.flatMap((name) => {
    const value = row.labels[name];
    return value === undefined ? [] : [[name, value]];
  });
  return seriesName(Object.fromEntries(own));
}

type NarrowProps = { row: QueryRow; columns: string[]; value: string };

function NarrowRow({ row, columns, value }: NarrowProps) {
  return (
    <div className={styles.narrowRow}>
      <span className="mono">{nameOf(row, columns) || "value"}</span>
      <span className="mono num">{value}</span>
    </div>
  );
}
