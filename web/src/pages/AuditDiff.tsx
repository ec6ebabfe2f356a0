// The fields of a record before and after, with signs beside the colours.
import type { AuditRecord } from "../api/types";
import { isSecretField } from "../lib/auditFilter";
import styles from "./AuditPage.module.css";

type Changes = AuditRecord["changes"];

function text(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The server records no secrets; should one ever slip in, this page does not spread it. */
function mask(value: unknown): string {
  return text(value) === "" ? "" : "••••••";
}

export function AuditDiff({ changes }: { changes: Changes }) {
  if (changes.length === 0) return <p className="muted">This act changed no field.</p>;
  return (
    <table className={styles.diff}>
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">Before</th>
          <th scope="col">After</th>
        </tr>
      </thead>
      <tbody>
        {changes.map((change) => {
          const hide = isSecretField(change.field) ? mask : text;
          const before = hide(change.before);
          const after = hide(change.after);
          return (
            <tr key={change.field}>
              <th scope="row">{change.field}</th>
              <td className={before ? styles.removed : undefined}>
                {before ? `− ${before}` : <span className="faint">–</span>}
              </td>
              <td className={after ? styles.added : undefined}>
                {after ? `+ ${after}` : <span className="faint">–</span>}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
