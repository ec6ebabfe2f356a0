// What can be done to a server: rename, replace or revoke its token, see its history, delete it.
import { useNavigate } from "@tanstack/react-router";
import { Ellipsis, History, KeyRound, Pencil, Trash2, Unplug } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import type { Server } from "../api/types";
import { useCan, useTeamId } from "../shell/team";
import { buttonClass } from "../ui/Button";
import type { MenuItem } from "../ui/Menu";
import { MenuButton } from "../ui/MenuButton";
import type { Asked } from "./ServerDialogs";

const ServerDialogs = lazy(() =>
  import("./ServerDialogs").then((m) => ({ default: m.ServerDialogs })),
);

export function ServerActions({ server }: { server: Server }) {
  const team = useTeamId();
  const navigate = useNavigate();
  const canManage = useCan("servers.manage");
  const canAudit = useCan("audit.read");
  const [asked, setAsked] = useState<Asked | null>(null);
  // The dialogs stay mounted once used: a new token is shown after its question closed.
  const [used, setUsed] = useState(false);
  const ask = (what: Asked) => {
    setUsed(true);
    setAsked(what);
  };
  const items: MenuItem[] = [];
  if (canAudit) {
    items.push({
      label: "History",
      icon: <History />,
      onSelect: () =>
        void navigate({
          to: "/teams/$team/audit",
          params: { team },
          search: { q: `resource:server/${server.id}` },
        }),
    });
  }
  if (canManage) {
    items.push(
      { label: "Rename or annotate", icon: <Pencil />, onSelect: () => ask("rename") },
      { label: "Replace token", icon: <KeyRound />, onSelect: () => ask("replace") },
      { label: "Revoke token", icon: <Unplug />, onSelect: () => ask("revoke") },
      {
        label: "Delete server",
        icon: <Trash2 />,
        danger: true,
        onSelect: () => ask("delete"),
      },
    );
  }
  if (items.length === 0) return null;
  return (
    <>
      <MenuButton
        label={`More for ${server.name}`}
        triggerClass={buttonClass()}
        trigger={<Ellipsis aria-hidden="true" />}
        items={items}
      />
      {used && (
        <Suspense>
          <ServerDialogs server={server} asked={asked} onClose={() => setAsked(null)} />
        </Suspense>
      )}
    </>
  );
}
