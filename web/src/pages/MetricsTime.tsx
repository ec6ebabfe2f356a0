// The range of time, the way to earlier and later ones, and the step between two values.
import { ChevronLeft, ChevronRight } from "lucide-react";
import { formatSpan } from "../lib/clock";
import { type Range, stepChoices, stepSuits, timeRanges, usualStep } from "../lib/timeRange";
import { Button } from "../ui/Button";
import { Segment } from "../ui/Segment";
import { Time } from "../ui/Time";
import type { MetricsSearch } from "./MetricsPage";
import styles from "./MetricsPage.module.css";
import pages from "./pages.module.css";

type Props = {
  range: Range;
  step: number;
  search: MetricsSearch;
  onChange: (change: Partial<MetricsSearch>) => void;
};

export function MetricsTime({ range, step, search, onChange }: Props) {
  const { end } = search;
  const move = (by: number) => {
    const now = Math.floor(Date.now() / 1000);
    const next = (end ?? now) + by * range.seconds;
    onChange({ end: next < now ? next : undefined });
  };
  const isChosen = search.step === step;
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
        options={timeRanges}
        onChange={(value) => onChange({ range: value })}
      />
      <Button aria-label="Later" disabled={end === undefined} onClick={() => move(1)}>
        <ChevronRight aria-hidden="true" />
      </Button>
      <select
        className={pages.input}
        aria-label="Step"
        value={isChosen ? step : ""}
        onChange={({ target }) => onChange({ step: Number(target.value) || undefined })}
      >
        <option value="">Step: {formatSpan(usualStep(range.seconds))}</option>
        {stepChoices.map((choice) => (
          <option key={choice} value={choice} disabled={!stepSuits(choice, range.seconds)}>
            {formatSpan(choice)}
          </option>
        ))}
      </select>
    </>
  );
}
