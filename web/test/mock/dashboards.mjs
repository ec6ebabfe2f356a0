// The stand-in's dashboards: kept with their versions, deleted and restored; of an import as much as
// a test needs.
import { randomUUID } from "node:crypto";
import { now } from "./fixtures.mjs";
import { invalid, missing, page, Refusal } from "./replies.mjs";

const boardsOf = (room) => {
  room.dashboards ??= [];
  return room.dashboards;
};

function panel(id, kind, place, change) {
  const [x, y, w, h] = place;
  const empty = { description: "", unit: "", decimals: null, min: null, max: null, text: "" };
  const rest = { stacked: false, legend: "list", thresholds: [], queries: [], ...empty };
  return { id, title: "", kind, x, y, w, h, ...rest, ...change };
}

function query(expr, legend = "") {
  return { ref: "A", expr, legend, instant: false, hidden: false };
}

const filling = [
  { from: 0, tone: "good" },
  { from: 0.5, tone: "warn" },
  { from: 0.8, tone: "bad" },
];

/** A dashboard with a panel of each kind over the stand-in's metrics. */
export function makeBody() {
  const cpu = 'rate(node_cpu_seconds_total{instance=~"$host", mode!="idle"}[$__rate_interval])';
  const panels = [
    panel(1, "stat", [0, 0, 3, 4], {
      title: "Targets up",
      queries: [query('up{instance=~"$host"}', "{{instance}}")],
    }),
    panel(2, "gauge", [3, 0, 3, 4], {
      title: "Errors",
      unit: "per_s",
      max: 1,
      thresholds: filling,
      queries: [query('rate(http_requests_total{code="500"}[5m])', "{{instance}}")],
    }),
    panel(3, "bar", [6, 0, 6, 4], {
      title: "Requests by code",
      unit: "per_s",
      queries: [query("rate(http_requests_total[5m])", "{{instance}} {{code}}")],
    }),
    panel(4, "row", [0, 4, 12, 1], { title: "Machines" }),
    panel(5, "graph", [0, 5, 6, 8], {
      title: "CPU of $host",
      description: "Without idle time.",
      unit: "ratio",
      stacked: true,
      thresholds: [{ from: 4, tone: "bad" }],
      queries: [query(cpu, "{{instance}} {{mode}} {{cpu}}")],
    }),
    panel(6, "graph", [6, 5, 6, 8], {
      title: "Memory",
      unit: "bytes",
      legend: "table",
      queries: [query('node_memory_MemAvailable_bytes{instance=~"$host"}', "{{instance}}")],
    }),
    panel(7, "table", [0, 13, 8, 8], {
      title: "CPU seconds",
      unit: "seconds",
      queries: [query('node_cpu_seconds_total{instance=~"$host"}')],
    }),
    panel(8, "text", [8, 13, 4, 8], {
      title: "Read me",
      text: "Machines of the shop.\n\n<b>This is text</b>, and stays text.",
    }),
  ];
  const host = { name: "host", label: "Host", kind: "label_values", match: "up" };
  const own = { values_of: "instance", options: [], many: true, all: true, chosen: [] };
  const range = { from: "now-1h", to: "now" };
  return { range, refresh_s: 0, variables: [{ ...host, ...own }], panels };
}

/** As many dashboards as a test wants. */
export function fillDashboards(room, user, names, body = makeBody()) {
  return names.map((name) => {
    const dashboard = makeBoard(
      { id: user.id, name: user.name },
      { name, body, description: null },
    );
    boardsOf(room).push(dashboard);
    return dashboard;
  });
}

function versionOf(dashboard, by, note) {
  const { name, description, body, revision } = structuredClone(dashboard);
  const at = dashboard.updated_at;
  return { version: revision, at, by, note, name, description, body };
}

function makeBoard(by, { name, description, body }) {
  const at = now();
  const dashboard = {
    id: randomUUID(),
    name,
    description: description ?? null,
    body,
    revision: 1,
    created_at: at,
    updated_at: at,
    updated_by: by,
  };
  Object.assign(dashboard, { deleted_at: null, deleted_by: null, versions: [] });
  dashboard.versions.push(versionOf(dashboard, by, null));
  return dashboard;
}

function shown({ versions: _, ...dashboard }) {
  return { ...dashboard, panel_count: dashboard.body.panels.length };
}

function rowOf(dashboard) {
  const { body: _, ...row } = shown(dashboard);
  return row;
}

function boardOf(room, params) {
  const found = boardsOf(room).find((one) => one.id === params.dashboard && !one.deleted_at);
  if (!found) throw missing();
  return found;
}

function checkRevision(dashboard, ifMatch) {
  if (ifMatch === undefined || ifMatch === `"${dashboard.revision}"`) return;
  const title = "It was changed meanwhile";
  throw new Refusal(412, "stale_revision", title, "Read it again, then repeat the change.");
}

