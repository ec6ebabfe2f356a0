// Dashboards, their versions and their trash.
import {
  infiniteQueryOptions,
  keepPreviousData,
  type QueryClient,
  queryOptions,
} from "@tanstack/react-query";
import type { Content } from "../lib/dashboard";
import { api, send } from "./client";
import type { Dashboard } from "./types";

const every = "/api/v1/teams/{team}/dashboards" as const;
const one = "/api/v1/teams/{team}/dashboards/{dashboard}" as const;
const versions = "/api/v1/teams/{team}/dashboards/{dashboard}/versions" as const;
const version = "/api/v1/teams/{team}/dashboards/{dashboard}/versions/{version}" as const;

export type DashboardFilter = { q?: string; sort?: string; deleted?: "true" };

export const dashboardsQuery = (team: string, filter: DashboardFilter) =>
  infiniteQueryOptions({
    queryKey: ["team", team, "dashboards", "list", filter],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => {
      const query = { ...filter, limit: 200, cursor: pageParam };
      return send(api.GET(every, { params: { path: { team }, query }, signal }));
    },
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
  });

const keyOf = (team: string, dashboard: string) => ["team", team, "dashboards", "one", dashboard];

export const dashboardQuery = (team: string, dashboard: string) =>
  queryOptions({
    queryKey: keyOf(team, dashboard),
    queryFn: () => send(api.GET(one, { params: { path: { team, dashboard } } })),
  });

export const dashboardVersionsQuery = (team: string, dashboard: string) =>
  infiniteQueryOptions({
    queryKey: ["team", team, "dashboards", "versions", dashboard],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) => {
      const query = { limit: 50, cursor: pageParam };
      return send(api.GET(versions, { params: { path: { team, dashboard }, query } }));
    },
    getNextPageParam: (page) => page.next ?? undefined,
  });

/** A version never changes. */
export const dashboardVersionQuery = (team: string, dashboard: string, at: number) =>
  queryOptions({
    queryKey: ["team", team, "dashboards", "version", dashboard, at],
    queryFn: () => {
      const params = { path: { team, dashboard, version: String(at) } };
      return send(api.GET(version, { params }));
    },
    staleTime: Number.POSITIVE_INFINITY,
  });

/** The lists, and what is known of its versions, are read anew. */
function refresh(client: QueryClient, team: string): Promise<void> {
  return client.invalidateQueries({
    queryKey: ["team", team, "dashboards"],
    predicate: ({ queryKey }) => queryKey[3] === "list" || queryKey[3] === "versions",
  });
}

function keep(client: QueryClient, team: string, dashboard: Dashboard): Dashboard {
  client.setQueryData(dashboardQuery(team, dashboard.id).queryKey, dashboard);
  void refresh(client, team);
  return dashboard;
}

const bound = (revision: number) => ({ "If-Match": `"${revision}"` });

/** An empty description is none. */
const asSent = ({ name, description, body }: Content) => {
  return { name, description: description.trim() || null, body };
};

export async function makeDashboard(client: QueryClient, team: string, content: Content) {
  const params = { path: { team } };
  const made = await send(api.POST(every, { params, body: asSent(content) }));
  return keep(client, team, made);
}

export async function saveDashboard(
  client: QueryClient,
  team: string,
  { id, revision }: Pick<Dashboard, "id" | "revision">,
  content: Content,
  note: string,
) {
  const params = { path: { team, dashboard: id } };
  const body = { ...asSent(content), note: note.trim() || null };
  const saved = await send(api.PATCH(one, { params, headers: bound(revision), body }));
  return keep(client, team, saved);
}

export async function deleteDashboard(
  client: QueryClient,
  team: string,
  { id, revision }: Pick<Dashboard, "id" | "revision">,
) {
  const params = { path: { team, dashboard: id } };
  await send(api.DELETE(one, { params, headers: bound(revision) }));
  client.removeQueries({ queryKey: keyOf(team, id) });
  await refresh(client, team);
}

/** Out of the trash. */
export async function restoreDashboard(client: QueryClient, team: string, dashboard: string) {
  const params = { path: { team, dashboard } };
  const restored = `${one}/restore` as const;
  await send(api.POST(restored, { params }));
  await refresh(client, team);
}

/** Makes an old version the newest one. */
export async function restoreVersion(
  client: QueryClient,
  team: string,
  { id, revision }: Pick<Dashboard, "id" | "revision">,
  at: number,
) {
  const params = { path: { team, dashboard: id, version: String(at) } };
  const headers = bound(revision);
  const restored = `${version}/restore` as const;
  const made = await send(api.POST(restored, { params, headers }));
  return keep(client, team, made);
}

/** What becomes of a Grafana dashboard; a dry run makes nothing. */
export async function importDashboard(
  client: QueryClient,
  team: string,
  grafana: Record<string, unknown>,
  isDry: boolean,
) {
  const params = { path: { team } };
  const body = { grafana, dry_run: isDry };
  const found = await send(api.POST(`${every}/import`, { params, body }));
  if (!isDry) await refresh(client, team);
  return found;
}
