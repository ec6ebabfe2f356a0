// Which servers need a look, and why, worst first. Pure.
import type { Server } from "../api/types";
import { formatSpan } from "./clock";
import { formatPercent } from "./format";

export type Trouble = {
  server: Server;
  tone: "down" | "degraded";
  text: string;
  weight: number;
};

const highUse = 85;
const gauges = [
  ["disk_percent", "disk"],
  ["memory_percent", "memory"],
  ["cpu_percent", "CPU"],
] as const;

function troublesOf(server: Server, now: Date): Trouble[] {
  if (server.status === "down") {
    const seen = server.last_seen_at ? new Date(server.last_seen_at).getTime() : now.getTime();
    const silent = Math.max(0, (now.getTime() - seen) / 1000);
    return [{ server, tone: "down", text: `silent for ${formatSpan(silent)}`, weight: 1000 }];
  }
  const found: Trouble[] = [];
  for (const [field, word] of gauges) {
    const percent = server.usage?.[field];
    if (percent === null || percent === undefined || percent < highUse) continue;
    const text = `${word} at ${formatPercent(percent)}`;
    found.push({ server, tone: "degraded", text, weight: percent });
  }
  return found;
}

export function listTroubles(servers: Server[], now: Date): Trouble[] {
  const all = servers.flatMap((server) => troublesOf(server, now));
  return all.sort((a, b) => b.weight - a.weight || a.server.name.localeCompare(b.server.name));
}
