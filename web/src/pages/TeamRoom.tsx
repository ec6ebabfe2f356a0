// Everything below a team's address. A team that demands a second factor which the reader lacks
// shows nothing but the way in and the way out.
import { Outlet } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { useMembership } from "../shell/team";

const LockedTeam = lazy(() => import("./LockedTeam").then((m) => ({ default: m.LockedTeam })));

export function TeamRoom() {
  const membership = useMembership();
  // The recovery codes are shown to the end, although the team is open by then.
  const [isSettingUp, setSettingUp] = useState(false);
  if (!membership || (!membership.locked && !isSettingUp)) return <Outlet />;
  return (
    <Suspense>
      <LockedTeam membership={membership} isSettingUp={isSettingUp} onSettingUp={setSettingUp} />
    </Suspense>
  );
}
