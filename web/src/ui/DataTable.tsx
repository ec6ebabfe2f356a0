// The dense table of every list: draws only the rows in view, sorts and pages through the server,
// and is walked with arrows or j and k. On narrow screens a row becomes two lines in one cell.
import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useRef } from "react";
import { narrowQuery, useMedia } from "../lib/media";
import { usePreferences } from "../lib/preferences";
import styles from "./DataTable.module.css";
import { type Column, DataTableHeader } from "./DataTableHeader";
import { useRowWalk } from "./useRowWalk";

export type { Column };

type Props<Row> = {
  label: string;
  columns: Column<Row>[];
  rows: Row[];
  rowKey: (row: Row) => string | number;
  narrow: (row: Row) => ReactNode;
  onOpen?: (row: Row) => void;
  selected?: string | number;
  sort?: string;
  onSort?: (sort: string) => void;
  hasMore: boolean;
  onMore: () => void;
  empty: ReactNode;
  /** False where j and k belong to another table of the page. */
  letters?: boolean;
};

const rowHeights = { compact: 26, regular: 32, comfortable: 40 };
const narrowHeight = 56;
const headerHeight = 30;
const rowsAhead = 20;

export function DataTable<Row>(props: Props<Row>) {
  const { columns, rows, rowKey, hasMore, onMore, onOpen, letters = true } = props;
  const { density } = usePreferences();
  const isNarrow = useMedia(narrowQuery);
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

  // biome-ignore lint/correctness/useExhaustiveDependencies: another order is read from its top
  useEffect(() => void viewport.current?.scrollTo({ top: 0 }), [props.sort]);

  const items = virtual.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && lastShown > rows.length - rowsAhead) onMore();
  }, [hasMore, lastShown, rows.length, onMore]);

  const scrollTo = (index: number) => virtual.scrollToIndex(index);
  const walk = useRowWalk(viewport, rows.length, scrollTo, letters);
  const tracks = isNarrow ? "minmax(0, 1fr)" : columns.map((column) => column.width).join(" ");
  const activeIsShown = items.some((item) => item.index === walk.active);
  return (
    <div className={styles.table}>
      <div
        ref={viewport}
        className={styles.viewport}
        role="grid"
        tabIndex={-1}
        aria-label={props.label}
        aria-rowcount={hasMore ? -1 : rows.length + 1}
        onKeyDown={walk.onKeyDown}
      >
        <DataTableHeader {...props} tracks={tracks} isNarrow={isNarrow} />
        {rows.length === 0 && <EmptyRow>{props.empty}</EmptyRow>}
        <div role="presentation" className={styles.rows} style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const row = rows[item.index];
            if (row === undefined) return null;
            const isStop = activeIsShown ? item.index === walk.active : item === items[0];
            const transform = `translateY(${item.start}px)`;
            return (
              <div
                key={rowKey(row)}
                role="row"
                data-index={item.index}
                aria-rowindex={item.index + 2}
                aria-selected={rowKey(row) === props.selected}
                tabIndex={isStop ? 0 : -1}
                className={styles.row}
                style={{ gridTemplateColumns: tracks, height, transform }}
                onFocus={() => walk.setActive(item.index)}
                data-opens={onOpen !== undefined}
                onClick={() => onOpen?.(row)}
                onKeyDown={(event) => event.key === "Enter" && onOpen?.(row)}
              >
                <Cells row={row} columns={columns} narrow={isNarrow ? props.narrow : undefined} />
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

function EmptyRow({ children }: { children: ReactNode }) {
  return (
    <div role="row" tabIndex={-1}>
      <div role="gridcell" tabIndex={-1}>
        {children}
      </div>
    </div>
  );
}

type CellsProps<Row> = {
  row: Row;
  columns: Column<Row>[];
  narrow?: (row: Row) => ReactNode;
};

function Cells<Row>({ row, columns, narrow }: CellsProps<Row>) {
  if (narrow) {
    return (
      <div role="gridcell" tabIndex={-1} className={styles.narrow}>
        {narrow(row)}
      </div>
    );
  }
  return columns.map((column) => (
    <div key={column.id} role="gridcell" tabIndex={-1} className={styles.cell}>
      {column.cell(row)}
    </div>
  ));
}
