// A band of short facts, each under its name; as many beside each other as fit.
import type { ReactNode } from "react";
import styles from "./Facts.module.css";

export function Facts({ facts }: { facts: Record<string, ReactNode> }) {
  return (
    <dl className={`${styles.facts} num`}>
      {Object.entries(facts).map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
