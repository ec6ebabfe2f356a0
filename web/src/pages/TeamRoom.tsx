// Everything below a team's address. A team that demands another way in than the reader's shows
// nothing but that way, and the way out.
import { Outlet } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { useMembership } from "../shell/team";

const SsoLocked = lazy(() => import("./SsoLocked").then((m) => ({ default: m.SsoLocked })));
const LockedTeam = lazy(() => import("./LockedTeam").then((m) => ({ default: m.LockedTeam })));

export function TeamRoom() {
  const membership = useMembership();
  // The recovery codes are shown to the end, although the team is open by then.
  const [isSettingUp, setSettingUp] = useState(false);
  if (membership?.sso_required) {
    return (
      <Suspense>
        <SsoLocked membership={membership} />
      </Suspense>
    );
  }
  if (!membership || (!membership.locked && !isSettingUp)) return <Outlet />;
  return (
    <Suspense>
      <LockedTeam membership={membership} isSettingUp={isSettingUp} onSettingUp={setSettingUp} />
    </Suspense>
  );
}
