// One audit record: what changed, the record as kept, and its place in the chain, recomputed in
// the reader's own browser. "[" and "]", or k and j, walk to the newer and older record of the list.
import { Tabs } from "@base-ui/react/tabs";
import { useQuery } from "@tanstack/react-query";
import { ChevronLeft, ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import { problemOf } from "../api/problem";
import { auditRecordQuery } from "../api/queries";
import type { AuditEvent, AuditRecord } from "../api/types";
import { checkHash } from "../lib/auditHash";
import { actionTitle, actorName, resourceName } from "../lib/describe";
import { useShortcuts } from "../lib/shortcuts";
import { useTeamId } from "../shell/team";
import { Button } from "../ui/Button";
import { Loading } from "../ui/Empty";
import { Drawer } from "../ui/Overlay";
import { Pairs } from "../ui/Pairs";
import { ProblemNote } from "../ui/ProblemNote";
import { StatusPill } from "../ui/StatusMark";
import { Time } from "../ui/Time";
import { AuditAround } from "./AuditAround";
import { AuditDiff } from "./AuditDiff";
import { AuditErasure, EraseRecord } from "./AuditErasure";
import styles from "./AuditPage.module.css";

type Props = {
  seq: number | null;
  /** The list as filtered: neighbours follow it, not the whole chain. */
  list: AuditEvent[];
  onOpen: (seq: number) => void;
  onSearch: (query: string) => void;
  onClose: () => void;
};

export function AuditDrawer({ seq, list, onOpen, onSearch, onClose }: Props) {
  const team = useTeamId();
  const query = useQuery({ ...auditRecordQuery(team, seq ?? 0), enabled: seq !== null });
  const place = list.findIndex((event) => event.seq === seq);
  const newer = list[place - 1]?.seq;
  const older = place >= 0 ? list[place + 1]?.seq : undefined;
  const open = (neighbour: number | undefined) => neighbour !== undefined && onOpen(neighbour);
  const toNewer = () => void open(newer);
  const toOlder = () => void open(older);
  useShortcuts(
    seq === null ? {} : { "[": toNewer, k: toNewer, "]": toOlder, j: toOlder },
    "dialog",
  );
  const record = query.data;
  return (
    <Drawer
      open={seq !== null}
      onClose={onClose}
      title={record ? actionTitle(record.action) : `Record ${seq ?? ""}`}
      note={<span className="mono faint">#{seq}</span>}
      aside={
        <>
          <Button
            look="quiet"
            aria-label="Newer record"
            disabled={newer === undefined}
            onClick={() => open(newer)}
          >
            <ChevronLeft aria-hidden="true" />
          </Button>
          <Button
            look="quiet"
            aria-label="Older record"
            disabled={older === undefined}
            onClick={() => open(older)}
          >
            <ChevronRight aria-hidden="true" />
          </Button>
        </>
      }
    >
      {query.error && <ProblemNote problem={problemOf(query.error)} />}
      {query.isPending && <Loading what="the record" />}
      {record && <AuditErasure record={record} onOpen={onOpen} />}
      {record && <Record record={record} />}
      {record && <AuditAround record={record} onOpen={onOpen} onSearch={onSearch} />}
      {record && <EraseRecord record={record} />}
    </Drawer>
  );
}

function Record({ record }: { record: AuditRecord }) {
  const facts: Record<string, ReactNode> = {
    Action: <span className="mono">{record.action}</span>,
    Outcome: record.outcome,
    Resource: resourceName(record),
    Actor: `${actorName(record)} (${record.actor.kind})`,
    Time: <Time at={record.at} />,
    "IP address": <span className="mono">{record.ip ?? "–"}</span>,
    Request: <span className="mono">{record.request_id ?? "–"}</span>,
    Client: record.user_agent ?? "–",
  };
  return (
    <>
      <Pairs className={styles.pairs} pairs={facts} />
      <Tabs.Root className={styles.tabs} defaultValue="changes">
        <Tabs.List className={styles.tabList}>
          <Tabs.Tab value="changes">Changes ({record.changes.length})</Tabs.Tab>
          <Tabs.Tab value="raw">Raw record</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="changes">
          {record.what_erased_by == null ? (
            <AuditDiff changes={record.changes} />
          ) : (
            <p className="muted">What changed was erased.</p>
          )}
        </Tabs.Panel>
        <Tabs.Panel value="raw">
          <pre className={styles.raw}>{JSON.stringify(record, null, 2)}</pre>
        </Tabs.Panel>
      </Tabs.Root>
      <Chain record={record} />
    </>
  );
}

function Chain({ record }: { record: AuditRecord }) {
  const check = useQuery({
    queryKey: ["hash-check", record.row_hash, record.header, record.prev_hash],
    queryFn: () => checkHash(record),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <section className={styles.chain} aria-label="Chain">
      <h3>Chain</h3>
      <dl className={styles.links}>
        <dt>Before</dt>
        <dd>
          <span className={styles.hash}>{record.prev_hash}</span>
        </dd>
        <dt>This</dt>
        <dd>
          <span className={styles.hash}>{record.row_hash}</span>
        </dd>
      </dl>
      <div>
        {check.data?.ok && <StatusPill tone="up">Recomputed in your browser: same hash</StatusPill>}
        {(check.data?.ok === false || check.isError) && (
          <StatusPill tone="down">The hash does not follow from the record</StatusPill>
        )}
        {check.data === null && (
          <StatusPill tone="pending">This browser cannot recompute hashes here</StatusPill>
        )}
      </div>
    </section>
  );
}
