// One API key with all that is known of it, and the ways to change and to revoke it.
import { useQueryClient } from "@tanstack/react-query";
import { ArrowRightLeft, Pencil } from "lucide-react";
import { useState } from "react";
import { api, send } from "../api/client";
import { apiKeysQuery } from "../api/queries";
import type { ApiKey } from "../api/types";
import { keyDraft } from "../lib/keyDraft";
import { showDone } from "../lib/notices";
import { useCan, useTeamId } from "../shell/team";
import { Button } from "../ui/Button";
import { Confirm } from "../ui/Confirm";
import { Form } from "../ui/Form";
import { DialogActions, Drawer } from "../ui/Overlay";
import { Pairs } from "../ui/Pairs";
import { Submit } from "../ui/Submit";
import { Ago, Time } from "../ui/Time";
import styles from "./ApiKeysPage.module.css";
import { KeyFields, NameField } from "./KeyFields";
import { KeyStateMark } from "./KeyStateMark";
import { KeyTransfer } from "./KeyTransfer";
import pages from "./pages.module.css";

export function KeyDrawer({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const [isEditing, setEditing] = useState(false);
  const [isRevoking, setRevoking] = useState(false);
  const [isLeaving, setLeaving] = useState(false);
  const canTransfer = useCan("api_keys.transfer");
  const isOver = apiKey.state === "revoked" || apiKey.state === "expired";
  return (
    <Drawer open onClose={onClose} title={apiKey.name} note={<KeyStateMark state={apiKey.state} />}>
      {isEditing ? (
        <EditForm apiKey={apiKey} onDone={() => setEditing(false)} />
      ) : (
        <>
          <Facts apiKey={apiKey} />
          {apiKey.state === "suspended" && <WhySuspended canTransfer={canTransfer} />}
          {!isOver && (
            <div className={pages.row}>
              <Button onClick={() => setEditing(true)}>
                <Pencil aria-hidden="true" />
                Edit
              </Button>
              {canTransfer && apiKey.state !== "pending" && (
                <Button onClick={() => setLeaving(true)}>
                  <ArrowRightLeft aria-hidden="true" />
                  Hand over
                </Button>
              )}
              <Button look="danger" onClick={() => setRevoking(true)}>
                Revoke key
              </Button>
            </div>
          )}
        </>
      )}
      {isLeaving && <KeyTransfer apiKey={apiKey} onClose={() => setLeaving(false)} />}
      <RevokeQuestion apiKey={apiKey} open={isRevoking} onClose={() => setRevoking(false)} />
    </Drawer>
  );
}

function WhySuspended({ canTransfer }: { canTransfer: boolean }) {
  return (
    <p className="muted">
      Whoever made this key has left the team or has a disabled account, so it opens nothing.{" "}
      {canTransfer ? "Hand it over" : "Ask an owner of the team to hand it over"} to another member,
      and it works again.
    </p>
  );
}

function Facts({ apiKey }: { apiKey: ApiKey }) {
  const mono = (text: string) => <span className="mono">{text}</span>;
  const list = (entries: string[], none: string) => (entries.length ? entries.join(", ") : none);
  return (
    <Pairs
      className={styles.pairs}
      pairs={{
        "Begins with": mono(apiKey.prefix),
        Fingerprint: mono(apiKey.fingerprint),
        Environment: apiKey.env,
        Scopes: mono(apiKey.scopes.join(", ")),
        "Allowed from": list(apiKey.ip_allow, "anywhere"),
        "Web origins": list(apiKey.cors_origins, "none: not for browsers"),
        Created: <Time at={apiKey.created_at} />,
        "Created by": apiKey.created_by?.name || "somebody who is gone",
        Expires: apiKey.expires_at ? <Time at={apiKey.expires_at} /> : "never",
        "Last used": apiKey.last_used_at ? (
          <>
            <Ago at={apiKey.last_used_at} />
            {apiKey.last_used_ip && <> from {mono(apiKey.last_used_ip)}</>}
          </>
        ) : (
          "never"
        ),
      }}
    />
  );
}

function EditForm({ apiKey, onDone }: { apiKey: ApiKey; onDone: () => void }) {
  const team = useTeamId();
  const client = useQueryClient();
  const [scopes, setScopes] = useState<ReadonlySet<string>>(new Set(apiKey.scopes));
  return (
    <Form
      label={`Edit ${apiKey.name}`}
      onSubmit={async (values) => {
        const draft = keyDraft(values, [...scopes]);
        const body = {
          name: draft.name,
          scopes: draft.scopes,
          ip_allow: draft.ip_allow,
          cors_origins: draft.cors_origins,
        };
        const params = { path: { team, key: apiKey.id } };
        const headers = { "If-Match": `"${apiKey.revision}"` };
        await send(api.PATCH("/api/v1/teams/{team}/api-keys/{key}", { params, headers, body }));
        await client.invalidateQueries({ queryKey: apiKeysQuery(team).queryKey });
        onDone();
        showDone("Key changed", draft.name);
      }}
    >
      <NameField name={apiKey.name} />
      <KeyFields
        ipAllow={apiKey.ip_allow}
        corsOrigins={apiKey.cors_origins}
        chosen={scopes}
        onChoose={setScopes}
        within={apiKey.scopes}
      />
      <p className="faint">Scopes can be taken away here, never added: make a new key for more.</p>
      <DialogActions>
        <Button onClick={onDone}>Cancel</Button>
        <Submit look="primary" whileBusy="Saving">
          Save
        </Submit>
      </DialogActions>
    </Form>
  );
}

type RevokeProps = { apiKey: ApiKey; open: boolean; onClose: () => void };

function RevokeQuestion({ apiKey, open, onClose }: RevokeProps) {
  const team = useTeamId();
  const client = useQueryClient();
  return (
    <Confirm
      open={open}
      onClose={onClose}
      title={`Revoke ${apiKey.name}?`}
      text="Every request with this key is refused within a second, for good. The key stays in the list, and what it did stays in the audit log."
      act="Revoke key"
      run={async () => {
        const params = { path: { team, key: apiKey.id } };
        await send(api.DELETE("/api/v1/teams/{team}/api-keys/{key}", { params }));
        await client.invalidateQueries({ queryKey: apiKeysQuery(team).queryKey });
        showDone("Key revoked", apiKey.name);
      }}
    />
  );
}
