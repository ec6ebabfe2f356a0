// The filter of a list by name. Waits for a pause in typing before it asks the server.
import { useEffect, useRef, useState } from "react";
import { useShortcuts } from "../lib/shortcuts";
import { classes } from "../ui/classes";
import pages from "./pages.module.css";
import styles from "./ServersPage.module.css";

type Props = { label: string; value: string; onChange: (value: string) => void };

const typingMs = 200;

export function NameFilter({ label, value, onChange }: Props) {
  const [text, setText] = useState(value);
  const input = useRef<HTMLInputElement>(null);
  const latest = useRef(onChange);
  latest.current = onChange;
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => latest.current(text), typingMs);
    return () => clearTimeout(timer);
  }, [text, value]);
  useShortcuts({ "/": () => input.current?.focus() });
  return (
    <input
      ref={input}
      type="search"
      className={classes(pages.input, styles.search)}
      aria-label={label}
      placeholder="Filter by name"
      value={text}
      onChange={(event) => setText(event.target.value)}
    />
  );
}
