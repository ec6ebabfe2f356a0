// The password rules with a tick for each one that is met. How long a password must be is what the
// instance says, and less with a second factor.
import { useQuery } from "@tanstack/react-query";
import { instanceQuery } from "../api/queries";
import { passwordRules } from "../lib/passwordRules";
import { classes } from "../ui/classes";
import styles from "./PasswordRules.module.css";

type Props = {
  password: string;
  name: string;
  email: string;
  /** "unknown": whoever holds a mailed link has not said who it is. */
  secondFactor?: boolean | "unknown";
};

export function PasswordRules({ password, name, email, secondFactor = false }: Props) {
  const { data: instance } = useQuery(instanceQuery);
  if (!instance) return null;
  const { password_length_min: beside, password_length_min_alone: alone } = instance;
  const least = secondFactor === true ? beside : alone;
  const mayDo = secondFactor === "unknown" ? beside : least;
  return (
    <span className={styles.rules}>
      {passwordRules(password, name, email, least, mayDo).map((rule) => (
        <span key={rule.text} className={classes(styles.rule, rule.met && styles.met)}>
          <svg viewBox="0 0 12 12" aria-hidden="true">
            {rule.met ? (
              <path d="M2.5 6.5l2.4 2.4 4.8-5.4" className={styles.tick} />
            ) : (
              <circle cx="6" cy="6" r="2" fill="currentColor" />
            )}
          </svg>
          {rule.text}
          <span className="unseen">{rule.met ? " (met)" : " (not met)"}</span>
        </span>
      ))}
    </span>
  );
}
