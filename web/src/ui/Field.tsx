// Labelled controls inside a Form, each with its hint and the server's message about it.
import {
  type InputHTMLAttributes,
  type ReactNode,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  use,
  useId,
} from "react";
import { classes } from "./classes";
import { FormContext } from "./Form";
import styles from "./Form.module.css";

type Own = { label: string; name: string; hint?: ReactNode; optional?: boolean };
type InputProps = Own & { rows?: never; options?: never } & InputHTMLAttributes<HTMLInputElement>;
type AreaProps = Own & {
  rows: number;
  options?: never;
} & TextareaHTMLAttributes<HTMLTextAreaElement>;
type SelectProps = Own & {
  rows?: never;
  options: readonly { value: string; label: string }[];
} & SelectHTMLAttributes<HTMLSelectElement>;

export function Field(props: InputProps | AreaProps | SelectProps) {
  const { label, hint, optional = false, className, ...control } = props;
  const id = useId();
  const error = use(FormContext).errors[control.name];
  const described = [hint ? `${id}-hint` : "", error ? `${id}-error` : ""].filter(Boolean);
  const shared = {
    id,
    className: classes(styles.input, className),
    required: !optional,
    "aria-invalid": error ? true : undefined,
    "aria-describedby": described.join(" ") || undefined,
  };
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={styles.label}>
        {label} {optional && <span className={styles.optional}>(optional)</span>}
      </label>
      {drawControl(control, shared)}
      {hint && (
        <p id={`${id}-hint`} className={styles.hint}>
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} className={styles.error} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

type Control = Omit<InputProps, "label"> | Omit<AreaProps, "label"> | Omit<SelectProps, "label">;

function drawControl(control: Control, shared: object) {
  if (control.options !== undefined) {
    const { options, ...rest } = control;
    return (
      <select {...shared} {...(rest as SelectHTMLAttributes<HTMLSelectElement>)}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    );
  }
  if (control.rows !== undefined) {
    return <textarea {...shared} {...(control as TextareaHTMLAttributes<HTMLTextAreaElement>)} />;
  }
  return <input {...shared} {...(control as InputHTMLAttributes<HTMLInputElement>)} />;
}

type TickProps = { label: ReactNode; hint?: ReactNode } & InputHTMLAttributes<HTMLInputElement>;

/** A checkbox with its words beside it. In a form its value is "on" when ticked. */
export function Tick({ label, hint, ...control }: TickProps) {
  const id = useId();
  const error = use(FormContext).errors[control.name ?? ""];
  const described = [hint ? `${id}-hint` : "", error ? `${id}-error` : ""].filter(Boolean);
  return (
    <div className={styles.tick}>
      <input
        id={id}
        type="checkbox"
        aria-invalid={error ? true : undefined}
        aria-describedby={described.join(" ") || undefined}
        {...control}
      />
      <label htmlFor={id}>{label}</label>
      {hint && (
        <span id={`${id}-hint`} className={styles.hint}>
          {hint}
        </span>
      )}
      {error && (
        <span id={`${id}-error`} className={styles.error} role="alert">
          {error}
        </span>
      )}
    </div>
  );
}
