// The stand-in's teams: members, invitations, what a team demands.
import { randomBytes } from "node:crypto";
import { hasFactor, openSession } from "./access.mjs";
import { newId, now } from "./fixtures.mjs";
import { listPeriods } from "./operator.mjs";
import { matrix, roles, scopes } from "./permissions.mjs";
import { conflict, forbidden, invalid, missing, page } from "./replies.mjs";
import { enterPerson, enterRoom } from "./rooms.mjs";

const weekMs = 7 * 86_400_000;

function viewOf(state, { user, role, joined_at }) {
  const { id, name, email, totp } = state.people.get(user);
  return { id, name, email, role, joined_at, second_factor: totp?.confirmed === true };
}

function memberOf(room, params) {
  const member = room.members.find((one) => one.user === params.user);
  if (!member) throw missing();
  return member;
}

const rank = (role) => roles.indexOf(role);

function checkReach(role, me, member, wanted = "viewer") {
  if (member.user === me.id) throw forbidden("Nobody changes their own role.");
  if (rank(role) > rank(member.role) || rank(role) > rank(wanted)) throw forbidden();
}

function owners(room) {
  return room.members.filter((one) => one.role === "owner");
}

/** Without mail the link is in the answer. */
function renew(state, invitation) {
  invitation.token = randomBytes(24).toString("base64url");
  invitation.expires_at = new Date(Date.now() + weekMs).toISOString();
  const { id, email, role, expires_at } = invitation;
  return { id, email, role, expires_at, link: `${state.url}/invite#${invitation.token}` };
}

function openInvitation(state, token) {
  for (const room of state.rooms.values()) {
    const invitation = room.invitations.find((i) => i.token === token && i.state === "open");
    if (invitation) return { room, invitation };
  }
  throw missing();
}

function join({ room, invitation }, person) {
  if (room.members.some((member) => member.user === person.id)) {
    throw conflict("You belong to this team already.");
  }
  invitation.state = "accepted";
  room.members.push({ user: person.id, role: invitation.role, joined_at: now() });
  return { id: room.team.id, name: room.team.name, role: invitation.role };
}

const teamRoutes = [
  ["GET", "/meta/permissions", () => ({ roles, permissions: matrix, scopes })],
  [
    "POST",
    "/teams",
    ({ state, me, body, reply }) => {
      if (!body.name?.trim()) throw invalid("/name", "A name is needed.");
      reply.status = 201;
      return enterRoom(state, body.name, me).team;
    },
  ],
  ["GET", "/teams/:team", ({ room }) => room.team],
  [
    "PATCH",
    "/teams/:team",
    ({ state, room, body }) => {
      const before = room.team.name;
      Object.assign(room.team, body, { revision: room.team.revision + 1 });
      const changes = [{ field: "name", before, after: body.name }];
      state.record("team.update", "team", room.team, changes);
      return room.team;
    },
  ],
  [
    "PATCH",
    "/teams/:team/security",
    ({ room, me, body }) => {
      if (body.require_2fa && !hasFactor(me)) {
        throw invalid("/require_2fa", "Set up a second factor for your own account first.");
      }
      Object.assign(room.team, body, { revision: room.team.revision + 1 });
      return room.team;
    },
    "step-up",
  ],
  ["GET", "/teams/:team/break-glass", ({ room }) => ({ data: listPeriods(room), next: null })],
];

const memberRoutes = [
  [
    "GET",
    "/teams/:team/members",
    ({ state, room, query }) =>
      page(
        room.members.map((one) => viewOf(state, one)),
        query,
      ),
  ],
  [
    "PATCH",
    "/teams/:team/members/:user",
    ({ state, room, me, role, params, body }) => {
      const member = memberOf(room, params);
      checkReach(role, me, member, body.role);
      member.role = body.role;
      return viewOf(state, member);
    },
    "step-up",
  ],
  [
    "DELETE",
    "/teams/:team/members/:user",
    ({ room, me, role, params }) => {
      const member = memberOf(room, params);
      checkReach(role, me, member);
      room.members.splice(room.members.indexOf(member), 1);
      for (const key of room.keys) {
        if (key.state === "active" && key.created_by?.id === member.user) {
          Object.assign(key, { state: "suspended", created_by: { id: member.user, name: "" } });
        }
      }
    },
  ],
  [
    "POST",
    "/teams/:team/leave",
    ({ room, me }) => {
      const own = room.members.find((one) => one.user === me.id);
      if (own.role === "owner" && owners(room).length === 1) {
        throw conflict("You are the last owner. Hand the team over first.");
      }
      room.members.splice(room.members.indexOf(own), 1);
    },
    "unlocked",
  ],
  [
    "POST",
    "/teams/:team/transfer",
    ({ room, me, body }) => {
      memberOf(room, body).role = "owner";
      room.members.find((one) => one.user === me.id).role = "admin";
    },
    "step-up",
  ],
];

const invitationRoutes = [
  [
    "GET",
    "/teams/:team/invitations",
    ({ room, query }) =>
      page(room.invitations.map(({ token, ...shown }) => shown).reverse(), query),
  ],
  [
    "POST",
    "/teams/:team/invitations",
    ({ state, room, me, body, reply }) => {
      const taken = room.members.some((one) => state.people.get(one.user).email === body.email);
      if (taken) throw invalid("/email", "This person belongs to the team already.");
      const invitation = { id: newId(), email: body.email, role: body.role, state: "open" };
      Object.assign(invitation, { invited_by: me.name, created_at: now() });
      room.invitations.push(invitation);
      reply.status = 201;
      return renew(state, invitation);
    },
  ],
  [
    "DELETE",
    "/teams/:team/invitations/:invitation",
    ({ room, params }) => {
      const invitation = room.invitations.find((one) => one.id === params.invitation);
      if (!invitation) throw missing();
      invitation.state = "revoked";
    },
  ],
  [
    "POST",
    "/teams/:team/invitations/:invitation/resend",
    ({ state, room, params }) => {
      const invitation = room.invitations.find((one) => one.id === params.invitation);
      if (!invitation) throw missing();
      return renew(state, invitation);
    },
  ],
  [
    "POST",
    "/invitations/look",
    ({ state, body }) => {
      const { room, invitation } = openInvitation(state, body.token);
      const { email, role } = invitation;
      const has_account = [...state.people.values()].some((person) => person.email === email);
      return { team_name: room.team.name, email, role, has_account };
    },
    "public",
  ],
  [
    "POST",
    "/invitations/accept",
    ({ state, me, body }) => {
      const found = openInvitation(state, body.token);
      if (found.invitation.email !== me.email) throw missing();
      return { team: join(found, me) };
    },
  ],
  [
    "POST",
    "/invitations/sign-up",
    ({ state, body, reply }) => {
      const found = openInvitation(state, body.token);
      if (body.password.length < 15) throw invalid("/password", "Use at least 15 characters.");
      const { email } = found.invitation;
      const person = enterPerson(state, { name: body.name, email, password: body.password });
      const team = join(found, person);
      openSession(state, reply, person);
      reply.status = 201;
      return { user: { id: person.id, name: person.name, email }, team };
    },
    "public",
  ],
];

export const routes = [...teamRoutes, ...memberRoutes, ...invitationRoutes];
