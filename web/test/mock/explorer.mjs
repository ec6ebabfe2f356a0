// The stand-in's metrics: a few metrics with labels, and of PromQL just enough to draw something.
import { randomUUID } from "node:crypto";
import { invalid, missing, Refusal } from "./replies.mjs";

const instances = ["web-01:9100", "web-02:9100", "db-01:9100"];
const modes = ["idle", "iowait", "system", "user"];

function makeSeries() {
  const series = [];
  const put = (name, labels) => series.push({ __name__: name, ...labels });
  for (const instance of instances) {
    put("up", { instance, job: "node" });
    for (const cpu of ["0", "1"]) {
      for (const mode of modes) put("node_cpu_seconds_total", { cpu, instance, job: "node", mode });
    }
    put("node_memory_MemAvailable_bytes", { instance, job: "node" });
  }
  for (const code of ["200", "404", "500"]) put("http_requests_total", { code, job: "shop" });
  return series;
}

/** As many series of one more metric as a test wants. */
export function fillMetrics(state, count) {
  state.metrics ??= makeSeries();
  for (let i = 0; i < count; i += 1) {
    state.metrics.push({ __name__: "queue_length", queue: `queue-${i}`, job: "worker" });
  }
}

const seriesOf = (state) => {
  state.metrics ??= makeSeries();
  return state.metrics;
};

function refuse(text, at, reason) {
  const lines = text.slice(0, at).split("\n");
  const place = `${lines.length}:${lines.at(-1).length + 1}`;
  const detail = `invalid parameter "query": ${place}: parse error: ${reason}`;
  return new Refusal(400, "bad_request", "The request cannot be read", detail);
}

/** The conditions of the first selector in a text. */
function readSelector(text) {
  const [, name = "", body = ""] = /([a-zA-Z_:][\w:]*)?\s*(?:\{([^}]*)\})?/.exec(text) ?? [];
  const conditions = [...body.matchAll(/(\w+)\s*(=~|!=|=)\s*"([^"]*)"/g)];
  return (series) =>
    (name === "" || series.__name__ === name) &&
    conditions.every(([, label, operator, value]) => {
      const own = series[label] ?? "";
      if (operator === "=~") return new RegExp(`^(?:${value})$`).test(own);
      return operator === "=" ? own === value : own !== value;
    });
}

function listMatching(state, query) {
  const texts = query.getAll("match[]");
  const open = texts.find((text) => text.endsWith("{"));
  if (open) throw refuse(open, open.length, "unexpected end of input inside braces");
  const selectors = texts.map(readSelector);
  const all = seriesOf(state);
  return selectors.length === 0 ? all : all.filter((one) => selectors.some((meets) => meets(one)));
}

