// The operators' public texts, and the agreement that a team accepts.
import { createHash } from "node:crypto";
import { conflict, forbidden, missing } from "./replies.mjs";

const titles = {
  roles: "Controller and processor",
  subprocessors: "Subprocessors",
  agreement: "Data processing agreement",
  compliance: "Compliance status",
  acknowledgements: "Acknowledgements",
  roadmap: "Compliance roadmap",
};

const makeText = (kind, revision, content) => ({
  kind,
  title: titles[kind],
  revision,
  published_at: revision === 0 ? null : new Date().toISOString(),
  sha256: createHash("sha256").update(content).digest("hex"),
  content,
});

/** Of this state; as the program brings them until somebody publishes. */
function textsOf(state) {
  state.texts ??= new Map(
    Object.entries(titles).map(([kind, title]) => [kind, makeText(kind, 0, `${title}.`)]),
  );
  return state.texts;
}

function agreementOf(state, room) {
  const { revision: version, sha256, published_at, content } = textsOf(state).get("agreement");
  const accepted = room.accepted ?? {
    accepted_version: null,
    accepted_sha256: null,
    accepted_at: null,
    accepted_by: null,
  };
  const is_accepted = accepted.accepted_sha256 === sha256;
  // Every room was made before anybody published.
  const issued = makeText("agreement", 0, `${titles.agreement}.`);
  const issuing = { issued_version: issued.revision, issued_sha256: issued.sha256 };
  return { version, sha256, published_at, content, is_accepted, ...issuing, ...accepted };
}

export const routes = [
  ["GET", "/trust/texts", ({ state }) => ({ data: [...textsOf(state).values()], next: null })],
  [
    "PUT",
    "/admin/texts/:kind",
    ({ state, me, params, body }) => {
      const before = textsOf(state).get(params.kind);
      if (!me.is_operator || !before) throw missing();
      const after = makeText(params.kind, before.revision + 1, body.content);
      state.texts.set(params.kind, after);
      return after;
    },
    "step-up",
  ],
  ["GET", "/teams/:team/agreement", ({ state, room }) => agreementOf(state, room)],
  [
    "POST",
    "/teams/:team/agreement",
    ({ state, room, me, role, body }) => {
      if (role !== "owner") throw forbidden();
      const now = agreementOf(state, room);
      if (now.sha256 !== body.sha256) throw conflict("This is not the agreement as it is now.");
      room.accepted = {
        accepted_version: now.version,
        accepted_sha256: now.sha256,
        accepted_at: new Date().toISOString(),
        accepted_by: me.name,
      };
      return agreementOf(state, room);
    },
  ],
];
