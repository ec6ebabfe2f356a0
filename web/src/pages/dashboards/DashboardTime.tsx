// The range of a dashboard, and how often it is read anew.
import { RotateCw } from "lucide-react";
import { formatSpan } from "../../lib/clock";
import { refreshChoices } from "../../lib/dashboard";
import { Button } from "../../ui/Button";
import { MetricsTime } from "../MetricsTime";
import pages from "../pages.module.css";
import type { DashboardSearch, useTimes } from "./useDashboardView";

type Props = {
  times: ReturnType<typeof useTimes>;
  onSearch: (change: Partial<DashboardSearch>) => void;
};

export function DashboardTime({ times, onSearch }: Props) {
  const { range, end, refresh, renew } = times;
  const choices = refreshChoices.includes(refresh) ? refreshChoices : [refresh, ...refreshChoices];
  return (
    <>
      <MetricsTime
        range={range}
        end={end}
        onChange={({ step: _, ...change }) => {
          renew();
          // The range stands in the address from now on: an end without it would be the dashboard's.
          onSearch({ range: range.value, end, ...change });
        }}
      />
      <Button aria-label="Refresh now" onClick={renew}>
        <RotateCw aria-hidden="true" />
      </Button>
      <select
        className={pages.input}
        aria-label="Refresh"
        value={refresh}
        onChange={({ target }) => onSearch({ refresh: Number(target.value) })}
      >
        <option value={0}>Refresh: off</option>
        {choices
          .filter((seconds) => seconds > 0)
          .map((seconds) => (
            <option key={seconds} value={seconds}>
              every {formatSpan(seconds)}
            </option>
          ))}
      </select>
    </>
  );
}
