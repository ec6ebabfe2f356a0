// The series behind a server page: read once for the range, then extended by live points (short
// ranges) or read again as steps pass (long ranges). Pausing freezes everything shown.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { api, send, withQuery } from "../api/client";
import type { SeriesAnswer } from "../api/types";
import { useNow } from "../lib/clock";
import { appendPoints } from "../lib/series";
import { type Range, timeRanges } from "../lib/timeRange";
import { useLivePoints } from "../shell/LiveProvider";
import { useTeamId } from "../shell/team";

/** What a server's page reads is kept for longer, but hardly looked at there. */
const longestRange = 604_800;
const ranges = timeRanges.filter((range) => range.seconds <= longestRange);

export const rangeOptions = ranges.map(({ value, label }) => ({ value, label }));

const newForMs = 1_800_000;

/** The chosen range; else an hour, or less for a server so new that an hour would look empty. */
export function rangeOf(value: string | undefined, createdAt: string): Range {
  const isNew = Date.now() - new Date(createdAt).getTime() < newForMs;
  const usual = ranges[isNew ? 0 : 1] as Range;
  return ranges.find((range) => range.value === value) ?? usual;
}

const longestLiveRange = 3600;
const maxPoints = 720;

const metrics = [
  "cpu_percent",
  "memory_bytes",
  "swap_bytes",
  "load",
  "network_bytes_per_s",
  "disk_bytes_per_s",
  "filesystem_bytes",
  "uptime_s",
];

type Paused = { at: string; unseen: number };

export type LiveSeries = {
  answer: SeriesAnswer | undefined;
  error: Error | null;
  window: [number, number];
  paused: Paused | null;
  togglePaused: () => void;
};

export function useLiveSeries(server: string, range: Range): LiveSeries {
  const team = useTeamId();
  const client = useQueryClient();
  const key = ["team", team, "series", server, range.value];
  const [paused, setPaused] = useState<Paused | null>(null);
  const frozen = useRef<{ answer: SeriesAnswer | undefined; end: number } | null>(null);
  const isLive = range.seconds <= longestLiveRange;
  const now = useNow(5000);

  const query = useQuery({
    queryKey: key,
    queryFn: async () => {
      const to = new Date();
      const from = new Date(to.getTime() - range.seconds * 1000);
      const span = { from: from.toISOString(), to: to.toISOString() };
      return send(
        api.GET("/api/v1/teams/{team}/servers/{server}/series", {
          params: withQuery(
            { path: { team, server } },
            { ...span, max_points: maxPoints, name: metrics },
          ),
        }),
      );
    },
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchInterval: isLive ? false : Math.max(30_000, (range.seconds / maxPoints) * 1000),
  });

  useLivePoints(server, (points) => {
    if (paused) setPaused({ ...paused, unseen: paused.unseen + 1 });
    if (!isLive) return;
    client.setQueryData<SeriesAnswer>(key, (held) => {
      return held && appendPoints(held, points, points.time - range.seconds);
    });
  });

  const last = query.data?.times.at(-1) ?? 0;
  const end = Math.max(last, Math.floor(now.getTime() / 1000));
  const togglePaused = () => {
    frozen.current = paused ? null : { answer: query.data, end };
    setPaused(paused ? null : { at: new Date(end * 1000).toISOString(), unseen: 0 });
  };
  const held = paused ? frozen.current : null;
  const shownEnd = held?.end ?? end;
  return {
    answer: held ? held.answer : query.data,
    error: query.error,
    window: [shownEnd - range.seconds, shownEnd],
    paused,
    togglePaused,
  };
}
