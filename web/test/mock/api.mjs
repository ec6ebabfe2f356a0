// The stand-in's API: the contract's shapes and refusals over plain objects in memory.
import { randomBytes } from "node:crypto";
import { routes as accessRoutes, hasFactor, isProved, openSession } from "./access.mjs";
import { routes as dashboardRoutes } from "./dashboards.mjs";
import { routes as explorerRoutes } from "./explorer.mjs";
import { makeServers, now, password } from "./fixtures.mjs";
import { routes as incidentRoutes } from "./incidents.mjs";
import { routes as keyRoutes } from "./keys.mjs";
import { gaugesAt, seriesOf } from "./metrics.mjs";
import { routes as operatorRoutes } from "./operator.mjs";
import { invalid, missing, page, Refusal, unknownUser } from "./replies.mjs";
import { enterPerson, enterRoom, fillRoom } from "./rooms.mjs";
import { routes as ssoRoutes } from "./sso.mjs";
import { routes as streamRoutes } from "./streams.mjs";
import { routes as teamRoutes } from "./team.mjs";
import { routes as textRoutes } from "./texts.mjs";

export { Refusal };

export function makeState({ fresh = false, servers = 12, role = "owner", keys = 3 } = {}) {
  const state = { sessions: new Map(), pending: new Map(), streams: new Set(), verified: null };
  Object.assign(state, { people: new Map(), rooms: new Map(), streamsRefused: false });
  state.setupToken = fresh ? randomBytes(16).toString("base64url") : null;
  state.enrol = (name, email, secret, teamName) => {
    state.user = enterPerson(state, { name, email, password: secret });
    const room = enterRoom(state, teamName, state.user, role);
    Object.assign(state, { team: room.team });
    state.servers = room.servers = makeServers(fresh ? 0 : servers);
    state.chain = room.chain;
    if (!fresh) fillRoom(state, room, { role, keys });
  };
  state.record = (action, type, object, changes = []) => {
    const actor = { kind: "user", id: state.user.id, name: state.user.name };
    const resource = { resource_type: type, resource_id: object.id, resource_name: object.name };
    const event = state.chain.append({ action, actor, ...resource, changes });
    state.tell("audit", { seq: event.seq });
  };
  state.tell = (event, data, server) => {
    for (const stream of state.streams) {
      if (event === "points" && stream.server !== server) continue;
      stream.response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    }
  };
  state.report = (server) => {
    if (server.status === "pending" || server.status === "down") return;
    const time = Math.floor(Date.now() / 1000);
    const values = gaugesAt(server, time);
    server.last_seen_at = now();
    const busy = 100 - values.find((v) => v.labels.mode === "idle").value;
    server.usage = { ...server.usage, cpu_percent: busy };
    const { id, status, last_seen_at, usage } = server;
    state.tell("server", { id, status, last_seen_at, usage });
    state.tell("points", { server: id, time, values }, id);
  };
  if (!fresh) state.enrol("Ada Example", "ada@example.com", password, "Example Works");
  return state;
}

function sorted(servers, sort) {
  const field = sort.replace("-", "");
  const sign = sort.startsWith("-") ? -1 : 1;
  return [...servers].sort((a, b) => sign * String(a[field]).localeCompare(String(b[field])));
}

/** How many events a search looks at before it gives what it has. */
const piece = 60;

/** A part of the server's language: enough for the pages that are tested here. */
function matches(event, query) {
  if (query.has("from") && event.at < query.get("from")) return false;
  return (query.get("q") ?? "")
    .split(/\s+/)
    .filter((term) => term !== "")
    .every((term) => {
      const negated = term.startsWith("-");
      return meets(event, term.slice(negated ? 1 : 0)) !== negated;
    });
}

function meets(event, term) {
  const [, key, quoted] = /^(?:([a-z_]+):)?(.*)$/.exec(term);
  const value = quoted.replaceAll('"', "");
  const like = (text) =>
    value.endsWith("*") ? text.startsWith(value.slice(0, -1)) : text === value;
  if (key === "action") return like(event.action);
  if (key === "outcome") return like(event.outcome);
  if (key === "actor") return event.actor.id === value || event.actor.name?.includes(value);
  if (key === "ip") return like(event.ip ?? "");
  if (key === "resource") {
    const [type, id] = value.split("/");
    return event.resource_type === type && (id === undefined || event.resource_id === id);
  }
  if (key === "since") return true;
  if (key) {
    throw invalid(`?q#char=0,${key.length}`, `There is no key ${key}.`);
  }
  return JSON.stringify(event).toLowerCase().includes(value.toLowerCase());
}

