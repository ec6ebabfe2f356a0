// The queries of a panel, each with its expression and what its series are called.

import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import type { PanelQuery } from "../../api/types";
import { makeQuery, mostQueries, nextRef, type PanelKind } from "../../lib/dashboard";
import { slipOf } from "../../lib/promql";
import { Button } from "../../ui/Button";
import { Field, Tick } from "../../ui/Field";
import { type Draft, ExpressionField } from "../ExpressionField";
import pages from "../pages.module.css";
import styles from "./Dashboard.module.css";
import type { PanelFault } from "./usePanelAnswers";

type Props = {
  queries: PanelQuery[];
  faults: PanelFault[];
  kind: PanelKind;
  onChange: (queries: PanelQuery[]) => void;
};

export function PanelQueries({ queries, faults, kind, onChange }: Props) {
  const add = () => onChange([...queries, makeQuery(nextRef(queries))]);
  return (
    <section className={pages.stack} aria-label="Queries">
      {queries.map((query) => (
        <QueryFields
          key={query.ref}
          query={query}
          fault={faults.find((one) => one.ref === query.ref)}
          kind={kind}
          onChange={(change) =>
            onChange(queries.map((one) => (one === query ? { ...one, ...change } : one)))
          }
          onRemove={
            queries.length > 1 ? () => onChange(queries.filter((one) => one !== query)) : undefined
          }
        />
      ))}
      {queries.length < mostQueries && (
        <div>
          <Button onClick={add}>
            <Plus aria-hidden="true" />
            Add query
          </Button>
        </div>
      )}
    </section>
  );
}

type FieldsProps = {
  query: PanelQuery;
  fault: PanelFault | undefined;
  kind: PanelKind;
  onChange: (change: Partial<PanelQuery>) => void;
  onRemove: (() => void) | undefined;
};

function QueryFields({ query, fault, kind, onChange, onRemove }: FieldsProps) {
  const { ref, expr } = query;
  const [draft, setDraft] = useState<Draft>({ text: expr, caret: expr.length, moved: 0 });
  const take = () => draft.text !== expr && onChange({ expr: draft.text });
  // With variables in it the server read another text than stands here.
  const isAsWritten = draft.text === expr && !/[$[]/.test(expr.replace(/\[[\d\w:]+\]/g, ""));
  return (
    <fieldset className={styles.part} onBlur={take}>
      <legend className="unseen">Query {ref}</legend>
      <ExpressionField
        label={`Expression of query ${ref}`}
        draft={draft}
        onDraft={setDraft}
        slip={isAsWritten ? slipOf(fault?.problem?.detail, expr) : null}
        onRun={take}
      />
      <div className={styles.fields}>
        <Field
          label="Called"
          name="legend"
          value={query.legend}
          placeholder="{{instance}}"
          optional
          onChange={({ target }) => onChange({ legend: target.value })}
        />
        <div>
          {kind === "stat" && (
            <Tick
              label="Only the present value"
              checked={query.instant}
              onChange={({ target }) => onChange({ instant: target.checked })}
            />
          )}
          <Tick
            label="Hidden"
            checked={query.hidden}
            onChange={({ target }) => onChange({ hidden: target.checked })}
          />
        </div>
        {onRemove && (
          <div className={pages.acts}>
            <Button look="quiet" aria-label={`Remove query ${ref}`} onClick={onRemove}>
              <Trash2 aria-hidden="true" />
            </Button>
          </div>
        )}
      </div>
    </fieldset>
  );
}
