// The first page: how many servers are how, what needs a look, what changed, and for a new team
// the first steps.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { problemOf } from "../api/problem";
import { fleetQuery, listAudit } from "../api/queries";
import type { Server, ServerStatus } from "../api/types";
import { actorName, resourceName } from "../lib/describe";
import { listTroubles } from "../lib/troubles";
import { useCan, useTeamId } from "../shell/team";
import { Card } from "../ui/Card";
import { Loading } from "../ui/Empty";
import { PageHeader } from "../ui/PageHeader";
import { ProblemNote } from "../ui/ProblemNote";
import { StatusMark, StatusShape, statusWord } from "../ui/StatusMark";
import { Ago } from "../ui/Time";
import { FirstSteps } from "./FirstSteps";
import styles from "./OverviewPage.module.css";
import pages from "./pages.module.css";

export function OverviewPage() {
  const team = useTeamId();
  const { data: fleet, error } = useQuery(fleetQuery(team));
  const canAudit = useCan("audit.read");
  return (
    <>
      <PageHeader title="Overview" />
      <div className={pages.page}>
        {error && <ProblemNote problem={problemOf(error)} />}
        {!fleet && !error && <Loading what="the overview" />}
        {fleet && <FirstSteps servers={fleet.data} />}
        {fleet && <Counts servers={fleet.data} more={Boolean(fleet.next)} />}
        <div className={pages.columns}>
          {fleet && fleet.data.length > 0 && <Troubles servers={fleet.data} />}
          {canAudit && <Changes />}
        </div>
      </div>
    </>
  );
}

const statuses: ServerStatus[] = ["down", "up", "pending"];

function Counts({ servers, more }: { servers: Server[]; more: boolean }) {
  const team = useTeamId();
  if (servers.length === 0) return null;
  return (
    <nav className={styles.counts} aria-label="Servers by status">
      {statuses.map((status) => {
        const count = servers.filter((server) => server.status === status).length;
        return (
          <Link
            key={status}
            to="/teams/$team/servers"
            params={{ team }}
            search={{ status }}
            className={styles.count}
            data-status={count > 0 ? status : undefined}
          >
            <span className={`${styles.number} num`}>
              {count}
              {more && "+"}
            </span>
            <span className={styles.word}>
              <StatusShape tone={status} />
              {statusWord(status)}
            </span>
          </Link>
        );
      })}
    </nav>
  );
}

function Troubles({ servers }: { servers: Server[] }) {
  const team = useTeamId();
  const troubles = listTroubles(servers, new Date()).slice(0, 10);
  return (
    <Card title="Needs a look" note={troubles.length > 0 ? "worst first" : undefined} flush>
      {troubles.length === 0 ? (
        <p className={styles.calm}>
          <StatusMark tone="up">
            Nothing. Every server reports, and none is short of room.
          </StatusMark>
        </p>
      ) : (
        <ul className={styles.list}>
          {troubles.map(({ server, tone, text }) => (
            <li key={`${server.id} ${text}`}>
              <Link to="/teams/$team/servers/$server" params={{ team, server: server.id }}>
                <StatusMark tone={tone}>{server.name}</StatusMark>
                <span className="muted">{text}</span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

const dayMs = 86_400_000;

function dayAgo(): string {
  return new Date(Date.now() - dayMs).toISOString();
}

function Changes() {
  const team = useTeamId();
  const { data } = useQuery({
    queryKey: ["team", team, "audit", "day"],
    queryFn: () => listAudit(team, { from: dayAgo(), limit: 10 }),
  });
  const events = data?.data ?? [];
  return (
    <Card
      title="What changed"
      note="last 24 hours"
      flush
      aside={
        <Link to="/teams/$team/audit" params={{ team }}>
          Audit log
        </Link>
      }
    >
      {data && events.length === 0 && <p className={styles.calm}>Nothing changed.</p>}
      <ul className={styles.list}>
        {events.map((event) => (
          <li key={event.seq}>
            <Link to="/teams/$team/audit" params={{ team }} search={{ seq: event.seq }}>
              <span className={styles.what}>
                <span className="mono">{event.action}</span> {resourceName(event)}
              </span>
              <span className="muted">
                {actorName(event)}, <Ago at={event.at} />
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  );
}
