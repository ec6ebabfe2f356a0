// The stand-in's single sign-on: a connection for each team, and the way to a provider.
import { invalid, missing } from "./replies.mjs";

const location = { location: "https://login.example.com/auth?client_id=atalaya" };

function viewOf(state, room) {
  return {
    redirect_uri: `${state.url}/api/v1/login/sso/callback`,
    start_url: `${state.url}/login?team=${room.team.id}`,
    settings: room.sso?.settings ?? null,
    has_secret: Boolean(room.sso?.secret),
    revision: room.sso?.revision ?? 0,
    updated_at: null,
  };
}

export const routes = [
  [
    "POST",
    "/login/sso",
    ({ body }) => {
      if (body.email && !body.email.endsWith("@example.com")) throw missing();
      return location;
    },
    "public",
  ],
  ["POST", "/me/sso", () => location, "step-up"],
  ["GET", "/teams/:team/sso", ({ state, room }) => viewOf(state, room)],
  [
    "PUT",
    "/teams/:team/sso",
    ({ state, room, body }) => {
      if (body.settings.issuer !== "https://login.example.com") {
        throw invalid("/settings/issuer", "Nothing answers at the address.");
      }
      const secret = body.client_secret ?? room.sso?.secret;
      room.sso = { settings: body.settings, secret, revision: (room.sso?.revision ?? 0) + 1 };
      return viewOf(state, room);
    },
    "step-up",
  ],
  [
    "DELETE",
    "/teams/:team/sso",
    ({ room }) => {
      room.sso = undefined;
    },
    "step-up",
  ],
];
