// What the page asks the server for, as TanStack Query options. Keys of a team's data begin with
// ["team", id], so that one call forgets or refreshes all of it.
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, send, setCsrfToken, withQuery } from "./client";
import type { AuditEventList, AuditRecord, Me, Permissions } from "./types";

export const instanceQuery = queryOptions({
  queryKey: ["instance"],
  queryFn: () => send(api.GET("/api/v1/meta/instance")),
  staleTime: 60_000,
});

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: async () => {
    const me = (await send(api.GET("/api/v1/me"))) as Me;
    setCsrfToken(me.csrf_token);
    return me;
  },
  staleTime: 60_000,
});

export const permissionsQuery = queryOptions({
  queryKey: ["permissions"],
  queryFn: () => send(api.GET("/api/v1/meta/permissions")) as Promise<Permissions>,
  staleTime: Number.POSITIVE_INFINITY,
});

export const sessionsQuery = queryOptions({
  queryKey: ["sessions"],
  queryFn: () => send(api.GET("/api/v1/sessions")),
});

export const invitationQuery = (token: string) =>
  queryOptions({
    queryKey: ["invitation", token],
    queryFn: () => send(api.POST("/api/v1/invitations/look", { body: { token } })),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const teamQuery = (team: string) =>
  queryOptions({
    queryKey: ["team", team, "self"],
    queryFn: () => send(api.GET("/api/v1/teams/{team}", { params: { path: { team } } })),
  });

export const agreementQuery = (team: string) =>
  queryOptions({
    queryKey: ["team", team, "agreement"],
    queryFn: () => send(api.GET("/api/v1/teams/{team}/agreement", { params: { path: { team } } })),
  });

export const publicTextsQuery = queryOptions({
  queryKey: ["trust", "texts"],
  queryFn: () => send(api.GET("/api/v1/trust/texts")),
});

export const ssoQuery = (team: string) =>
  queryOptions({
    queryKey: ["team", team, "sso"],
    queryFn: () => send(api.GET("/api/v1/teams/{team}/sso", { params: { path: { team } } })),
  });

export const membersQuery = (team: string) =>
  queryOptions({
    queryKey: ["team", team, "members"],
    queryFn: () =>
      send(
        api.GET("/api/v1/teams/{team}/members", {
          params: withQuery({ path: { team } }, { limit: 500 }),
        }),
      ),
  });

export const invitationsQuery = (team: string) =>
  queryOptions({
    queryKey: ["team", team, "invitations"],
    queryFn: () =>
      send(
        api.GET("/api/v1/teams/{team}/invitations", {
          params: withQuery({ path: { team } }, { limit: 500 }),
        }),
      ),
  });

export const breakGlassQuery = (team: string) =>
  queryOptions({
    queryKey: ["team", team, "break-glass"],
    queryFn: () =>
      send(api.GET("/api/v1/teams/{team}/break-glass", { params: { path: { team } } })),
  });

export const apiKeysQuery = (team: string) =>
  infiniteQueryOptions({
    queryKey: ["team", team, "api-keys"],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      send(
        api.GET("/api/v1/teams/{team}/api-keys", {
          params: withQuery({ path: { team } }, { limit: 100, cursor: pageParam }),
        }),
      ),
    getNextPageParam: (page) => page.next ?? undefined,
  });

// What operators see. The server answers everybody else as if nothing were there.
export const operatorTeamsQuery = queryOptions({
  queryKey: ["operator", "teams"],
  queryFn: () => send(api.GET("/api/v1/admin/teams", { params: withQuery({}, { limit: 500 }) })),
});

export const operatorUsersQuery = queryOptions({
  queryKey: ["operator", "users"],
  queryFn: () => send(api.GET("/api/v1/admin/users", { params: withQuery({}, { limit: 500 }) })),
});

export const operatorBreakGlassQuery = queryOptions({
  queryKey: ["operator", "break-glass"],
  queryFn: () => send(api.GET("/api/v1/admin/break-glass")),
});

export const incidentsQuery = queryOptions({
  queryKey: ["operator", "incidents"],
  queryFn: () =>
    send(api.GET("/api/v1/admin/incidents", { params: withQuery({}, { limit: 500 }) })),
});

/** The stream tells of reports; silence is noticed by asking again. */
const silenceCheckMs = 20_000;

export type ServerFilter = { q?: string; status?: string; sort?: string };

export const serversQuery = (team: string, filter: ServerFilter) =>
  infiniteQueryOptions({
    queryKey: ["team", team, "servers", "list", filter],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      send(
        api.GET("/api/v1/teams/{team}/servers", {
          params: withQuery({ path: { team } }, { ...filter, limit: 100, cursor: pageParam }),
        }),
      ),
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval: silenceCheckMs,
  });

/** The first 500 servers of a team: enough for counts, the overview and the palette. */
export const fleetQuery = (team: string) =>
  queryOptions({
    queryKey: ["team", team, "servers", "fleet"],
    queryFn: () =>
      send(
        api.GET("/api/v1/teams/{team}/servers", {
          params: withQuery({ path: { team } }, { limit: 500 }),
        }),
      ),
    refetchInterval: silenceCheckMs,
  });

export const serverQuery = (team: string, server: string) =>
  queryOptions({
    queryKey: ["team", team, "server", server],
    queryFn: () =>
      send(
        api.GET("/api/v1/teams/{team}/servers/{server}", { params: { path: { team, server } } }),
      ),
  });

type AuditPageQuery = { q?: string; from?: string; limit: number; cursor?: string };

export function listAudit(team: string, query: AuditPageQuery) {
  const params = withQuery({ path: { team } }, query);
  return send(api.GET("/api/v1/teams/{team}/audit/events", { params })) as Promise<AuditEventList>;
}

export const auditQuery = (team: string, q: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ["team", team, "audit", "list", q],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) => listAudit(team, { q, limit: 100, cursor: pageParam }),
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
    // A refused query stays refused.
    retry: false,
  });

/** The events right before and after one, whatever the list is filtered by. */
export const auditAroundQuery = (team: string, seq: number) =>
  queryOptions({
    queryKey: ["team", team, "audit", "around", seq],
    queryFn: () => listAudit(team, { limit: 5, cursor: String(seq + 3) }),
    staleTime: 60_000,
  });

export const auditRecordQuery = (team: string, seq: number) =>
  queryOptions({
    queryKey: ["team", team, "audit", "record", seq],
    queryFn: async () => {
      const params = { path: { team, seq } };
      const found = await send(api.GET("/api/v1/teams/{team}/audit/events/{seq}", { params }));
      const { header, commits, body } = found.proof;
      // An erased record has no changes left to show.
      const changes = found.event.changes ?? [];
      return { ...found.event, changes, header, commits, body } as AuditRecord;
    },
    staleTime: 60_000,
  });

export const auditHeadQuery = (team: string) =>
  queryOptions({
    queryKey: ["team", team, "audit", "head"],
    queryFn: () => send(api.GET("/api/v1/teams/{team}/audit/head", { params: { path: { team } } })),
  });
