// Brings a Grafana dashboard along: first it is only looked at, and what would be left out is listed.
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { importDashboard } from "../../api/dashboards";
import { ProblemError } from "../../api/problem";
import type { DashboardImport } from "../../api/types";
import { hasQueries } from "../../lib/dashboard";
import { plural } from "../../lib/format";
import { showDone } from "../../lib/notices";
import { useTeamId } from "../../shell/team";
import { Button } from "../../ui/Button";
import { Field } from "../../ui/Field";
import { Form } from "../../ui/Form";
import { DialogActions } from "../../ui/Overlay";
import { Submit } from "../../ui/Submit";
import pages from "../pages.module.css";
import styles from "./Dashboard.module.css";

type Props = { onMade: (dashboard: string) => Promise<void>; onClose: () => void };

/** What the text holds; throws as the server would where it is no JSON. */
function parseGrafana(text: string): Record<string, unknown> {
  try {
    const found: unknown = JSON.parse(text);
    if (typeof found === "object" && found !== null && !Array.isArray(found)) {
      return found as Record<string, unknown>;
    }
  } catch {
    // Told below, in the words of the page.
  }
  const detail = "This is not the JSON of a dashboard. Take it from Share, Export in Grafana.";
  throw new ProblemError({
    type: "about:blank",
    title: "The text cannot be read",
    status: 0,
    detail,
    code: "unreadable_text",
    request_id: "",
    errors: [{ pointer: "/grafana", code: "unreadable", detail }],
  });
}

export function ImportForm({ onMade, onClose }: Props) {
  const team = useTeamId();
  const client = useQueryClient();
  const [text, setText] = useState("");
  const [found, setFound] = useState<DashboardImport | null>(null);
  const change = (next: string) => {
    setText(next);
    setFound(null);
  };
  return (
    <Form
      label="Import from Grafana"
      onSubmit={async () => {
        const answer = await importDashboard(client, team, parseGrafana(text), found === null);
        if (!answer.dashboard) return setFound(answer);
        await onMade(answer.dashboard);
        showDone("Dashboard imported");
      }}
    >
      <Field
        label="JSON file"
        name="file"
        type="file"
        accept="application/json,.json"
        optional
        onChange={({ target }) => {
          const [file] = (target as HTMLInputElement).files ?? [];
          void file?.text().then(change);
        }}
      />
      <Field
        label="Or its text"
        name="grafana"
        rows={6}
        className="mono"
        spellCheck={false}
        value={text}
        onChange={({ target }) => change(target.value)}
      />
      {found && <Found found={found} />}
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        {found ? (
          <Submit look="primary" whileBusy="Importing">
            Import
          </Submit>
        ) : (
          <Submit look="primary" whileBusy="Checking">
            Check
          </Submit>
        )}
      </DialogActions>
    </Form>
  );
}

function Found({ found }: { found: DashboardImport }) {
  const { panels, variables } = found.body;
  const drawn = panels.filter((panel) => hasQueries(panel.kind)).length;
  return (
    <section className={pages.stack} aria-label="What would be imported" aria-live="polite">
      <p>
        <strong>{found.name}</strong>: {plural(panels.length, "panel")}, {drawn} of them with
        queries, and {plural(variables.length, "variable")}.
      </p>
      {found.left_out.length === 0 ? (
        <p className="muted">Nothing is left out.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable area must take focus
        <section className={styles.scrolled} tabIndex={0} aria-label="What is left out">
          <table className={pages.plain}>
            <thead>
              <tr>
                <th scope="col">Panel</th>
                <th scope="col">Left out</th>
                <th scope="col">Why</th>
              </tr>
            </thead>
            <tbody>
              {found.left_out.map(({ panel, what, why }, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the same may be left out twice
                <tr key={i}>
                  <td>{panel || "The dashboard"}</td>
                  <td>{what}</td>
                  <td>{why}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </section>
  );
}
