// What a dashboard consists of, and how its panels begin. Pure.
import type { DashboardBody, DashboardContent, Panel, PanelQuery } from "../api/types";

export type PanelKind = Panel["kind"];
export type Place = Pick<Panel, "x" | "y" | "w" | "h">;

/** What a person changes of a dashboard, and a version keeps. */
export type Content = Omit<DashboardContent, "description"> & { description: string };

export const mostPanels = 200;
export const mostVariables = 20;
export const mostQueries = 20;

export const panelKinds: readonly { value: PanelKind; label: string }[] = [
  { value: "graph", label: "Graph" },
  { value: "stat", label: "Stat" },
  { value: "gauge", label: "Gauge" },
  { value: "bar", label: "Bars" },
  { value: "table", label: "Table" },
  { value: "text", label: "Text" },
  { value: "row", label: "Row" },
];

export const refreshChoices = [10, 30, 60, 300, 900, 3600];

export const emptyBody: DashboardBody = {
  range: { from: "now-1h", to: "now" },
  refresh_s: 0,
  variables: [],
  panels: [],
};

const sizes: Record<PanelKind, { w: number; h: number }> = {
  graph: { w: 6, h: 8 },
  stat: { w: 3, h: 4 },
  gauge: { w: 3, h: 5 },
  bar: { w: 6, h: 6 },
  table: { w: 6, h: 8 },
  text: { w: 6, h: 4 },
  row: { w: 12, h: 1 },
};

export function hasQueries(kind: PanelKind): boolean {
  return kind !== "text" && kind !== "row";
}

export function nextId(panels: readonly Panel[]): number {
  return Math.max(0, ...panels.map((panel) => panel.id)) + 1;
}

/** Below all that is there. */
export function bottomOf(panels: readonly Place[]): number {
  return Math.max(0, ...panels.map((panel) => panel.y + panel.h));
}

export function makeQuery(ref: string, expr = "", legend = ""): PanelQuery {
  return { ref, expr, legend, instant: false, hidden: false };
}

/** A, B, … Z, A1, B1 … */
export function nextRef(queries: readonly PanelQuery[]): string {
  const taken = new Set(queries.map((query) => query.ref));
  for (let i = 0; ; i += 1) {
    const round = Math.floor(i / 26);
    const ref = String.fromCharCode(65 + (i % 26)) + (round || "");
    if (!taken.has(ref)) return ref;
  }
}

export function makePanel(kind: PanelKind, panels: readonly Panel[], change: Partial<Panel> = {}) {
  const panel: Panel = {
    id: nextId(panels),
    title: kind === "row" ? "Row" : "",
    description: "",
    kind,
    x: 0,
    y: bottomOf(panels),
    ...sizes[kind],
    unit: "",
    decimals: null,
    min: null,
    max: null,
    stacked: false,
    legend: "list",
    thresholds: [],
    queries: hasQueries(kind) ? [makeQuery("A")] : [],
    text: "",
  };
  return { ...panel, ...change };
}

/** Another kind keeps what suits it, and gives up the rest: a row has no queries. */
export function turnInto(panel: Panel, kind: PanelKind): Panel {
  const queries = panel.queries.length > 0 ? panel.queries : [makeQuery("A")];
  const size = kind === "row" || panel.kind === "row" ? sizes[kind] : {};
  const x = kind === "row" ? 0 : panel.x;
  return { ...panel, ...size, x, kind, queries: hasQueries(kind) ? queries : [] };
}

/** What a panel is called where its title is needed: it may have none. */
export function titleOf(panel: Pick<Panel, "title" | "kind" | "id">): string {
  const kind = panelKinds.find((one) => one.value === panel.kind)?.label ?? panel.kind;
  return panel.title || `${kind} ${panel.id}`;
}

export function contentOf({ name, description, body }: DashboardContent): Content {
  return { name, description: description ?? "", body };
}
