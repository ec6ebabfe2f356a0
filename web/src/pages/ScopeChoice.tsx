// Which scopes a key has, grouped by what they are about, each with what it permits.
import { useQuery } from "@tanstack/react-query";
import { use } from "react";
import { permissionsQuery } from "../api/queries";
import { groupScopes } from "../lib/keyDraft";
import { useMembership } from "../shell/team";
import { Loading } from "../ui/Empty";
import { Tick } from "../ui/Field";
import { FormContext } from "../ui/Form";
import form from "../ui/Form.module.css";
import styles from "./ApiKeysPage.module.css";

type Props = {
  chosen: ReadonlySet<string>;
  onChange: (chosen: ReadonlySet<string>) => void;
  /** When given, no other scope can be chosen: those of a key only become fewer. */
  within?: string[];
};

export function ScopeChoice({ chosen, onChange, within }: Props) {
  const { data } = useQuery(permissionsQuery);
  const error = use(FormContext).errors.scopes;
  const own = useMembership()?.capabilities ?? [];
  if (!data) return <Loading what="scopes" />;
  // A key never does more than who made it, so that other scopes would be empty words.
  const possible = new Set(
    data.permissions.filter((one) => own.includes(one.name)).map((one) => one.scope),
  );
  const groups = groupScopes(data)
    .map((group) => ({
      ...group,
      scopes: group.scopes.filter(({ name }) => within?.includes(name) ?? possible.has(name)),
    }))
    .filter((group) => group.scopes.length > 0);
  const toggle = (name: string) => {
    const next = new Set(chosen);
    if (!next.delete(name)) next.add(name);
    onChange(next);
  };
  return (
    <>
      <fieldset className={styles.scopes}>
        <legend className={form.label}>
          Scopes <span className="faint">what the key may do</span>
        </legend>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable area must take focus */}
        <section className={styles.frame} tabIndex={0} aria-label="Scopes, scrollable">
          <div className={styles.groups}>
            {groups.map((group) => (
              <div key={group.name}>
                {group.scopes.map((scope) => (
                  <Tick
                    key={scope.name}
                    label={<span className="mono">{scope.name}</span>}
                    hint={scope.permits.join(". ")}
                    checked={chosen.has(scope.name)}
                    onChange={() => toggle(scope.name)}
                  />
                ))}
              </div>
            ))}
          </div>
        </section>
      </fieldset>
      {error && (
        <p className={form.error} role="alert">
          {error}
        </p>
      )}
    </>
  );
}
