// The stand-in's accounts: logging in, the second factor, sessions.
import { randomBytes } from "node:crypto";
import { codeAt, stepNow, toBase32 } from "../totp.mjs";
import { newId, now } from "./fixtures.mjs";
import { matrix } from "./permissions.mjs";
import { invalid, missing, Refusal, unknownUser } from "./replies.mjs";

const provedFor = 600_000;

export function openSession(state, reply, person, remembered = false) {
  const id = newId();
  state.sessions.set(id, {
    id,
    user: person.id,
    proved: Date.now(),
    remembered,
    ip: "127.0.0.1",
    user_agent: "Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0",
    created_at: now(),
    last_used_at: now(),
    expires_at: new Date(Date.now() + 30 * 86_400_000).toISOString(),
  });
  reply.cookie = id;
}

export function isProved(session) {
  return Date.now() - session.proved < provedFor;
}

export function hasFactor(person) {
  return person.totp?.confirmed === true;
}

function viewOf(person) {
  const { id, name, email, created_at } = person;
  return { id, name, email, created_at };
}

function findByEmail(state, email) {
  return [...state.people.values()].find((p) => p.email === email.trim().toLowerCase());
}

function checkCode(person, code) {
  const steps = [-1, 0, 1].map((ahead) => codeAt(person.totp.secret, stepNow() + ahead));
  if (!steps.includes(code.replace(/\s/g, ""))) {
    throw invalid("/code", "The code is wrong or was used already. Wait for the next one.");
  }
}

function makeCodes(person) {
  const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  const part = () => [...randomBytes(5)].map((byte) => letters[byte % 32]).join("");
  const codes = Array.from({ length: 10 }, (_, i) => {
    return `${String(i + 1).padStart(2, "0")}-${part()}-${part()}`;
  });
  person.codes = new Set(codes);
  return { recovery_codes: codes };
}

/** A drawing in the server's form; what it shows is not read by anybody. */
function drawQr(text) {
  const width = 33;
  const bits = randomBytes(width * width);
  let path = "";
  for (let i = 0; i < width * width; i += 1) {
    if (bits[i] % 2 === text.length % 2)
      path += `M${(i % width) + 4} ${Math.floor(i / width) + 4}h1v1h-1z`;
  }
  const size = width + 8;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${size}v${size}H0z"/><path fill="#000" d="${path}"/></svg>`;
}

function takePending(state, pending) {
  const waiting = state.pending.get(pending);
  if (!waiting) throw unknownUser();
  return { ...waiting, person: state.people.get(waiting.user) };
}

function endOthers(state, person, kept) {
  const ended = [...state.sessions.values()].filter((s) => s.user === person.id && s.id !== kept);
  for (const { id } of ended) state.sessions.delete(id);
  return { ended: ended.length };
}

