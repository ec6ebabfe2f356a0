// A field for an expression, which grows with its text: helped along at the caret, with a slip marked
// where the server found it. Enter runs, Shift and Enter begin a line.
import {
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { complete, type Slip, type Suggestion } from "../lib/promql";
import { ExpressionColours } from "./ExpressionColours";
import styles from "./ExpressionField.module.css";
import { SuggestionList } from "./SuggestionList";
import { useSuggestions } from "./useSuggestions";

/** `moved` counts the times that something else than typing set the caret. */
export type Draft = { text: string; caret: number; moved: number };

type Props = {
  draft: Draft;
  onDraft: (draft: Draft) => void;
  /** What the server could not read, while the text is still that. */
  slip: Slip | null;
  onRun: () => void;
  label?: string;
  field?: RefObject<HTMLTextAreaElement | null>;
  /** The buttons at its end. */
  children?: ReactNode;
};

type Help = "closed" | "open" | "asked";

export function ExpressionField(props: Props) {
  const { draft, onDraft, slip, onRun, label = "Expression", children } = props;
  const { text, caret, moved } = draft;
  const [help, setHelp] = useState<Help>("closed");
  const [active, setActive] = useState(-1);
  const own = useRef<HTMLTextAreaElement>(null);
  const field = props.field ?? own;
  const id = useId();
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
  }, [moved, caret, field]);

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
    <div>
      <div className={styles.helped}>
        <div className={styles.line}>
          <ExpressionColours text={text} slip={slip} />
          <textarea
            ref={field}
            className={styles.input}
            rows={1}
            aria-label={label}
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
          {children}
        </div>
        <SuggestionList id={id} list={list} active={active} isShown={isShown} onTake={take} />
      </div>
      {slip && (
        <p id={`${id}-slip`} className={styles.slip} role="alert">
          Line {slip.line}, column {slip.column}: {slip.reason}
        </p>
      )}
    </div>
  );
}
