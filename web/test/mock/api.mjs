// The stand-in's API: the contract's shapes and refusals over plain objects in memory.
import { randomBytes } from "node:crypto";
import { fillChain, makeChain, makeServers, newId, now, password } from "./fixtures.mjs";
import { gaugesAt, seriesOf } from "./metrics.mjs";
import { matrix, roles } from "./permissions.mjs";

export class Refusal extends Error {
  constructor(status, code, title, detail, errors = []) {
    super(title);
    const request_id = randomBytes(8).toString("hex");
    this.body = { type: `/problems/${code}`, title, status, detail, code, request_id, errors };
  }
}

const missing = () => new Refusal(404, "not_found", "Nothing is here", "Check the address.");
const unknownUser = () =>
  new Refusal(401, "unauthenticated", "You are not signed in", "Sign in and try again.");

function invalid(pointer, detail) {
  const error = { pointer, code: "invalid", detail };
  return new Refusal(422, "invalid", "Some values are not acceptable", "Correct the fields.", [
    error,
  ]);
}

export function makeState({ fresh = false, servers = 12, role = "owner" } = {}) {
  const state = { users: [], sessions: new Map(), streams: new Set(), verified: null, role };
  state.streamsRefused = false;
  state.setupToken = fresh ? randomBytes(16).toString("base64url") : null;
  state.enrol = (name, email, secret, teamName) => {
    state.user = { id: newId(), name, email, created_at: now() };
    state.password = secret;
    const id = newId();
    state.team = {
      id,
      name: teamName,
      require_2fa: false,
      revision: 1,
      created_at: now(),
      updated_at: now(),
    };
    state.servers = makeServers(fresh ? 0 : servers);
    state.chain = makeChain(id);
    if (fresh) state.record("team.create", "team", state.team);
    else fillChain(state.chain, state.user, state.team, state.servers);
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

function open(state, reply) {
  const id = newId();
  const session = {
    id,
    ip: "127.0.0.1",
    user_agent: "Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0",
    created_at: now(),
    last_used_at: now(),
    expires_at: new Date(Date.now() + 30 * 86_400_000).toISOString(),
  };
  state.sessions.set(id, session);
  reply.cookie = id;
}

function page(list, query) {
  const start = Number(query.get("cursor") ?? 0);
  const limit = Number(query.get("limit") ?? 50);
  const data = list.slice(start, start + limit);
  return { data, next: start + limit < list.length ? String(start + limit) : null };
}

function sorted(servers, sort) {
  const field = sort.replace("-", "");
  const sign = sort.startsWith("-") ? -1 : 1;
  return [...servers].sort((a, b) => sign * String(a[field]).localeCompare(String(b[field])));
}

function matches(event, query) {
  const action = query.get("action") ?? "";
  const star = action.endsWith("*");
  if (star && !event.action.startsWith(action.slice(0, -1))) return false;
  if (action && !star && event.action !== action) return false;
  for (const name of ["outcome", "resource_type", "resource_id"]) {
    if (query.has(name) && event[name] !== query.get(name)) return false;
  }
  if (query.has("actor") && event.actor.id !== query.get("actor")) return false;
  if (query.has("from") && event.at < query.get("from")) return false;
  return !(query.has("to") && event.at > query.get("to"));
}

function tokenOf() {
  return `ata_${randomBytes(24).toString("base64url")}`;
}

function checkName(name) {
  if (!name?.trim()) throw invalid("/name", "A name is needed.");
  if (name === "taken") throw invalid("/name", "A server of this name exists already.");
}

// Each entry: method, path pattern, handler({state, params, query, body, reply, session}).
export const routes = [
  [
    "GET",
    "/meta/instance",
    ({ state }) => ({
      name: "Atalaya",
      version: "0.1.0",
      signup_mode: "invite",
      local_ca: true,
      needs_setup: state.user === undefined,
    }),
    "public",
  ],
  [
    "POST",
    "/signup",
    ({ state, body, reply }) => {
      if (!state.setupToken || body.setup_token !== state.setupToken) throw missing();
      if (body.password.length < 12) throw invalid("/password", "Use at least 12 characters.");
      if (body.password.startsWith("password"))
        throw invalid("/password", "This password is too common.");
      state.enrol(body.name, body.email, body.password, body.team_name);
      state.setupToken = null;
      reply.status = 201;
      open(state, reply);
      return { user: state.user, team: { id: state.team.id, name: state.team.name } };
    },
    "public",
  ],
  [
    "POST",
    "/login",
    ({ state, body, reply }) => {
      if (body.email !== state.user?.email || body.password !== state.password) {
        throw new Refusal(
          401,
          "wrong_credentials",
          "E-mail or password is wrong",
          "Check both and try again.",
        );
      }
      open(state, reply);
      return { user: state.user };
    },
    "public",
  ],
  ["POST", "/logout", ({ state, session }) => void state.sessions.delete(session)],
  [
    "GET",
    "/me",
    ({ state }) => {
      const { id, name, require_2fa } = state.team;
      const capabilities = matrix.filter((p) => p.roles.includes(state.role)).map((p) => p.name);
      return {
        user: state.user,
        csrf_token: "mock-csrf",
        teams: [{ id, name, role: state.role, capabilities, require_2fa }],
      };
    },
  ],
  ["PATCH", "/me", ({ state, body }) => Object.assign(state.user, { name: body.name })],
  [
    "POST",
    "/me/password",
    ({ state, body }) => {
      if (body.current !== state.password)
        throw invalid("/current", "This is not your present password.");
      state.password = body.new;
    },
  ],
  [
    "GET",
    "/sessions",
    ({ state, session }) => ({
      data: [...state.sessions.values()].map((s) => ({ ...s, current: s.id === session })),
      next: null,
    }),
  ],
  ["DELETE", "/sessions/:id", ({ state, params }) => void state.sessions.delete(params.id)],
  ["GET", "/meta/permissions", () => ({ roles, permissions: matrix })],
  ["GET", "/teams/:team", ({ state }) => state.team],
  [
    "PATCH",
    "/teams/:team",
    ({ state, body }) => {
      const before = state.team.name;
      Object.assign(state.team, body, { revision: state.team.revision + 1 });
      state.record("team.update", "team", state.team, [
        { field: "name", before, after: body.name },
      ]);
      return state.team;
    },
  ],
  [
    "GET",
    "/teams/:team/members",
    ({ state }) => ({
      data: [{ ...state.user, role: state.role, joined_at: state.user.created_at }],
      next: null,
    }),
  ],
  [
    "GET",
    "/teams/:team/servers",
    ({ state, query }) => {
      const q = query.get("q") ?? "";
      const status = query.get("status");
      const found = state.servers.filter(
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
    ({ state, query }) => {
      const events = state.chain.events.map((entry) => entry.event).reverse();
      return page(
        events.filter((event) => matches(event, query)),
        query,
      );
    },
  ],
  [
    "GET",
    "/teams/:team/audit/events/:seq",
    ({ state, params }) => {
      const entry = state.chain.events[Number(params.seq) - 1];
      if (!entry) throw missing();
      return { event: entry.event, proof: entry.secrets };
    },
  ],
  [
    "GET",
    "/teams/:team/audit/head",
    ({ state }) => {
      const { event } = state.chain.events.at(-1);
      return {
        chain: state.team.id,
        lane: 0,
        seq: event.seq,
        hash: event.row_hash,
        last_verified: state.verified,
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

/** Finds the route, checks session, CSRF, team and server, and runs the handler. */
export function answer(state, { method, path, query, body, session, csrf }) {
  for (const [verb, pattern, handler, audience] of routes) {
    const params = verb === method ? match(pattern, path) : null;
    if (!params) continue;
    const reply = { status: 200, cookie: null };
    if (audience !== "public") {
      if (!state.sessions.has(session)) throw unknownUser();
      if (method !== "GET" && csrf !== "mock-csrf") {
        throw new Refusal(
          403,
          "csrf_failed",
          "The request lacks a valid CSRF token",
          "Reload the page.",
        );
      }
      if (params.team && params.team !== state.team.id) throw missing();
    }
    const server = params.server && state.servers.find((s) => s.id === params.server);
    if (params.server && !server) throw missing();
    const result = handler({ state, params, query, body, session, server, reply });
    return { ...reply, status: result === undefined ? 204 : reply.status, result };
  }
  throw missing();
}
