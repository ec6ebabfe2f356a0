// The state of an API key as shape and word.
import type { ReactNode } from "react";
import type { KeyState } from "../api/types";
import { StatusMark, type Tone } from "../ui/StatusMark";

const tones: Record<KeyState, Tone> = {
  pending: "pending",
  active: "up",
  expired: "degraded",
  revoked: "down",
  suspended: "degraded",
};

const words: Record<KeyState, string> = {
  pending: "Not stored",
  active: "Active",
  expired: "Expired",
  revoked: "Revoked",
  suspended: "Suspended",
};

export function KeyStateMark({ state, children }: { state: KeyState; children?: ReactNode }) {
  return <StatusMark tone={tones[state]}>{children ?? words[state]}</StatusMark>;
}