/** What a function or an aggregation is given, as far as it is a selector. */
function select(state, text) {
  const open = (text.match(/[([{]/g) ?? []).length - (text.match(/[)\]}]/g) ?? []).length;
  if (open !== 0) throw refuse(text, text.length, "unclosed left parenthesis");
  if (text.includes("slow")) throw new Refusal(503, "query_timeout", "The query took too long", "");
  const [, largest, inner] = /^topk\((\d+), (.*)\)$/s.exec(text) ?? [];
  const core = (inner ?? text).replace(/^(?:\w+\()+/, "");
  const found = seriesOf(state).filter(readSelector(core));
  const isChanged = /^\s*(rate|increase|sum|avg)\b/.test(inner ?? text);
  const named = found.map(({ __name__, ...labels }) => {
    return isChanged ? labels : { __name__, ...labels };
  });
  return largest ? named.slice(0, Number(largest)) : named;
}

function valueAt(labels, index, time) {
  if (labels.__name__ === "up")
    return labels.instance === "db-01:9100" && time % 1800 < 300 ? 0 : 1;
  // What lost its name is a rate of something.
  const usual = (10 + (index % 17) * 3) / (labels.__name__ ? 1 : 100);
  const level = labels.__name__?.endsWith("_bytes") ? 6e9 : usual;
  return level * (1 + 0.2 * Math.sin(time / 700 + index) + 0.05 * Math.sin(time / 90 + index * 7));
}

function envelope(found, query, result, resultType) {
  const limit = Number(query.get("limit")) || found.length;
  const samples = { totalQueryableSamples: found.length * 240, peakSamples: found.length };
  const stats = {
    timings: { evalTotalTime: 0.0042, execTotalTime: 0.0042 },
    samples: { ...samples, seriesRead: found.length, seriesFound: found.length },
  };
  const warnings = found.length > limit ? ["results truncated due to limit"] : undefined;
  return { status: "success", data: { resultType, result, stats }, warnings };
}

function list(data) {
  return { status: "success", data: [...new Set(data)].sort() };
}

/** Names with how many of something each has, the most first. */
function rank(counts, wanted) {
  return [...counts].sort((a, b) => b[1] - a[1]).slice(0, wanted);
}

function usageOf(state, wanted) {
  const all = seriesOf(state);
  const [metrics, values, pairs] = [new Map(), new Map(), new Map()];
  const count = (map, key) => map.set(key, (map.get(key) ?? 0) + 1);
  for (const labels of all) {
    count(metrics, labels.__name__);
    for (const [name, value] of Object.entries(labels)) {
      values.set(name, (values.get(name) ?? new Set()).add(value));
      count(pairs, JSON.stringify([name, value]));
    }
  }
  const sizes = [...values].map(([name, found]) => [name, found.size]);
  return {
    active_series: all.length,
    series_max: 200_000,
    series: all.length,
    samples_in_memory: 48_000,
    samples_stored: 12_340_000,
    bytes_stored: 9_800_000,
    stored_at: new Date().toISOString(),
    retention_days: 90,
    refused: { bad_labels: 0, too_old: 120, too_new: 0, too_many_series: 0 },
    metrics: rank(metrics, wanted).map(([name, series]) => ({ name, series })),
    labels: rank(sizes, wanted).map(([name, found]) => ({ name, values: found })),
    label_values: rank(pairs, wanted).map(([pair, series]) => {
      const [name, value] = JSON.parse(pair);
      return { name, value, series };
    }),
  };
}

function ruleOf(room, { rule: id }) {
  const rule = room.retentionRules?.find((one) => one.id === id);
  if (!rule) throw missing();
  return rule;
}

export const routes = [
  [
    "GET",
    "/teams/:team/metrics/retention-rules",
    ({ room }) => ({ data: room.retentionRules ?? [], next: null }),
  ],
  [
    "POST",
    "/teams/:team/metrics/retention-rules",
    ({ room, body, reply }) => {
      if (room.retentionRules?.some((one) => one.prefix === body.prefix))
        throw invalid("/prefix", "There is a rule for this prefix: change that one.");
      const at = new Date().toISOString();
      const rule = { id: randomUUID(), ...body, revision: 1, created_at: at, updated_at: at };
      room.retentionRules = [...(room.retentionRules ?? []), rule];
      if (reply) reply.status = 201;
      return rule;
    },
  ],
  [
    "PATCH",
    "/teams/:team/metrics/retention-rules/:rule",
    ({ room, params, body }) => Object.assign(ruleOf(room, params), body),
  ],
  [
    "DELETE",
    "/teams/:team/metrics/retention-rules/:rule",
    ({ room, params }) => {
      const rule = ruleOf(room, params);
      room.retentionRules = room.retentionRules.filter((one) => one !== rule);
      return null;
    },
  ],
  [
    "GET",
    "/teams/:team/metrics/usage",
    ({ state, query }) => usageOf(state, Number(query.get("limit"))),
  ],
  [
    "GET",
    "/teams/:team/metrics/export",
    ({ state, query }) => ({ status: "success", data: listMatching(state, query) }),
  ],
  [
    "GET",
    "/teams/:team/metrics/labels",
    ({ state, query }) => list(listMatching(state, query).flatMap((one) => Object.keys(one))),
  ],
  [
    "GET",
    "/teams/:team/metrics/labels/:name/values",
    ({ state, query, params }) => {
      return list(listMatching(state, query).flatMap((one) => one[params.name] ?? []));
    },
  ],
  [
    "GET",
    "/teams/:team/metrics/series",
    ({ state, query }) => ({ status: "success", data: listMatching(state, query) }),
  ],
  [
    "GET",
    "/teams/:team/metrics/query",
    ({ state, query }) => {
      const found = select(state, query.get("query"));
      const time = Number(query.get("time"));
      const shown = found.slice(0, Number(query.get("limit")) || found.length);
      const result = shown.map((metric, i) => {
        return { metric, value: [time, String(valueAt(metric, i, time))] };
      });
      return envelope(found, query, result, "vector");
    },
  ],
  [
    "GET",
    "/teams/:team/metrics/query_range",
    ({ state, query }) => {
      const found = select(state, query.get("query"));
      const [start, end, step] = ["start", "end", "step"].map((name) => Number(query.get(name)));
      const shown = found.slice(0, Number(query.get("limit")) || found.length);
      const result = shown.map((metric, i) => {
        const values = [];
        for (let time = start; time <= end; time += step) {
          values.push([time, String(valueAt(metric, i, time))]);
        }
        return { metric, values };
      });
      return envelope(found, query, result, "matrix");
    },
  ],
];
