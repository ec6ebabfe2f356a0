// A labelled input inside a Form, with its hint and the server's message about it.
import {
  type InputHTMLAttributes,
  type ReactNode,
  type TextareaHTMLAttributes,
  use,
  useId,
} from "react";
import { FormContext } from "./Form";
import styles from "./Form.module.css";

type Own = { label: string; name: string; hint?: ReactNode; optional?: boolean };
type InputProps = Own & { rows?: never } & InputHTMLAttributes<HTMLInputElement>;
type AreaProps = Own & { rows: number } & TextareaHTMLAttributes<HTMLTextAreaElement>;

export function Field(props: InputProps | AreaProps) {
  const { label, hint, optional = false, ...control } = props;
  const id = useId();
  const error = use(FormContext).errors[control.name];
  const described = [hint ? `${id}-hint` : "", error ? `${id}-error` : ""].filter(Boolean);
  const shared = {
    id,
    className: styles.input,
    required: !optional,
    "aria-invalid": error ? true : undefined,
    "aria-describedby": described.join(" ") || undefined,
  };
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={styles.label}>
        {label} {optional && <span className={styles.optional}>(optional)</span>}
      </label>
      {control.rows === undefined ? (
        <input {...shared} {...(control as InputHTMLAttributes<HTMLInputElement>)} />
      ) : (
        <textarea {...shared} {...(control as TextareaHTMLAttributes<HTMLTextAreaElement>)} />
      )}
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
