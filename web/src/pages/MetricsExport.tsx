// Takes the samples behind an expression away as a file: those of every series that it names, as they
// were written, over the range that is shown.
import { api, send, withQuery } from "../api/client";
import { selectorsOf } from "../lib/promql";
import type { Window } from "../lib/timeRange";
import { useTeamId } from "../shell/team";
import { ExportMenu } from "../ui/ExportMenu";

export function MetricsExport({ expression, window }: { expression: string; window: Window }) {
  const team = useTeamId();
  const selectors = selectorsOf(expression);
  if (selectors.length === 0) return null;
  const format = (name: "csv" | "json" | "openmetrics", label: string, hint: string) => ({
    label,
    hint,
    file: `samples.${name === "openmetrics" ? "txt" : name}`,
    fetch: async () => {
      const asked = { format: name, "match[]": selectors, start: window.start, end: window.end };
      const params = withQuery({ path: { team } }, asked);
      const call = api.GET("/api/v1/teams/{team}/metrics/export", { params, parseAs: "blob" });
      return (await send(call)) as Blob;
    },
  });
  return (
    <ExportMenu
      label="Export samples"
      formats={[
        format("csv", "CSV", "for spreadsheets"),
        format("json", "JSON", "as a query answers"),
        format("openmetrics", "OpenMetrics", "for a Prometheus"),
      ]}
    />
  );
}
