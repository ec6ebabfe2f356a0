// The bar of variables: what each shows is chosen here and stands in the address.
import { ChevronDown } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { Problem } from "../../api/types";
import { allValues, type Setting } from "../../lib/dashboardVariables";
import { plural } from "../../lib/format";
import { buttonClass } from "../../ui/Button";
import pages from "../pages.module.css";
import styles from "./Dashboard.module.css";

type Props = {
  settings: Setting[];
  /** Why the values of a variable could not be read. */
  faults: { name: string; problem: Problem }[];
  onChoose: (name: string, chosen: string[]) => void;
};

export function DashboardVariables({ settings, faults, onChoose }: Props) {
  if (settings.length === 0) return null;
  return (
    <section className={styles.variables} aria-label="Variables">
      {settings.map((setting) => {
        const { variable } = setting;
        const Choice = variable.kind === "text" ? Text : variable.many ? Several : One;
        return (
          <Choice
            key={variable.name}
            setting={setting}
            label={variable.label || variable.name}
            onChoose={(chosen) => onChoose(variable.name, chosen)}
          />
        );
      })}
      {faults.map(({ name, problem }) => (
        <p key={name} className={styles.remark} role="alert">
          The values of ${name} cannot be read. {problem.title}. {problem.detail}
        </p>
      ))}
    </section>
  );
}

type ChoiceProps = { setting: Setting; label: string; onChoose: (chosen: string[]) => void };

/** Also what is chosen and does not exist: the reader sees why nothing is found. */
function offered({ variable, known, chosen }: Setting): string[] {
  const own = chosen.filter((value) => value !== allValues && !known.includes(value));
  return [...(variable.all ? [allValues] : []), ...known, ...own];
}

function wordFor(value: string): string {
  return value === allValues ? "All" : value;
}

function One({ setting, label, onChoose }: ChoiceProps) {
  return (
    <label className={styles.variable}>
      {label}
      <select
        className={pages.input}
        value={setting.chosen[0] ?? ""}
        onChange={({ target }) => onChoose([target.value])}
      >
        {setting.chosen.length === 0 && <option value="">nothing to choose</option>}
        {offered(setting).map((value) => (
          <option key={value} value={value}>
            {wordFor(value)}
          </option>
        ))}
      </select>
    </label>
  );
}

function Text({ setting, label, onChoose }: ChoiceProps) {
  const value = setting.chosen[0] ?? "";
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const take = () => text !== value && onChoose([text]);
  return (
    <label className={styles.variable}>
      {label}
      <input
        className={pages.input}
        value={text}
        onChange={({ target }) => setText(target.value)}
        onBlur={take}
        onKeyDown={({ key }) => key === "Enter" && take()}
      />
    </label>
  );
}

/** More are found by typing a part of their name. */
const listedMost = 200;

function Several({ setting, label, onChoose }: ChoiceProps) {
  const [filter, setFilter] = useState("");
  const box = useRef<HTMLDetailsElement>(null);
  const { chosen } = setting;
  const found = offered(setting).filter((value) =>
    wordFor(value).toLowerCase().includes(filter.toLowerCase()),
  );
  const close = () => {
    if (box.current) box.current.open = false;
  };
  const toggle = (value: string) => {
    if (value === allValues) return onChoose([allValues]);
    const rest = chosen.filter((one) => one !== allValues && one !== value);
    onChoose(chosen.includes(value) ? rest : [...rest, value]);
  };
  return (
    <div className={styles.variable}>
      {label}
      <details
        ref={box}
        className={styles.several}
        onBlur={({ relatedTarget }) => !box.current?.contains(relatedTarget) && close()}
        onKeyDown={({ key }) => key === "Escape" && close()}
      >
        <summary className={buttonClass()} aria-label={`${label}: ${summaryOf(chosen)}`}>
          {summaryOf(chosen)}
          <ChevronDown aria-hidden="true" />
        </summary>
        <fieldset aria-label={label}>
          <input
            className={pages.input}
            type="search"
            aria-label={`Filter ${label}`}
            placeholder="Filter"
            value={filter}
            onChange={({ target }) => setFilter(target.value)}
          />
          {found.slice(0, listedMost).map((value) => (
            <label key={value}>
              <input
                type="checkbox"
                checked={chosen.includes(value)}
                onChange={() => toggle(value)}
              />
              {wordFor(value)}
            </label>
          ))}
          {found.length > listedMost && (
            <p className="faint">{plural(found.length - listedMost, "more value")}: type a part.</p>
          )}
        </fieldset>
      </details>
    </div>
  );
}

function summaryOf(chosen: string[]): string {
  if (chosen.length === 0) return "nothing chosen";
  return chosen.length > 2 ? plural(chosen.length, "value") : chosen.map(wordFor).join(", ");
}
