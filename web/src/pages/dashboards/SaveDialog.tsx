// Saves the changes with a note. When somebody else saved meanwhile it tells what would be covered,
// and lets the reader decide.

import { useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { dashboardQuery } from "../../api/dashboards";
import { ProblemError } from "../../api/problem";
import type { Dashboard } from "../../api/types";
import { contentOf } from "../../lib/dashboard";
import { diffOf } from "../../lib/dashboardDiff";
import { showDone } from "../../lib/notices";
import { useTeamId } from "../../shell/team";
import { Button } from "../../ui/Button";
import { Field } from "../../ui/Field";
import { Form } from "../../ui/Form";
import { DialogActions, Modal } from "../../ui/Overlay";
import { Submit } from "../../ui/Submit";
import { Ago } from "../../ui/Time";
import styles from "./Dashboard.module.css";
import { DashboardDiff } from "./DashboardDiff";
import type { Editing } from "./useEditing";

type Props = {
  dashboard: Dashboard;
  editing: Editing;
  onClose: () => void;
  onSaved: () => void;
};

export function SaveDialog({ dashboard, editing, onClose, onSaved }: Props) {
  const team = useTeamId();
  const client = useQueryClient();
  const [newest, setNewest] = useState<Dashboard | null>(null);
  const save = async (note: string) => {
    try {
      await editing.save(note, newest?.revision);
    } catch (thrown) {
      const isStale = thrown instanceof ProblemError && thrown.problem.status === 412;
      if (!isStale) throw thrown;
      const question = { ...dashboardQuery(team, dashboard.id), staleTime: 0 };
      return setNewest(await client.fetchQuery(question));
    }
    onClose();
    onSaved();
    showDone("Dashboard saved");
  };
  return (
    <Modal
      open
      wide={newest !== null}
      onClose={onClose}
      title={newest ? "Somebody else saved meanwhile" : "Save changes"}
    >
      <Form label="Save changes" onSubmit={({ note = "" }) => save(note)}>
        {newest ? (
          <Conflict newest={newest} editing={editing} />
        ) : (
          <Summary editing={editing} dashboard={dashboard} />
        )}
        <Field
          label="Note"
          name="note"
          hint="Stands beside the version."
          maxLength={500}
          optional
        />
        <DialogActions>
          <Button onClick={onClose}>Keep editing</Button>
          {newest && (
            <Button
              onClick={() => {
                editing.discard(newest);
                onClose();
              }}
            >
              Take theirs, discard mine
            </Button>
          )}
          <Submit look={newest ? "danger" : "primary"} whileBusy="Saving">
            {newest ? "Save mine over theirs" : "Save"}
          </Submit>
        </DialogActions>
      </Form>
    </Modal>
  );
}

function Summary({ editing, dashboard }: Pick<Props, "editing" | "dashboard">) {
  const { content } = editing;
  const differences = useMemo(() => diffOf(contentOf(dashboard), content), [dashboard, content]);
  return (
    <ul className="muted">
      {differences.map(({ key, title, state }) => (
        <li key={key}>
          {title}: {state}
        </li>
      ))}
    </ul>
  );
}

function Conflict({ newest, editing }: { newest: Dashboard; editing: Editing }) {
  return (
    <>
      <p role="alert">
        {newest.updated_by.name ?? "Somebody"} saved version {newest.revision}{" "}
        <Ago at={newest.updated_at} />. Saving yours would change it as follows. Theirs stays among
        the versions either way.
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable area must take focus */}
      <section className={styles.scrolled} tabIndex={0} aria-label="What would change">
        <DashboardDiff before={contentOf(newest)} after={editing.content} />
      </section>
    </>
  );
}
