// What a new team does first. The list goes away by itself once all is done.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Check } from "lucide-react";
import { type ReactNode, useEffect } from "react";
import { auditHeadQuery } from "../api/queries";
import type { Server } from "../api/types";
import { getPreferences, setPreferences, usePreferences } from "../lib/preferences";
import { useCan, useTeamId } from "../shell/team";
import { Button, buttonClass } from "../ui/Button";
import { Card } from "../ui/Card";
import { useVerify } from "./AuditChain";
import styles from "./OverviewPage.module.css";

type Step = { title: string; text: string; done: boolean; act: ReactNode };

export function FirstSteps({ servers }: { servers: Server[] }) {
  const team = useTeamId();
  const canManage = useCan("servers.manage");
  const canVerify = useCan("audit.verify");
  const { data: head } = useQuery({ ...auditHeadQuery(team), enabled: canVerify });
  const verify = useVerify();
  const steps: Step[] = [
    {
      title: "Create your account",
      text: "You are in. The first record of your audit chain says so, and names the data processing agreement, which is in the team's settings.",
      done: true,
      act: null,
    },
  ];
  if (canManage) {
    steps.push({
      title: "Install the agent on a server",
      text: "One command. Charts begin within seconds of its start.",
      done: servers.some((server) => Boolean(server.last_seen_at)),
      act: (
        <Link to="/teams/$team/servers/new" params={{ team }} className={buttonClass("primary")}>
          Add server
        </Link>
      ),
    });
  }
  if (canVerify) {
    steps.push({
      title: "Verify your audit chain",
      text: "Everything done so far is on record. Check that no record was altered.",
      done: head?.last_verified?.ok ?? head === undefined,
      act: (
        <Button busy={verify.isPending} onClick={() => verify.mutate()}>
          Verify now
        </Button>
      ),
    });
  }
  const done = steps.filter((step) => step.done).length;
  const { settled } = usePreferences();
  const isSettled = settled.includes(team);
  // An instance forgets its last verification when it restarts; a done checklist stays done.
  const isDone = done === steps.length && (!canVerify || head !== undefined);
  useEffect(() => {
    if (isDone && !isSettled) setPreferences({ settled: [...getPreferences().settled, team] });
  }, [isDone, isSettled, team]);
  if (isDone || isSettled) return null;
  return (
    <Card title="First steps" note={`${done} of ${steps.length} done`} flush>
      <ol className={styles.steps}>
        {steps.map((step, i) => (
          <li key={step.title} data-done={step.done}>
            <span className={styles.badge}>
              {step.done ? <Check role="img" aria-label="Done" /> : i + 1}
            </span>
            <div>
              <strong>{step.title}</strong>
              <p className="muted">{step.text}</p>
            </div>
            {!step.done && step.act}
          </li>
        ))}
      </ol>
    </Card>
  );
}
