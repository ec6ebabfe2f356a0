// A form whose refusals appear where they belong: at the field by its pointer, or above the button.
// Native constraints are checked first. Values are read from the named fields on submit.
import { createContext, type ReactNode, useRef, useState } from "react";
import { fieldErrors, problemOf } from "../api/problem";
import type { Problem } from "../api/types";
import styles from "./Form.module.css";
import { ProblemNote } from "./ProblemNote";

export type FormState = { errors: Record<string, string>; busy: boolean };
export type Values = Record<string, string>;

export const FormContext = createContext<FormState>({ errors: {}, busy: false });

type Props = {
  label: string;
  onSubmit: (values: Values) => Promise<void>;
  children: ReactNode;
};

export function Form({ label, onSubmit, children }: Props) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const errors = problem ? fieldErrors(problem) : {};

  const submit = async () => {
    const element = form.current;
    if (!element || busy) return;
    const values: Values = {};
    for (const [name, value] of new FormData(element)) values[name] = String(value);
    setBusy(true);
    setProblem(null);
    try {
      await onSubmit(values);
    } catch (thrown) {
      const refused = problemOf(thrown);
      setProblem(refused);
      const first = Object.keys(fieldErrors(refused))[0];
      const field = first ? element.elements.namedItem(first) : null;
      if (field instanceof HTMLElement) field.focus();
    } finally {
      setBusy(false);
    }
  };

  const known = Object.keys(errors).every((name) => form.current?.elements.namedItem(name));
  const showNote = problem !== null && (Object.keys(errors).length === 0 || !known);
  return (
    <FormContext value={{ errors, busy }}>
      <form
        ref={form}
        aria-label={label}
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        {showNote && problem && <ProblemNote problem={problem} />}
        {children}
      </form>
    </FormContext>
  );
}
