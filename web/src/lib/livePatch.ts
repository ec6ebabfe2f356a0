// How a live event changes what the page already holds. Pure; rows keep their places, because
// a list that reorders itself under the reader is worse than one that is briefly out of order.
import type { LiveServer, Server, ServerList } from "../api/types";

/** The newest event of each server, by id. */
export type LiveBatch = ReadonlyMap<string, LiveServer>;

export function patchServer(server: Server, batch: LiveBatch): Server {
  const live = batch.get(server.id);
  if (!live) return server;
  const { status, last_seen_at, usage } = live;
  return { ...server, status, last_seen_at, usage };
}

export function patchList(list: ServerList, batch: LiveBatch): ServerList {
  if (!list.data.some((server) => batch.has(server.id))) return list;
  return { ...list, data: list.data.map((server) => patchServer(server, batch)) };
}
