// For which metrics samples are kept for a shorter time than everything: the team's rules, and the
// acts on them.
import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, send } from "../api/client";
import type { components } from "../api/schema";
import { plural } from "../lib/format";
import { useCan, useTeamId } from "../shell/team";
import { Button } from "../ui/Button";
import { Confirm } from "../ui/Confirm";
import { Field } from "../ui/Field";
import { Form } from "../ui/Form";
import { DialogActions, Modal } from "../ui/Overlay";
import { Submit } from "../ui/Submit";
import pages from "./pages.module.css";
import { TableCard } from "./TableCard";

type Rule = components["schemas"]["RetentionRule"];

const everyPath = "/api/v1/teams/{team}/metrics/retention-rules";
const onePath = "/api/v1/teams/{team}/metrics/retention-rules/{rule}";

const rulesQuery = (team: string) =>
  queryOptions({
    queryKey: ["team", team, "metrics", "retention-rules"],
    queryFn: () => send(api.GET(everyPath, { params: { path: { team } } })),
  });

/** `keptDays` is for how long everything is kept. */
export function MetricsRetention({ keptDays }: { keptDays: number }) {
  const team = useTeamId();
  const client = useQueryClient();
  const rules = useQuery(rulesQuery(team));
  const may = useCan("retention.manage");
  const [edited, setEdited] = useState<Rule | "new" | null>(null);
  const refresh = () => client.invalidateQueries({ queryKey: rulesQuery(team).queryKey });
  const add = <Button onClick={() => setEdited("new")}>Add rule</Button>;
  return (
    <>
      <TableCard
        title="Kept for a shorter time"
        note={`Everything else is kept for ${plural(keptDays, "day")}.`}
        query={rules}
        columns={["Metrics that begin with", "Kept for"]}
        hasActs={may}
        aside={may && add}
        rows={({ data }) =>
          data.length === 0 ? (
            <Nothing may={may} />
          ) : (
            data.map((rule) => (
              <Row
                key={rule.id}
                rule={rule}
                onEdit={may ? () => setEdited(rule) : undefined}
                onChange={refresh}
              />
            ))
          )
        }
      />
      <RuleDialog
        key={edited === null || edited === "new" ? edited : edited.id}
        edited={edited}
        keptDays={keptDays}
        onClose={() => setEdited(null)}
        onSaved={() => {
          setEdited(null);
          void refresh();
        }}
      />
    </>
  );
}

function Nothing({ may }: { may: boolean }) {
  return (
    <tr>
      <td colSpan={3} className="muted">
        All metrics are kept for as long.{" "}
        {may && "Add a rule for those of which a few days will do."}
      </td>
    </tr>
  );
}

type RowProps = { rule: Rule; onEdit: (() => void) | undefined; onChange: () => void };

function Row({ rule, onEdit, onChange }: RowProps) {
  const team = useTeamId();
  const [isDeleting, setDeleting] = useState(false);
  const params = { path: { team, rule: rule.id } };
  const headers = { "If-Match": `"${rule.revision}"` };
  return (
    <tr>
      <th scope="row" className="mono">
        {rule.prefix || "(any name)"}
      </th>
      <td className="num">{plural(rule.days, "day")}</td>
      {onEdit && (
        <td>
          <div className={pages.acts}>
            <Button look="quiet" onClick={onEdit}>
              Edit
            </Button>
            <Button look="quiet" onClick={() => setDeleting(true)}>
              Delete
            </Button>
          </div>
          <Confirm
            open={isDeleting}
            onClose={() => setDeleting(false)}
            title={`Delete the rule for ${rule.prefix || "any name"}?`}
            text="From now on these metrics are kept for as long as the other rules, or everything, say. What was deleted stays deleted."
            act="Delete rule"
            run={async () => {
              await send(api.DELETE(onePath, { params, headers }));
              onChange();
            }}
          />
        </td>
      )}
    </tr>
  );
}

type DialogProps = {
  edited: Rule | "new" | null;
  keptDays: number;
  onClose: () => void;
  onSaved: () => void;
};

function RuleDialog({ edited, keptDays, onClose, onSaved }: DialogProps) {
  const team = useTeamId();
  const rule = edited === "new" ? null : edited;
  const title = rule ? "Edit rule" : "Add a rule";
  return (
    <Modal open={edited !== null} onClose={onClose} title={title}>
      <Form
        label={title}
        onSubmit={async ({ prefix = "", days = "" }) => {
          const body = { prefix: prefix.trim(), days: Number(days) };
          if (rule) {
            const params = { path: { team, rule: rule.id } };
            const headers = { "If-Match": `"${rule.revision}"` };
            await send(api.PATCH(onePath, { params, headers, body }));
          } else {
            await send(api.POST(everyPath, { params: { path: { team } }, body }));
          }
          onSaved();
        }}
      >
        <Field
          label="Metrics that begin with"
          name="prefix"
          hint="go_gc_ for example. Of two rules that fit, the longer beginning counts."
          defaultValue={rule?.prefix}
          maxLength={200}
          optional
          autoFocus
        />
        <Field
          label="Kept for, in days"
          name="days"
          type="number"
          min={1}
          max={keptDays}
          defaultValue={rule?.days}
          hint="Samples that are older are deleted within the hour, and cannot be had back."
        />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Submit look="primary" whileBusy="Saving">
            {rule ? "Save rule" : "Add rule"}
          </Submit>
        </DialogActions>
      </Form>
    </Modal>
  );
}
