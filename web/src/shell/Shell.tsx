// The frame of every signed-in page: sidebar (a drawer on narrow screens), palette, key help, and
// the live stream of the current team.
import { Outlet, useNavigate, useRouterState } from "@tanstack/react-router";
import { Menu as MenuIcon, Search } from "lucide-react";
import { lazy, Suspense, useEffect, useState } from "react";
import { useShortcuts } from "../lib/shortcuts";
import { buttonClass } from "../ui/Button";
import { Mark } from "../ui/Mark";
import { LiveProvider } from "./LiveProvider";
import { addressOf, listBottom, listGroups } from "./places";
import styles from "./Shell.module.css";
import { Sidebar } from "./Sidebar";
import { useMembership } from "./team";

const Palette = lazy(() => import("./Palette").then((m) => ({ default: m.Palette })));
const KeyHelp = lazy(() => import("./KeyHelp").then((m) => ({ default: m.KeyHelp })));
const NavDrawer = lazy(() => import("./NavDrawer").then((m) => ({ default: m.NavDrawer })));

type Overlay = "palette" | "keys" | "nav";

export function Shell() {
  const membership = useMembership();
  const navigate = useNavigate();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const [overlay, setOverlay] = useState<Overlay | null>(null);
  // Once opened an overlay stays mounted, so that closing it can be seen and focus returns.
  const [used, setUsed] = useState<ReadonlySet<Overlay>>(new Set());
  const show = (wanted: Overlay) => {
    setUsed((before) => new Set(before).add(wanted));
    setOverlay(wanted);
  };
  const close = () => setOverlay(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new address closes the overlay
  useEffect(() => setOverlay(null), [path]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!(event.metaKey || event.ctrlKey) || event.key.toLowerCase() !== "k") return;
      event.preventDefault();
      setUsed((before) => new Set(before).add("palette"));
      setOverlay("palette");
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);

  const places = [...listGroups(membership).flatMap((g) => g.places), ...listBottom(membership)];
  const go = (to: string) => void navigate({ to });
  useShortcuts({
    "?": () => show("keys"),
    ...Object.fromEntries(
      places.map((place) => [`g ${place.key}`, () => go(addressOf(place, membership))]),
    ),
  });

  const frame = (
    <div className={styles.shell}>
      <a className={styles.skip} href="#main">
        Skip to content
      </a>
      <aside className={styles.side} aria-label="Sidebar">
        <Sidebar onSearch={() => show("palette")} />
      </aside>
      <header className={styles.narrowBar}>
        <button
          type="button"
          className={buttonClass("quiet")}
          aria-label="Open navigation"
          onClick={() => show("nav")}
        >
          <MenuIcon aria-hidden="true" />
        </button>
        <Mark size={22} />
        <strong>{membership?.name ?? "Atalaya"}</strong>
        <span className="grow" />
        <button
          type="button"
          className={buttonClass("quiet")}
          aria-label="Search or jump to"
          onClick={() => show("palette")}
        >
          <Search aria-hidden="true" />
        </button>
      </header>
      <main className={styles.main} id="main" tabIndex={-1}>
        <Outlet />
      </main>
      <Suspense>
        {used.has("palette") && <Palette open={overlay === "palette"} onClose={close} go={go} />}
        {used.has("keys") && <KeyHelp open={overlay === "keys"} onClose={close} />}
        {used.has("nav") && (
          <NavDrawer open={overlay === "nav"} onClose={close} onSearch={() => show("palette")} />
        )}
      </Suspense>
    </div>
  );
  if (!membership) return frame;
  return (
    <LiveProvider key={membership.id} team={membership.id}>
      {frame}
    </LiveProvider>
  );
}
