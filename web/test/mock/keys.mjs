// The stand-in's API keys.
import { randomBytes } from "node:crypto";
import { invalid, missing, page } from "./replies.mjs";
import { makeKey } from "./rooms.mjs";

function keyOf(room, params) {
  const key = room.keys.find((one) => one.id === params.key);
  if (!key) throw missing();
  return key;
}

function check(body) {
  if (body.name !== undefined && !body.name.trim()) throw invalid("/name", "A name is needed.");
  for (const range of body.ip_allow ?? []) {
    if (!/^[\da-f.:]+(\/\d+)?$/i.test(range)) {
      throw invalid("/ip_allow", `“${range}” is no address range.`);
    }
  }
}

export const routes = [
  ["GET", "/teams/:team/api-keys", ({ room, query }) => page(room.keys, query)],
  [
    "POST",
    "/teams/:team/api-keys",
    ({ room, me, body, reply }) => {
      check(body);
      if (body.scopes.length === 0) throw invalid("/scopes", "Choose at least one scope.");
      const made = makeKey({ ...body, state: "pending", created_by: { id: me.id, name: me.name } });
      made.prefix = `atl_${body.env}_${made.prefix.slice(-16)}`;
      room.keys.unshift(made);
      reply.status = 201;
      return { ...made, key: `${made.prefix}_${randomBytes(32).toString("base64url")}_0a1b2c` };
    },
    "step-up",
  ],
  [
    "POST",
    "/teams/:team/api-keys/:key/ack",
    ({ room, params }) => Object.assign(keyOf(room, params), { state: "active" }),
  ],
  [
    "PATCH",
    "/teams/:team/api-keys/:key",
    ({ room, params, body }) => {
      check(body);
      const key = keyOf(room, params);
      if (body.scopes?.some((scope) => !key.scopes.includes(scope))) {
        throw invalid("/scopes", "A key's scopes can only become fewer.");
      }
      return Object.assign(key, body, { revision: key.revision + 1 });
    },
  ],
  [
    "POST",
    "/teams/:team/api-keys/:key/transfer",
    ({ state, room, params, body }) => {
      const key = keyOf(room, params);
      if (!room.members.some((one) => one.user === body.user)) {
        throw invalid("/user", "Only a member of the team can take the key over.");
      }
      const { id, name } = state.people.get(body.user);
      return Object.assign(key, {
        created_by: { id, name },
        state: "active",
        revision: key.revision + 1,
      });
    },
    "step-up",
  ],
  [
    "DELETE",
    "/teams/:team/api-keys/:key",
    ({ room, params }) => void Object.assign(keyOf(room, params), { state: "revoked" }),
  ],
];
