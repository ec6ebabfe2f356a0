// What the metrics explorer asks: an expression, and the button that runs it or gives it up.
import { useRef } from "react";
import type { Slip } from "../lib/promql";
import { useShortcuts } from "../lib/shortcuts";
import { Button } from "../ui/Button";
import { type Draft, ExpressionField } from "./ExpressionField";

type Props = {
  draft: Draft;
  onDraft: (draft: Draft) => void;
  /** What the server could not read, while the text is still that. */
  slip: Slip | null;
  isRunning: boolean;
  onRun: () => void;
  onCancel: () => void;
};

export function MetricsQuery({ isRunning, onCancel, ...line }: Props) {
  const field = useRef<HTMLTextAreaElement>(null);
  useShortcuts({ "/": () => field.current?.focus() });
  return (
    <search aria-label="Ask for metrics">
      <ExpressionField {...line} field={field}>
        {isRunning ? (
          <Button onClick={onCancel}>Cancel</Button>
        ) : (
          <Button look="primary" onClick={line.onRun}>
            Run
          </Button>
        )}
      </ExpressionField>
    </search>
  );
}
