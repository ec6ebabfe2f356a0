// The frame of every signed-in page: sidebar (a drawer on narrow screens), palette, key help, and
// the live stream of the current team.
import { Outlet, useNavigate, useRouterState } from "@tanstack/react-router";
import { Menu as MenuIcon, Search } from "lucide-react";
import { lazy, Suspense, useCallback, useEffect, useState } from "react";
import { useProofWanted } from "../lib/proof";
import { useShortcuts } from "../lib/shortcuts";
import { buttonClass } from "../ui/Button";
import { Mark } from "../ui/Mark";
import { LiveProvider } from "./LiveProvider";
import { addressOf, listPlaces } from "./places";
import styles from "./Shell.module.css";
import { Sidebar } from "./Sidebar";
import { useMembership, useReader } from "./team";
import { ViewBanner } from "./ViewBanner";

const Palette = lazy(() => import("./Palette").then((m) => ({ default: m.Palette })));
const KeyHelp = lazy(() => import("./KeyHelp").then((m) => ({ default: m.KeyHelp })));
const StepUp = lazy(() => import("./StepUp").then((m) => ({ default: m.StepUp })));
const NavDrawer = lazy(() => import("./NavDrawer").then((m) => ({ default: m.NavDrawer })));

type Overlay = "palette" | "keys" | "nav";

/** Which overlay is open. Once used it stays mounted, so that its closing is seen. */
function useOverlay() {
  const [open, setOpen] = useState<Overlay | null>(null);
  const [used, setUsed] = useState<ReadonlySet<Overlay>>(new Set());
  const path = useRouterState({ select: (state) => state.location.pathname });
  const show = useCallback((wanted: Overlay) => {
    setUsed((before) => new Set(before).add(wanted));
    setOpen(wanted);
  }, []);
  const close = useCallback(() => setOpen(null), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new address closes the overlay
  useEffect(close, [path]);
  return { open, used, show, close };
}

function useKeys(show: (wanted: Overlay) => void, go: (to: string) => void): void {
  const reader = useReader();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!(event.metaKey || event.ctrlKey) || event.key.toLowerCase() !== "k") return;
      event.preventDefault();
      show("palette");
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [show]);
  useShortcuts({
    "?": () => show("keys"),
    ...Object.fromEntries(
      listPlaces(reader).map((place) => [
        `g ${place.key}`,
        () => go(addressOf(place, reader.membership)),
      ]),
    ),
  });
}

export function Shell() {
  const membership = useMembership();
  const navigate = useNavigate();
  const { open, used, show, close } = useOverlay();
  const proofWanted = useProofWanted();
  const go = (to: string) => void navigate({ to });
  const search = () => show("palette");
  useKeys(show, go);

  const frame = (
    <div className={styles.shell}>
      <a className={styles.skip} href="#main">
        Skip to content
      </a>
      <aside className={styles.side} aria-label="Sidebar">
        <Sidebar onSearch={search} />
      </aside>
      <NarrowBar name={membership?.name} onNav={() => show("nav")} onSearch={search} />
      <main className={styles.main} id="main" tabIndex={-1}>
        <ViewBanner />
        <Outlet />
      </main>
      <Suspense>
        {used.has("palette") && <Palette open={open === "palette"} onClose={close} go={go} />}
        {used.has("keys") && <KeyHelp open={open === "keys"} onClose={close} />}
        {used.has("nav") && <NavDrawer open={open === "nav"} onClose={close} onSearch={search} />}
        {proofWanted && <StepUp />}
      </Suspense>
    </div>
  );
  if (!membership || membership.locked) return frame;
  return (
    <LiveProvider key={membership.id} team={membership.id}>
      {frame}
    </LiveProvider>
  );
}

type BarProps = { name: string | undefined; onNav: () => void; onSearch: () => void };

/** Stands in for the sidebar on narrow screens. */
function NarrowBar({ name, onNav, onSearch }: BarProps) {
  return (
    <header className={styles.narrowBar}>
      <button
        type="button"
        className={buttonClass("quiet")}
        aria-label="Open navigation"
        onClick={onNav}
      >
        <MenuIcon aria-hidden="true" />
      </button>
      <Mark size={22} />
      <strong>{name ?? "Atalaya"}</strong>
      <span className="grow" />
      <button
        type="button"
        className={buttonClass("quiet")}
        aria-label="Search or jump to"
        onClick={onSearch}
      >
        <Search aria-hidden="true" />
      </button>
    </header>
  );
}
