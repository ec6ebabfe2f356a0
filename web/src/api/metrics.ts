// What the metrics explorer asks for. The answers are Prometheus'; the envelope's `data` is what
// counts. Each question is given up with its signal: when another one takes its place, or the
// reader leaves.
import { queryOptions } from "@tanstack/react-query";
import type { Labels, QueryAnswer } from "../lib/queryAnswer";
import type { Window } from "../lib/timeRange";
import { api, send, withQuery } from "./client";

/** So many lines can be told apart in a chart, and so many rows be looked through in a table. */
export const mostLines = 50;
export const mostRows = 10_000;
const mostNames = 10_000;

const whileTyping = { staleTime: 60_000, retry: false };

async function dataOf<T>(answer: Promise<unknown>): Promise<T> {
  return ((await answer) as { data: T }).data;
}

export const metricValuesQuery = (team: string, name: string, selectors: string[] = []) =>
  queryOptions({
    queryKey: ["team", team, "metrics", "values", name, selectors],
    queryFn: ({ signal }) => {
      const params = withQuery(
        { path: { team, name } },
        { "match[]": selectors, limit: mostNames },
      );
      const path = "/api/v1/teams/{team}/metrics/labels/{name}/values";
      return dataOf<string[]>(send(api.GET(path, { params, signal })));
    },
    ...whileTyping,
  });

/** The names of all metrics of the team. */
export const metricNamesQuery = (team: string) => metricValuesQuery(team, "__name__");

export const metricLabelsQuery = (team: string, selectors: string[]) =>
  queryOptions({
    queryKey: ["team", team, "metrics", "labels", selectors],
    queryFn: ({ signal }) => {
      const params = withQuery({ path: { team } }, { "match[]": selectors, limit: mostNames });
      return dataOf<string[]>(
        send(api.GET("/api/v1/teams/{team}/metrics/labels", { params, signal })),
      );
    },
    ...whileTyping,
  });

export const metricSeriesQuery = (team: string, selector: string) =>
  queryOptions({
    queryKey: ["team", team, "metrics", "series", selector],
    queryFn: ({ signal }) => {
      const params = withQuery({ path: { team } }, { "match[]": [selector], limit: mostRows });
      return dataOf<Labels[]>(
        send(api.GET("/api/v1/teams/{team}/metrics/series", { params, signal })),
      );
    },
    ...whileTyping,
  });

/** As many metrics, labels and values as are worth looking at. */
const ranked = 20;

export const metricsUsageQuery = (team: string) =>
  queryOptions({
    queryKey: ["team", team, "metrics", "usage"],
    queryFn: () => {
      const params = withQuery({ path: { team } }, { limit: ranked });
      return send(api.GET("/api/v1/teams/{team}/metrics/usage", { params }));
    },
  });

/** The same question has the same answer, and a large one is not kept. */
const once = { staleTime: Number.POSITIVE_INFINITY, gcTime: 0, retry: false } as const;

type Ask = { team: string; query: string; window: Window; signal: AbortSignal };

function askRange({ team, query, window, signal }: Ask): Promise<QueryAnswer> {
  const asked = { query, ...window, limit: mostLines, stats: "all" };
  const params = withQuery({ path: { team } }, asked);
  const path = "/api/v1/teams/{team}/metrics/query_range";
  return send(api.GET(path, { params, signal })) as Promise<QueryAnswer>;
}

/** At the end of the window. */
function askInstant({ team, query, window, signal }: Ask): Promise<QueryAnswer> {
  const asked = { query, time: window.end, limit: mostRows, stats: "all" };
  const params = withQuery({ path: { team } }, asked);
  const path = "/api/v1/teams/{team}/metrics/query";
  return send(api.GET(path, { params, signal })) as Promise<QueryAnswer>;
}

export const rangeAnswerQuery = (team: string, query: string, window: Window) =>
  queryOptions({
    queryKey: ["team", team, "metrics", "range", query, window],
    queryFn: ({ signal }) => askRange({ team, query, window, signal }),
    ...once,
  });

export const instantAnswerQuery = (team: string, query: string, window: Window) =>
  queryOptions({
    queryKey: ["team", team, "metrics", "instant", query, window.end],
    queryFn: ({ signal }) => askInstant({ team, query, window, signal }),
    ...once,
  });

/** For a panel, which shows an answer until the next one has come: it carries its window. */
export const panelAnswerQuery = (team: string, query: string, window: Window, isInstant: boolean) =>
  queryOptions({
    queryKey: ["team", team, "metrics", "panel", query, window, isInstant],
    queryFn: async ({ signal }) => {
      const ask = { team, query, window, signal };
      return { window, answer: await (isInstant ? askInstant(ask) : askRange(ask)) };
    },
    ...once,
  });
