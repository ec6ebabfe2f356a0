// The grounds on which something is erased, as the page says them.
export const bases = [
  { value: "no_longer_needed", label: "No longer needed" },
  { value: "consent_withdrawn", label: "Consent withdrawn" },
  { value: "objection", label: "Objection" },
  { value: "unlawful", label: "Unlawfully processed" },
  { value: "legal_obligation", label: "Legal obligation" },
  { value: "entered_by_mistake", label: "Entered by mistake" },
] as const;

export type Basis = (typeof bases)[number]["value"];

export function basisName(value: unknown): string {
  return bases.find((basis) => basis.value === value)?.label ?? "No ground given";
}
