// A time under the page's clock switch; hovering shows the other clock.
import { formatAgo, formatDateTime, formatTime, useNow, zoneName } from "../lib/clock";
import { usePreferences } from "../lib/preferences";

type Props = { at: string; look?: "full" | "time" };

export function Time({ at, look = "full" }: Props) {
  const { clock } = usePreferences();
  const date = new Date(at);
  const other = clock === "utc" ? "local" : "utc";
  const format = look === "full" ? formatDateTime : formatTime;
  return (
    <time
      className="num"
      dateTime={at}
      title={`${formatDateTime(date, other)} ${zoneName(other, date)}`}
    >
      {format(date, clock)}
    </time>
  );
}

/** How long ago, renewed every few seconds; the absolute time is in its title. */
export function Ago({ at }: { at: string }) {
  const now = useNow(5000);
  const { clock } = usePreferences();
  const date = new Date(at);
  return (
    <time
      className="num"
      dateTime={at}
      title={`${formatDateTime(date, clock)} ${zoneName(clock, date)}`}
    >
      {formatAgo(date, now)}
    </time>
  );
}
