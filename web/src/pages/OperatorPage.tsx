// For those who operate the instance: its teams and people, and the way into a team's data that
// leaves a trace. For everybody else nothing is here, in the page as in the API.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { api, send } from "../api/client";
import {
  meQuery,
  operatorBreakGlassQuery,
  operatorTeamsQuery,
  operatorUsersQuery,
} from "../api/queries";
import type { BreakGlass, OperatorTeam, OperatorUser } from "../api/types";
import { showDone, showFailed } from "../lib/notices";
import { Button, buttonClass } from "../ui/Button";
import { Confirm } from "../ui/Confirm";
import { PageHeader } from "../ui/PageHeader";
import { StatusMark } from "../ui/StatusMark";
import { Time } from "../ui/Time";
import { BreakGlassDialog } from "./BreakGlassDialog";
import { EraseUserDialog } from "./EraseUserDialog";
import { NotFound } from "./Fault";
import { Incidents } from "./Incidents";
import { PublicTexts } from "./PublicTexts";
import pages from "./pages.module.css";
import { TableCard } from "./TableCard";

export function OperatorPage() {
  const { data: me } = useQuery(meQuery);
  if (!me?.user.is_operator) return <NotFound />;
  return (
    <>
      <PageHeader title="Operator" note="everything done here is on the record" />
      <div className={pages.page}>
        <Teams />
        <Periods />
        <Incidents />
        <PublicTexts />
        <Users own={me.user.id} />
      </div>
    </>
  );
}

function Teams() {
  const teams = useQuery(operatorTeamsQuery);
  const [asked, setAsked] = useState<OperatorTeam | null>(null);
  return (
    <>
      <TableCard
        title="Teams"
        note="what they are called, and all that is in them, is their own affair"
        query={teams}
        columns={["Team", "Members", "Servers", "Since"]}
        hasActs
        rows={({ data }) =>
          data.map((team) => (
            <tr key={team.id}>
              <th scope="row" className="mono">
                {team.id}
              </th>
              <td className="num">{team.members}</td>
              <td className="num">{team.servers}</td>
              <td>
                <Time at={team.created_at} />
              </td>
              <td>
                <div className={pages.acts}>
                  <Button onClick={() => setAsked(team)}>Break glass</Button>
                </div>
              </td>
            </tr>
          ))
        }
      />
      {asked && <BreakGlassDialog team={asked} onClose={() => setAsked(null)} />}
    </>
  );
}

function Periods() {
  const client = useQueryClient();
  const periods = useQuery(operatorBreakGlassQuery);
  const end = useMutation({
    mutationFn: ({ id }: BreakGlass) =>
      send(api.DELETE("/api/v1/admin/break-glass/{grant}", { params: { path: { grant: id } } })),
    onSuccess: () => showDone("Access ended"),
    onError: showFailed,
    onSettled: async () => {
      await client.invalidateQueries({ queryKey: operatorBreakGlassQuery.queryKey });
      await client.invalidateQueries({ queryKey: meQuery.queryKey });
    },
  });
  return (
    <TableCard
      title="Broken glass"
      note="teams that you opened, for a reason and a time"
      query={periods}
      columns={["Team", "Reason", "From", "Until"]}
      hasActs
      rows={({ data }) =>
        data.length === 0 ? (
          <tr>
            <td colSpan={5} className="muted">
              You have not opened a team.
            </td>
          </tr>
        ) : (
          data.map((period) => (
            <tr key={period.id}>
              <th scope="row">{period.team.name}</th>
              <td>{period.reason}</td>
              <td>
                <Time at={period.started_at} />
              </td>
              <td>
                <Time at={period.ended_at ?? period.expires_at} />
              </td>
              <td>
                {period.active && (
                  <div className={pages.acts}>
                    <Link
                      to="/teams/$team"
                      params={{ team: period.team.id }}
                      className={buttonClass()}
                    >
                      Open
                    </Link>
                    <Button busy={end.isPending} onClick={() => end.mutate(period)}>
                      End now
                    </Button>
                  </div>
                )}
              </td>
            </tr>
          ))
        )
      }
    />
  );
}

function Users({ own }: { own: string }) {
  const client = useQueryClient();
  const users = useQuery(operatorUsersQuery);
  const [asked, setAsked] = useState<OperatorUser | null>(null);
  const [erased, setErased] = useState<OperatorUser | null>(null);
  const params = (user: OperatorUser) => ({ params: { path: { user: user.id } } });
  const refresh = () => client.invalidateQueries({ queryKey: operatorUsersQuery.queryKey });
  const enable = useMutation({
    mutationFn: (user: OperatorUser) =>
      send(api.POST("/api/v1/admin/users/{user}/enable", params(user))),
    onSuccess: (_, user) => showDone("Account enabled", user.email),
    onError: showFailed,
    onSettled: refresh,
  });
  return (
    <>
      <TableCard
        title="People"
        note={users.data && `${users.data.data.length}`}
        query={users}
        columns={["Name", "E-mail", "Account", "Second factor", "Since"]}
        hasActs
        rows={({ data }) =>
          data.map((user) => (
            <tr key={user.id}>
              <th scope="row">
                {user.name}
                {user.is_operator && <span className="faint"> operator</span>}
              </th>
              <td>{user.email}</td>
              <td>
                <StatusMark tone={user.disabled ? "down" : "up"}>
                  {user.disabled ? "Disabled" : "Active"}
                </StatusMark>
              </td>
              <td>{user.second_factor ? "on" : <span className="muted">off</span>}</td>
              <td>
                <Time at={user.created_at} />
              </td>
              <td>
                <div className={pages.acts}>
                  {user.disabled && (
                    <Button busy={enable.isPending} onClick={() => enable.mutate(user)}>
                      Enable
                    </Button>
                  )}
                  {!user.disabled && user.id !== own && (
                    <Button onClick={() => setAsked(user)}>Disable</Button>
                  )}
                  {user.id !== own && <Button onClick={() => setErased(user)}>Erase</Button>}
                </div>
              </td>
            </tr>
          ))
        }
      />
      {erased && <EraseUserDialog user={erased} onClose={() => setErased(null)} />}
      <Confirm
        open={asked !== null}
        onClose={() => setAsked(null)}
        title={`Disable ${asked?.email}?`}
        text="All sessions of this account end at once, and it cannot log in. Nothing of it is deleted; it can be enabled again."
        act="Disable account"
        run={async () => {
          if (!asked) return;
          await send(api.POST("/api/v1/admin/users/{user}/disable", params(asked)));
          await refresh();
          showDone("Account disabled", asked.email);
        }}
      />
    </>
  );
}
