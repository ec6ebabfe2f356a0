// The reader's own settings of the page, kept in this browser. public/theme.js reads the same
// stored value before the first paint.
import { useSyncExternalStore } from "react";

export type Preferences = {
  theme: "system" | "light" | "dark";
  density: "compact" | "regular" | "comfortable";
  clock: "utc" | "local";
  shortcuts: boolean;
  team: string | null;
  /** Teams whose first steps were all done once; their checklist stays away. */
  settled: string[];
};

const key = "atalaya.preferences";
const defaults: Preferences = {
  theme: "system",
  density: "regular",
  clock: "utc",
  shortcuts: true,
  team: null,
  settled: [],
};

const listeners = new Set<() => void>();
let current = load();

function load(): Preferences {
  try {
    return { ...defaults, ...JSON.parse(localStorage.getItem(key) ?? "{}") };
  } catch {
    // Storage may be blocked or hold something else; the page works with the defaults.
    return defaults;
  }
}

function darkBySystem(): MediaQueryList {
  return matchMedia("(prefers-color-scheme: dark)");
}

function shownTheme(): "light" | "dark" {
  if (current.theme !== "system") return current.theme;
  return darkBySystem().matches ? "dark" : "light";
}

function apply(): void {
  document.documentElement.dataset.theme = shownTheme();
  document.documentElement.dataset.density = current.density;
  for (const listener of listeners) listener();
}

export function setPreferences(change: Partial<Preferences>): void {
  current = { ...current, ...change };
  try {
    localStorage.setItem(key, JSON.stringify(current));
  } catch {
    // Without storage the choice lasts until the page is closed.
  }
  apply();
}

export function getPreferences(): Preferences {
  return current;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(subscribe, getPreferences);
}

/** The theme as shown now, which follows the system when no theme is chosen. */
export function useShownTheme(): "light" | "dark" {
  return useSyncExternalStore(subscribe, shownTheme);
}

export function watchSystemTheme(): void {
  darkBySystem().addEventListener("change", apply);
}
