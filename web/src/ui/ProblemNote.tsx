// What went wrong, what to do, and the id to quote. Used wherever a request was refused.
import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import type { Problem } from "../api/types";
import styles from "./ProblemNote.module.css";

export function ProblemNote({ problem, children }: { problem: Problem; children?: ReactNode }) {
  const rest = problem.errors ?? [];
  return (
    <div className={styles.note} role="alert">
      <CircleAlert aria-hidden="true" />
      <div>
        <p className={styles.title}>{problem.title}</p>
        <p>{problem.detail}</p>
        {rest.map((error) => (
          <p key={error.pointer + error.code}>
            <span className="mono">{error.pointer}</span> {error.detail}
          </p>
        ))}
        {problem.request_id && (
          <p className={styles.request}>
            Request <span className="mono">{problem.request_id}</span>
          </p>
        )}
        {children}
      </div>
    </div>
  );
}
