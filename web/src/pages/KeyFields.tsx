// The fields of a key that can be changed later, too.
import { Field } from "../ui/Field";
import { ScopeChoice } from "./ScopeChoice";

type Props = {
  ipAllow: string[];
  corsOrigins: string[];
  chosen: ReadonlySet<string>;
  onChoose: (chosen: ReadonlySet<string>) => void;
  within?: string[];
};

export function NameField({ name }: { name: string }) {
  return (
    <Field
      label="Name"
      name="name"
      maxLength={200}
      autoFocus
      autoComplete="off"
      defaultValue={name}
      placeholder="Where it is used, such as “Grafana”"
    />
  );
}

export function KeyFields({ ipAllow, corsOrigins, chosen, onChoose, within }: Props) {
  return (
    <>
      <ScopeChoice chosen={chosen} onChange={onChoose} within={within} />
      <Field
        label="Allowed addresses"
        name="ip_allow"
        rows={2}
        optional
        defaultValue={ipAllow.join("\n")}
        placeholder={"192.0.2.0/24\n2001:db8::/32"}
        hint="One address or range to a line. Empty: from anywhere."
      />
      <Field
        label="Web origins"
        name="cors_origins"
        rows={2}
        optional
        defaultValue={corsOrigins.join("\n")}
        placeholder="https://app.example.com"
        hint="Only for keys that a browser sends: exact origins, one to a line."
      />
    </>
  );
}
