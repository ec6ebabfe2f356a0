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
      <g className={styles.beams}>
        <path d="M560 452L0 300V560Z" />
        <path d="M560 452L900 372V520Z" />
      </g>
      <path
        className={styles.far}
        d="M0 706l60-12 48 8 52-34 66 22 70-40 62 30 84-22 74 26 60-44 78 34 66-20 72 32 108-26V900H0z"
      />
      <path
        className={styles.near}
        d="M0 770l90-16 60 10 74-26 92 24 70-18 84 10 90-6 96 8 78-24 74 20 92-14V900H0z"
      />
      <g className={styles.tower}>
        <path d="M532 760l14-236h28l14 236z" />
        <path d="M522 524h76M530 524v-24h60v24M536 500v-62h48v62M528 438l32-30 32 30zM560 408v-26" />
        <path d="M541 600h38M537 670h46" />
      </g>
      <circle className={styles.light} cx="560" cy="468" r="9" />
    </svg>
  );
}
