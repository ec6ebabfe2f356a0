// How the chain stands, and the button that checks it from its first record.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ShieldCheck } from "lucide-react";
import { api, send } from "../api/client";
import { auditHeadQuery } from "../api/queries";
import type { AuditVerification } from "../api/types";
import { chainState } from "../lib/describe";
import { plural } from "../lib/format";
import { showDone, showFailed, showWarning } from "../lib/notices";
import { Can, useTeamId } from "../shell/team";
import { Button } from "../ui/Button";
import { StatusPill } from "../ui/StatusMark";
import { Ago } from "../ui/Time";

function State() {
  const { data: head } = useQuery(auditHeadQuery(useTeamId()));
  if (!head) return null;
  const { tone, text } = chainState(head);
  return <StatusPill tone={tone}>{text}</StatusPill>;
}

function LastCheck() {
  // The signer signs without an event that could tell.
  const { data: head } = useQuery({ ...auditHeadQuery(useTeamId()), refetchInterval: 30_000 });
  if (!head) return null;
  const last = head.last_verified;
  return (
    <span className="num">
      Head <span className="mono">{head.hash.slice(0, 8)}</span> at record{" "}
      {head.seq.toLocaleString("en")}
      {last && (
        <>
          {" "}
          · checked <Ago at={last.at} /> in {last.duration_ms.toLocaleString("en")} ms
        </>
      )}
      {head.signing.at && (
        <>
          {" "}
          · signed to record {head.signing.size?.toLocaleString("en")} <Ago at={head.signing.at} />
        </>
      )}
      {head.signing.state === "late" && " · the signer is silent"}
    </span>
  );
}

/** Checks the whole chain; shared with the overview's first steps. */
export function useVerify() {
  const team = useTeamId();
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => {
      return send(api.POST("/api/v1/teams/{team}/audit/verify", { params: { path: { team } } }));
    },
    onSuccess: (result) => {
      report(result);
      void client.invalidateQueries({ queryKey: ["team", team, "audit", "head"] });
    },
    onError: showFailed,
  });
}

function report(result: AuditVerification): void {
  const checked = plural(result.checked, "record");
  if (!result.ok) {
    const where = (result.first_bad ?? null) === null ? "" : ` at record ${result.first_bad}`;
    showWarning(`The chain is broken${where}`, result.reason ?? "The server gave no reason.");
    return;
  }
  const erased = result.erased > 0 ? ` ${plural(result.erased, "erased part")} among them.` : "";
  showDone("The chain is whole", `${checked} in ${result.duration_ms} ms.${erased}`);
}

function VerifyButton() {
  const verify = useVerify();
  return (
    <Can do="audit.verify">
      <Button busy={verify.isPending} onClick={() => verify.mutate()}>
        {!verify.isPending && <ShieldCheck aria-hidden="true" />}
        {verify.isPending ? "Verifying" : "Verify now"}
      </Button>
    </Can>
  );
}

export const AuditChain = { State, LastCheck, VerifyButton };
