// The sidebar on narrow screens.
import { Dialog } from "@base-ui/react/dialog";
import overlay from "../ui/Overlay.module.css";
import styles from "./NavDrawer.module.css";
import { Sidebar } from "./Sidebar";

type Props = { open: boolean; onClose: () => void; onSearch: () => void };

export function NavDrawer({ open, onClose, onSearch }: Props) {
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className={overlay.veil} />
        <Dialog.Popup className={styles.drawer} aria-label="Navigation">
          <Sidebar onSearch={onSearch} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
