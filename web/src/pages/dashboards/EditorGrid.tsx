// The grid while it is edited. Panels are moved and resized with the pointer, or by arrow keys on
// their handle; what a key did is also spoken.

import { Copy, Ellipsis, GripHorizontal, Pencil, Trash2 } from "lucide-react";
import { type KeyboardEvent, type PointerEvent, useLayoutEffect, useRef, useState } from "react";
import type { Panel } from "../../api/types";
import { nextId, titleOf } from "../../lib/dashboard";
import {
  columns,
  compact,
  type Direction,
  drop,
  place,
  remove,
  resize,
  step,
} from "../../lib/dashboardLayout";
import { fillInWords } from "../../lib/dashboardVariables";
import { MenuButton } from "../../ui/MenuButton";
import type { TimeSearch } from "../MetricsTime";
import styles from "./Dashboard.module.css";
import { Cell, DashboardGrid, RowHead } from "./DashboardGrid";
import { gapPx, PanelFrame, rowPx } from "./PanelFrame";
import type { View } from "./usePanelAnswers";

type Props = {
  panels: Panel[];
  view: View;
  time: TimeSearch;
  onPanels: (panels: Panel[]) => void;
  onEdit: (id: number) => void;
};

const directions: Record<string, Direction> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
};

/** For who can neither drag nor type: each step by a press. */
const byMenu: { label: string; how: typeof step; direction: Direction }[] = [
  { label: "Move left", how: step, direction: "left" },
  { label: "Move right", how: step, direction: "right" },
  { label: "Move up", how: step, direction: "up" },
  { label: "Move down", how: step, direction: "down" },
  { label: "Wider", how: resize, direction: "right" },
  { label: "Narrower", how: resize, direction: "left" },
  { label: "Longer", how: resize, direction: "down" },
  { label: "Shorter", how: resize, direction: "up" },
];

export function EditorGrid({ panels, view, time, onPanels, onEdit }: Props) {
  const grid = useRef<HTMLDivElement>(null);
  const drag = useDrag(grid, panels, onPanels);
  const [said, setSaid] = useState("");
  const focused = useRef<number | null>(null);

  // Panels stand in reading order: one that moved may stand elsewhere in it, without the focus.
  // biome-ignore lint/correctness/useExhaustiveDependencies: after each change of the panels
  useLayoutEffect(() => {
    if (focused.current === null) return;
    grid.current?.querySelector<HTMLElement>(`[data-handle="${focused.current}"]`)?.focus();
    focused.current = null;
  }, [panels]);

  const act = (how: typeof step, panel: Panel, direction: Direction) => {
    const next = how(panels, panel.id, direction);
    setSaid(positionOf(next.find((one) => one.id === panel.id) ?? panel));
    onPanels(next);
  };
  const onKey = (event: KeyboardEvent, panel: Panel) => {
    const direction = directions[event.key];
    if (!direction) return;
    event.preventDefault();
    focused.current = panel.id;
    act(event.shiftKey ? resize : step, panel, direction);
  };
  const copy = (panel: Panel) => {
    const twin = { ...panel, id: nextId(panels), y: panel.y + panel.h };
    onPanels(compact([...panels, twin]));
  };
  const toolsFor = (panel: Panel) => (
    <>
      <button
        type="button"
        className={`${styles.tool} ${styles.handle}`}
        data-handle={panel.id}
        aria-label={`Move or resize ${titleOf(panel)}`}
        aria-describedby="handle-help"
        onPointerDown={(event) => drag.begin(event, panel, "move")}
        onKeyDown={(event) => onKey(event, panel)}
      >
        <GripHorizontal aria-hidden="true" />
      </button>
      <button
        type="button"
        className={styles.tool}
        aria-label={`Edit ${titleOf(panel)}`}
        onClick={() => onEdit(panel.id)}
      >
        <Pencil aria-hidden="true" />
      </button>
      <MenuButton
        label={`More for ${titleOf(panel)}`}
        trigger={<Ellipsis aria-hidden="true" />}
        triggerClass={String(styles.tool)}
        items={[
          ...byMenu.map(({ label, how, direction }) => {
            return { label, onSelect: () => act(how, panel, direction) };
          }),
          { label: "Copy", icon: <Copy />, onSelect: () => copy(panel) },
          {
            label: "Remove",
            icon: <Trash2 />,
            danger: true,
            onSelect: () => onPanels(remove(panels, panel.id)),
          },
        ]}
      />
    </>
  );
  return (
    <>
      <p id="handle-help" hidden>
        Arrow keys move it, Shift and arrow keys change its size.
      </p>
      <p className="unseen" aria-live="polite">
        {said}
      </p>
      <DashboardGrid ref={grid}>
        {(drag.preview ?? panels).map((panel) => (
          <Cell key={panel.id} place={panel} isMoved={drag.moved === panel.id}>
            {panel.kind === "row" ? (
              <RowHead title={fillInWords(titleOf(panel), view.settings)} tools={toolsFor(panel)} />
            ) : (
              <PanelFrame panel={panel} view={view} time={time} tools={toolsFor(panel)} />
            )}
            {panel.kind !== "row" && (
              <span
                className={styles.corner}
                aria-hidden="true"
                onPointerDown={(event) => drag.begin(event, panel, "resize")}
              />
            )}
          </Cell>
        ))}
      </DashboardGrid>
    </>
  );
}

function positionOf(panel: Panel): string {
  const { x, y, w, h } = panel;
  return `${titleOf(panel)}: column ${x + 1}, row ${y + 1}, ${w} wide, ${h} high`;
}

type Held = { id: number; how: "move" | "resize"; from: Panel; x: number; y: number };

/** The layout under the pointer while a panel is dragged; it counts when the pointer lets go. */
function useDrag(
  grid: React.RefObject<HTMLDivElement | null>,
  panels: Panel[],
  onPanels: (panels: Panel[]) => void,
) {
  const [held, setHeld] = useState<Held | null>(null);
  const [preview, setPreview] = useState<Panel[] | null>(null);
  const latest = useRef({ panels, preview, onPanels });
  latest.current = { panels, preview, onPanels };

  useLayoutEffect(() => {
    if (!held) return;
    const stop = () => {
      setHeld(null);
      setPreview(null);
    };
    const move = (event: globalThis.PointerEvent) => {
      const width = (grid.current?.clientWidth ?? 0) + gapPx;
      const dx = Math.round((event.clientX - held.x) / (width / columns));
      const dy = Math.round((event.clientY - held.y) / (rowPx + gapPx));
      const { id, from } = held;
      const size = { w: Math.min(from.w + dx, columns - from.x), h: from.h + dy };
      const { panels: begun } = latest.current;
      setPreview(
        held.how === "move" ? drop(begun, id, from.x + dx, from.y + dy) : place(begun, id, size),
      );
    };
    const end = () => {
      const { preview: reached, onPanels: take } = latest.current;
      if (reached) take(reached);
      stop();
    };
    const cancel = (event: globalThis.KeyboardEvent) => event.key === "Escape" && stop();
    addEventListener("pointermove", move);
    addEventListener("pointerup", end);
    addEventListener("pointercancel", stop);
    addEventListener("keydown", cancel);
    return () => {
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", end);
      removeEventListener("pointercancel", stop);
      removeEventListener("keydown", cancel);
    };
  }, [held, grid]);

  return {
    preview,
    moved: held?.id,
    begin: (event: PointerEvent, panel: Panel, how: Held["how"]) => {
      if (event.button !== 0) return;
      event.preventDefault(); // no text is selected on the way
      setHeld({ id: panel.id, how, from: panel, x: event.clientX, y: event.clientY });
    },
  };
}