function tokenOf() {
  return `ata_${randomBytes(24).toString("base64url")}`;
}

function checkName(name) {
  if (!name?.trim()) throw invalid("/name", "A name is needed.");
  if (name === "taken") throw invalid("/name", "A server of this name exists already.");
}

// Each entry: method, path pattern, handler, and whether it is "public", needs "step-up", or stays
// "unlocked" for who lacks a second factor that the team requires.
const ownRoutes = [
  [
    "GET",
    "/meta/instance",
    ({ state }) => ({
      name: "Atalaya",
      version: "0.1.0",
      signup_mode: "invite",
      local_ca: true,
      sso_label: state.ssoLabel ?? null,
      needs_setup: state.user === undefined,
      mail_configured: !state.mailless,
      password_length_min: 12,
      password_length_min_alone: 15,
    }),
    "public",
  ],
  [
    "POST",
    "/signup",
    ({ state, body, reply }) => {
      if (!state.setupToken || body.setup_token !== state.setupToken) throw missing();
      if (body.password.length < 15) throw invalid("/password", "Use at least 15 characters.");
      if (body.password.startsWith("password"))
        throw invalid("/password", "This password is too common.");
      state.enrol(body.name, body.email, body.password, body.team_name);
      state.setupToken = null;
      reply.status = 201;
      openSession(state, reply, state.user);
      const { id, name, email } = state.user;
      return { user: { id, name, email }, team: { id: state.team.id, name: state.team.name } };
    },
    "public",
  ],
  [
    "GET",
    "/teams/:team/servers",
    ({ room, query }) => {
      const q = query.get("q") ?? "";
      const status = query.get("status");
      const found = room.servers.filter(
        (s) => s.name.includes(q) && (!status || s.status === status),
      );
      return page(sorted(found, query.get("sort") ?? "name"), query);
    },
  ],
  [
    "POST",
    "/teams/:team/servers",
    ({ state, body, reply }) => {
      checkName(body.name);
      const [server] = makeServers(1);
      Object.assign(server, { name: body.name, note: body.note ?? null, status: "pending" });
      Object.assign(server, {
        last_seen_at: null,
        facts: null,
        usage: null,
        agent_version: null,
        created_at: now(),
      });
      state.servers.push(server);
      state.record("server.create", "server", server, [
        { field: "name", before: null, after: server.name },
      ]);
      reply.status = 201;
      return { ...server, agent_token: tokenOf() };
    },
  ],
  ["GET", "/teams/:team/servers/:server", ({ server }) => server],
  [
    "PATCH",
    "/teams/:team/servers/:server",
    ({ state, server, body }) => {
      checkName(body.name);
      const before = server.name;
      Object.assign(server, body, { revision: server.revision + 1 });
      state.record("server.update", "server", server, [
        { field: "name", before, after: body.name },
      ]);
      return server;
    },
  ],
  [
    "DELETE",
    "/teams/:team/servers/:server",
    ({ state, server }) => {
      state.servers.splice(state.servers.indexOf(server), 1);
      state.record("server.delete", "server", server);
    },
  ],
  [
    "POST",
    "/teams/:team/servers/:server/token",
    ({ state, server }) => {
      state.record("server.token_replace", "server", server);
      return { agent_token: tokenOf() };
    },
  ],
  [
    "DELETE",
    "/teams/:team/servers/:server/token",
    ({ state, server }) => {
      server.status = "pending";
      state.record("server.token_revoke", "server", server);
    },
  ],
  [
    "GET",
    "/teams/:team/servers/:server/series",
    ({ server, query }) => {
      const seconds = (name) => Date.parse(query.get(name)) / 1000;
      const points = Number(query.get("max_points") ?? 500);
      return seriesOf(server, seconds("from"), seconds("to"), points, query.getAll("name"));
    },
  ],
  [
    "GET",
    "/teams/:team/audit/events",
    ({ room, query }) => {
      const before = Number(query.get("cursor") ?? Number.POSITIVE_INFINITY);
      const limit = Number(query.get("limit") ?? 50);
      const events = room.chain.events.map((entry) => entry.event).filter((e) => e.seq < before);
      // A page ends early, as the server's does when its time is up.
      const looked = events.slice(query.has("q") ? -piece : 0).reverse();
      const data = looked.filter((event) => matches(event, query)).slice(0, limit);
      const last = data.length === limit ? data.at(-1).seq : (looked.at(-1)?.seq ?? 1);
      return { data, next: last > 1 ? String(last) : null, looked_to: last };
    },
  ],
  [
    "GET",
    "/teams/:team/audit/events/:seq",
    ({ room, params }) => {
      const entry = room.chain.events[Number(params.seq) - 1];
      if (!entry) throw missing();
      return { event: entry.event, proof: entry.secrets };
    },
  ],
  [
    "GET",
    "/teams/:team/audit/export",
    ({ room, query }) => {
      const events = room.chain.events.map((entry) => entry.event).reverse();
      return events.filter((event) => matches(event, query));
    },
  ],
  [
    "GET",
    "/teams/:team/audit/head",
    ({ state, room }) => {
      const { event } = room.chain.events.at(-1);
      return {
        chain: room.team.id,
        lane: 0,
        seq: event.seq,
        hash: event.row_hash,
        last_verified: state.verified,
        signing: { state: "current", size: event.seq, at: new Date().toISOString() },
      };
    },
  ],
  [
    "POST",
    "/teams/:team/audit/verify",
    ({ state }) => {
      const { event } = state.chain.events.at(-1);
      state.verified = { at: now(), ok: true, seq: event.seq, duration_ms: 118 };
      const result = { ok: true, checked: event.seq, erased: 0, first_bad: null, reason: null };
      return { ...result, duration_ms: 118, seq: event.seq, hash: event.row_hash, at: now() };
    },
  ],
];

