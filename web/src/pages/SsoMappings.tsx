// Which group at the provider is which role here, a row for each.
import { X } from "lucide-react";
import type { SsoMapping } from "../api/types";
import { Button } from "../ui/Button";
import pages from "./pages.module.css";

type Props = { rows: SsoMapping[]; onChange: (rows: SsoMapping[]) => void };

export function SsoMappings({ rows, onChange }: Props) {
  const change = (at: number, part: Partial<SsoMapping>) =>
    onChange(rows.map((row, i) => (i === at ? { ...row, ...part } : row)));
  return rows.map((row, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place, and the controls hold no state
    <div key={at} className={pages.row}>
      <input
        className={pages.input}
        aria-label={`Group ${at + 1}`}
        value={row.group}
        maxLength={200}
        placeholder="group"
        onChange={(event) => change(at, { group: event.target.value })}
      />
      <select
        className={pages.input}
        aria-label={`Role of group ${at + 1}`}
        value={row.role}
        onChange={(event) => change(at, { role: event.target.value as SsoMapping["role"] })}
      >
        <option value="viewer">viewer</option>
        <option value="member">member</option>
        <option value="admin">admin</option>
      </select>
      <Button
        look="quiet"
        aria-label={`Remove group ${at + 1}`}
        onClick={() => onChange(rows.filter((_, i) => i !== at))}
      >
        <X aria-hidden="true" />
      </Button>
    </div>
  ));
}
