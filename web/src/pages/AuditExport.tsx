// Takes what the query finds away as a file: all of it, not only what the page has loaded.
import { Download } from "lucide-react";
import { useState } from "react";
import { api, send, withQuery } from "../api/client";
import { saveAs } from "../lib/download";
import { showDone, showFailed } from "../lib/notices";
import { Can, useTeamId } from "../shell/team";
import { buttonClass } from "../ui/Button";
import { MenuButton } from "../ui/MenuButton";

type Format = "csv" | "ndjson";

export function AuditExport({ query }: { query: string | undefined }) {
  const team = useTeamId();
  const [isBusy, setBusy] = useState(false);
  const take = async (format: Format) => {
    setBusy(true);
    try {
      const params = withQuery({ path: { team } }, { format, q: query });
      const call = api.GET("/api/v1/teams/{team}/audit/export", { params, parseAs: "blob" });
      saveAs(`audit.${format}`, (await send(call)) as Blob);
      showDone("The export is complete", "That it was made is on the record.");
    } catch (failure) {
      showFailed(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Can do="audit.export">
      <MenuButton
        label="Export"
        trigger={
          <>
            <Download aria-hidden="true" />
            {isBusy ? "Exporting" : "Export"}
          </>
        }
        triggerClass={buttonClass()}
        items={[
          { label: "CSV", hint: "for spreadsheets", onSelect: () => void take("csv") },
          { label: "NDJSON", hint: "one event a line", onSelect: () => void take("ndjson") },
        ]}
      />
    </Can>
  );
}
