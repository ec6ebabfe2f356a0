// Single-letter keys and two-letter sequences. They rest while the reader types, while a dialog
// is open (unless made for dialogs), and when switched off in the account (WCAG 2.1.4).
import { useEffect, useRef } from "react";
import { getPreferences } from "./preferences";

export type Shortcuts = Record<string, () => void>;

const sequenceMs = 1200;

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

function dialogIsOpen(): boolean {
  return document.querySelector('[role="dialog"], [role="alertdialog"]') !== null;
}

/** Calls the function whose keys were pressed, such as "j", "/" or "g s". */
export function useShortcuts(shortcuts: Shortcuts, where: "page" | "dialog" = "page"): void {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  useEffect(() => {
    let first = { key: "", at: 0 };
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (!getPreferences().shortcuts || isTyping(event.target)) return;
      if (where === "page" && dialogIsOpen()) return;
      const recent = event.timeStamp - first.at < sequenceMs ? first.key : "";
      const run = latest.current[`${recent} ${event.key}`] ?? latest.current[event.key];
      first = { key: event.key, at: event.timeStamp };
      if (!run) return;
      event.preventDefault();
      first = { key: "", at: 0 };
      run();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [where]);
}
