// What happened right before and after a record, whatever the list is filtered by, and the ways to
// all of its resource and all of its actor.
import { useQuery } from "@tanstack/react-query";
import { auditAroundQuery } from "../api/queries";
import type { AuditRecord } from "../api/types";
import { actionTitle, actorName } from "../lib/describe";
import { useTeamId } from "../shell/team";
import { Button } from "../ui/Button";
import { Time } from "../ui/Time";
import styles from "./AuditPage.module.css";

type Props = {
  record: AuditRecord;
  onOpen: (seq: number) => void;
  onSearch: (query: string) => void;
};

export function AuditAround({ record, onOpen, onSearch }: Props) {
  const { data } = useQuery(auditAroundQuery(useTeamId(), record.seq));
  return (
    <section className={styles.around} aria-label="Around this record">
      <h3>Around this record</h3>
      <ol>
        {data?.data.map((event) => (
          <li key={event.seq}>
            <button
              type="button"
              aria-current={event.seq === record.seq}
              onClick={() => onOpen(event.seq)}
            >
              <span className="faint num">{event.seq}</span>
              <span>{actionTitle(event.action)}</span>
              <span className="faint">{actorName(event)}</span>
              <span className="faint">
                <Time at={event.at} />
              </span>
            </button>
          </li>
        ))}
      </ol>
      <div className={styles.ways}>
        {record.resource_id && (
          <Button
            onClick={() => onSearch(`resource:${record.resource_type}/${record.resource_id}`)}
          >
            All of this {record.resource_type.replaceAll("_", " ")}
          </Button>
        )}
        {record.actor.id && (
          <Button onClick={() => onSearch(`actor:${record.actor.id}`)}>All of this actor</Button>
        )}
        {record.ip && (
          <Button onClick={() => onSearch(`ip:${record.ip}`)}>All from this address</Button>
        )}
      </div>
    </section>
  );
}
