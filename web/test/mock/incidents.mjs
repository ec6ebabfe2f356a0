// Security incidents of the stand-in, for its operators.
import { newId, now } from "./fixtures.mjs";
import { conflict, missing, page } from "./replies.mjs";

const order = ["contain", "assess", "notify", "remediate", "review", "closed"];
const timeToTell = 72 * 3_600_000;

const incidentsOf = (state) => {
  state.incidents ??= [];
  return state.incidents;
};

export const routes = [
  ["GET", "/admin/incidents", ({ state, query }) => page(incidentsOf(state), query)],
  [
    "POST",
    "/admin/incidents",
    ({ state, body, reply }) => {
      const noticed_at = now();
      const notify_by = new Date(Date.parse(noticed_at) + timeToTell).toISOString();
      const times = { opened_at: noticed_at, noticed_at, notify_by };
      const made = { id: newId(), revision: 1, title: body.title, ...times, next_step: "contain" };
      incidentsOf(state).unshift({ ...made, steps: [] });
      reply.status = 201;
      return incidentsOf(state)[0];
    },
  ],
  [
    "POST",
    "/admin/incidents/:incident/steps",
    ({ state, me, params, body }) => {
      const incident = incidentsOf(state).find((one) => one.id === params.incident);
      if (!incident) throw missing();
      if (incident.next_step !== body.step) throw conflict("The next step is another.");
      incident.steps.push({ ...body, done_at: now(), by: me.name });
      incident.next_step = order[order.indexOf(body.step) + 1];
      incident.revision += 1;
      return incident;
    },
  ],
].map(([verb, path, handler]) => [
  verb,
  path,
  (at) => {
    if (!at.me.is_operator) throw missing();
    return handler(at);
  },
]);
