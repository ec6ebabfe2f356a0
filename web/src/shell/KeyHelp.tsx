// The list of keys, opened with "?".
import { Modal } from "../ui/Overlay";
import styles from "./KeyHelp.module.css";
import { listPlaces } from "./places";
import { useReader } from "./team";

export function KeyHelp({ open, onClose }: { open: boolean; onClose: () => void }) {
  const reader = useReader();
  const keys: [string[], string][] = [
    [["Ctrl", "K"], "Search or jump to"],
    ...listPlaces(reader).map((place): [string[], string] => [
      ["g", place.key],
      `Go to ${place.label}`,
    ]),
    [["/"], "Filter the list"],
    [["j"], "Next row"],
    [["k"], "Previous row"],
    [["Enter"], "Open the row"],
    [["["], "Newer record, in an open record"],
    [["]"], "Older record, in an open record"],
    [["p"], "Pause or resume live charts"],
    [["←", "→"], "Read a focused chart"],
    [["?"], "This list"],
  ];
  return (
    <Modal open={open} onClose={onClose} title="Keys">
      <dl className={styles.keys}>
        {keys.map(([combination, meaning]) => (
          <div key={meaning}>
            <dt>
              {combination.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <p className="faint">Single-letter keys can be switched off in Account.</p>
    </Modal>
  );
}
