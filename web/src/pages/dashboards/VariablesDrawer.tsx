// The variables of a dashboard: their names, where their values come from, what is chosen at first.

import { ArrowUp, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import type { Variable } from "../../api/types";
import { mostVariables } from "../../lib/dashboard";
import { Button } from "../../ui/Button";
import { Empty } from "../../ui/Empty";
import { Field, Tick } from "../../ui/Field";
import { DialogActions, Drawer } from "../../ui/Overlay";
import pages from "../pages.module.css";
import styles from "./Dashboard.module.css";

type Props = { variables: Variable[]; onClose: (variables: Variable[]) => void };

const kinds: readonly { value: Variable["kind"]; label: string }[] = [
  { value: "label_values", label: "Values of a label" },
  { value: "list", label: "A list" },
  { value: "text", label: "Free text" },
];

function makeVariable(variables: Variable[]): Variable {
  const taken = variables.map((one) => one.name);
  const names = Array.from({ length: mostVariables + 1 }, (_, i) => `variable${i + 1}`);
  const name = names.find((one) => !taken.includes(one)) ?? "variable";
  const values = { match: "", values_of: "instance", options: [], chosen: [] };
  return { name, label: "", kind: "label_values", ...values, many: false, all: false };
}

export function VariablesDrawer({ variables: begun, onClose }: Props) {
  const [variables, setVariables] = useState(begun);
  const change = (at: number, next: Partial<Variable>) =>
    setVariables(variables.map((one, i) => (i === at ? { ...one, ...next } : one)));
  const raise = (at: number) => {
    const next = [...variables];
    next.splice(at - 1, 0, ...next.splice(at, 1));
    setVariables(next);
  };
  return (
    <Drawer open onClose={() => onClose(variables)} title="Variables">
      <p className="muted">
        An expression uses one as <span className="mono">$name</span>; several values at once want{" "}
        <span className="mono">=~"$name"</span>. Later ones may use earlier ones.
      </p>
      {variables.length === 0 && <Empty title="No variables yet" />}
      {variables.map((variable, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the name itself is being edited
        <fieldset key={i} className={styles.part}>
          <legend className="unseen">Variable {variable.name}</legend>
          <VariableFields variable={variable} onChange={(next) => change(i, next)} />
          <div className={pages.acts}>
            {i > 0 && (
              <Button look="quiet" aria-label={`Move ${variable.name} up`} onClick={() => raise(i)}>
                <ArrowUp aria-hidden="true" />
              </Button>
            )}
            <Button
              look="quiet"
              aria-label={`Remove ${variable.name}`}
              onClick={() => setVariables(variables.filter((_, at) => at !== i))}
            >
              <Trash2 aria-hidden="true" />
            </Button>
          </div>
        </fieldset>
      ))}
      <DialogActions>
        {variables.length < mostVariables && (
          <Button onClick={() => setVariables([...variables, makeVariable(variables)])}>
            <Plus aria-hidden="true" />
            Add variable
          </Button>
        )}
        <Button look="primary" onClick={() => onClose(variables)}>
          Done
        </Button>
      </DialogActions>
    </Drawer>
  );
}

type FieldsProps = { variable: Variable; onChange: (change: Partial<Variable>) => void };

function VariableFields({ variable, onChange }: FieldsProps) {
  const { kind } = variable;
  return (
    <>
      <div className={styles.fields}>
        <Field
          label="Name"
          name="name"
          value={variable.name}
          pattern="[a-zA-Z_][a-zA-Z0-9_]*"
          hint="Letters, digits and _"
          onChange={({ target }) => onChange({ name: target.value })}
        />
        <Field
          label="Label"
          name="label"
          value={variable.label}
          optional
          onChange={({ target }) => onChange({ label: target.value })}
        />
        <Field
          label="Kind"
          name="kind"
          value={kind}
          options={kinds}
          onChange={({ target }) => onChange({ kind: target.value as Variable["kind"] })}
        />
        {kind === "label_values" && (
          <>
            <Field
              label="Values of the label"
              name="values_of"
              value={variable.values_of}
              onChange={({ target }) => onChange({ values_of: target.value })}
            />
            <Field
              label="Of series that match"
              name="match"
              className="mono"
              value={variable.match}
              placeholder={'up{job="node"}'}
              optional
              onChange={({ target }) => onChange({ match: target.value })}
            />
          </>
        )}
        {kind === "list" && (
          <ListField
            label="Values"
            values={variable.options}
            onChange={(options) => onChange({ options })}
          />
        )}
        <ListField
          label="Chosen at first"
          values={variable.chosen}
          onChange={(chosen) => onChange({ chosen })}
        />
      </div>
      {kind !== "text" && (
        <div className={pages.row}>
          <Tick
            label="Several at once"
            checked={variable.many}
            onChange={({ target }) => onChange({ many: target.checked })}
          />
          <Tick
            label="Offer all"
            checked={variable.all}
            onChange={({ target }) => onChange({ all: target.checked })}
          />
        </div>
      )}
    </>
  );
}

type ListProps = { label: string; values: string[]; onChange: (values: string[]) => void };

/** Values with commas between them. */
function ListField({ label, values, onChange }: ListProps) {
  const [text, setText] = useState(values.join(", "));
  return (
    <Field
      label={label}
      name={label}
      value={text}
      placeholder="one, another"
      optional
      onChange={({ target }) => {
        setText(target.value);
        const parts = target.value.split(",").map((part) => part.trim());
        onChange(parts.filter((part) => part !== ""));
      }}
    />
  );
}
