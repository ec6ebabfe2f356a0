// What could stand at the caret of an expression, below its field, which keeps the focus.
import { useEffect, useRef } from "react";
import type { Suggestion } from "../lib/promql";
import styles from "./ExpressionField.module.css";

type Props = {
  id: string;
  list: Suggestion[];
  active: number;
  isShown: boolean;
  onTake: (one: Suggestion) => void;
};

export function SuggestionList({ id, list, active, isShown, onTake }: Props) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    box.current?.children[active]?.scrollIntoView({ block: "nearest" });
  }, [active]);
  return (
    <div
      ref={box}
      id={id}
      role="listbox"
      aria-label="Suggestions"
      className={styles.list}
      hidden={!isShown}
    >
      {isShown &&
        list.map((one, index) => (
          <div
            key={`${one.note} ${one.text}`}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            className={styles.option}
            // Before the field loses the focus, which would close the list.
            onMouseDown={(event) => {
              event.preventDefault();
              onTake(one);
            }}
          >
            <span className="mono">{one.text}</span>
            <span className="faint">{one.note}</span>
          </div>
        ))}
    </div>
  );
}
