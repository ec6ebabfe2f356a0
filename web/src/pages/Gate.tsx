// The frame of the pages before log-in.
import { type ReactNode, useEffect } from "react";
import { Mark } from "../ui/Mark";
import styles from "./Gate.module.css";

type Props = { title: string; lead?: ReactNode; children: ReactNode; foot?: ReactNode };

export function Gate({ title, lead, children, foot }: Props) {
  useEffect(() => {
    document.title = `${title} · Atalaya`;
  }, [title]);
  return (
    <div className={styles.gate}>
      <main className={styles.main}>
        <p className={styles.brand}>
          <Mark size={28} />
          Atalaya
        </p>
        <h1>{title}</h1>
        {lead && <div className={styles.lead}>{lead}</div>}
        {children}
        {foot && <div className={styles.foot}>{foot}</div>}
        <p className={styles.trust}>
          <a href="/trust">What this installation promises, and the evidence</a>
        </p>
      </main>
      <Horizon />
    </div>
  );
}

/** A watchtower over a measured horizon. Decoration only. */
function Horizon() {
  return (
    <svg
      className={styles.horizon}
      viewBox="0 0 900 900"
      preserveAspectRatio="xMidYMax slice"
      aria-hidden="true"
    >
      <g className={styles.grid}>
        {Array.from({ length: 12 }, (_, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines are the same at every drawing
          <path key={i} d={`M0 ${75 * i + 60}H900M${75 * i + 37} 0V900`} />
        ))}
      </g>
      <g className={styles.signal}>
        <circle cx="560" cy="424" r="86" />
        <circle cx="560" cy="424" r="176" />
        <circle cx="560" cy="424" r="286" />
        <circle cx="560" cy="424" r="416" />
      </g>
      <path
        className={styles.far}
        d="M-9 706l69-12 48 8 52-34 66 22 70-40 62 30 84-22 74 26 60-44 78 34 66-20 72 32 117-26V909H-9z"
      />
      <path className={styles.tower} d="M506 790l18-270h72l18 270z" />
      <path className={styles.tower} d="M514 520v-58h22v20h14v-20h20v20h14v-20h22v58z" />
      <path className={styles.slit} d="M560 570v34M560 660v34" />
      <path
        className={styles.fire}
        d="M560 396c16 18 20 30 20 42a20 20 0 01-40 0c0-12 4-24 20-42z"
      />
      <path
        className={styles.near}
        d="M-9 790l99-16 60 10 74-26 92 24 70-18 84 10 90-6 96 8 78-24 74 20 101-14V909H-9z"
      />
    </svg>
  );
}
