// A button that opens a short list of acts. The menu itself is loaded when it is first wanted.
import { lazy, Suspense, useState } from "react";
import type { MenuProps } from "./Menu";

const Menu = lazy(() => import("./Menu").then((m) => ({ default: m.Menu })));

export function MenuButton(props: MenuProps) {
  const [wanted, setWanted] = useState(false);
  const button = (
    <button
      type="button"
      className={props.triggerClass}
      aria-label={props.label}
      aria-haspopup="menu"
      onClick={() => setWanted(true)}
    >
      {props.trigger}
    </button>
  );
  if (!wanted) return button;
  return (
    <Suspense fallback={button}>
      <Menu {...props} />
    </Suspense>
  );
}
