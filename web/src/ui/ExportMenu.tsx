// Takes what a page shows away as a file, in the format that is chosen; says when it has come.
import { Download } from "lucide-react";
import { useState } from "react";
import { saveAs } from "../lib/download";
import { showDone, showFailed } from "../lib/notices";
import { buttonClass } from "./Button";
import { MenuButton } from "./MenuButton";

export interface ExportFormat {
  label: string;
  hint: string;
  file: string;
  fetch: () => Promise<Blob>;
}

export function ExportMenu({ label, formats }: { label: string; formats: ExportFormat[] }) {
  const [isBusy, setBusy] = useState(false);
  const take = async (format: ExportFormat) => {
    setBusy(true);
    try {
      saveAs(format.file, await format.fetch());
      showDone("The export is complete", "That it was made is on the record.");
    } catch (failure) {
      showFailed(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <MenuButton
      label={label}
      trigger={
        <>
          <Download aria-hidden="true" />
          {isBusy ? "Exporting" : "Export"}
        </>
      }
      triggerClass={buttonClass()}
      items={formats.map((format) => ({
        label: format.label,
        hint: format.hint,
        onSelect: () => void take(format),
      }))}
    />
  );
}
