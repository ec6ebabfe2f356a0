// One server: a sentence on how it is, its facts, and its live charts.
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Pause, Play } from "lucide-react";
import { problemOf } from "../api/problem";
import { serverQuery } from "../api/queries";
import type { Server } from "../api/types";
import { useNow } from "../lib/clock";
import { statusSentence } from "../lib/describe";
import { plural } from "../lib/format";
import { useShortcuts } from "../lib/shortcuts";
import { useTeamId } from "../shell/team";
import { Button } from "../ui/Button";
import { Loading } from "../ui/Empty";
import { PageHeader } from "../ui/PageHeader";
import { ProblemNote } from "../ui/ProblemNote";
import { Segment } from "../ui/Segment";
import { StatusPill } from "../ui/StatusMark";
import { Ago, Time } from "../ui/Time";
import pages from "./pages.module.css";
import { ServerActions } from "./ServerActions";
import { ServerCharts } from "./ServerCharts";
import { ServerFacts } from "./ServerFacts";
import styles from "./ServerPage.module.css";
import { ServerWaiting } from "./ServerWaiting";
import { rangeOf, rangeOptions, useLiveSeries } from "./useLiveSeries";

export function ServerPage() {
  const team = useTeamId();
  const { server: id = "" } = useParams({ strict: false });
  const { data: server, error } = useQuery({
    ...serverQuery(team, id),
    refetchInterval: (query) => (query.state.data?.facts ? 20_000 : 5000),
  });
  const parent = (
    <Link to="/teams/$team/servers" params={{ team }}>
      Servers
    </Link>
  );
  if (error && !server) {
    return (
      <>
        <PageHeader title="This server could not be shown" parent={parent} />
        <div className={pages.page}>
          <ProblemNote problem={problemOf(error)} />
        </div>
      </>
    );
  }
  if (!server) return <Loading what="the server" />;
  return <LoadedServer key={server.id} server={server} parent={parent} />;
}

function LoadedServer({ server, parent }: { server: Server; parent: React.ReactNode }) {
  const search = useSearch({ strict: false }) as { range?: string };
  const range = rangeOf(search.range, server.created_at);
  const navigate = useNavigate();
  const now = useNow(5000);
  const live = useLiveSeries(server.id, range);
  useShortcuts({ p: live.togglePaused });
  return (
    <>
      <PageHeader
        title={server.name}
        parent={parent}
        state={<StatusPill tone={server.status}>{statusSentence(server, now)}</StatusPill>}
        note={
          server.last_seen_at && (
            <>
              {server.agent_version && `Agent ${server.agent_version} · `}reported{" "}
              <Ago at={server.last_seen_at} />
            </>
          )
        }
      >
        <Segment
          label="Time range"
          value={range.value}
          options={rangeOptions}
          onChange={(value) => void navigate({ to: ".", search: { range: value }, replace: true })}
        />
        <Button onClick={live.togglePaused} aria-pressed={live.paused !== null}>
          {live.paused ? <Play aria-hidden="true" /> : <Pause aria-hidden="true" />}
          {live.paused ? "Resume live" : "Pause live"}
        </Button>
        <ServerActions server={server} />
      </PageHeader>
      <div className={pages.page}>
        {live.paused && (
          <div className={styles.paused} role="status">
            <span>
              Paused at <Time at={live.paused.at} look="time" />.{" "}
              {plural(live.paused.unseen, "newer report")} held back.
            </span>
            <Button onClick={live.togglePaused}>Resume</Button>
          </div>
        )}
        {server.note && <p className={styles.note}>{server.note}</p>}
        {!server.last_seen_at && <ServerWaiting server={server} />}
        <ServerFacts server={server} answer={live.answer} />
        {live.error && <ProblemNote problem={problemOf(live.error)} />}
        {server.last_seen_at && (
          <ServerCharts
            answer={live.answer}
            window={live.window}
            cores={server.facts?.cores ?? null}
          />
        )}
      </div>
    </>
  );
}