function change(dashboard, by, content, note = null) {
  Object.assign(dashboard, content, { updated_at: now(), updated_by: by });
  dashboard.revision += 1;
  dashboard.versions.push(versionOf(dashboard, by, note));
  return shown(dashboard);
}

function personOf({ id, name }) {
  return { id, name };
}

function inOrder(rows, sort) {
  const field = sort.replace("-", "");
  const sign = sort.startsWith("-") ? -1 : 1;
  const numeric = { numeric: true };
  return rows.sort(
    (a, b) => sign * String(a[field]).localeCompare(String(b[field]), "en", numeric),
  );
}

const base = "/teams/:team/dashboards";

export const routes = [
  [
    "GET",
    base,
    ({ room, query }) => {
      const isTrash = query.get("deleted") === "true";
      const q = (query.get("q") ?? "").toLowerCase();
      const found = boardsOf(room).filter(
        (one) => (one.deleted_at !== null) === isTrash && one.name.toLowerCase().includes(q),
      );
      return page(inOrder(found, query.get("sort") ?? "name").map(rowOf), query);
    },
  ],
  [
    "POST",
    base,
    ({ state, room, me, body, reply }) => {
      if (!body.name?.trim()) throw invalid("/name", "A name is needed.");
      const dashboard = makeBoard(personOf(me), body);
      boardsOf(room).push(dashboard);
      state.record("dashboard.create", "dashboard", dashboard);
      reply.status = 201;
      return shown(dashboard);
    },
  ],
  [
    "POST",
    `${base}/import`,
    ({ room, me, body, reply }) => {
      const grafana = body.grafana.dashboard ?? body.grafana;
      if (!grafana.panels) throw invalid("/grafana", "This is not a dashboard of Grafana.");
      const isKnown = ({ type }) => type === "timeseries";
      const panels = grafana.panels
        .filter(isKnown)
        .map(({ title, targets }, i) =>
          panel(i + 1, "graph", [0, i * 8, 6, 8], { title, queries: [query(targets[0].expr)] }),
        );
      const left_out = grafana.panels
        .filter((one) => !isKnown(one))
        .map(({ title, type }) => ({
          panel: title,
          what: `kind ${type}`,
          why: "There is no such panel here.",
        }));
      const content = { name: grafana.title, description: null };
      content.body = { ...makeBody(), variables: [], panels };
      if (body.dry_run) return { ...content, left_out, dashboard: null };
      const dashboard = makeBoard(personOf(me), content);
      boardsOf(room).push(dashboard);
      reply.status = 201;
      return { ...content, left_out, dashboard: dashboard.id };
    },
  ],
  ["GET", `${base}/:dashboard`, ({ room, params }) => shown(boardOf(room, params))],
  [
    "PATCH",
    `${base}/:dashboard`,
    ({ room, params, me, body, ifMatch }) => {
      const dashboard = boardOf(room, params);
      checkRevision(dashboard, ifMatch);
      const { note, ...content } = body;
      return change(dashboard, personOf(me), content, note);
    },
  ],
  [
    "DELETE",
    `${base}/:dashboard`,
    ({ room, params, me, ifMatch }) => {
      const dashboard = boardOf(room, params);
      checkRevision(dashboard, ifMatch);
      Object.assign(dashboard, { deleted_at: now(), deleted_by: personOf(me) });
    },
  ],
  [
    "POST",
    `${base}/:dashboard/restore`,
    ({ room, params }) => {
      const dashboard = boardsOf(room).find((one) => one.id === params.dashboard);
      if (!dashboard) throw missing();
      Object.assign(dashboard, { deleted_at: null, deleted_by: null });
      return shown(dashboard);
    },
  ],
  [
    "GET",
    `${base}/:dashboard/versions`,
    ({ room, params, query }) => {
      const newest = [...boardOf(room, params).versions].reverse();
      const rows = newest.map(({ body, description: _, ...one }) => {
        return { ...one, panel_count: body.panels.length };
      });
      return page(rows, query);
    },
  ],
  [
    "GET",
    `${base}/:dashboard/versions/:version`,
    ({ room, params }) => {
      const found = boardOf(room, params).versions[Number(params.version) - 1];
      if (!found) throw missing();
      return found;
    },
  ],
  [
    "POST",
    `${base}/:dashboard/versions/:version/restore`,
    ({ room, params, me, ifMatch }) => {
      const dashboard = boardOf(room, params);
      checkRevision(dashboard, ifMatch);
      const found = dashboard.versions[Number(params.version) - 1];
      if (!found) throw missing();
      const { name, description, body } = structuredClone(found);
      return change(dashboard, personOf(me), { name, description, body });
    },
  ],
];
