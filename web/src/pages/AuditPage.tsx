// The audit log: chain state, a query, a virtual table, and one record in a drawer. Query and
// open record live in the address, so that both can be sent to a colleague.
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useEffect, useState } from "react";
import { problemOf } from "../api/problem";
import { auditHeadQuery, auditQuery } from "../api/queries";
import type { AuditEvent } from "../api/types";
import { zoneName } from "../lib/clock";
import { actorName, resourceName } from "../lib/describe";
import { plural } from "../lib/format";
import { usePreferences } from "../lib/preferences";
import { useLive } from "../shell/LiveProvider";
import { Can, useTeamId } from "../shell/team";
import { Button, buttonClass } from "../ui/Button";
import { classes } from "../ui/classes";
import { type Column, DataTable } from "../ui/DataTable";
import { Empty, Loading } from "../ui/Empty";
import { PageHeader } from "../ui/PageHeader";
import { ProblemNote } from "../ui/ProblemNote";
import { StatusShape } from "../ui/StatusMark";
import { Time } from "../ui/Time";
import { AuditChain } from "./AuditChain";
import { AuditExport } from "./AuditExport";
import styles from "./AuditPage.module.css";
import { AuditQuery } from "./AuditQuery";
import pages from "./pages.module.css";

const AuditDrawer = lazy(() => import("./AuditDrawer").then((m) => ({ default: m.AuditDrawer })));
const AuditCheckHere = lazy(() =>
  import("./AuditCheckHere").then((m) => ({ default: m.AuditCheckHere })),
);

export type AuditSearch = { q?: string; seq?: number };

export function AuditPage() {
  const team = useTeamId();
  const search = useSearch({ strict: false }) as AuditSearch;
  const navigate = useNavigate();
  const { clock } = usePreferences();
  const [isChecking, setChecking] = useState(false);
  // The drawer stays once it was opened: closing it gives the focus back.
  const [hasOpened, setHasOpened] = useState(false);
  if (search.seq !== undefined && !hasOpened) setHasOpened(true);
  const { data, error, hasNextPage, isFetching, isFetchingNextPage, fetchNextPage } =
    useInfiniteQuery(auditQuery(team, search.q));
  const setSearch = (change: Partial<AuditSearch>) => {
    const next = { ...search, ...change };
    void navigate({ to: ".", search: next as never, replace: true });
  };
  const more = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage();
  }, [isFetchingNextPage, fetchNextPage]);
  const rows = data?.pages.flatMap((page) => page.data) ?? [];
  const problem = error ? problemOf(error) : null;
  return (
    <>
      <PageHeader title="Audit log" state={<AuditChain.State />} note={<AuditChain.LastCheck />}>
        <AuditChain.VerifyButton />
        <Can do="audit.export">
          <Link to="/teams/$team/audit/streams" params={{ team }} className={buttonClass()}>
            Streams
          </Link>
        </Can>
        <AuditExport query={search.q} />
      </PageHeader>
      <div className={classes(pages.page, pages.fill)}>
        <AuditQuery
          value={search.q ?? ""}
          problem={problem}
          onChange={(q) => setSearch({ q: q || undefined })}
        />
        <NewerRecords shownTo={search.q ? undefined : rows[0]?.seq} />
        {problem && problem.status !== 422 && <ProblemNote problem={problem} />}
        {!data && !error && <Loading what="records" />}
        {data && !error && (
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
            empty={!hasNextPage && !isFetching && <NothingFound />}
          />
        )}
        {data && !error && (
          <Progress
            count={rows.length}
            lookedTo={data.pages.at(-1)?.looked_to}
            more={hasNextPage}
            onCheck={rows.length > 0 ? () => setChecking(true) : undefined}
          />
        )}
      </div>
      {isChecking && (
        <Suspense>
          <AuditCheckHere
            newest={rows[0]?.seq ?? 1}
            oldest={rows.at(-1)?.seq ?? 1}
            onClose={() => setChecking(false)}
          />
        </Suspense>
      )}
      {hasOpened && (
        <Suspense>
          <AuditDrawer
            seq={search.seq ?? null}
            list={rows}
            onOpen={(seq) => setSearch({ seq })}
            onSearch={(q) => setSearch({ q, seq: undefined })}
            onClose={() => setSearch({ seq: undefined })}
          />
        </Suspense>
      )}
    </>
  );
}

function NothingFound() {
  return (
    <Empty title="No record matches">
      <p>Widen the time range or take a term away.</p>
    </Empty>
  );
}

type ProgressProps = {
  count: number;
  lookedTo: number | undefined;
  more: boolean;
  onCheck: (() => void) | undefined;
};

/** How far down the record was looked through, since a rare find may lie far below. */
function Progress({ count, lookedTo, more, onCheck }: ProgressProps) {
  const { data: head } = useQuery(auditHeadQuery(useTeamId()));
  const total = head?.seq ?? 0;
  const looked = total === 0 || lookedTo === undefined ? 1 : 1 - (lookedTo - 1) / total;
  return (
    <div className={classes("faint num", styles.progress)}>
      <span>{plural(count, "record")}</span>
      {more && (
        <>
          <progress aria-label="Looked through" max={1} value={Math.max(0, looked)} />
          <span>looked back to record {lookedTo?.toLocaleString("en")}, more below</span>
        </>
      )}
      {onCheck && (
        <Button look="quiet" onClick={onCheck}>
          Check these in this browser
        </Button>
      )}
    </div>
  );
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
