// The rooms of the page: the sidebar, the palette and the keys all read this one list.
import {
  ChartLine,
  CircleUser,
  Gauge,
  History,
  KeyRound,
  LayoutDashboard,
  Server,
  ShieldHalf,
  Users,
} from "lucide-react";
import type { ReactNode } from "react";
import type { Me, Membership } from "../api/types";

export type Place = {
  label: string;
  icon: ReactNode;
  /** The address below /teams/{team}, or an absolute one. */
  path: string;
  /** The letter after "g". */
  key: string;
  needs?: string;
  /** For operators of the instance, whatever team they are in. */
  operator?: boolean;
};

export type PlaceGroup = { label: string | null; places: Place[] };

const groups: PlaceGroup[] = [
  { label: null, places: [{ label: "Overview", icon: <Gauge />, path: "", key: "o" }] },
  {
    label: "Monitor",
    places: [
      { label: "Servers", icon: <Server />, path: "/servers", key: "s", needs: "servers.read" },
    ],
  },
  {
    label: "Explore",
    places: [
      { label: "Metrics", icon: <ChartLine />, path: "/metrics", key: "m", needs: "metrics.read" },
      {
        label: "Dashboards",
        icon: <LayoutDashboard />,
        path: "/dashboards",
        key: "d",
        needs: "dashboards.read",
      },
    ],
  },
  {
    label: "Govern",
    places: [
      { label: "Audit log", icon: <History />, path: "/audit", key: "a", needs: "audit.read" },
    ],
  },
];

const bottom: Place[] = [
  { label: "Team", icon: <Users />, path: "/settings", key: "t", needs: "team.read" },
  {
    label: "API keys",
    icon: <KeyRound />,
    path: "/api-keys",
    key: "k",
    needs: "api_keys.manage",
  },
  { label: "Account", icon: <CircleUser />, path: "/account", key: "u" },
  { label: "Operator", icon: <ShieldHalf />, path: "/operator", key: "p", operator: true },
];

/** Who looks: the team as shown to them, and whether they operate the instance. */
export type Reader = { membership: Membership | undefined; me: Me | undefined };

const outsideTeams = ["/account", "/operator"];

function isOpen(place: Place, { membership, me }: Reader): boolean {
  if (place.operator) return me?.user.is_operator === true;
  if (place.path === "/account") return true;
  if (!membership || membership.locked) return false;
  return !place.needs || membership.capabilities.includes(place.needs);
}

export function listGroups(reader: Reader): PlaceGroup[] {
  return groups
    .map((group) => ({ ...group, places: group.places.filter((p) => isOpen(p, reader)) }))
    .filter((group) => group.places.length > 0);
}

export function listBottom(reader: Reader): Place[] {
  return bottom.filter((place) => isOpen(place, reader));
}

export function listPlaces(reader: Reader): Place[] {
  return [...listGroups(reader).flatMap((group) => group.places), ...listBottom(reader)];
}

export function addressOf(place: Place, membership: Membership | undefined): string {
  if (outsideTeams.includes(place.path)) return place.path;
  return `/teams/${membership?.id}${place.path}`;
}
