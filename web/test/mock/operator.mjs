// What operators of the stand-in may do. For everybody else nothing is here.
import { newId } from "./fixtures.mjs";
import { missing, page } from "./replies.mjs";

const personOf = (state, params) => state.people.get(params.user) ?? missing();

function forOperators(handler) {
  return (at) => {
    if (!at.me.is_operator) throw missing();
    return handler(at);
  };
}

function isActive(period) {
  return !period.ended_at && Date.parse(period.expires_at) > Date.now();
}

/** The periods of a team, newest first. */
export function listPeriods(room) {
  const { id, name } = room.team;
  const all = [...room.breakGlass].reverse();
  return all.map((period) => ({ ...period, team: { id, name }, active: isActive(period) }));
}

export const routes = [
  [
    "GET",
    "/admin/teams",
    ({ state, query }) => {
      const teams = [...state.rooms.values()].map(({ team, members, servers }) => {
        const { id, created_at } = team;
        return { id, created_at, members: members.length, servers: servers.length };
      });
      return page(teams, query);
    },
  ],
  [
    "GET",
    "/admin/users",
    ({ state, query }) => {
      const users = [...state.people.values()].map((person) => {
        const { id, name, email, is_operator, disabled, created_at, totp } = person;
        const second_factor = totp?.confirmed === true;
        return { id, name, email, is_operator, disabled, created_at, second_factor };
      });
      return page(users, query);
    },
  ],
  [
    "POST",
    "/admin/users/:user/disable",
    ({ state, params }) => void Object.assign(personOf(state, params), { disabled: true }),
    "step-up",
  ],
  [
    "POST",
    "/admin/users/:user/enable",
    ({ state, params }) => void Object.assign(personOf(state, params), { disabled: false }),
    "step-up",
  ],
  [
    "GET",
    "/admin/break-glass",
    ({ state, me }) => {
      const all = [...state.rooms.values()].flatMap(listPeriods);
      return { data: all.filter((period) => period.operator === me.name), next: null };
    },
  ],
  [
    "POST",
    "/admin/break-glass",
    ({ state, me, body, reply }) => {
      const room = state.rooms.get(body.team) ?? missing();
      const period = {
        id: newId(),
        operator: me.name,
        reason: body.reason,
        started_at: new Date().toISOString(),
        expires_at: new Date(Date.now() + body.minutes * 60_000).toISOString(),
        ended_at: null,
      };
      room.breakGlass.push(period);
      reply.status = 201;
      return listPeriods(room)[0];
    },
    "step-up",
  ],
  [
    "DELETE",
    "/admin/break-glass/:grant",
    ({ state, params }) => {
      const periods = [...state.rooms.values()].flatMap((room) => room.breakGlass);
      const period = periods.find((one) => one.id === params.grant);
      if (!period) throw missing();
      period.ended_at = new Date().toISOString();
    },
  ],
].map(([verb, path, handler, ...rest]) => [verb, path, forOperators(handler), ...rest]);
