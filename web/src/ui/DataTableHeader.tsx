// The head of a DataTable: names, and the buttons that sort.
import { ArrowDown, ArrowUp } from "lucide-react";
import type { ReactNode } from "react";
import { classes } from "./classes";
import styles from "./DataTable.module.css";

export type Column<Row> = {
  id: string;
  header: string;
  /** A track of the row's grid, such as "1fr" or "120px". */
  width: string;
  cell: (row: Row) => ReactNode;
  /** The server's sort field; the column can be sorted when it is given. */
  sort?: string;
};

type Props<Row> = {
  label: string;
  columns: Column<Row>[];
  sort?: string;
  onSort?: (sort: string) => void;
  /** The widths of all columns, as the row's grid has them. */
  tracks: string;
  isNarrow: boolean;
};

export function DataTableHeader<Row>({
  columns,
  sort,
  onSort,
  tracks,
  isNarrow,
  label,
}: Props<Row>) {
  if (isNarrow) {
    return (
      <div role="row" tabIndex={-1} className="unseen">
        <div role="columnheader" tabIndex={-1}>
          {label}
        </div>
      </div>
    );
  }
  const direction = (column: Column<Row>) => {
    if (!column.sort || !sort) return undefined;
    if (sort === column.sort) return "ascending" as const;
    return sort === `-${column.sort}` ? ("descending" as const) : undefined;
  };
  return (
    <div
      role="row"
      tabIndex={-1}
      aria-rowindex={1}
      className={classes(styles.row, styles.header)}
      style={{ gridTemplateColumns: tracks }}
    >
      {columns.map((column) => {
        const sorted = direction(column);
        return (
          <div
            key={column.id}
            role="columnheader"
            tabIndex={-1}
            aria-sort={sorted}
            className={styles.cell}
          >
            {column.sort && onSort ? (
              <button
                type="button"
                onClick={() =>
                  onSort(sorted === "ascending" ? `-${column.sort}` : `${column.sort}`)
                }
              >
                {column.header}
                {sorted === "ascending" && <ArrowUp aria-hidden="true" />}
                {sorted === "descending" && <ArrowDown aria-hidden="true" />}
              </button>
            ) : (
              column.header
            )}
          </div>
        );
      })}
    </div>
  );
}
