// Takes the samples behind an expression away as a file: those of every series that it names, as they
// were written, over the range that is shown.
import { Download } from "lucide-react";
import { useState } from "react";
import { api, send, withQuery } from "../api/client";
import { saveAs } from "../lib/download";
import { showDone, showFailed } from "../lib/notices";
import { selectorsOf } from "../lib/promql";
import type { Window } from "../lib/timeRange";
import { useTeamId } from "../shell/team";
import { buttonClass } from "../ui/Button";
import { MenuButton } from "../ui/MenuButton";

type Format = "csv" | "json" | "openmetrics";

const endings: Record<Format, string> = { csv: "csv", json: "json", openmetrics: "txt" };

export function MetricsExport({ expression, window }: { expression: string; window: Window }) {
  const team = useTeamId();
  const [isBusy, setBusy] = useState(false);
  const selectors = selectorsOf(expression);
  if (selectors.length === 0) return null;
  const take = async (format: Format) => {
    setBusy(true);
    try {
      const { start, end } = window;
      const asked = { format, "match[]": selectors, start, end };
      const params = withQuery({ path: { team } }, asked);
      const call = api.GET("/api/v1/teams/{team}/metrics/export", { params, parseAs: "blob" });
      saveAs(`samples.${endings[format]}`, (await send(call)) as Blob);
      showDone("The export is complete", "That it was made is on the record.");
    } catch (failure) {
      showFailed(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <MenuButton
      label="Export samples"
      trigger={
        <>
          <Download aria-hidden="true" />
          {isBusy ? "Exporting" : "Export"}
        </>
      }
      triggerClass={buttonClass()}
      items={[
        { label: "CSV", hint: "for spreadsheets", onSelect: () => void take("csv") },
        { label: "JSON", hint: "as a query answers", onSelect: () => void take("json") },
        {
          label: "OpenMetrics",
          hint: "for a Prometheus",
          onSelect: () => void take("openmetrics"),
        },
      ]}
    />
  );
}
