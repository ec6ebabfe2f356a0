// How a live event changes what the page already holds. Pure; rows keep their places, because
// a list that reorders itself under the reader is worse than one that is briefly out of order.
import type { LiveServer, Server, ServerList } from "../api/types";

export function patchServer(server: Server, live: LiveServer): Server {
  if (server.id !== live.id) return server;
  const { status, last_seen_at, usage } = live;
  return { ...server, status, last_seen_at, usage };
}

export function patchList(list: ServerList, live: LiveServer): ServerList {
  if (!list.data.some((server) => server.id === live.id)) return list;
  return { ...list, data: list.data.map((server) => patchServer(server, live)) };
}
