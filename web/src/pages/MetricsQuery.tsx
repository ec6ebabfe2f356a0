// The expression of the metrics explorer: a field that grows with its text, helped along at the
// caret, with a slip marked where the server found it. Enter runs, Shift and Enter begin a line.
import { type KeyboardEvent, useId, useLayoutEffect, useRef, useState } from "react";
import { complete, type Slip, type Suggestion } from "../lib/promql";
import { useShortcuts } from "../lib/shortcuts";
import { Button } from "../ui/Button";
import { ExpressionColours } from "./ExpressionColours";
import styles from "./MetricsQuery.module.css";
import { SuggestionList } from "./SuggestionList";
import { useSuggestions } from "./useSuggestions";

/** `moved` counts the times that something else than typing set the caret. */
export type Draft = { text: string; caret: number; moved: number };

type Props = {
  draft: Draft;
  onDraft: (draft: Draft) => void;
  /** What the server could not read, while the text is still that. */
  slip: Slip | null;
  isRunning: boolean;
  onRun: () => void;
  onCancel: () => void;
};

type Help = "closed" | "open" | "asked";

export function MetricsQuery({ draft, onDraft, slip, isRunning, onRun, onCancel }: Props) {
  const { text, caret, moved } = draft;
  const [help, setHelp] = useState<Help>("closed");
  const [active, setActive] = useState(-1);
  const field = useRef<HTMLTextAreaElement>(null);
  const id = useId();
  useShortcuts({ "/": () => field.current?.focus() });
  const { context, list } = useSuggestions(text, caret, help !== "closed");
  // Where anything could stand, nothing is offered before a letter unless it is asked for.
  const isHelpful = help === "asked" || context.kind !== "expression" || context.typed !== "";
  const isShown = help !== "closed" && isHelpful && list.length > 0;

  const shownMove = useRef(moved);
  useLayoutEffect(() => {
    if (shownMove.current === moved) return;
    shownMove.current = moved;
    field.current?.setSelectionRange(caret, caret);
    field.current?.focus();
  }, [moved, caret]);

  const take = (one: Suggestion) => {
    onDraft({ ...complete(text, context, one.insert), moved: moved + 1 });
    setActive(-1);
    // After a label its values are next.
    setHelp(context.kind === "label" ? "open" : "closed");
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const chosen = isShown ? list[active] : undefined;
    if (step !== 0 && isShown) {
      const count = list.length + 1; // one stop is the field itself
      setActive((now) => ((now + 1 + step + count) % count) - 1);
    } else if (event.key === " " && event.ctrlKey) {
      setHelp("asked");
    } else if (event.key === "Escape" && isShown) {
      setHelp("closed");
      event.stopPropagation();
    } else if (chosen && (event.key === "Enter" || event.key === "Tab")) {
      take(chosen);
    } else if (event.key === "Enter" && !event.shiftKey) {
      setHelp("closed");
      onRun();
    } else {
      return;
    }
    event.preventDefault();
  };
  return (
    <search className={styles.bar} aria-label="Ask for metrics">
      <div className={styles.helped}>
        <div className={styles.line}>
          <ExpressionColours text={text} slip={slip} />
          <textarea
            ref={field}
            className={styles.input}
            rows={1}
            aria-label="Expression"
            aria-autocomplete="list"
            aria-haspopup="listbox"
            aria-controls={id}
            aria-activedescendant={isShown && active >= 0 ? `${id}-${active}` : undefined}
            aria-invalid={slip !== null}
            aria-describedby={slip ? `${id}-slip` : undefined}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            placeholder="rate(http_requests_total[5m])"
            value={text}
            onChange={({ target }) => {
              onDraft({ text: target.value, caret: target.selectionStart, moved });
              setHelp("open");
              setActive(-1);
            }}
            onSelect={({ currentTarget }) => {
              if (currentTarget.selectionStart !== caret) {
                onDraft({ text, caret: currentTarget.selectionStart, moved });
              }
            }}
            onBlur={() => setHelp("closed")}
            onKeyDown={onKeyDown}
          />
          {isRunning ? (
            <Button onClick={onCancel}>Cancel</Button>
          ) : (
            <Button look="primary" onClick={onRun}>
              Run
            </Button>
          )}
        </div>
        <SuggestionList id={id} list={list} active={active} isShown={isShown} onTake={take} />
      </div>
      {slip && (
        <p id={`${id}-slip`} className={styles.slip} role="alert">
          Line {slip.line}, column {slip.column}: {slip.reason}
        </p>
      )}
    </search>
  );
}
