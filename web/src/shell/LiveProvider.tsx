// The tab's one event stream. It patches the query cache as servers report, hands points to the
// chart that watches a server, and remembers the newest audit record. When the stream is lost it
// returns by itself, and everything shown is read afresh.
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import {
  createContext,
  type ReactNode,
  use,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { fleetQuery, serverQuery } from "../api/queries";
import type { LivePoints, LiveServer, ServerList } from "../api/types";
import { type LiveBatch, patchList, patchServer } from "../lib/livePatch";

/** Without a team that is open to the reader, nothing streams. */
export type LiveState = "off" | "connecting" | "live" | "lost";
type OnPoints = (points: LivePoints) => void;

type Live = {
  state: LiveState;
  /** The newest audit record the stream told of, if any. */
  newestAudit: number | null;
  watch: (server: string, onPoints: OnPoints) => () => void;
};

const LiveContext = createContext<Live>({
  state: "off",
  newestAudit: null,
  watch: () => () => {},
});

export function useLive(): Live {
  return use(LiveContext);
}

/** Receives the live points of one server while the component is shown. */
export function useLivePoints(server: string, onPoints: OnPoints): void {
  const { watch } = useLive();
  const latest = useRef(onPoints);
  latest.current = onPoints;
  useEffect(() => watch(server, (points) => latest.current(points)), [watch, server]);
}

function applyBatch(client: QueryClient, team: string, batch: LiveBatch): void {
  client.setQueriesData<{ pages: ServerList[]; pageParams: unknown[] }>(
    { queryKey: ["team", team, "servers", "list"] },
    (held) => held && { ...held, pages: held.pages.map((page) => patchList(page, batch)) },
  );
  client.setQueryData(fleetQuery(team).queryKey, (held) => held && patchList(held, batch));
  for (const id of batch.keys()) {
    const key = serverQuery(team, id).queryKey;
    const before = client.getQueryData(key);
    if (!before) continue;
    client.setQueryData(key, patchServer(before, batch));
    // The first report brings facts that the event does not carry.
    if (!before.facts) void client.invalidateQueries({ queryKey: key });
  }
}

/** Collects events for a moment: a thousand servers must not redraw the page a thousand times. */
const batchMs = 250;

const longestWaitMs = 30_000;

export function LiveProvider({ team, children }: { team: string; children: ReactNode }) {
  const client = useQueryClient();
  const [state, setState] = useState<LiveState>("connecting");
  const [newestAudit, setNewestAudit] = useState<number | null>(null);
  const [watched, setWatched] = useState<string | null>(null);
  const onPoints = useRef<OnPoints | null>(null);

  useEffect(() => {
    let source: EventSource | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let waitMs = 1000;
    let wasLost = false;
    let batch = new Map<string, LiveServer>();
    const flush = setInterval(() => {
      if (batch.size === 0) return;
      applyBatch(client, team, batch);
      batch = new Map();
    }, batchMs);
    const url = `/api/v1/teams/${team}/live${watched ? `?server=${watched}` : ""}`;

    const open = () => {
      source = new EventSource(url);
      source.onopen = () => {
        setState("live");
        waitMs = 1000;
        if (wasLost) void client.invalidateQueries({ queryKey: ["team", team] });
        wasLost = false;
      };
      source.onerror = () => {
        setState("lost");
        wasLost = true;
        source?.close();
        timer = setTimeout(open, waitMs);
        waitMs = Math.min(waitMs * 2, longestWaitMs);
      };
      source.addEventListener("server", (event) => {
        const live: LiveServer = JSON.parse(event.data);
        batch.set(live.id, live);
      });
      source.addEventListener("points", (event) => onPoints.current?.(JSON.parse(event.data)));
      source.addEventListener("audit", (event) => setNewestAudit(JSON.parse(event.data).seq));
    };
    open();
    return () => {
      clearTimeout(timer);
      clearInterval(flush);
      source?.close();
    };
  }, [client, team, watched]);

  const watch = useCallback((server: string, receive: OnPoints) => {
    const forServer: OnPoints = (points) => points.server === server && receive(points);
    onPoints.current = forServer;
    setWatched(server);
    return () => {
      if (onPoints.current !== forServer) return;
      onPoints.current = null;
      setWatched(null);
    };
  }, []);

  const live = useMemo(() => ({ state, newestAudit, watch }), [state, newestAudit, watch]);
  return <LiveContext value={live}>{children}</LiveContext>;
}
