// Dialogs of three kinds: a drawer from the right (a record beside its list), a modal (a small
// form), and an alert that only its own buttons close (a secret shown once, a deletion).
import { AlertDialog } from "@base-ui/react/alert-dialog";
import { Dialog } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { buttonClass } from "./Button";
import { classes } from "./classes";
import styles from "./Overlay.module.css";

type Props = {
  open: boolean;
  onClose: () => void;
  title: ReactNode;
  children: ReactNode;
};

type DrawerProps = Props & {
  /** Beside the title. */
  note?: ReactNode;
  /** Before the close button. */
  aside?: ReactNode;
};

export function Drawer({ open, onClose, title, note, aside, children }: DrawerProps) {
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className={styles.veil} />
        <Dialog.Popup className={styles.drawer}>
          <header className={styles.header}>
            <Dialog.Title className={styles.title}>{title}</Dialog.Title>
            <span className="grow">{note}</span>
            {aside}
            <Dialog.Close className={buttonClass("quiet")} aria-label="Close">
              <X aria-hidden="true" />
            </Dialog.Close>
          </header>
          <div className={styles.body}>{children}</div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

export function Modal({ open, onClose, title, wide, children }: Props & { wide?: boolean }) {
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className={styles.veil} />
        <Dialog.Popup className={classes(styles.modal, wide && styles.wide)}>
          <header className={styles.modalHeader}>
            <Dialog.Title className={styles.title}>{title}</Dialog.Title>
            <span className="grow" />
            <Dialog.Close className={buttonClass("quiet")} aria-label="Close">
              <X aria-hidden="true" />
            </Dialog.Close>
          </header>
          {children}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

type AlertProps = {
  open: boolean;
  title: string;
  description: ReactNode;
  children: ReactNode;
  /** Called for Escape; leave it out when nothing but a button may close the alert. */
  onCancel?: () => void;
  wide?: boolean;
};

export function Alert({ open, title, description, children, onCancel, wide }: AlertProps) {
  return (
    <AlertDialog.Root open={open} onOpenChange={(next) => !next && onCancel?.()}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className={styles.veil} />
        <AlertDialog.Popup className={classes(styles.modal, wide && styles.wide)}>
          <AlertDialog.Title className={styles.title}>{title}</AlertDialog.Title>
          <AlertDialog.Description render={<div />} className="muted">
            {description}
          </AlertDialog.Description>
          {children}
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}

/** The row of buttons at a dialog's end. */
export function DialogActions({ children }: { children: ReactNode }) {
  return <div className={styles.actions}>{children}</div>;
}
