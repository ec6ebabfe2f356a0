// Takes what the query finds away as a file: all of it, not only what the page has loaded.
import { api, send, withQuery } from "../api/client";
import { Can, useTeamId } from "../shell/team";
import { ExportMenu } from "../ui/ExportMenu";

export function AuditExport({ query }: { query: string | undefined }) {
  const team = useTeamId();
  const format = (name: "csv" | "ndjson", label: string, hint: string) => ({
    label,
    hint,
    file: `audit.${name}`,
    fetch: async () => {
      const params = withQuery({ path: { team } }, { format: name, q: query });
      const call = api.GET("/api/v1/teams/{team}/audit/export", { params, parseAs: "blob" });
      return (await send(call)) as Blob;
    },
  });
  return (
    <Can do="audit.export">
      <ExportMenu
        label="Export"
        formats={[
          format("csv", "CSV", "for spreadsheets"),
          format("ndjson", "NDJSON", "one event a line"),
        ]}
      />
    </Can>
  );
}
