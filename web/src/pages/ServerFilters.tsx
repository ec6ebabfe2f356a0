// Search by name, and the counts of each state, which are also the filter.
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { fleetQuery } from "../api/queries";
import type { ServerStatus } from "../api/types";
import { useShortcuts } from "../lib/shortcuts";
import { useTeamId } from "../shell/team";
import { classes } from "../ui/classes";
import { StatusShape, statusWord } from "../ui/StatusMark";
import pages from "./pages.module.css";
import styles from "./ServersPage.module.css";

export type ServersSearch = { q?: string; status?: string; sort?: string };

type Props = { search: ServersSearch; onChange: (change: Partial<ServersSearch>) => void };

const statuses: ServerStatus[] = ["down", "up", "pending"];
const typingMs = 200;

export function ServerFilters({ search, onChange }: Props) {
  const { data: fleet } = useQuery(fleetQuery(useTeamId()));
  const more = fleet?.next ? "+" : "";
  const count = (status?: ServerStatus) => {
    const matching = fleet?.data.filter((server) => !status || server.status === status);
    return matching ? `${matching.length}${more}` : "";
  };
  return (
    <div className={styles.filters}>
      <NameFilter value={search.q ?? ""} onChange={(q) => onChange({ q: q || undefined })} />
      <button
        type="button"
        className={styles.count}
        aria-pressed={!search.status}
        onClick={() => onChange({ status: undefined })}
      >
        All <span className="num">{count()}</span>
      </button>
      {statuses.map((status) => (
        <button
          key={status}
          type="button"
          className={styles.count}
          aria-pressed={search.status === status}
          onClick={() => onChange({ status: search.status === status ? undefined : status })}
        >
          <StatusShape tone={status} />
          {statusWord(status)} <span className="num">{count(status)}</span>
        </button>
      ))}
    </div>
  );
}

/** Waits for a pause in typing before it asks the server. */
function NameFilter({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const [text, setText] = useState(value);
  const input = useRef<HTMLInputElement>(null);
  const latest = useRef(onChange);
  latest.current = onChange;
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => latest.current(text), typingMs);
    return () => clearTimeout(timer);
  }, [text, value]);
  useShortcuts({ "/": () => input.current?.focus() });
  return (
    <input
      ref={input}
      type="search"
      className={classes(pages.input, styles.search)}
      aria-label="Filter servers by name"
      placeholder="Filter by name"
      value={text}
      onChange={(event) => setText(event.target.value)}
    />
  );
}
