// What can be done with a dashboard besides reading it: look at its versions, copy it, delete it.

import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Copy, Ellipsis, History, Trash2 } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { deleteDashboard, makeDashboard, restoreDashboard } from "../../api/dashboards";
import type { Dashboard } from "../../api/types";
import { contentOf } from "../../lib/dashboard";
import { showDone, showFailed, showUndoable } from "../../lib/notices";
import { useCan, useTeamId } from "../../shell/team";
import { buttonClass } from "../../ui/Button";
import type { MenuItem } from "../../ui/Menu";
import { MenuButton } from "../../ui/MenuButton";

const VersionsDrawer = lazy(() =>
  import("./VersionsDrawer").then((m) => ({ default: m.VersionsDrawer })),
);

export function DashboardActions({ dashboard }: { dashboard: Dashboard }) {
  const team = useTeamId();
  const client = useQueryClient();
  const navigate = useNavigate();
  const canWrite = useCan("dashboards.write");
  const [shows, setShows] = useState<boolean | null>(null);
  const copy = async () => {
    const content = contentOf(dashboard);
    const made = await makeDashboard(client, team, { ...content, name: `${content.name}, copy` });
    await navigate({
      to: "/teams/$team/dashboards/$dashboard",
      params: { team, dashboard: made.id },
    });
    showDone("Dashboard copied");
  };
  const remove = async () => {
    await deleteDashboard(client, team, dashboard);
    await navigate({ to: "/teams/$team/dashboards", params: { team } });
    const detail = `${dashboard.name} stays in the trash for 7 days.`;
    showUndoable("Dashboard deleted", detail, () => {
      restoreDashboard(client, team, dashboard.id).catch(showFailed);
    });
  };
  const items: MenuItem[] = [
    { label: "Versions", icon: <History />, onSelect: () => setShows(true) },
  ];
  if (canWrite) {
    items.push(
      { label: "Make a copy", icon: <Copy />, onSelect: () => void copy().catch(showFailed) },
      {
        label: "Delete dashboard",
        icon: <Trash2 />,
        danger: true,
        onSelect: () => void remove().catch(showFailed),
      },
    );
  }
  return (
    <>
      <MenuButton
        label={`More for ${dashboard.name}`}
        triggerClass={buttonClass()}
        trigger={<Ellipsis aria-hidden="true" />}
        items={items}
      />
      {shows !== null && (
        <Suspense>
          <VersionsDrawer dashboard={dashboard} open={shows} onClose={() => setShows(false)} />
        </Suspense>
      )}
    </>
  );
}
