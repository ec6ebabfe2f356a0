// Who, what, how it ended, and when. "/" goes to the action field.
import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { membersQuery } from "../api/queries";
import { useShortcuts } from "../lib/shortcuts";
import type { AuditSearch } from "../router";
import { useCan, useTeamId } from "../shell/team";
import { Button } from "../ui/Button";
import styles from "./AuditPage.module.css";
import pages from "./pages.module.css";

type Props = { search: AuditSearch; onChange: (change: Partial<AuditSearch>) => void };

export function AuditFilters({ search, onChange }: Props) {
  const { seq: _, ...filters } = search;
  const any = Object.values(filters).some((value) => value !== undefined);
  const clear = () => {
    const none: Partial<AuditSearch> = { actor: undefined, action: undefined, outcome: undefined };
    Object.assign(none, { resource_type: undefined, resource_id: undefined });
    onChange({ ...none, from: undefined, to: undefined });
  };
  return (
    <search className={styles.filters} aria-label="Filter the audit log">
      <ActionFilter value={search.action ?? ""} onChange={(action) => onChange({ action })} />
      <ActorFilter value={search.actor ?? ""} onChange={(actor) => onChange({ actor })} />
      <select
        className={pages.input}
        aria-label="Outcome"
        value={search.outcome ?? ""}
        onChange={(event) => onChange({ outcome: event.target.value || undefined })}
      >
        <option value="">Any outcome</option>
        <option value="ok">Succeeded</option>
        <option value="denied">Denied</option>
        <option value="failed">Failed</option>
      </select>
      <WhenFilter value={search.from} onChange={onChange} />
      <span className={styles.dates}>
        from
        <DateFilter label="From" value={search.from} onChange={(from) => onChange({ from })} />
        to
        <DateFilter label="To" value={search.to} onChange={(to) => onChange({ to })} />
      </span>
      {search.resource_type && (
        <span className={styles.chip}>
          {search.resource_type} <span className="mono">{search.resource_id?.slice(0, 8)}</span>
          <button
            type="button"
            aria-label="Remove the resource filter"
            onClick={() => onChange({ resource_type: undefined, resource_id: undefined })}
          >
            <X aria-hidden="true" />
          </button>
        </span>
      )}
      {any && (
        <Button look="quiet" onClick={clear}>
          Clear filters
        </Button>
      )}
    </search>
  );
}

type TextProps = { value: string; onChange: (value: string | undefined) => void };

const knownActions = ["server.*", "auth.*", "team.*", "member.*", "user.*", "audit.*"];
const typingMs = 300;

function ActionFilter({ value, onChange }: TextProps) {
  const [text, setText] = useState(value);
  const input = useRef<HTMLInputElement>(null);
  const latest = useRef(onChange);
  latest.current = onChange;
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => latest.current(text || undefined), typingMs);
    return () => clearTimeout(timer);
  }, [text, value]);
  useShortcuts({ "/": () => input.current?.focus() });
  return (
    <>
      <input
        ref={input}
        type="search"
        list="known-actions"
        className={`${pages.input} mono`}
        aria-label="Action; a trailing star matches all that follows"
        placeholder="Action: server.*"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <datalist id="known-actions">
        {knownActions.map((action) => (
          <option key={action} value={action} />
        ))}
      </datalist>
    </>
  );
}

function ActorFilter({ value, onChange }: TextProps) {
  const mayList = useCan("members.read");
  const { data } = useQuery({ ...membersQuery(useTeamId()), enabled: mayList });
  const members = data?.data ?? [];
  const unknown = value !== "" && !members.some((member) => member.id === value);
  return (
    <select
      className={pages.input}
      aria-label="Actor"
      value={value}
      onChange={(event) => onChange(event.target.value || undefined)}
    >
      <option value="">Anybody</option>
      {unknown && <option value={value}>{value.slice(0, 8)}</option>}
      {members.map((member) => (
        <option key={member.id} value={member.id}>
          {member.name}
        </option>
      ))}
    </select>
  );
}

const spans = [
  ["0", "Today"],
  ["7", "Last 7 days"],
  ["30", "Last 30 days"],
] as const;

function daysAgo(days: string): string {
  return new Date(Date.now() - Number(days) * 86_400_000).toISOString().slice(0, 10);
}

/** Usual spans; they fill the two days beside it. */
function WhenFilter({ value, onChange }: { value?: string; onChange: Props["onChange"] }) {
  const chosen = spans.find(([days]) => daysAgo(days) === value)?.[0];
  return (
    <select
      className={pages.input}
      aria-label="Time range"
      value={value ? (chosen ?? "other") : ""}
      onChange={({ target }) => {
        onChange({ from: target.value ? daysAgo(target.value) : undefined, to: undefined });
      }}
    >
      <option value="">All time</option>
      {spans.map(([days, label]) => (
        <option key={days} value={days}>
          {label}
        </option>
      ))}
      {value && !chosen && <option value="other">Since {value}</option>}
    </select>
  );
}

type DateProps = {
  label: string;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
};

/** A typed ISO day; native date fields would show it in the browser's own order. */
function DateFilter({ label, value, onChange }: DateProps) {
  const [text, setText] = useState(value ?? "");
  useEffect(() => setText(value ?? ""), [value]);
  const commit = () => {
    const isDay = /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));
    if (text === "" || isDay) onChange(text || undefined);
    else setText(value ?? "");
  };
  return (
    <input
      className={`${pages.input} num`}
      aria-label={`${label} day, UTC, as year-month-day`}
      placeholder="2026-01-31"
      inputMode="numeric"
      maxLength={10}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === "Enter") commit();
      }}
    />
  );
}