const routes = [
  ...accessRoutes,
  ...teamRoutes,
  ...textRoutes,
  ...incidentRoutes,
  ...streamRoutes,
  ...ssoRoutes,
  ...keyRoutes,
  ...operatorRoutes,
  ...explorerRoutes,
  ...dashboardRoutes,
  ...ownRoutes,
];

function match(pattern, path) {
  const wanted = pattern.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return null;
  const params = {};
  for (const [i, part] of wanted.entries()) {
    if (part.startsWith(":")) params[part.slice(1)] = given[i];
    else if (part !== given[i]) return null;
  }
  return params;
}

/** Who asks, and for which team; refuses as the server does. */
function admit(state, { method, session, csrf }, params, kind) {
  const found = state.sessions.get(session);
  if (!found) throw unknownUser();
  const me = state.people.get(found.user);
  if (method !== "GET" && csrf !== "mock-csrf") {
    const title = "The request lacks a valid CSRF token";
    throw new Refusal(403, "csrf_failed", title, "Reload the page.");
  }
  const room = params.team && state.rooms.get(params.team);
  const role = room?.members.find((member) => member.user === me.id)?.role;
  if (params.team && !role) throw missing();
  if (room?.team.require_2fa && !hasFactor(me) && kind !== "unlocked") {
    const title = "This team requires a second factor";
    throw new Refusal(403, "mfa_enrolment_required", title, "Set up an authenticator app.");
  }
  if (kind === "step-up" && !isProved(found)) {
    const title = "Please confirm that it is you";
    throw new Refusal(403, "step_up_required", title, "Confirm, then repeat the request.");
  }
  return { me, session: found, room, role };
}

/** Finds the route, checks who asks and what for, and runs the handler. */
export function answer(state, request) {
  const { method, path, query, body, pending, ifMatch } = request;
  for (const [verb, pattern, handler, kind] of routes) {
    const params = verb === method ? match(pattern, path) : null;
    if (!params) continue;
    const reply = { status: 200, cookie: null, pending: null };
    const at = kind === "public" ? {} : admit(state, request, params, kind);
    const server = params.server && at.room.servers.find((s) => s.id === params.server);
    if (params.server && !server) throw missing();
    const result = handler({ state, params, query, body, pending, ifMatch, server, reply, ...at });
    const empty = result === undefined && reply.status === 200;
    return { ...reply, status: empty ? 204 : reply.status, result };
  }
  throw missing();
}
