// Puts the expression of the explorer onto a dashboard, as a panel below the others.
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type ChangeEvent, useState } from "react";
import {
  dashboardQuery,
  dashboardsQuery,
  makeDashboard,
  saveDashboard,
} from "../../api/dashboards";
import { contentOf, emptyBody, makePanel, makeQuery } from "../../lib/dashboard";
import { showDone } from "../../lib/notices";
import { useTeamId } from "../../shell/team";
import { Button } from "../../ui/Button";
import { Field } from "../../ui/Field";
import { Form } from "../../ui/Form";
import { DialogActions, Modal } from "../../ui/Overlay";
import { Submit } from "../../ui/Submit";

type Props = { expression: string; kind: "graph" | "table"; onClose: () => void };

const aNew = "new";

export function AddToDashboard({ expression, kind, onClose }: Props) {
  const team = useTeamId();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [q, setQ] = useState("");
  const [chosen, setChosen] = useState(aNew);
  const listed = useInfiniteQuery(
    dashboardsQuery(team, { q: q.trim() || undefined, sort: "-updated_at" }),
  );
  const found = listed.data?.pages[0]?.data ?? [];
  const isNew = chosen === aNew || !found.some((one) => one.id === chosen);

  const add = async (name: string, title: string) => {
    const queries = [makeQuery("A", expression)];
    if (isNew) {
      const panels = [makePanel(kind, [], { title, queries })];
      const body = { ...emptyBody, panels };
      return makeDashboard(client, team, { name, description: "", body });
    }
    // The newest one: what others added meanwhile stays.
    const dashboard = await client.fetchQuery({ ...dashboardQuery(team, chosen), staleTime: 0 });
    const content = contentOf(dashboard);
    const { panels } = content.body;
    const body = {
      ...content.body,
      panels: [...panels, makePanel(kind, panels, { title, queries })],
    };
    const note = "Panel added from the metrics explorer";
    return saveDashboard(client, team, dashboard, { ...content, body }, note);
  };
  return (
    <Modal open onClose={onClose} title="Add to dashboard">
      <Form
        label="Add to dashboard"
        onSubmit={async ({ name = "", title = "" }) => {
          const { id, name: called } = await add(name, title);
          onClose();
          const params = { team, dashboard: id };
          await navigate({ to: "/teams/$team/dashboards/$dashboard", params });
          showDone("Panel added", `It is the last one of ${called}.`);
        }}
      >
        <Field
          label="Find a dashboard"
          name="find"
          type="search"
          value={q}
          optional
          onChange={({ target }: ChangeEvent<HTMLInputElement>) => setQ(target.value)}
        />
        <Field
          label="Dashboard"
          name="dashboard"
          value={isNew ? aNew : chosen}
          options={[
            { value: aNew, label: "A new one" },
            ...found.map((one) => ({ value: one.id, label: one.name })),
          ]}
          onChange={({ target }: ChangeEvent<HTMLSelectElement>) => setChosen(target.value)}
        />
        {isNew && <Field label="Name of the new one" name="name" maxLength={200} />}
        <Field label="Title of the panel" name="title" maxLength={200} optional />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Submit look="primary" whileBusy="Adding">
            Add panel
          </Submit>
        </DialogActions>
      </Form>
    </Modal>
  );
}
