// Where panels lie on the grid of twelve columns: they never overlap, and nothing hangs in the air.
// Pure.
import type { Panel } from "../api/types";
import type { Place } from "./dashboard";

export const columns = 12;

type Placed = Place & { id: number };

function sharesColumns(a: Place, b: Place): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w;
}

function overlap(a: Place, b: Place): boolean {
  return sharesColumns(a, b) && a.y < b.y + b.h && b.y < a.y + a.h;
}

export function inReadingOrder(a: Place, b: Place): number {
  return a.y - b.y || a.x - b.x;
}

/** Held within the columns. */
function fitted<P extends Place>(panel: P): P {
  const w = Math.min(columns, Math.max(1, panel.w));
  const x = Math.min(columns - w, Math.max(0, panel.x));
  return { ...panel, w, x, y: Math.max(0, panel.y), h: Math.max(1, panel.h) };
}

/** Each as far up as those before it let it; of two that begin at one height `first` wins. */
export function compact<P extends Placed>(panels: readonly P[], first?: number): P[] {
  const loses = (panel: P) => Number(panel.id !== first);
  const order = panels.map(fitted).sort((a, b) => a.y - b.y || loses(a) - loses(b) || a.x - b.x);
  const placed: P[] = [];
  for (const panel of order) {
    // It rises through free space only: what lay above it stays above it.
    const above = placed.filter((one) => sharesColumns(one, panel));
    placed.push({ ...panel, y: Math.max(0, ...above.map((one) => one.y + one.h)) });
  }
  return placed.sort(inReadingOrder);
}

/** One panel in another place or size; the others make room. */
export function place(panels: readonly Panel[], id: number, change: Partial<Place>): Panel[] {
  const changed = panels.map((panel) =>
    panel.id === id ? fitted({ ...panel, ...change }) : panel,
  );
  return compact(changed, id);
}

/** One panel dropped at a place: it takes that of a panel whose upper half it covers. */
export function drop(panels: readonly Panel[], id: number, x: number, y: number): Panel[] {
  const panel = panels.find((one) => one.id === id);
  if (!panel) return [...panels];
  const there = fitted({ ...panel, x, y });
  const covered = panels.filter(
    (one) => one.id !== id && overlap(one, there) && there.y <= one.y + one.h / 2,
  );
  return place(panels, id, { x, y: Math.min(there.y, ...covered.map((one) => one.y)) });
}

export type Direction = "left" | "right" | "up" | "down";

/** One step by key. Upwards and downwards a panel passes the one that is in its way. */
export function step(panels: readonly Panel[], id: number, direction: Direction): Panel[] {
  const panel = panels.find((one) => one.id === id);
  if (!panel) return [...panels];
  if (direction === "left") return place(panels, id, { x: panel.x - 1 });
  if (direction === "right") return place(panels, id, { x: panel.x + 1 });
  const sign = direction === "down" ? 1 : -1;
  const bottom = Math.max(...panels.map((one) => one.y + one.h));
  for (let y = panel.y + sign; y >= 0 && y <= bottom; y += sign) {
    const moved = place(panels, id, { y });
    if (moved.find((one) => one.id === id)?.y !== panel.y) return moved;
  }
  return [...panels];
}

/** Wider or narrower to the right, longer or shorter at the bottom. */
export function resize(panels: readonly Panel[], id: number, direction: Direction): Panel[] {
  const panel = panels.find((one) => one.id === id);
  if (!panel) return [...panels];
  const w = panel.w + (direction === "right" ? 1 : direction === "left" ? -1 : 0);
  const h = panel.h + (direction === "down" ? 1 : direction === "up" ? -1 : 0);
  return place(panels, id, { w: Math.min(w, columns - panel.x), h });
}

/** A panel taken away; what lay below it rises. */
export function remove(panels: readonly Panel[], id: number): Panel[] {
  return compact(panels.filter((panel) => panel.id !== id));
}

/** What is seen while the rows of these ids are folded. */
export function unfolded(panels: readonly Panel[], folded: ReadonlySet<number>): Panel[] {
  let isFolded = false;
  const shown = compact(panels).filter((panel) => {
    if (panel.kind !== "row") return !isFolded;
    isFolded = folded.has(panel.id);
    return true;
  });
  return compact(shown);
}
