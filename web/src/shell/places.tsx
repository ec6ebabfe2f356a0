// The rooms of the page: the sidebar, the palette and the keys all read this one list.
import { CircleUser, Gauge, History, Server, Users } from "lucide-react";
import type { ReactNode } from "react";
import type { Membership } from "../api/types";

export type Place = {
  label: string;
  icon: ReactNode;
  /** The address below /teams/{team}, or an absolute one. */
  path: string;
  /** The letter after "g". */
  key: string;
  needs?: string;
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
    label: "Govern",
    places: [
      { label: "Audit log", icon: <History />, path: "/audit", key: "a", needs: "audit.read" },
    ],
  },
];

const bottom: Place[] = [
  { label: "Team", icon: <Users />, path: "/settings", key: "t", needs: "team.read" },
  { label: "Account", icon: <CircleUser />, path: "/account", key: "u" },
];

function isOpen(place: Place, membership: Membership | undefined): boolean {
  if (!membership) return place.path === "/account";
  return !place.needs || membership.capabilities.includes(place.needs);
}

export function listGroups(membership: Membership | undefined): PlaceGroup[] {
  return groups
    .map((group) => ({ ...group, places: group.places.filter((p) => isOpen(p, membership)) }))
    .filter((group) => group.places.length > 0);
}

export function listBottom(membership: Membership | undefined): Place[] {
  return bottom.filter((place) => isOpen(place, membership));
}

export function addressOf(place: Place, membership: Membership | undefined): string {
  if (place.path === "/account") return place.path;
  return `/teams/${membership?.id}${place.path}`;
}
