// Who belongs to the team. What the reader may not do to a member is not offered: nobody changes
// their own role, and nobody touches or gives a role above their own.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ArrowRightLeft, Ellipsis, UserMinus, UserRoundCog } from "lucide-react";
import { useState } from "react";
import { api, send } from "../api/client";
import { membersQuery, meQuery } from "../api/queries";
import type { Member, Team } from "../api/types";
import { showDone } from "../lib/notices";
import { reachableRoles } from "../lib/roles";
import { useCan, useMembership } from "../shell/team";
import { buttonClass } from "../ui/Button";
import { Confirm, type Question } from "../ui/Confirm";
import type { MenuItem } from "../ui/Menu";
import { MenuButton } from "../ui/MenuButton";
import { Time } from "../ui/Time";
import pages from "./pages.module.css";
import { RoleDialog } from "./RoleDialog";
import { TableCard } from "./TableCard";

type Act = "role" | "remove" | "transfer";
type Asked = { act: Act; member: Member };

export function Members({ team }: { team: Team }) {
  const [asked, setAsked] = useState<Asked | null>(null);
  const members = useQuery(membersQuery(team.id));
  const { data: me } = useQuery(meQuery);
  const canManage = useCan("members.manage");
  const canTransfer = useCan("team.transfer");
  const close = () => setAsked(null);
  return (
    <>
      <TableCard
        title="Members"
        note={members.data && `${members.data.data.length}`}
        query={members}
        columns={["Name", "E-mail", "Role", "Second factor", "Joined"]}
        hasActs={canManage}
        rows={({ data }) =>
          data.map((member) => (
            <tr key={member.id}>
              <th scope="row">
                {member.name}
                {member.id === me?.user.id && <span className="faint"> you</span>}
                {member.by_sso && <span className="faint"> by single sign-on</span>}
              </th>
              <td>{member.email}</td>
              <td>{member.role}</td>
              <td>{member.second_factor ? "on" : <span className="muted">off</span>}</td>
              <td>
                <Time at={member.joined_at} />
              </td>
              {canManage && (
                <td>
                  {member.id !== me?.user.id && (
                    <div className={pages.acts}>
                      <MemberActs
                        member={member}
                        canTransfer={canTransfer}
                        onAsk={(act) => setAsked({ act, member })}
                      />
                    </div>
                  )}
                </td>
              )}
            </tr>
          ))
        }
      />
      <MemberQuestion team={team} asked={asked} onClose={close} />
      {asked?.act === "role" && <RoleDialog member={asked.member} onClose={close} />}
    </>
  );
}

type ActsProps = { member: Member; canTransfer: boolean; onAsk: (act: Act) => void };

function MemberActs({ member, canTransfer, onAsk }: ActsProps) {
  const own = useMembership()?.role;
  const items: MenuItem[] = [];
  if (own && reachableRoles(own).includes(member.role)) {
    items.push(
      { label: "Change role", icon: <UserRoundCog />, onSelect: () => onAsk("role") },
      { label: "Remove", icon: <UserMinus />, danger: true, onSelect: () => onAsk("remove") },
    );
  }
  if (canTransfer && member.role !== "owner") {
    items.push({
      label: "Hand the team over",
      icon: <ArrowRightLeft />,
      danger: true,
      onSelect: () => onAsk("transfer"),
    });
  }
  if (items.length === 0) return null;
  return (
    <MenuButton
      label={`More for ${member.name}`}
      triggerClass={buttonClass("quiet")}
      trigger={<Ellipsis aria-hidden="true" />}
      items={items}
    />
  );
}

type QuestionProps = { team: Team; asked: Asked | null; onClose: () => void };

function MemberQuestion({ team, asked, onClose }: QuestionProps) {
  const questions = useQuestions(team, asked?.member);
  // The last question stays while its dialog closes.
  const [last, setLast] = useState<Question | null>(null);
  const current = asked && asked.act !== "role" ? questions[asked.act] : null;
  if (current && current.title !== last?.title) setLast(current);
  const shown = current ?? last;
  return (
    shown && <Confirm key={shown.title} open={current !== null} onClose={onClose} {...shown} />
  );
}

function useQuestions(
  team: Team,
  member: Member | undefined,
): Record<Exclude<Act, "role">, Question> {
  const client = useQueryClient();
  const name = member?.name ?? "";
  const user = member?.id ?? "";
  return {
    remove: {
      title: `Remove ${name}?`,
      text: `${name} loses all access to ${team.name} with the next request. API keys that they made stop until an owner hands them to another member. What they did stays in the audit log.`,
      act: "Remove from team",
      run: async () => {
        const params = { path: { team: team.id, user } };
        await send(api.DELETE("/api/v1/teams/{team}/members/{user}", { params }));
        await client.invalidateQueries({ queryKey: ["team", team.id] });
        showDone("Member removed", name);
      },
    },
    transfer: {
      title: `Hand ${team.name} over to ${name}?`,
      text: `${name} becomes the owner and you become admin. Only ${name} can give it back.`,
      act: "Hand the team over",
      typed: team.name,
      run: async () => {
        const params = { path: { team: team.id } };
        await send(api.POST("/api/v1/teams/{team}/transfer", { params, body: { user } }));
        await client.invalidateQueries({ queryKey: ["team", team.id] });
        await client.invalidateQueries({ queryKey: meQuery.queryKey });
        showDone("The team has a new owner", name);
      },
    },
  };
}
