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

function listPeriods(state) {
  return [...state.rooms.values()].flatMap(({ team, breakGlass }) =>
    breakGlass.map((period) => ({ ...period, team: { id: team.id, name: team.name } })),
  );
}

export const routes = [
  [
    "GET",
    "/admin/teams",
    ({ state, query }) => {
      const teams = [...state.rooms.values()].map(({ team, members }) => {
        const { id, name, created_at } = team;
        return { id, name, created_at, members: members.length };
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
  ],
  [
    "POST",
    "/admin/users/:user/enable",
    ({ state, params }) => void Object.assign(personOf(state, params), { disabled: false }),
  ],
  ["GET", "/admin/break-glass", ({ state }) => ({ data: listPeriods(state), next: null })],
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
      return { ...period, team: { id: room.team.id, name: room.team.name } };
    },
    "step-up",
  ],
  [
    "DELETE",
    "/admin/break-glass/:id",
    ({ state, params }) => {
      const periods = [...state.rooms.values()].flatMap((room) => room.breakGlass);
      const period = periods.find((one) => one.id === params.id);
      if (!period) throw missing();
      period.ended_at = new Date().toISOString();
    },
  ],
].map(([verb, path, handler, ...rest]) => [verb, path, forOperators(handler), ...rest]);
