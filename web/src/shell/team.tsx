// The team of the current address, and what the reader may do in it.
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { meQuery } from "../api/queries";
import type { Membership } from "../api/types";
import { usePreferences } from "../lib/preferences";
import { seenAs, useView } from "../lib/viewAs";
import type { Reader } from "./places";

/** The team in the address, or the last one used, where the address names none; as it really is. */
export function useOwnMembership(): Membership | undefined {
  const { team } = useParams({ strict: false });
  const { team: last } = usePreferences();
  const { data: me } = useQuery(meQuery);
  const wanted = team ?? last;
  const found = me?.teams.find((one) => one.id === wanted);
  return found ?? (team ? undefined : me?.teams[0]);
}

/** The same as the page shall show it: with less while the team is locked or seen as a role. */
export function useMembership(): Membership | undefined {
  const view = useView();
  const own = useOwnMembership();
  return own && seenAs(own, view);
}

/** The id of the team in the address; only for pages below /teams/$team. */
export function useTeamId(): string {
  const { team } = useParams({ strict: false });
  if (!team) throw new Error("this page stands outside a team");
  return team;
}

/** Who looks, for the lists of places. */
export function useReader(): Reader {
  const membership = useMembership();
  const { data: me } = useQuery(meQuery);
  return { membership, me };
}

export function useCan(permission: string): boolean {
  return useMembership()?.capabilities.includes(permission) ?? false;
}

/** Renders its children only for who may do it. The server decides again on every request. */
export function Can({ do: permission, children }: { do: string; children: ReactNode }): ReactNode {
  return useCan(permission) ? children : null;
}
