// Sentences about servers and audit records, in one place so that every page says the same.
import type { AuditEvent, AuditHead, Server } from "../api/types";
import { formatSpan } from "./clock";

const verbs: Record<string, string> = {
  add: "added",
  create: "created",
  update: "changed",
  change: "changed",
  delete: "deleted",
  replace: "replaced",
  revoke: "revoked",
  login: "signed in",
  logout: "signed out",
  verify: "verified",
  remove: "removed",
  accept: "accepted",
  activate: "activated",
  leave: "left",
  transfer: "handed over",
  renew: "renewed",
};

/** Where the words of the name alone would not be understood. */
const phrases: Record<string, string> = {
  "audit.tombstone": "Record contents erased",
  "auth.recovery_used": "Signed in with a recovery code",
  "auth.sso": "Signed in by single sign-on",
  "auth.sso_failed": "Single sign-on refused",
  "sso.connect": "Account connected with single sign-on",
  "sso.delete": "Single sign-on removed",
  "sso.sessions_end": "Sessions of single sign-on ended",
  "sso.update": "Single sign-on set up",
  "auth.step_up": "Confirmed their presence",
  "auth.totp_failed": "Gave a wrong code",
  "dashboard.delete": "Dashboard put into the trash",
  "dashboard.import": "Dashboard imported from Grafana",
  "dashboard.purge": "Dashboard deleted for good",
  "dashboard.restore": "Dashboard taken out of the trash",
  "dashboard.version_restore": "Older version of a dashboard restored",
  "member.erase": "Member erased",
  "member.role": "Member given another role",
  "person.forget": "Traces of an erased person removed",
  "session.revoke_others": "Other sessions signed out",
  "user.recovery_codes_renew": "Recovery codes renewed",
  "user.totp_disable": "Second factor turned off",
  "user.totp_enable": "Second factor turned on",
};

/** `server.create` → `Server created`; unknown verbs stay as they are. */
export function actionTitle(action: string): string {
  const phrase = phrases[action];
  if (phrase) return phrase;
  const words = action.split(/[._]/);
  const last = words.pop() ?? "";
  if (words[0] === "api") words[0] = "API";
  const subject = words[0] === "auth" ? words.slice(1) : words;
  const sentence = [...subject, verbs[last] ?? last].join(" ");
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

/** `Debian GNU/Linux 12 (bookworm)` → `Debian 12` */
export function systemName(os: string): string {
  return os.replace(/ GNU\/Linux/, "").replace(/ \([^)]*\)$/, "");
}

export function actorName(event: Pick<AuditEvent, "actor">): string {
  const { kind, id, name } = event.actor;
  const isErased = (kind === "user" || kind === "operator") && id === null;
  return name ?? id?.slice(0, 8) ?? (isErased ? "erased person" : kind);
}

export function resourceName(event: AuditEvent): string {
  const kind = event.resource_type.replaceAll("_", " ");
  const name = event.resource_name ?? event.resource_id?.slice(0, 8) ?? "";
  return name ? `${kind} ${name}` : kind;
}

/** One sentence on how a server is, for its page header. */
export function statusSentence(server: Server, now: Date): string {
  if (server.status === "pending") return "Waiting for its first report";
  if (!server.last_seen_at) return server.status === "up" ? "Up" : "Down";
  const silent = (now.getTime() - new Date(server.last_seen_at).getTime()) / 1000;
  if (server.status === "down") return `Down: silent for ${formatSpan(Math.max(0, silent))}`;
  return "Up and reporting";
}

export type ChainState = { tone: "up" | "down" | "pending"; text: string };

export function chainState(head: AuditHead): ChainState {
  const checked = head.last_verified;
  if (head.signing.state === "refused") {
    const where = head.signing.bad_seq?.toLocaleString("en");
    return { tone: "down", text: `The signer refuses ${where ? `record ${where}` : "the chain"}` };
  }
  if (!checked) return { tone: "pending", text: "Chain not verified yet" };
  const seq = checked.seq.toLocaleString("en");
  if (!checked.ok) return { tone: "down", text: `Chain broken at or before record ${seq}` };
  return { tone: "up", text: `Chain verified to record ${seq}` };
}
