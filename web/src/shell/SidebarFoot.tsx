// The instrument strip: the state of the live stream, the clock with its switch, the theme.
import { Moon, Sun } from "lucide-react";
import { formatTime, useNow, zoneName } from "../lib/clock";
import { setPreferences, usePreferences, useShownTheme } from "../lib/preferences";
import { type LiveState, useLive } from "./LiveProvider";
import styles from "./Sidebar.module.css";

const words: Record<LiveState, string> = {
  off: "",
  connecting: "Joining",
  live: "Live",
  lost: "Offline",
};

export function SidebarFoot() {
  const { state } = useLive();
  const theme = useShownTheme();
  return (
    <div className={styles.foot}>
      <span className={styles.stream} role="status">
        {state !== "off" && <span className={styles.light} data-state={state} aria-hidden="true" />}
        {words[state]}
      </span>
      <span className="grow" />
      <ClockSwitch />
      <button
        type="button"
        className={styles.icon}
        aria-label={theme === "dark" ? "Use light theme" : "Use dark theme"}
        onClick={() => setPreferences({ theme: theme === "dark" ? "light" : "dark" })}
      >
        {theme === "dark" ? <Sun aria-hidden="true" /> : <Moon aria-hidden="true" />}
      </button>
    </div>
  );
}

function ClockSwitch() {
  const now = useNow(1000);
  const { clock } = usePreferences();
  const other = clock === "utc" ? "local" : "utc";
  return (
    <button
      type="button"
      className={styles.clock}
      title={`Show ${other === "utc" ? "UTC" : "local time"} everywhere`}
      onClick={() => setPreferences({ clock: other })}
    >
      <span className="num">{formatTime(now, clock)}</span> {zoneName(clock, now)}
    </button>
  );
}
