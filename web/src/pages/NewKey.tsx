// Asks what a new API key shall be.
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, send } from "../api/client";
import { apiKeysQuery } from "../api/queries";
import type { NewApiKey } from "../api/types";
import { keyDraft } from "../lib/keyDraft";
import { useTeamId } from "../shell/team";
import { Button } from "../ui/Button";
import { Field } from "../ui/Field";
import { Form } from "../ui/Form";
import { DialogActions, Modal } from "../ui/Overlay";
import { Submit } from "../ui/Submit";
import styles from "./ApiKeysPage.module.css";
import { KeyFields, NameField } from "./KeyFields";

const environments = [
  { value: "live", label: "live" },
  { value: "test", label: "test" },
];

export function NewKey(props: { onClose: () => void; onMade: (key: NewApiKey) => void }) {
  const team = useTeamId();
  const client = useQueryClient();
  const [scopes, setScopes] = useState<ReadonlySet<string>>(new Set());
  const [today] = useState(() => new Date().toISOString().slice(0, 10));
  return (
    <Modal open wide onClose={props.onClose} title="Create an API key">
      <Form
        label="Create an API key"
        onSubmit={async (values) => {
          const params = { path: { team } };
          const body = keyDraft(values, [...scopes]);
          const made = await send(api.POST("/api/v1/teams/{team}/api-keys", { params, body }));
          props.onMade(made);
          void client.invalidateQueries({ queryKey: apiKeysQuery(team).queryKey });
        }}
      >
        <NameField name="" />
        <div className={styles.pair}>
          <Field
            label="Environment"
            name="env"
            options={environments}
            hint="Stands in the key itself, so that a mix-up is seen."
          />
          <Field
            label="Expires after"
            name="expires_at"
            type="date"
            min={today}
            optional
            hint="Through the end of that day, UTC."
          />
        </div>
        <KeyFields ipAllow={[]} corsOrigins={[]} chosen={scopes} onChoose={setScopes} />
        <DialogActions>
          <Button onClick={props.onClose}>Cancel</Button>
          <Submit look="primary" whileBusy="Creating">
            Create key
          </Submit>
        </DialogActions>
      </Form>
    </Modal>
  );
}
