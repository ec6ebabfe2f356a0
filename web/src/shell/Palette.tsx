// Ctrl K: places, servers by name, and acts, in one list that filters as the reader types.
import { Autocomplete } from "@base-ui/react/autocomplete";
import { Dialog } from "@base-ui/react/dialog";
import { useQuery } from "@tanstack/react-query";
import { CornerDownLeft } from "lucide-react";
import { fleetQuery } from "../api/queries";
import { getPreferences, setPreferences } from "../lib/preferences";
import overlay from "../ui/Overlay.module.css";
import { StatusShape, statusWord } from "../ui/StatusMark";
import styles from "./Palette.module.css";
import { addressOf, listPlaces } from "./places";
import { useReader } from "./team";

type Props = { open: boolean; onClose: () => void; go: (to: string) => void };

type Entry = {
  label: string;
  hint: string;
  status?: "up" | "down" | "pending";
  run: () => void;
};

export function Palette({ open, onClose, go }: Props) {
  const entries = useEntries(go);
  const run = (entry: Entry) => {
    onClose();
    entry.run();
  };
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className={overlay.veil} />
        <Dialog.Popup className={styles.palette} aria-label="Command palette">
          <Autocomplete.Root
            inline
            open
            items={entries}
            itemToStringValue={(entry: Entry) => entry.label}
            autoHighlight="always"
          >
            <Autocomplete.Input
              className={styles.input}
              placeholder="Jump to a page, a server or an act"
              aria-label="Search or jump to"
            />
            <Autocomplete.Empty className={styles.empty}>Nothing matches</Autocomplete.Empty>
            <Autocomplete.List className={styles.list}>
              {(entry: Entry) => (
                <Autocomplete.Item
                  key={`${entry.hint} ${entry.label}`}
                  value={entry}
                  className={styles.entry}
                  onClick={() => run(entry)}
                >
                  {entry.status ? (
                    <StatusShape tone={entry.status} />
                  ) : (
                    <CornerDownLeft aria-hidden="true" />
                  )}
                  {entry.label}
                  <span className={styles.hint}>{entry.hint}</span>
                </Autocomplete.Item>
              )}
            </Autocomplete.List>
          </Autocomplete.Root>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function useEntries(go: Props["go"]): Entry[] {
  const reader = useReader();
  const { membership } = reader;
  const { data: fleet } = useQuery({
    ...fleetQuery(membership?.id ?? ""),
    enabled: membership !== undefined && !membership.locked,
  });
  const can = (permission: string) => membership?.capabilities.includes(permission) ?? false;
  const base = `/teams/${membership?.id}`;
  const entries: Entry[] = listPlaces(reader).map((place) => ({
    label: place.label,
    hint: `g then ${place.key}`,
    run: () => go(addressOf(place, membership)),
  }));
  if (can("servers.manage")) {
    entries.push({ label: "Add server", hint: "Act", run: () => go(`${base}/servers/new`) });
  }
  for (const theme of ["light", "dark", "system"] as const) {
    entries.push({
      label: theme === "system" ? "Follow the system's theme" : `Use ${theme} theme`,
      hint: "Setting",
      run: () => setPreferences({ theme }),
    });
  }
  entries.push({
    label: "Switch between UTC and local time",
    hint: "Setting",
    run: () => setPreferences({ clock: getPreferences().clock === "utc" ? "local" : "utc" }),
  });
  for (const density of ["compact", "regular", "comfortable"] as const) {
    entries.push({
      label: `Use ${density} rows`,
      hint: "Setting",
      run: () => setPreferences({ density }),
    });
  }
  for (const server of fleet?.data ?? []) {
    entries.push({
      label: server.name,
      hint: statusWord(server.status),
      status: server.status,
      run: () => go(`${base}/servers/${server.id}`),
    });
  }
  return entries;
}
