// The menu behind MenuButton, loaded with the first press; it therefore begins open.
import { Menu as Base } from "@base-ui/react/menu";
import type { ReactNode } from "react";
import { classes } from "./classes";
import styles from "./Menu.module.css";

export type MenuItem = {
  label: string;
  icon?: ReactNode;
  hint?: string;
  danger?: boolean;
  onSelect: () => void;
};

export type MenuProps = {
  label: string;
  trigger: ReactNode;
  triggerClass: string;
  items: MenuItem[];
  align?: "start" | "end";
};

export function Menu({ label, trigger, triggerClass, items, align = "end" }: MenuProps) {
  return (
    <Base.Root defaultOpen>
      <Base.Trigger className={triggerClass} aria-label={label}>
        {trigger}
      </Base.Trigger>
      <Base.Portal container={document.getElementById("main")}>
        <Base.Positioner
          className={styles.positioner}
          positionMethod="fixed"
          sideOffset={4}
          align={align}
        >
          <Base.Popup className={styles.popup}>
            {items.map((item) => (
              <Base.Item
                key={item.label}
                className={classes(styles.item, item.danger && styles.danger)}
                onClick={item.onSelect}
              >
                {item.icon}
                {item.label}
                {item.hint && <span className={styles.hint}>{item.hint}</span>}
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
