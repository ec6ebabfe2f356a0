// From which values on a panel shows another state.

import { Plus, Trash2 } from "lucide-react";
import type { Threshold } from "../../api/types";
import { Button } from "../../ui/Button";
import pages from "../pages.module.css";

type Props = { thresholds: Threshold[]; onChange: (thresholds: Threshold[]) => void };

const tones: { value: Threshold["tone"]; label: string }[] = [
  { value: "good", label: "good" },
  { value: "warn", label: "a warning" },
  { value: "bad", label: "bad" },
];
const mostThresholds = 20;

export function PanelThresholds({ thresholds, onChange }: Props) {
  const change = (at: number, next: Partial<Threshold>) =>
    onChange(thresholds.map((one, i) => (i === at ? { ...one, ...next } : one)));
  return (
    <section className={pages.stack} aria-label="Thresholds">
      {thresholds.map((threshold, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: thresholds have nothing else of their own
        <div key={i} className={pages.row}>
          From
          <input
            className={pages.input}
            type="number"
            step="any"
            aria-label={`Threshold ${i + 1}`}
            value={threshold.from}
            onChange={({ target }) => change(i, { from: Number(target.value) })}
          />
          it is
          <select
            className={pages.input}
            aria-label={`State from threshold ${i + 1}`}
            value={threshold.tone}
            onChange={({ target }) => change(i, { tone: target.value as Threshold["tone"] })}
          >
            {tones.map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
          <Button
            look="quiet"
            aria-label={`Remove threshold ${i + 1}`}
            onClick={() => onChange(thresholds.filter((_, at) => at !== i))}
          >
            <Trash2 aria-hidden="true" />
          </Button>
        </div>
      ))}
      {thresholds.length < mostThresholds && (
        <div>
          <Button onClick={() => onChange([...thresholds, { from: 80, tone: "warn" }])}>
            <Plus aria-hidden="true" />
            Add threshold
          </Button>
        </div>
      )}
    </section>
  );
}
