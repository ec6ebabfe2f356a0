// The fields of a record before and after.
import type { AuditRecord } from "../api/types";
import { isSecretField } from "../lib/auditFilter";
import { Changes } from "../ui/Changes";

function text(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The server records no secrets; should one ever slip in, this page does not spread it. */
function mask(value: unknown): string {
  return text(value) === "" ? "" : "••••••";
}

export function AuditDiff({ changes }: { changes: AuditRecord["changes"] }) {
  if (changes.length === 0) return <p className="muted">This act changed no field.</p>;
  const shown = changes.map(({ field, before, after }) => {
    const hide = isSecretField(field) ? mask : text;
    return { field, before: hide(before), after: hide(after) };
  });
  return <Changes changes={shown} />;
}
