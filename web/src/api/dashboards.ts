// Dashboards, their versions and their trash.
import {
  infiniteQueryOptions,
  keepPreviousData,
  type QueryClient,
  queryOptions,
} from "@tanstack/react-query";
import type { DashboardBody, DashboardContent } from "../lib/dashboard";
import { api as client, send, withQuery } from "./client";

type Person = { id: string; name: string | null };
export type DashboardRow = {
  id: string;
  name: string;
  description: string | null;
  panel_count: number;
  revision: number;
  created_at: string;
  updated_at: string;
  updated_by: Person;
  deleted_at?: string | null;
  deleted_by?: Person | null;
};
export type Dashboard = DashboardRow & { body: DashboardBody };
export type DashboardVersion = {
  version: number;
  at: string;
  by: Person;
  note: string | null;
  name: string;
  panel_count: number;
};
export type DashboardAt = DashboardVersion & { description: string | null; body: DashboardBody };
export type DashboardImport = {
  name: string;
  description: string | null;
  body: DashboardBody;
  left_out: { panel: string; what: string; why: string }[];
  dashboard?: string | null;
};
type Loose = Record<
  "GET" | "POST" | "PATCH" | "DELETE",
  (path: string, init: object) => Promise<never>
>;
const api = client as unknown as Loose;

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
      const asked = { ...filter, limit: 200, cursor: pageParam };
      const params = withQuery({ path: { team } }, asked);
      return send(api.GET(every, { params, signal })) as Promise<{
        data: DashboardRow[];
        next: string | null;
      }>;
    },
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
  });

const keyOf = (team: string, dashboard: string) => ["team", team, "dashboards", "one", dashboard];

export const dashboardQuery = (team: string, dashboard: string) =>
  queryOptions({
    queryKey: keyOf(team, dashboard),
    queryFn: () =>
      send(api.GET(one, { params: { path: { team, dashboard } } })) as Promise<Dashboard>,
  });

export const dashboardVersionsQuery = (team: string, dashboard: string) =>
  infiniteQueryOptions({
    queryKey: ["team", team, "dashboards", "versions", dashboard],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) => {
      const params = withQuery({ path: { team, dashboard } }, { limit: 50, cursor: pageParam });
      return send(api.GET(versions, { params })) as Promise<{
        data: DashboardVersion[];
        next: string | null;
      }>;
    },
    getNextPageParam: (page) => page.next ?? undefined,
  });

/** A version never changes. */
export const dashboardVersionQuery = (team: string, dashboard: string, at: number) =>
  queryOptions({
    queryKey: ["team", team, "dashboards", "version", dashboard, at],
    queryFn: () => {
      const params = { path: { team, dashboard, version: at } };
      return send(api.GET(version, { params })) as Promise<DashboardAt>;
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
const asSent = ({ name, description, body }: DashboardContent) => {
  return { name, description: description.trim() || null, body };
};

export async function makeDashboard(client: QueryClient, team: string, content: DashboardContent) {
  const params = { path: { team } };
  const made: Dashboard = await send(api.POST(every, { params, body: asSent(content) }));
  return keep(client, team, made);
}

export async function saveDashboard(
  client: QueryClient,
  team: string,
  { id, revision }: Pick<Dashboard, "id" | "revision">,
  content: DashboardContent,
  note: string,
) {
  const params = { path: { team, dashboard: id } };
  const body = { ...asSent(content), note: note.trim() || null };
  const saved: Dashboard = await send(api.PATCH(one, { params, headers: bound(revision), body }));
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
  await send(api.POST(`${one}/restore`, { params }));
  await refresh(client, team);
}

/** Makes an old version the newest one. */
export async function restoreVersion(
  client: QueryClient,
  team: string,
  { id, revision }: Pick<Dashboard, "id" | "revision">,
  at: number,
) {
  const params = { path: { team, dashboard: id, version: at } };
  const headers = bound(revision);
  const made: Dashboard = await send(api.POST(`${version}/restore`, { params, headers }));
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
  const found: DashboardImport = await send(api.POST(`${every}/import`, { params, body }));
  if (!isDry) await refresh(client, team);
  return found;
}
