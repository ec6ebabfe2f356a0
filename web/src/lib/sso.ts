// Single sign-on as the page sees it: the way to a provider, and what the way back may say.
import { api, send } from "../api/client";

type Entry = { email?: string; team?: string; fresh?: boolean; remember?: boolean };

/** Leaves the page for the provider's. */
function leaveFor({ location }: { location: string }): void {
  if (!location.startsWith("https://")) throw new Error("not an address of a provider");
  window.location.assign(location);
}

export async function signInBySso(body: Entry): Promise<void> {
  leaveFor(await send(api.POST("/api/v1/login/sso", { body })));
}

/** Connects the own account with a provider: a team's, or the installation's. */
export async function connectSso(team: string | null): Promise<void> {
  leaveFor(await send(api.POST("/api/v1/me/sso", { body: { team } })));
}

const refusals: Record<string, string> = {
  expired: "That took too long, or was finished before. Please begin once more.",
  denied: "The provider did not let you in.",
  unreachable: "The provider does not answer. Try again, or log in with your password.",
  failed: "What the provider said could not be believed. If it stays, ask your administrator.",
  unverified: "The provider has not verified your e-mail address.",
  domain: "Your e-mail address is of no domain that may come in this way.",
  no_account: "You have no account here yet. Ask an owner of your team for an invitation.",
  link_required:
    "There is an account with your address. Log in as before and open your team, or your account, to connect it.",
  no_role: "Your groups at the provider give you no role in this team. Ask its owner.",
  too_many: "Too many attempts from your network. Wait some minutes, then begin once more.",
  taken: "This identity is connected with another account.",
};

/** Why somebody came back without a session, from the address of the page. */
export function ssoRefusal(code: string | undefined): string | null {
  if (!code || code === "code") return null;
  return refusals[code] ?? refusals.failed ?? null;
}
