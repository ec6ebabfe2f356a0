// Shows a new key this once. It works only after the reader has said that it is stored, so that a
// key which was never seen can never be used.
import { useQueryClient } from "@tanstack/react-query";
import { api, send } from "../api/client";
import { apiKeysQuery } from "../api/queries";
import type { NewApiKey } from "../api/types";
import { showDone } from "../lib/notices";
import { useTeamId } from "../shell/team";
import { CopyBlock } from "../ui/CopyBlock";
import { OnceDialog } from "../ui/OnceDialog";

export function NewKeyShown({ made, onDone }: { made: NewApiKey; onDone: () => void }) {
  const team = useTeamId();
  const client = useQueryClient();
  return (
    <OnceDialog
      open
      title={`Store the key “${made.name}” now`}
      text="It is shown this once and kept nowhere. It begins to work when you confirm that you have stored it."
      tick="I have stored the key in a safe place"
      act="Activate the key"
      onDone={async () => {
        const params = { path: { team, key: made.id } };
        await send(api.POST("/api/v1/teams/{team}/api-keys/{key}/ack", { params }));
        await client.invalidateQueries({ queryKey: apiKeysQuery(team).queryKey });
        onDone();
        showDone("The key is active", made.name);
      }}
    >
      <CopyBlock label="The new key" text={made.key} />
      <p className="faint">
        Fingerprint <span className="mono">{made.fingerprint}</span>, by which the audit log names
        it.
      </p>
    </OnceDialog>
  );
}
