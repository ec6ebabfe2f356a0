// The state of an API key as shape and word.
import type { ReactNode } from "react";
import type { KeyState } from "../api/types";
import { StatusMark, type Tone } from "../ui/StatusMark";

const tones: Record<KeyState, Tone> = {
  pending: "degraded",
  active: "up",
  expired: "pending",
  revoked: "pending",
  suspended: "degraded",
};

const words: Record<KeyState, string> = {
  pending: "Not stored",
  active: "Active",
  expired: "Expired",
  revoked: "Revoked",
  suspended: "Suspended",
};

export function keyStateWord(state: KeyState): string {
  return words[state];
}

export function KeyStateMark({ state, children }: { state: KeyState; children?: ReactNode }) {
  return <StatusMark tone={tones[state]}>{children ?? words[state]}</StatusMark>;
}
