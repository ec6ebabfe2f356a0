// Where to go: team, search, the rooms of the page, and at the foot the clock, theme and stream.
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { ChevronsUpDown, Plus, Search, ShieldCheck } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { fleetQuery, meQuery } from "../api/queries";
import { classes } from "../ui/classes";
import { MenuButton } from "../ui/MenuButton";
import { addressOf, listBottom, listGroups, type Place } from "./places";
import styles from "./Sidebar.module.css";
import { SidebarFoot } from "./SidebarFoot";
import { useMembership, useReader } from "./team";

const NewTeam = lazy(() => import("./NewTeam").then((m) => ({ default: m.NewTeam })));

export function Sidebar({ onSearch }: { onSearch: () => void }) {
  const reader = useReader();
  return (
    <div className={styles.side}>
      <TeamSwitch />
      <button type="button" className={styles.search} onClick={onSearch}>
        <Search aria-hidden="true" />
        Search or jump to
        <kbd>Ctrl K</kbd>
      </button>
      <nav className={styles.nav} aria-label="Main">
        {listGroups(reader).map((group) => (
          <div key={group.label ?? "top"}>
            {group.label && <p className={styles.group}>{group.label}</p>}
            {group.places.map((place) => (
              <PlaceLink key={place.label} place={place} />
            ))}
          </div>
        ))}
        <a className={styles.place} href="/trust">
          <ShieldCheck />
          Trust
        </a>
        <div className={styles.bottom}>
          {listBottom(reader).map((place) => (
            <PlaceLink key={place.label} place={place} />
          ))}
        </div>
      </nav>
      <SidebarFoot />
    </div>
  );
}

function PlaceLink({ place }: { place: Place }) {
  const membership = useMembership();
  return (
    <Link
      to={addressOf(place, membership)}
      className={styles.place}
      activeOptions={{ exact: place.path === "", includeSearch: false }}
    >
      {place.icon}
      {place.label}
      {place.path === "/servers" && membership && <ServerCount team={membership.id} />}
    </Link>
  );
}

/** Down servers first, as a number with words for screen readers; else how many there are. */
function ServerCount({ team }: { team: string }) {
  const { data } = useQuery(fleetQuery(team));
  if (!data || data.data.length === 0) return null;
  const down = data.data.filter((server) => server.status === "down").length;
  if (down > 0) {
    return (
      <span className={classes(styles.count, styles.bad, "num")}>
        {down}
        <span className="unseen"> down</span>
      </span>
    );
  }
  return (
    <span className={classes(styles.count, "num")}>
      {data.data.length}
      {data.next && "+"}
    </span>
  );
}

function TeamSwitch() {
  const membership = useMembership();
  const { data: me } = useQuery(meQuery);
  const navigate = useNavigate();
  const [making, setMaking] = useState(false);
  const name = membership?.name ?? "No team";
  const face = (
    <>
      <span className={styles.initial} data-initial={name.charAt(0).toUpperCase()} />
      <span className={styles.teamName}>{name}</span>
    </>
  );
  if (!me) return <div className={styles.team}>{face}</div>;
  return (
    <>
      <MenuButton
        label={`Team ${name}. Switch team`}
        align="start"
        triggerClass={styles.team ?? ""}
        trigger={
          <>
            {face}
            <ChevronsUpDown className={styles.chevron} aria-hidden="true" />
          </>
        }
        items={[
          ...me.teams.map((team) => ({
            label: team.name,
            hint: team.locked ? "locked" : team.role,
            onSelect: () => void navigate({ to: "/teams/$team", params: { team: team.id } }),
          })),
          { label: "New team", icon: <Plus />, onSelect: () => setMaking(true) },
        ]}
      />
      {making && (
        <Suspense>
          <NewTeam onClose={() => setMaking(false)} />
        </Suspense>
      )}
    </>
  );
}
