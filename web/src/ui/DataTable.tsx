// The dense table of every list: draws only the rows in view, sorts and pages through the server,
// and is walked with arrows or j and k. On narrow screens a row becomes two lines in one cell.
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { narrowQuery, useMedia } from "../lib/media";
import { usePreferences } from "../lib/preferences";
import { useShortcuts } from "../lib/shortcuts";
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
  rows: Row[];
  rowKey: (row: Row) => string | number;
  narrow: (row: Row) => ReactNode;
  onOpen: (row: Row) => void;
  selected?: string | number;
  sort?: string;
  onSort?: (sort: string) => void;
  hasMore: boolean;
  onMore: () => void;
  empty: ReactNode;
};

const rowHeights = { compact: 26, regular: 32, comfortable: 40 };
const narrowHeight = 56;
const headerHeight = 30;
const rowsAhead = 20;

export function DataTable<Row>(props: Props<Row>) {
  const { columns, rows, rowKey, hasMore, onMore } = props;
  const { density } = usePreferences();
  const isNarrow = useMedia(narrowQuery);
  const [active, setActive] = useState(0);
  const viewport = useRef<HTMLDivElement>(null);
  const height = isNarrow ? narrowHeight : rowHeights[density];

  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => viewport.current,
    estimateSize: () => height,
    overscan: 8,
    scrollPaddingStart: headerHeight,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new height moves every row
  useEffect(() => virtual.measure(), [height]);

  const items = virtual.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && lastShown > rows.length - rowsAhead) onMore();
  }, [hasMore, lastShown, rows.length, onMore]);

  const rowElement = (index: number) =>
    viewport.current?.querySelector<HTMLElement>(`[data-index="${index}"]`);
  const focusRow = (wanted: number) => {
    const index = Math.max(0, Math.min(rows.length - 1, wanted));
    setActive(index);
    virtual.scrollToIndex(index);
    const drawn = rowElement(index);
    if (drawn) drawn.focus();
    else requestAnimationFrame(() => rowElement(index)?.focus());
  };
  const hasFocus = () => viewport.current?.contains(document.activeElement) ?? false;
  useShortcuts({
    j: () => focusRow(hasFocus() ? active + 1 : active),
    k: () => focusRow(hasFocus() ? active - 1 : active),
  });
  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowDown: active + 1, ArrowUp: active - 1 };
    Object.assign(steps, { Home: 0, End: rows.length - 1 });
    const target = steps[event.key];
    if (target === undefined || rows.length === 0) return;
    event.preventDefault();
    focusRow(target);
  };

  const tracks = isNarrow ? "minmax(0, 1fr)" : columns.map((column) => column.width).join(" ");
  const activeIsShown = items.some((item) => item.index === active);
  return (
    <div className={styles.table}>
      <div
        ref={viewport}
        className={styles.viewport}
        role="grid"
        tabIndex={-1}
        aria-label={props.label}
        aria-rowcount={hasMore ? -1 : rows.length + 1}
        onKeyDown={onKeyDown}
      >
        <Header {...props} tracks={tracks} isNarrow={isNarrow} />
        {rows.length === 0 && (
          <div role="row" tabIndex={-1}>
            <div role="gridcell" tabIndex={-1}>
              {props.empty}
            </div>
          </div>
        )}
        <div role="presentation" className={styles.rows} style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const row = rows[item.index];
            if (row === undefined) return null;
            const isStop = activeIsShown ? item.index === active : item === items[0];
            return (
              <div
                key={rowKey(row)}
                role="row"
                data-index={item.index}
                aria-rowindex={item.index + 2}
                aria-selected={rowKey(row) === props.selected}
                tabIndex={isStop ? 0 : -1}
                className={styles.row}
                style={{
                  gridTemplateColumns: tracks,
                  height,
                  transform: `translateY(${item.start}px)`,
                }}
                onFocus={() => setActive(item.index)}
                onClick={() => props.onOpen(row)}
                onKeyDown={(event) => {
                  if (event.key === "Enter") props.onOpen(row);
                }}
              >
                {isNarrow ? (
                  <div role="gridcell" tabIndex={-1} className={styles.narrow}>
                    {props.narrow(row)}
                  </div>
                ) : (
                  columns.map((column) => (
                    <div key={column.id} role="gridcell" tabIndex={-1} className={styles.cell}>
                      {column.cell(row)}
                    </div>
                  ))
                )}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

type HeaderProps<Row> = Props<Row> & { tracks: string; isNarrow: boolean };

function Header<Row>({ columns, sort, onSort, tracks, isNarrow, label }: HeaderProps<Row>) {
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
