// Synthetic data for the stand-in server: one team, a dozen servers, an audit chain whose hashes
// are computed by the real rule, so that the browser's own check can be tested.
import { createHash, randomBytes } from "node:crypto";

export const password = "correct horse battery";

let serial = 0;
export function newId() {
  serial += 1;
  return `01938f3a-0000-7000-8000-${serial.toString(16).padStart(12, "0")}`;
}

const iso = (ms) => `${new Date(ms).toISOString().slice(0, -1)}000Z`;
export const now = () => iso(Date.now());
const ago = (seconds) => iso(Date.now() - seconds * 1000);

const names = [
  ["web-01.fra", "up", 8, 34],
  ["web-02.fra", "up", 8, 31],
  ["web-03.fra", "up", 8, 78],
  ["db-01.fra", "up", 16, 22],
  ["db-02.fra", "up", 16, 12],
  ["cache-01.fra", "up", 4, 9],
  ["queue-01.fra", "down", 4, 0],
  ["build-01.ams", "up", 32, 88],
  ["backup-01.ams", "up", 4, 6],
  ["edge-01.mad", "up", 2, 17],
  ["edge-02.mad", "pending", 0, 0],
  ["mail-01.fra", "up", 4, 14],
];

function makeServer([name, status, cores, cpu], index) {
  const silent = status === "pending";
  const facts = {
    hostname: name,
    os: "Debian GNU/Linux 12 (bookworm)",
    kernel: "6.1.0-28-amd64",
    architecture: "x86_64",
    cores,
    memory_bytes: cores * 4 * 2 ** 30,
    boot_time: ago(3_564_720 + index * 90_000),
    addresses: [`192.0.2.${10 + index}`, "2001:db8::1"],
    policy_hash: createHash("sha256").update(name).digest("hex").slice(0, 16),
  };
  const usage = {
    cpu_percent: cpu,
    memory_percent: 38 + index * 4.3,
    disk_percent: 41 + index * 4.9,
  };
  return {
    id: newId(),
    revision: 1,
    created_at: ago(5_000_000 - index),
    updated_at: ago(600),
    name,
    note: index === 2 ? "Serves the shop. Restart only after draining it." : null,
    status,
    last_seen_at: silent ? null : ago(status === "down" ? 1260 : 4),
    agent_version: silent ? null : "0.1.0",
    facts: silent ? null : facts,
    usage: silent ? null : status === "down" ? { ...usage, cpu_percent: null } : usage,
  };
}

export function makeServers(count = names.length) {
  const rows = Array.from({ length: count }, (_, i) => {
    const [name, ...rest] = names[i % names.length];
    const round = Math.floor(i / names.length);
    return [round ? `${name}-${round}` : name, ...rest];
  });
  return rows.map(makeServer);
}

const u64 = (value) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
};

/** An append-only chain; `append` gives the new event. */
export function makeChain(team) {
  const sha = (...parts) => createHash("sha256").update(Buffer.concat(parts)).digest();
  let previous = sha(Buffer.from([3]), Buffer.from("atalaya-audit-genesis-v1"), Buffer.from(team));
  const events = [];
  const append = (fields) => {
    const seq = events.length + 1;
    const header = Buffer.from(`header of ${seq}: ${fields.action}`);
    const commits = [randomBytes(32), randomBytes(32)];
    const hash = sha(
      Buffer.from([2]),
      previous,
      u64(header.length),
      header,
      Buffer.from([2]),
      ...commits,
    );
    const event = {
      seq,
      id: newId(),
      at: now(),
      outcome: "ok",
      resource_id: null,
      resource_name: null,
      ip: "203.0.113.7",
      user_agent: "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
      request_id: randomBytes(8).toString("hex"),
      changes: [],
      erased: false,
      ...fields,
      prev_hash: previous.toString("hex"),
      row_hash: hash.toString("hex"),
    };
    const secrets = {
      header: header.toString("base64"),
      commits: commits.map((c) => c.toString("base64")),
      body: [JSON.stringify({ actor: fields.actor?.id ?? null }), JSON.stringify(event.changes)],
    };
    previous = hash;
    events.push({ event, secrets });
    return event;
  };
  return { events, append };
}

export function fillChain(chain, user, team, servers) {
  const actor = { kind: "user", id: user.id, name: user.name };
  const start = Date.now() - 3 * 86_400_000;
  const acts = [
    (s) => ({
      action: "server.create",
      actor,
      changes: [{ field: "name", before: null, after: s.name }],
    }),
    (s) => ({
      action: "server.token_replace",
      actor,
      changes: [{ field: "token_id", before: "t1", after: newId() }],
      resource_name: s.name,
    }),
    () => ({
      action: "server.status",
      actor: { kind: "system", id: null, name: null },
      changes: [
        { field: "status", before: "up", after: "down" },
        { field: "last_seen_at", before: "2026-11-21T10:04:10Z", after: "2026-11-21T10:04:45Z" },
      ],
    }),
    (s) => ({
      action: "agent.facts_update",
      actor: { kind: "agent", id: s.id, name: s.name },
      changes: [
        { field: "kernel", before: "6.1.0-27-amd64", after: "6.1.0-28-amd64" },
        { field: "memory_bytes", before: 17179869184, after: 34359738368 },
      ],
    }),
    (s) => ({
      action: "server.update",
      actor,
      outcome: "denied",
      changes: [],
      resource_name: s.name,
    }),
    (s) => ({
      action: "server.update",
      actor,
      changes: [
        { field: "note", before: null, after: "Serves the shop." },
        { field: "name", before: `old-${s.name}`, after: s.name },
      ],
    }),
    () => ({
      action: "session.login",
      actor,
      resource_type: "session",
      resource_id: newId(),
      outcome: Math.random() < 0.2 ? "failed" : "ok",
    }),
  ];
  chain.append({
    action: "team.create",
    actor,
    at: iso(start),
    resource_type: "team",
    resource_id: team.id,
    resource_name: team.name,
    changes: [{ field: "name", before: null, after: team.name }],
  });
  for (let i = 0; i < 340; i += 1) {
    const server = servers[i % servers.length];
    const base = { resource_type: "server", resource_id: server.id, resource_name: server.name };
    chain.append({ ...base, at: iso(start + i * 760_000), ...acts[i % acts.length](server) });
  }
}
