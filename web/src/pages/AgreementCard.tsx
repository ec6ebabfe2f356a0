// The agreement on data processing: what it says now, and what of it the team has accepted.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, send } from "../api/client";
import { problemOf } from "../api/problem";
import { agreementQuery } from "../api/queries";
import type { Agreement } from "../api/types";
import { showDone, showFailed } from "../lib/notices";
import { useCan, useTeamId } from "../shell/team";
import { Button } from "../ui/Button";
import { Card } from "../ui/Card";
import { ProblemNote } from "../ui/ProblemNote";
import { Time } from "../ui/Time";
import styles from "./AgreementCard.module.css";

export function AgreementCard() {
  const { data, error } = useQuery(agreementQuery(useTeamId()));
  return (
    <Card title="Data processing agreement">
      {error && <ProblemNote problem={problemOf(error)} />}
      {data && <Standing agreement={data} />}
    </Card>
  );
}

function Standing({ agreement }: { agreement: Agreement }) {
  const client = useQueryClient();
  const team = useTeamId();
  const isOwner = useCan("team.transfer");
  const accept = useMutation({
    mutationFn: () => {
      const { version, sha256 } = agreement;
      const params = { path: { team } };
      return send(
        api.POST("/api/v1/teams/{team}/agreement", { params, body: { version, sha256 } }),
      );
    },
    onSuccess: () => showDone("Agreement accepted", "It is on the team's record."),
    onError: showFailed,
    onSettled: () => client.invalidateQueries({ queryKey: agreementQuery(team).queryKey }),
  });
  return (
    <>
      <p className="muted">
        Version {agreement.version}
        {agreement.published_at && (
          <>
            , published <Time at={agreement.published_at} />
          </>
        )}
        . <IssuedThen agreement={agreement} /> <AcceptedBefore agreement={agreement} />
      </p>
      <details>
        <summary>Read it</summary>
        <p className={styles.words}>{agreement.content}</p>
        <p className="muted">
          SHA-256 <span className={styles.digest}>{agreement.sha256}</span>
        </p>
      </details>
      <div className={styles.acts}>
        <a href="/trust/text/agreement" download>
          Download
        </a>
        {isOlder(agreement) && (
          <a href={`/api/v1/teams/${team}/agreement/issued`} download>
            Download version {agreement.issued_version}
          </a>
        )}
        {isOwner && !agreement.is_accepted && (
          <Button busy={accept.isPending} onClick={() => accept.mutate()}>
            Accept for the team
          </Button>
        )}
      </div>
    </>
  );
}

/** Whether the team was made under other words than those of now. */
function isOlder({ issued_sha256, sha256 }: Agreement) {
  return Boolean(issued_sha256) && issued_sha256 !== sha256;
}

function IssuedThen({ agreement }: { agreement: Agreement }) {
  if (!agreement.issued_sha256) return null;
  const which = isOlder(agreement) ? `version ${agreement.issued_version}` : "it";
  return <>The team was made under {which}, and its first record says so.</>;
}

function AcceptedBefore({ agreement }: { agreement: Agreement }) {
  const { accepted_at, accepted_by, accepted_version, is_accepted } = agreement;
  if (!accepted_at) return <>The team has not accepted it.</>;
  return (
    <>
      {is_accepted ? "Accepted" : `The team accepted version ${accepted_version}, not this one,`}{" "}
      <Time at={accepted_at} />
      {accepted_by && ` by ${accepted_by}`}.
    </>
  );
}