const accountRoutes = [
  [
    "GET",
    "/me",
    ({ state, me, session }) => {
      const teams = [...state.rooms.values()].flatMap(({ team, members, sso }) => {
        const role = members.find((member) => member.user === me.id)?.role;
        if (!role) return [];
        const capabilities = matrix.filter((p) => p.roles.includes(role)).map((p) => p.name);
        const { id, name, require_2fa } = team;
        const locked = require_2fa && !hasFactor(me);
        const sso_required = sso?.settings.only === true && role !== "owner";
        return [{ id, name, role, capabilities, require_2fa, locked, sso_required }];
      });
      const until = new Date(session.proved + provedFor).toISOString();
      const user = {
        ...viewOf(me),
        second_factor: hasFactor(me),
        recovery_codes_left: hasFactor(me) ? me.codes.size : null,
        is_operator: me.is_operator,
        has_password: true,
        sso_team: me.sso_team ?? null,
        assured_until: isProved(session) ? until : null,
      };
      return { user, csrf_token: "mock-csrf", teams };
    },
  ],
  ["PATCH", "/me", ({ me, body }) => viewOf(Object.assign(me, { name: body.name }))],
  [
    "POST",
    "/me/password",
    ({ state, me, session, body }) => {
      if (body.current !== me.password)
        throw invalid("/current", "This is not your present password.");
      me.password = body.new;
      endOthers(state, me, session.id);
    },
  ],
  [
    "POST",
    "/me/email",
    ({ state, me, body, reply }) => {
      if (body.password !== me.password) throw invalid("/password", "The password is wrong.");
      state.mail = { user: me.id, email: body.email, waiting: new Set(["old", "new"]) };
      reply.status = 202;
    },
  ],
  [
    "POST",
    "/step-up",
    ({ me, session, body }) => {
      if (body.code !== undefined) checkCode(me, body.code);
      else if (body.password !== me.password) throw invalid("/password", "The password is wrong.");
      session.proved = Date.now();
      return { assured_until: new Date(session.proved + provedFor).toISOString() };
    },
  ],
  [
    "POST",
    "/me/totp",
    ({ me, body }) => {
      if (body.password !== me.password) throw invalid("/password", "The password is wrong.");
      const secret = toBase32(randomBytes(20));
      me.totp = { secret, confirmed: false };
      const otpauth_uri = `otpauth://totp/Atalaya:${me.email}?secret=${secret}&issuer=Atalaya`;
      return { secret, otpauth_uri, qr_svg: drawQr(otpauth_uri) };
    },
  ],
  [
    "POST",
    "/me/totp/confirm",
    ({ state, me, session, body }) => {
      if (!me.totp) throw missing();
      checkCode(me, body.code);
      me.totp.confirmed = true;
      endOthers(state, me, session.id);
      return makeCodes(me);
    },
  ],
  [
    "DELETE",
    "/me/totp",
    ({ state, me, session }) => {
      me.totp = null;
      endOthers(state, me, session.id);
    },
    "step-up",
  ],
  ["POST", "/me/recovery-codes", ({ me }) => makeCodes(me), "step-up"],
  [
    "GET",
    "/sessions",
    ({ state, me, session }) => {
      const own = [...state.sessions.values()].filter((one) => one.user === me.id);
      const data = own.map(({ user, proved, ...one }) => ({
        ...one,
        current: one.id === session.id,
      }));
      return { data, next: null };
    },
  ],
  ["DELETE", "/sessions", ({ state, me, session }) => endOthers(state, me, session.id)],
  ["DELETE", "/sessions/:id", ({ state, params }) => void state.sessions.delete(params.id)],
];

const entryRoutes = [
  [
    "POST",
    "/login",
    ({ state, body, reply }) => {
      const person = findByEmail(state, body.email);
      if (!person || person.disabled || body.password !== person.password) {
        const title = "E-mail or password is wrong";
        throw new Refusal(401, "wrong_credentials", title, "Check both and try again.");
      }
      if (!hasFactor(person)) {
        openSession(state, reply, person, body.remember);
        return { user: viewOf(person) };
      }
      reply.pending = newId();
      state.pending.set(reply.pending, { user: person.id, remember: body.remember });
      return { mfa: "totp" };
    },
    "public",
  ],
  [
    "POST",
    "/login/totp",
    ({ state, body, reply, pending }) => {
      const { person, remember } = takePending(state, pending);
      checkCode(person, body.code);
      state.pending.delete(pending);
      openSession(state, reply, person, remember);
      return { user: viewOf(person) };
    },
    "public",
  ],
  [
    "POST",
    "/login/recovery",
    ({ state, body, reply, pending }) => {
      const { person, remember } = takePending(state, pending);
      const code = body.code.toUpperCase();
      if (!person.codes.delete(code)) throw invalid("/code", "This code is wrong or was used.");
      state.pending.delete(pending);
      openSession(state, reply, person, remember);
      return { user: viewOf(person) };
    },
    "public",
  ],
  ["POST", "/logout", ({ state, session }) => void state.sessions.delete(session.id)],
  [
    "POST",
    "/password/forgot",
    ({ state, body, reply }) => {
      const person = findByEmail(state, body.email);
      if (person) state.reset = { user: person.id, token: randomBytes(24).toString("base64url") };
      reply.status = 202;
    },
    "public",
  ],
  [
    "POST",
    "/password/reset",
    ({ state, body }) => {
      if (!state.reset || body.token !== state.reset.token) throw missing();
      if (body.new.length < 12) throw invalid("/new", "Use at least 12 characters.");
      const person = state.people.get(state.reset.user);
      person.password = body.new;
      state.reset = null;
      endOthers(state, person, null);
    },
    "public",
  ],
  [
    "POST",
    "/email/confirm",
    ({ state, body }) => {
      if (!state.mail?.waiting.delete(body.token)) throw missing();
      const done = state.mail.waiting.size === 0;
      if (done) state.people.get(state.mail.user).email = state.mail.email;
      return { done };
    },
    "public",
  ],
];

export const routes = [...entryRoutes, ...accountRoutes];
