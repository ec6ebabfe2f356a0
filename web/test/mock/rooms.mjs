// People and teams of the stand-in.
import { randomBytes } from "node:crypto";
import { fillChain, makeChain, newId, now, password } from "./fixtures.mjs";

const iso = (ms) => new Date(ms).toISOString();
const daysAgo = (days) => iso(Date.now() - days * 86_400_000);

export function enterPerson(state, fields) {
  const person = {
    id: newId(),
    created_at: now(),
    password,
    totp: null,
    codes: new Set(),
    is_operator: false,
    disabled: false,
    ...fields,
  };
  state.people.set(person.id, person);
  return person;
}

/** A team with its first member. */
export function enterRoom(state, name, person, role = "owner") {
  const id = newId();
  const limits = { require_2fa: false, session_idle_minutes: null, session_hours: null };
  const team = { id, name, ...limits, revision: 1, created_at: now(), updated_at: now() };
  const room = { team, members: [], invitations: [], keys: [], servers: [], breakGlass: [] };
  room.chain = makeChain(id);
  room.members.push({ user: person.id, role, joined_at: now() });
  room.chain.append({
    action: "team.create",
    actor: { kind: "user", id: person.id, name: person.name },
    resource_type: "team",
    resource_id: id,
    resource_name: name,
  });
  state.rooms.set(id, room);
  return room;
}

export function makeKey(fields = {}) {
  const id = randomBytes(8).toString("hex");
  return {
    id: newId(),
    name: "Key",
    env: "live",
    prefix: `atl_live_${id}`,
    fingerprint: randomBytes(8).toString("hex"),
    scopes: ["servers:read"],
    ip_allow: [],
    cors_origins: [],
    state: "active",
    created_at: now(),
    created_by: null,
    expires_at: null,
    last_used_at: null,
    last_used_ip: null,
    revision: 1,
    ...fields,
  };
}

const keyNames = ["Grafana", "Deploy pipeline", "Old reporting", "Backup check", "Status board"];

function keyAt(index, author) {
  const round = Math.floor(index / keyNames.length);
  const name = keyNames[index % keyNames.length];
  const used = index % 3 !== 2;
  return makeKey({
    name: round ? `${name} ${round + 1}` : name,
    env: index % 4 === 3 ? "test" : "live",
    state: index % 3 === 2 ? "revoked" : "active",
    scopes: index % 2 ? ["servers:read", "metrics:read"] : ["metrics:read"],
    ip_allow: index % 2 ? ["192.0.2.0/24"] : [],
    created_at: daysAgo(index + 1),
    created_by: { id: author.id, name: author.name },
    expires_at: index % 2 ? iso(Date.now() + 90 * 86_400_000) : null,
    last_used_at: used ? daysAgo(index % 9) : null,
    last_used_ip: used ? "192.0.2.17" : null,
  });
}

/** What the team of the tests holds beside servers: colleagues, an invitation, keys, a past. */
export function fillRoom(state, room, { role, keys }) {
  const add = (name, email, theirs, days, more) => {
    const person = enterPerson(state, { name, email, ...more });
    room.members.push({ user: person.id, role: theirs, joined_at: daysAgo(days) });
    return person;
  };
  const first = role === "owner" ? "admin" : "owner";
  const app = { secret: "JBSWY3DPEHPK3PXP", confirmed: true };
  const ben = add("Ben Example", "ben@example.com", first, 40, { totp: app });
  add("Cleo Example", "cleo@example.com", "viewer", 12);
  room.invitations.push({
    id: newId(),
    email: "dana@example.com",
    role: "member",
    state: "open",
    token: randomBytes(24).toString("base64url"),
    invited_by: ben.name,
    created_at: daysAgo(1),
    expires_at: iso(Date.now() + 6 * 86_400_000),
  });
  room.keys = Array.from({ length: keys }, (_, i) => keyAt(i, ben));
  room.breakGlass.push({
    id: newId(),
    operator: "Olga Operator",
    reason: "Ticket 4711: charts of web-03 stay empty",
    started_at: daysAgo(9),
    expires_at: iso(Date.now() - 9 * 86_400_000 + 30 * 60_000),
    ended_at: null,
  });
  fillChain(room.chain, state.user, room.team, room.servers);
}
