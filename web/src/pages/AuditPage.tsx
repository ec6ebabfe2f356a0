// The audit log: chain state, filters, a virtual table, and one record in a drawer. Filter and
// open record live in the address, so that both can be sent to a colleague.
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Download } from "lucide-react";
import { useCallback, useEffect, useState } from "react";
import { problemOf } from "../api/problem";
import { type AuditFilter, auditQuery } from "../api/queries";
import type { AuditEvent } from "../api/types";
import { zoneName } from "../lib/clock";
import { actorName, resourceName } from "../lib/describe";
import { plural } from "../lib/format";
import { usePreferences } from "../lib/preferences";
import type { AuditSearch } from "../router";
import { useLive } from "../shell/LiveProvider";
import { useTeamId } from "../shell/team";
import { Button, buttonClass } from "../ui/Button";
import { classes } from "../ui/classes";
import { type Column, DataTable } from "../ui/DataTable";
import { Empty, Loading } from "../ui/Empty";
import { PageHeader } from "../ui/PageHeader";
import { ProblemNote } from "../ui/ProblemNote";
import { StatusShape } from "../ui/StatusMark";
import { Time } from "../ui/Time";
import { AuditChain } from "./AuditChain";
import { AuditDrawer } from "./AuditDrawer";
import { AuditFilters } from "./AuditFilters";
import styles from "./AuditPage.module.css";
import pages from "./pages.module.css";

/** Relative times of the address ("24h") become an instant when the server is asked. */
function filterOf(search: AuditSearch): AuditFilter {
  const { seq: _, from, to, ...rest } = search;
  return { ...rest, from: instantOf(from, "T00:00:00Z"), to: instantOf(to, "T23:59:59.999999Z") };
}

function instantOf(text: string | undefined, clock: string): string | undefined {
  if (!text) return undefined;
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return `${text}${clock}`;
  return Number.isNaN(Date.parse(text)) ? undefined : text;
}

export function AuditPage() {
  const team = useTeamId();
  const search = useSearch({ strict: false }) as AuditSearch;
  const navigate = useNavigate();
  const { clock } = usePreferences();
  const filter = filterOf(search);
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(
    auditQuery(team, filter),
  );
  const setSearch = (change: Partial<AuditSearch>) => {
    const next = { ...search, ...change };
    void navigate({ to: ".", search: next as never, replace: true });
  };
  const more = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage();
  }, [isFetchingNextPage, fetchNextPage]);
  const rows = data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <>
      <PageHeader title="Audit log" state={<AuditChain.State />} note={<AuditChain.LastCheck />}>
        <AuditChain.VerifyButton />
        <a className={buttonClass()} href={csvAddress(team, filter)} download="audit.csv">
          <Download aria-hidden="true" />
          CSV
        </a>
      </PageHeader>
      <div className={classes(pages.page, pages.fill)}>
        <AuditFilters search={search} onChange={setSearch} />
        <NewerRecords shownTo={rows[0]?.seq} />
        {error && <ProblemNote problem={problemOf(error)} />}
        {!data && !error && <Loading what="records" />}
        {data && (
          <DataTable
            label="Audit records"
            columns={columnsFor(zoneName(clock))}
            rows={rows}
            rowKey={(event) => event.seq}
            narrow={(event) => <NarrowRow event={event} />}
            onOpen={(event) => setSearch({ seq: event.seq })}
            selected={search.seq}
            hasMore={hasNextPage}
            onMore={more}
            empty={
              <Empty title="No record matches">
                <p>Widen the time range or remove a filter.</p>
              </Empty>
            }
          />
        )}
        {data && (
          <p className="faint num">
            {plural(rows.length, "record")}
            {hasNextPage && " loaded, more below"}
          </p>
        )}
      </div>
      <AuditDrawer
        seq={search.seq ?? null}
        list={rows}
        onOpen={(seq) => setSearch({ seq })}
        onClose={() => setSearch({ seq: undefined })}
      />
    </>
  );
}

function csvAddress(team: string, filter: AuditFilter): string {
  const query = new URLSearchParams({ format: "csv" });
  for (const [name, value] of Object.entries(filter)) if (value) query.set(name, value);
  return `/api/v1/teams/${team}/audit/events?${query}`;
}

/** New records wait behind a button, so that the rows under the reader's eyes stay put. */
function NewerRecords({ shownTo }: { shownTo: number | undefined }) {
  const team = useTeamId();
  const client = useQueryClient();
  const { newestAudit } = useLive();
  const [seen, setSeen] = useState(newestAudit ?? 0);
  // Records read by a fresh list need no announcement.
  useEffect(() => setSeen((before) => Math.max(before, shownTo ?? 0)), [shownTo]);
  const waiting = shownTo === undefined ? 0 : (newestAudit ?? 0) - seen;
  if (waiting <= 0) return null;
  return (
    <div>
      <Button
        onClick={() => {
          setSeen(newestAudit ?? 0);
          void client.invalidateQueries({ queryKey: ["team", team, "audit"] });
        }}
      >
        {plural(waiting, "new record")}: show
      </Button>
    </div>
  );
}

function Outcome({ event }: { event: AuditEvent }) {
  if (event.outcome === "ok") return null;
  return (
    <span className={styles.outcome}>
      <StatusShape tone={event.outcome === "denied" ? "degraded" : "down"} />
      {event.outcome}
    </span>
  );
}

function columnsFor(zone: string): Column<AuditEvent>[] {
  return [
    {
      id: "seq",
      header: "Record",
      width: "76px",
      cell: (event) => <span className="faint num">{event.seq}</span>,
    },
    { id: "at", header: `Time (${zone})`, width: "184px", cell: (e) => <Time at={e.at} /> },
    { id: "actor", header: "Actor", width: "minmax(130px, 1fr)", cell: (e) => <Actor event={e} /> },
    {
      id: "action",
      header: "Action",
      width: "minmax(150px, 1fr)",
      cell: (event) => (
        <span className={styles.action}>
          <span className="mono">{event.action}</span>
          <Outcome event={event} />
        </span>
      ),
    },
    { id: "resource", header: "Resource", width: "minmax(150px, 1.4fr)", cell: resourceName },
    {
      id: "ip",
      header: "IP address",
      width: "128px",
      cell: (event) => <span className="mono">{event.ip ?? "–"}</span>,
    },
    {
      id: "hash",
      header: "Record hash",
      width: "104px",
      cell: (event) => <span className="mono faint">{event.row_hash.slice(0, 8)}</span>,
    },
  ];
}

function Actor({ event }: { event: AuditEvent }) {
  const name = actorName(event);
  return (
    <>
      {name}
      {event.actor.kind !== "user" && event.actor.kind !== name && (
        <span className="faint"> {event.actor.kind}</span>
      )}
    </>
  );
}

function NarrowRow({ event }: { event: AuditEvent }) {
  return (
    <div className={styles.narrow}>
      <span className={styles.action}>
        <span className="mono">{event.action}</span>
        <Outcome event={event} />
      </span>
      <span className="faint">
        <Time at={event.at} />
      </span>
      <span className={styles.second}>
        {actorName(event)} · {resourceName(event)}
      </span>
    </div>
  );
}
