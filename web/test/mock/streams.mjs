// Streams of the audit log of the stand-in: kept, tested, paused; nothing is sent anywhere.
import { randomBytes, randomUUID } from "node:crypto";
import { invalid, missing } from "./replies.mjs";

function streamOf(room, params) {
  room.streams ??= [];
  const stream = room.streams.find((one) => one.id === params.stream);
  if (!stream) throw missing();
  return stream;
}

function makeStream(room, { name, kind, url, from_start }) {
  const head = room.chain.events.length;
  const never = { delivered_at: null, failing_since: null, next_try_at: null, failure: null };
  const test = { test_pending: false, tested_at: null, test_failure: null };
  const lag = from_start ? head : 0;
  const place = { delivered_seq: head - lag, lag, attempts: 0, state: "active" };
  const created_at = new Date().toISOString();
  return {
    id: randomUUID(),
    name,
    kind,
    url,
    ...never,
    ...test,
    ...place,
    created_at,
    revision: 1,
  };
}

export const routes = [
  [
    "GET",
    "/teams/:team/audit/keys",
    () => ({
      data: [
        {
          vkey: "watch.example.com/3f9a1c2e/audit+9d1c0a7b+AQID",
          since: "2026-11-20T09:00:00.000000Z",
          until: null,
          rotation: "note",
        },
        {
          vkey: "watch.example.com/3f9a1c2e/audit+1b2c3d4e+AQIE",
          since: null,
          until: "2026-11-20T09:00:00.000000Z",
          rotation: null,
        },
      ],
      next: null,
    }),
  ],
  [
    "GET",
    "/teams/:team/audit/timestamps",
    () => ({
      data: [
        {
          size: 4,
          at: "2026-11-20T10:00:00.000000Z",
          index: 0,
          tree_size: 3,
          proof: [],
          token: "AQID",
          checkpoint: "note",
        },
      ],
      next: null,
    }),
  ],
  ["GET", "/teams/:team/audit/streams", ({ room }) => ({ data: room.streams ?? [], next: null })],
  [
    "POST",
    "/teams/:team/audit/streams",
    ({ room, body, reply }) => {
      const scheme = body.kind === "webhook" ? "https://" : "syslog+tls://";
      if (!body.url.startsWith(scheme)) throw invalid("/url", `Write ${scheme}HOST.`);
      const stream = makeStream(room, body);
      room.streams = [...(room.streams ?? []), stream];
      if (reply) reply.status = 201;
      const secret = `whsec_${randomBytes(32).toString("base64")}`;
      return { stream, secret: body.kind === "webhook" ? secret : null };
    },
  ],
  [
    "PATCH",
    "/teams/:team/audit/streams/:stream",
    ({ room, params, body }) => {
      const stream = streamOf(room, params);
      if (body.paused !== undefined) stream.state = body.paused ? "paused" : "active";
      stream.revision += 1;
      return stream;
    },
  ],
  [
    "POST",
    "/teams/:team/audit/streams/:stream/test",
    ({ room, params }) => {
      const stream = streamOf(room, params);
      const test_failure = "Nothing answers at the address.";
      return Object.assign(stream, { tested_at: new Date().toISOString(), test_failure });
    },
  ],
  [
    "DELETE",
    "/teams/:team/audit/streams/:stream",
    ({ room, params }) => {
      const stream = streamOf(room, params);
      room.streams = room.streams.filter((one) => one !== stream);
      return null;
    },
  ],
  [
    "GET",
    "/teams/:team/audit/witnesses",
    ({ room }) => ({ data: room.witnesses ?? [], next: null }),
  ],
  [
    "POST",
    "/teams/:team/audit/witnesses",
    ({ room, body, reply }) => {
      if (!/^[^+ ]+\+[0-9a-f]{8}\+\S+$/.test(body.vkey)) throw invalid("/vkey", "Write the key.");
      const created_at = new Date().toISOString();
      const never = { cosigned_at: null, failing_since: null, next_try_at: null, failure: null };
      const place = { state: "waiting", size: 0, attempts: 0 };
      const witness = { id: randomUUID(), ...body, ...never, ...place, created_at, revision: 1 };
      room.witnesses = [...(room.witnesses ?? []), witness];
      if (reply) reply.status = 201;
      return witness;
    },
  ],
  [
    "DELETE",
    "/teams/:team/audit/witnesses/:witness",
    ({ room, params }) => {
      const kept = (room.witnesses ?? []).filter((one) => one.id !== params.witness);
      if (kept.length === (room.witnesses ?? []).length) throw missing();
      room.witnesses = kept;
      return null;
    },
  ],
];
