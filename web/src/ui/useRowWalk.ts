// Walking through the rows of a virtual table with arrows, Home and End, or j and k. Exactly one
// row is a tab stop; it is remembered while it is out of view.
import { type KeyboardEvent, type RefObject, useState } from "react";
import { useShortcuts } from "../lib/shortcuts";

export function useRowWalk(
  viewport: RefObject<HTMLDivElement | null>,
  count: number,
  scrollTo: (index: number) => void,
  letters: boolean,
) {
  const [active, setActive] = useState(0);
  const rowElement = (index: number) =>
    viewport.current?.querySelector<HTMLElement>(`[data-index="${index}"]`);

  const focusRow = (wanted: number) => {
    const index = Math.max(0, Math.min(count - 1, wanted));
    setActive(index);
    scrollTo(index);
    const drawn = rowElement(index);
    if (drawn) drawn.focus();
    else requestAnimationFrame(() => rowElement(index)?.focus());
  };
  const hasFocus = () => viewport.current?.contains(document.activeElement) ?? false;
  const byLetter = {
    j: () => focusRow(hasFocus() ? active + 1 : active),
    k: () => focusRow(hasFocus() ? active - 1 : active),
  };
  useShortcuts(letters ? byLetter : {});

  const onKeyDown = (event: KeyboardEvent) => {
    const targets = new Map([
      ["ArrowDown", active + 1],
      ["ArrowUp", active - 1],
      ["Home", 0],
      ["End", count - 1],
    ]);
    const target = targets.get(event.key);
    if (target === undefined || count === 0) return;
    event.preventDefault();
    focusRow(target);
  };
  return { active, setActive, onKeyDown };
}
