// Dashboards to begin with. Pure.
import type { DashboardBody, Panel } from "../api/types";
import { emptyBody, makePanel, makeQuery } from "./dashboard";

type Line = [expr: string, legend: string];

function graph(title: string, x: number, y: number, lines: Line[], change: Partial<Panel>): Panel {
  const queries = lines.map(([expr, legend], i) =>
    makeQuery(String.fromCharCode(65 + i), expr, legend),
  );
  return makePanel("graph", [], { title, x, y, queries, ...change });
}

function stat(title: string, x: number, expr: string, change: Partial<Panel>): Panel {
  return makePanel("stat", [], { title, x, y: 0, queries: [makeQuery("A", expr)], ...change });
}

const filling: Panel["thresholds"] = [
  { from: 80, tone: "warn" },
  { from: 95, tone: "bad" },
];
const here = 'server="$server"';

/** What the agent of one server reports. */
function serverPanels(): Panel[] {
  const used = (kind: string) => `memory_bytes{kind="${kind}", ${here}}`;
  const fullest = `filesystem_bytes{kind="used", ${here}}`;
  const share = `100 * ${fullest} / on (mount) filesystem_bytes{kind="total", ${here}}`;
  const percent = { unit: "percent" as const, thresholds: filling };
  return [
    stat("CPU", 0, `100 - cpu_percent{mode="idle", ${here}}`, percent),
    stat("Memory", 3, `100 * ${used("used")} / on () ${used("total")}`, percent),
    stat("Fullest filesystem", 6, `max(${share})`, percent),
    stat("Load, 1 minute", 9, `load{window="1m", ${here}}`, { decimals: 2 }),
    graph("CPU", 0, 4, [[`cpu_percent{mode!="idle", ${here}}`, "{{mode}}"]], {
      unit: "percent",
      min: 0,
      stacked: true,
    }),
    graph(
      "Memory",
      6,
      4,
      [[`memory_bytes{kind=~"used|buffers|cached|free", ${here}}`, "{{kind}}"]],
      {
        unit: "bytes",
        min: 0,
        stacked: true,
      },
    ),
    graph("Load", 0, 12, [[`load{${here}}`, "{{window}}"]], { min: 0 }),
    graph("Network", 6, 12, [[`network_bytes_per_s{${here}}`, "{{interface}} {{direction}}"]], {
      unit: "bytes_per_s",
      min: 0,
    }),
    graph("Disks", 0, 20, [[`disk_bytes_per_s{${here}}`, "{{device}} {{direction}}"]], {
      unit: "bytes_per_s",
      min: 0,
    }),
    makePanel("bar", [], {
      title: "Filesystems",
      x: 6,
      y: 20,
      h: 8,
      queries: [makeQuery("A", share, "{{mount}}")],
      ...percent,
      min: 0,
      max: 100,
    }),
  ];
}

export function serverTemplate(): DashboardBody {
  const server = {
    name: "server",
    label: "Server",
    kind: "label_values" as const,
    match: "load",
    values_of: "server",
    options: [],
    many: false,
    all: false,
    chosen: [],
  };
  const panels = serverPanels().map((panel, at) => ({ ...panel, id: at + 1 }));
  return { ...emptyBody, refresh_s: 30, variables: [server], panels };
}
