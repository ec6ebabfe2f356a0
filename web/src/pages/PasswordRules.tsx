// The password rules with a tick for each one that is met.
import { passwordRules } from "../lib/passwordRules";
import { classes } from "../ui/classes";
import styles from "./PasswordRules.module.css";

type Props = { password: string; name: string; email: string };

export function PasswordRules({ password, name, email }: Props) {
  return (
    <span className={styles.rules}>
      {passwordRules(password, name, email).map((rule) => (
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
