// The last values of a panel: large with a small course, on a dial, or as bars.
import type { Panel } from "../../api/types";
import { plural } from "../../lib/format";
import { boundsOf, type Reading, toneOf } from "../../lib/panelAnswer";
import { StatusShape, statusWord, type Tone } from "../../ui/StatusMark";
import styles from "./Dashboard.module.css";

type Props = { panel: Panel; readings: Reading[]; format: (value: number) => string };

/** More than these are not read at a glance. */
const shownMost = { stat: 12, gauge: 12, bar: 50 };

export function PanelReadings({ panel, readings, format }: Props) {
  const kind = panel.kind === "gauge" || panel.kind === "bar" ? panel.kind : "stat";
  const shown = readings.slice(0, shownMost[kind]);
  const bounds = boundsOf(shown, panel.min, panel.max, panel.unit);
  const Look = { stat: Stat, gauge: Gauge, bar: Bar }[kind];
  return (
    <>
      <ul className={styles[kind]}>
        {shown.map((reading) => (
          <li key={reading.label}>
            <Look
              reading={reading}
              text={format(reading.value)}
              tone={toneOf(reading.value, panel.thresholds)}
              share={shareOf(reading.value, bounds)}
              // One value under the panel's own title needs no name.
              isAlone={readings.length === 1 && panel.title !== ""}
            />
          </li>
        ))}
      </ul>
      {readings.length > shown.length && (
        <p className={styles.remark}>
          The first {shown.length} of {plural(readings.length, "value")} are shown.
        </p>
      )}
    </>
  );
}

type LookProps = {
  reading: Reading;
  text: string;
  tone: Tone | undefined;
  /** Of the way between the bounds, 0 to 100. */
  share: number;
  isAlone: boolean;
};

function shareOf(value: number, [low, high]: [number, number]): number {
  const share = ((value - low) / (high - low)) * 100;
  return Number.isNaN(share) ? 0 : Math.max(0, Math.min(100, share));
}

function Value({ text, tone }: Pick<LookProps, "text" | "tone">) {
  return (
    <span className={`${styles.value} num`} data-tone={tone}>
      {tone && (
        <>
          <StatusShape tone={tone} />
          <span className="unseen">{toneWords[tone] ?? statusWord(tone)}: </span>
        </>
      )}
      {text}
    </span>
  );
}

const toneWords: Partial<Record<Tone, string>> = { up: "Good", degraded: "Warning", down: "Bad" };

function Stat({ reading, text, tone, isAlone }: LookProps) {
  return (
    <>
      {!isAlone && <span className={styles.label}>{reading.label}</span>}
      <Value text={text} tone={tone} />
      {reading.line && <Course values={reading.line.values} />}
    </>
  );
}

/** The values of the range in small: its shape, not its numbers. */
function Course({ values }: { values: (number | null)[] }) {
  const known = values.filter((value) => value !== null);
  if (known.length < 2) return null;
  const low = Math.min(...known);
  const span = Math.max(...known) - low || 1;
  let pen = "M";
  const path = values.map((value, i) => {
    if (value === null) {
      pen = "M";
      return "";
    }
    const point = `${pen}${i} ${(30 - ((value - low) / span) * 28).toFixed(1)}`;
    pen = "L";
    return point;
  });
  return (
    <svg
      className={styles.course}
      viewBox={`0 0 ${values.length - 1} 31`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path d={path.join("")} vectorEffect="non-scaling-stroke" />
    </svg>
  );
}

/** Half a circle from the lower to the upper bound. */
const dial = "M8 50A42 42 0 0 1 92 50";

function Gauge({ reading, text, tone, share, isAlone }: LookProps) {
  return (
    <>
      <svg viewBox="0 0 100 56" className={styles.dial} data-tone={tone} aria-hidden="true">
        <path d={dial} pathLength="100" />
        <path d={dial} pathLength="100" strokeDasharray={`${share} 100`} />
      </svg>
      <Value text={text} tone={tone} />
      {!isAlone && <span className={styles.label}>{reading.label}</span>}
    </>
  );
}

function Bar({ reading, text, tone, share }: LookProps) {
  return (
    <>
      <span className={styles.label}>{reading.label}</span>
      <svg className={styles.track} data-tone={tone} aria-hidden="true">
        <rect width="100%" height="100%" rx="3" />
        <rect width={`${share}%`} height="100%" rx="3" />
      </svg>
      <Value text={text} tone={tone} />
    </>
  );
}
