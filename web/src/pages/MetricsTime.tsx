// The range of time, the way to earlier and later ones, and where it can be chosen the step between
// two values.
import { ChevronLeft, ChevronRight } from "lucide-react";
import { formatSpan } from "../lib/clock";
import { type Range, stepChoices, stepSuits, timeRanges, usualStep } from "../lib/timeRange";
import { Button } from "../ui/Button";
import { Segment } from "../ui/Segment";
import { Time } from "../ui/Time";
import styles from "./MetricsPage.module.css";
import pages from "./pages.module.css";

/** As addresses hold it: `end` in unix seconds, now if it is not given; `step` in seconds. */
export type TimeSearch = { range?: string; end?: number; step?: number };

type Props = {
  range: Range;
  end: number | undefined;
  /** The step in use, and the one that was chosen; absent where it follows the range. */
  step?: { used: number; chosen: number | undefined };
  onChange: (change: Partial<TimeSearch>) => void;
};

export function MetricsTime({ range, end, step, onChange }: Props) {
  const move = (by: number) => {
    const now = Math.floor(Date.now() / 1000);
    const next = (end ?? now) + by * range.seconds;
    onChange({ end: next < now ? next : undefined });
  };
  const isOffered = timeRanges.some((one) => one.value === range.value);
  return (
    <>
      {end !== undefined && (
        <span className={styles.end}>
          until <Time at={new Date(end * 1000).toISOString()} />
          <Button look="quiet" onClick={() => onChange({ end: undefined })}>
            Now
          </Button>
        </span>
      )}
      <Button aria-label="Earlier" onClick={() => move(-1)}>
        <ChevronLeft aria-hidden="true" />
      </Button>
      <Segment
        label="Time range"
        value={range.value}
        options={isOffered ? timeRanges : [...timeRanges, range]}
        onChange={(value) => onChange({ range: value })}
      />
      <Button aria-label="Later" disabled={end === undefined} onClick={() => move(1)}>
        <ChevronRight aria-hidden="true" />
      </Button>
      {step && <StepChoice {...step} seconds={range.seconds} onChange={onChange} />}
    </>
  );
}

type StepProps = NonNullable<Props["step"]> & { seconds: number; onChange: Props["onChange"] };

function StepChoice({ used, chosen, seconds, onChange }: StepProps) {
  return (
    <select
      className={pages.input}
      aria-label="Step"
      value={chosen === used ? used : ""}
      onChange={({ target }) => onChange({ step: Number(target.value) || undefined })}
    >
      <option value="">Step: {formatSpan(usualStep(seconds))}</option>
      {stepChoices.map((choice) => (
        <option key={choice} value={choice} disabled={!stepSuits(choice, seconds)}>
          {formatSpan(choice)}
        </option>
      ))}
    </select>
  );
}
