// A piece of a chart's line, for its legend.
import { lineLook } from "./lineLook";

export function LineSample({ look }: { look: number }) {
  const { colour, dash } = lineLook(look);
  return (
    <svg width="16" height="4" viewBox="0 0 16 4" aria-hidden="true">
      <path
        d="M0 2H16"
        stroke={`var(${colour})`}
        strokeWidth="2"
        strokeDasharray={dash?.join(" ")}
      />
    </svg>
  );
}
