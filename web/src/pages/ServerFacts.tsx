// What a machine is: the facts its agent reported.
import type { ReactNode } from "react";
import type { SeriesAnswer, Server } from "../api/types";
import { formatUptime, useNow } from "../lib/clock";
import { systemName } from "../lib/describe";
import { formatBytes, formatLoad, formatPercent } from "../lib/format";
import { findSeries, lastValue } from "../lib/series";
import { Facts } from "../ui/Facts";
import { Pairs } from "../ui/Pairs";
import { Time } from "../ui/Time";
import styles from "./ServerPage.module.css";

export function ServerFacts({ server, answer }: { server: Server; answer?: SeriesAnswer }) {
  const now = useNow(30_000);
  const { facts, usage } = server;
  if (!facts) return null;
  const booted = facts.boot_time ? new Date(facts.boot_time).getTime() : null;
  const loads = ["1m", "5m", "15m"].map((window) => {
    const value = answer && lastValue(findSeries(answer, "load", { window })?.avg);
    return value === null || value === undefined ? "–" : formatLoad(value);
  });
  const disk = usage?.disk_percent;
  const main: Record<string, ReactNode> = {
    "Operating system": systemName(facts.os),
    "Cores / memory": `${facts.cores} / ${formatBytes(facts.memory_bytes)}`,
    Uptime: booted ? formatUptime(Math.max(0, (now.getTime() - booted) / 1000)) : "–",
    "Load 1 · 5 · 15": loads.join(" · "),
    "Fullest disk": disk === null || disk === undefined ? "–" : formatPercent(disk),
    "Host name": facts.hostname,
  };
  const rest: Record<string, ReactNode> = {
    Kernel: `${facts.kernel} (${facts.architecture})`,
    Addresses: <span className="mono">{facts.addresses.join(", ") || "none reported"}</span>,
    Started: facts.boot_time ? <Time at={facts.boot_time} /> : "–",
    Added: <Time at={server.created_at} />,
    "Agent policy": <span className="mono">{facts.policy_hash}</span>,
    "Server id": <span className="mono">{server.id}</span>,
  };
  return (
    <>
      <Facts facts={main} />
      <details className={styles.details}>
        <summary>More facts</summary>
        <Pairs className={styles.more} pairs={rest} />
      </details>
    </>
  );
}
