// One panel with all its fields, and above them what it shows with these. Closing takes them over;
// undo takes them back.

import { useRef, useState } from "react";
import type { Panel } from "../../api/types";
import { hasQueries, panelKinds, titleOf, turnInto } from "../../lib/dashboard";
import { fillInWords } from "../../lib/dashboardVariables";
import { units } from "../../lib/units";
import { Button } from "../../ui/Button";
import { Field, Tick } from "../../ui/Field";
import { DialogActions, Drawer } from "../../ui/Overlay";
import pages from "../pages.module.css";
import styles from "./Dashboard.module.css";
import { PanelQueries } from "./PanelQueries";
import { PanelThresholds } from "./PanelThresholds";
import { PanelView } from "./PanelView";
import { usePanelAnswers, type View } from "./usePanelAnswers";

type Props = { panel: Panel; view: View; onClose: (panel: Panel) => void };

const previewPx = 250;

export function PanelDrawer({ panel: begun, view, onClose }: Props) {
  const [panel, setPanel] = useState(begun);
  const latest = useRef(panel);
  latest.current = panel;
  const answers = usePanelAnswers(panel, view, true);
  const change = (next: Partial<Panel>) => setPanel({ ...latest.current, ...next });
  // A field that is being written tells its text when it loses the focus: that comes first.
  const close = () => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    setTimeout(() => onClose(latest.current));
  };
  const title = fillInWords(titleOf(panel), view.settings);
  const { kind } = panel;
  return (
    <Drawer open onClose={close} title={titleOf(panel)}>
      {kind !== "row" && (
        <section className={`${styles.panel} ${styles.preview}`} aria-label="Preview">
          <div className={styles.content}>
            <PanelView panel={panel} title={title} height={previewPx} {...answers} />
          </div>
        </section>
      )}
      <div className={styles.fields}>
        <Field
          label="Title"
          name="title"
          value={panel.title}
          maxLength={200}
          optional
          onChange={({ target }) => change({ title: target.value })}
        />
        <Field
          label="Kind"
          name="kind"
          value={kind}
          options={panelKinds}
          onChange={({ target }) => setPanel(turnInto(panel, target.value as Panel["kind"]))}
        />
      </div>
      {hasQueries(kind) && (
        <PanelQueries
          queries={panel.queries}
          faults={answers.faults}
          kind={kind}
          onChange={(queries) => change({ queries })}
        />
      )}
      {hasQueries(kind) && <Look panel={panel} onChange={change} />}
      {hasQueries(kind) && kind !== "table" && (
        <PanelThresholds
          thresholds={panel.thresholds}
          onChange={(thresholds) => change({ thresholds })}
        />
      )}
      {kind === "text" && (
        <Field
          label="Text"
          name="text"
          rows={8}
          value={panel.text}
          optional
          onChange={({ target }) => change({ text: target.value })}
        />
      )}
      {kind !== "row" && (
        <Field
          label="Description"
          name="description"
          rows={2}
          value={panel.description}
          optional
          hint="Shown by the information sign beside the title."
          onChange={({ target }) => change({ description: target.value })}
        />
      )}
      <DialogActions>
        <Button look="primary" onClick={close}>
          Done
        </Button>
      </DialogActions>
    </Drawer>
  );
}

type LookProps = { panel: Panel; onChange: (change: Partial<Panel>) => void };

const legends = [
  { value: "list", label: "List" },
  { value: "table", label: "Table" },
  { value: "hidden", label: "None" },
];

function Look({ panel, onChange }: LookProps) {
  const { kind, unit, decimals, min, max } = panel;
  const hasBounds = kind === "graph" || kind === "gauge" || kind === "bar";
  return (
    <section className={pages.stack} aria-label="Look">
      <div className={styles.fields}>
        <Field
          label="Unit"
          name="unit"
          value={unit}
          options={units}
          onChange={({ target }) => onChange({ unit: target.value as Panel["unit"] })}
        />
        <NumberField
          label="Decimals"
          value={decimals}
          min={0}
          max={6}
          step={1}
          onChange={(value) => onChange({ decimals: value })}
        />
        {hasBounds && (
          <>
            <NumberField
              label="Lowest"
              value={min}
              onChange={(value) => onChange({ min: value })}
            />
            <NumberField
              label="Highest"
              value={max}
              onChange={(value) => onChange({ max: value })}
            />
          </>
        )}
        {kind === "graph" && (
          <Field
            label="Legend"
            name="legend"
            value={panel.legend}
            options={legends}
            onChange={({ target }) => onChange({ legend: target.value as Panel["legend"] })}
          />
        )}
      </div>
      {kind === "graph" && (
        <Tick
          label="Stacked"
          checked={panel.stacked}
          onChange={({ target }) => onChange({ stacked: target.checked })}
        />
      )}
    </section>
  );
}

type NumberProps = {
  label: string;
  value: number | null | undefined;
  min?: number;
  max?: number;
  step?: number | "any";
  onChange: (value: number | null) => void;
};

function NumberField({ label, value, onChange, step = "any", ...bounds }: NumberProps) {
  return (
    <Field
      label={label}
      name={label}
      type="number"
      value={value ?? ""}
      placeholder="by itself"
      optional
      step={step}
      {...bounds}
      onChange={({ target }) => onChange(target.value === "" ? null : Number(target.value))}
    />
  );
}
