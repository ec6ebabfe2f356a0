// The query over the audit log: one line with keys, values and words, helped along at the caret,
// with each term in its colour and a slip marked where the server found it. "/" goes there.
import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { membersQuery } from "../api/queries";
import type { Problem } from "../api/types";
import { complete, type Suggestion, stretchOf, suggest, termsOf } from "../lib/auditFilter";
import { useShortcuts } from "../lib/shortcuts";
import { useCan, useTeamId } from "../shell/team";
import { classes } from "../ui/classes";
import styles from "./AuditQuery.module.css";

type Props = {
  value: string;
  /** What the server said to the query, if it refused it. */
  problem: Problem | null;
  onChange: (query: string) => void;
};

const typingMs = 600;

/** The query while it is written; it takes effect on Enter, or after a rest. */
function useDraft(value: string, onChange: (query: string) => void) {
  const [text, setText] = useState(value);
  const [caret, setCaret] = useState(0);
  const latest = useRef(onChange);
  latest.current = onChange;
  useEffect(() => setText((now) => (now.trim() === value ? now : value)), [value]);
  useEffect(() => {
    if (text.trim() === value) return;
    const timer = setTimeout(() => latest.current(text.trim()), typingMs);
    return () => clearTimeout(timer);
  }, [text, value]);
  return { text, caret, setText, setCaret, apply: () => latest.current(text.trim()) };
}

export function AuditQuery({ value, problem, onChange }: Props) {
  const { data } = useQuery({ ...membersQuery(useTeamId()), enabled: useCan("members.read") });
  const draft = useDraft(value, onChange);
  const [isOpen, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const input = useRef<HTMLInputElement>(null);
  const listId = useId();
  useShortcuts({ "/": () => input.current?.focus() });
  const today = new Date().toISOString().slice(0, 10);
  const place = suggest(draft.text, draft.caret, data?.data ?? [], today);
  const shown = isOpen && place.list.length > 0;

  const take = (text: string) => {
    const next = complete(draft.text, place, text);
    // At once: a letter typed before the caret is in its place would stand at the wrong one.
    flushSync(() => {
      draft.setText(next.query);
      draft.setCaret(next.caret);
      setActive(-1);
    });
    input.current?.setSelectionRange(next.caret, next.caret);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0 && place.list.length > 0) {
      const count = place.list.length + 1; // one stop is the field itself
      setOpen(true);
      setActive((now) => ((now + 1 + step + count) % count) - 1);
      event.preventDefault();
    } else if (event.key === "Escape" && shown) {
      setOpen(false);
      event.stopPropagation();
    } else if (event.key === "Enter" || (event.key === "Tab" && shown && active >= 0)) {
      const chosen = shown ? place.list[active] : undefined;
      if (chosen) {
        event.preventDefault();
        take(chosen.text);
      } else {
        setOpen(false);
        draft.apply();
      }
    }
  };
  const slip = problem?.errors?.find((error) => error.pointer.startsWith("?q"));
  return (
    <search className={styles.bar} aria-label="Search the audit log">
      <div className={styles.line}>
        <Colours
          query={draft.text}
          pointer={draft.text.trim() === value ? slip?.pointer : undefined}
        />
        <input
          ref={input}
          className={styles.input}
          type="text"
          role="combobox"
          aria-label="Query"
          aria-expanded={shown}
          aria-controls={listId}
          aria-activedescendant={shown && active >= 0 ? `${listId}-${active}` : undefined}
          aria-invalid={slip !== undefined}
          aria-describedby={slip ? `${listId}-slip` : undefined}
          autoComplete="off"
          spellCheck={false}
          placeholder="actor:me action:server.* -outcome:ok since:7d words"
          value={draft.text}
          onChange={({ target }) => {
            draft.setText(target.value);
            draft.setCaret(target.selectionStart ?? target.value.length);
            setOpen(true);
            setActive(-1);
          }}
          onSelect={({ currentTarget }) => draft.setCaret(currentTarget.selectionStart ?? 0)}
          onClick={() => setOpen(true)}
          onBlur={() => setOpen(false)}
          onKeyDown={onKeyDown}
        />
        {draft.text !== "" && (
          <button
            type="button"
            className={styles.clear}
            aria-label="Clear the query"
            onClick={() => {
              draft.setText("");
              onChange("");
              input.current?.focus();
            }}
          >
            <X aria-hidden="true" />
          </button>
        )}
      </div>
      <Suggestions id={listId} list={place.list} active={active} isShown={shown} onTake={take} />
      {slip && (
        <p id={`${listId}-slip`} className={styles.slip} role="alert">
          {slip.detail}
        </p>
      )}
    </search>
  );
}

type SuggestionsProps = {
  id: string;
  list: Suggestion[];
  active: number;
  isShown: boolean;
  onTake: (text: string) => void;
};

function Suggestions({ id, list, active, isShown, onTake }: SuggestionsProps) {
  return (
    <div id={id} role="listbox" aria-label="Suggestions" className={styles.list} hidden={!isShown}>
      {list.map((one, index) => (
        <div
          key={one.text}
          id={`${id}-${index}`}
          role="option"
          tabIndex={-1}
          aria-selected={index === active}
          className={styles.option}
          // Before the field loses the focus, which would close the list.
          onMouseDown={(event) => {
            event.preventDefault();
            onTake(one.text);
          }}
        >
          <span className="mono">{one.text}</span>
          <span className="faint">{one.note}</span>
        </div>
      ))}
    </div>
  );
}

/** Lies behind the field, whose own text is transparent, letter for letter. */
function Colours({ query, pointer }: { query: string; pointer: string | undefined }) {
  const slip = pointer ? stretchOf(pointer, query) : null;
  const parts = [];
  let at = 0;
  for (const term of termsOf(query)) {
    parts.push(query.slice(at, term.begin));
    const wrong = slip !== null && slip.begin < term.end && slip.end >= term.begin;
    parts.push(
      <span key={term.begin} className={classes(wrong && styles.wrong)}>
        {term.key && (
          <span className={term.negated ? styles.not : styles.key}>
            {query.slice(term.begin, term.valueAt)}
          </span>
        )}
        {query.slice(term.key ? term.valueAt : term.begin, term.end)}
      </span>,
    );
    at = term.end;
  }
  return (
    <div className={styles.colours} aria-hidden="true">
      {parts}
      {query.slice(at)}
    </div>
  );
}
