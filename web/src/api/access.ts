// Shapes and endpoints of accounts, members and keys that schema.d.ts does not describe. The rest
// of the page gets the shapes through types.ts and the endpoints through the client.
import type { components } from "./schema";

type Schemas = components["schemas"];
type Role = Schemas["MyTeam"]["role"];

type Path<Names extends string> = { path: Record<Names, string> };
type Call<Params, Body, Out> = {
  parameters: { query?: never; header?: { "If-Match"?: string }; cookie?: never } & ([
    Params,
  ] extends [string]
    ? Path<Params>
    : { path?: never });
  requestBody: Body extends null ? never : { content: { "application/json": Body } };
  responses: {
    200: { headers: { [name: string]: unknown }; content: { "application/json": Out } };
    default: components["responses"]["Problem"];
  };
};
type Ask<Params, Out> = Omit<Call<Params, null, Out>, "requestBody"> & { requestBody?: never };
type List<T> = { data: T[]; next: string | null };

export type User = Schemas["User"] & {
  second_factor: boolean;
  recovery_codes_left?: number | null;
  is_operator: boolean;
  assured_until?: string | null;
};
export type Membership = Schemas["MyTeam"] & { require_2fa: boolean; locked: boolean };
export type Me = { user: User; csrf_token: string; teams: Membership[] };
export type Session = Schemas["Session"] & { remembered: boolean };
export type Security = {
  require_2fa: boolean;
  session_idle_minutes?: number | null;
  session_hours?: number | null;
};
export type Team = Schemas["Team"] & Security;
export type Member = Schemas["Member"];
export type Invitation = {
  id: string;
  email: string;
  role: Role;
  state: "open" | "accepted" | "revoked" | "expired";
  invited_by?: string | null;
  created_at: string;
  expires_at: string;
};
export type NewInvitation = Pick<Invitation, "id" | "email" | "role" | "expires_at"> & {
  link?: string | null;
};
export type InvitationView = { team_name: string; email: string; role: Role; has_account: boolean };
export type TotpEnrolment = { secret: string; otpauth_uri: string; qr_svg: string };
export type RecoveryCodes = { recovery_codes: string[] };
export type Permissions = {
  roles: Role[];
  permissions: { name: string; description: string; roles: Role[]; scope?: string | null }[];
  scopes: string[];
};
export type KeyState = "pending" | "active" | "expired" | "revoked" | "suspended";
export type ApiKeyDraft = {
  name: string;
  env: "live" | "test";
  scopes: string[];
  ip_allow: string[];
  cors_origins: string[];
  expires_at?: string | null;
};
export type ApiKey = ApiKeyDraft & {
  id: string;
  prefix: string;
  fingerprint: string;
  state: KeyState;
  created_at: string;
  created_by?: { id: string; name: string } | null;
  last_used_at?: string | null;
  last_used_ip?: string | null;
  revision: number;
};
export type NewApiKey = ApiKey & { key: string };
/** One team opened to one operator; it is named as it was called then. */
export type BreakGlass = {
  id: string;
  team: { id: string; name: string };
  operator: string;
  reason: string;
  started_at: string;
  expires_at: string;
  ended_at?: string | null;
  active: boolean;
};
/** What a team is called is its own affair. */
export type OperatorTeam = { id: string; created_at: string; members: number; servers: number };
export type OperatorUser = {
  id: string;
  name: string;
  email: string;
  second_factor: boolean;
  is_operator: boolean;
  disabled: boolean;
  created_at: string;
};

type Entered = { user?: User; mfa?: "totp" };

export interface AccessPaths {
  "/api/v1/login": {
    post: Call<null, { email: string; password: string; remember?: boolean }, Entered>;
  };
  "/api/v1/login/totp": { post: Call<null, { code: string }, Entered> };
  "/api/v1/login/recovery": { post: Call<null, { code: string }, Entered> };
  "/api/v1/me": { get: Ask<null, Me>; patch: Call<null, { name: string }, Schemas["User"]> };
  "/api/v1/me/totp": {
    post: Call<null, { password: string }, TotpEnrolment>;
    delete: Ask<null, void>;
  };
  "/api/v1/me/totp/confirm": { post: Call<null, { code: string }, RecoveryCodes> };
  "/api/v1/me/recovery-codes": { post: Ask<null, RecoveryCodes> };
  "/api/v1/me/email": { post: Call<null, { email: string; password: string }, void> };
  "/api/v1/email/confirm": { post: Call<null, { token: string }, { done: boolean }> };
  "/api/v1/step-up": {
    post: Call<null, { password: string } | { code: string }, { assured_until: string }>;
  };
  "/api/v1/password/forgot": { post: Call<null, { email: string }, void> };
  "/api/v1/password/reset": { post: Call<null, { token: string; new: string }, void> };
  "/api/v1/sessions": { get: Ask<null, List<Session>>; delete: Ask<null, { ended: number }> };
  "/api/v1/meta/permissions": { get: Ask<null, Permissions> };
  "/api/v1/teams": { post: Call<null, { name: string }, Team> };
  "/api/v1/teams/{team}": {
    get: Ask<"team", Team>;
    patch: Call<"team", { name: string }, Team>;
  };
  "/api/v1/teams/{team}/security": { patch: Call<"team", Security, Team> };
  "/api/v1/teams/{team}/members": { get: Ask<"team", List<Member>> };
  "/api/v1/teams/{team}/members/{user}": {
    patch: Call<"team" | "user", { role: Role }, Member>;
    delete: Ask<"team" | "user", void>;
  };
  "/api/v1/teams/{team}/leave": { post: Ask<"team", void> };
  "/api/v1/teams/{team}/transfer": { post: Call<"team", { user: string }, void> };
  "/api/v1/teams/{team}/invitations": {
    get: Ask<"team", List<Invitation>>;
    post: Call<"team", { email: string; role: Role }, NewInvitation>;
  };
  "/api/v1/teams/{team}/invitations/{invitation}": {
    delete: Ask<"team" | "invitation", void>;
  };
  "/api/v1/teams/{team}/invitations/{invitation}/resend": {
    post: Ask<"team" | "invitation", NewInvitation>;
  };
  "/api/v1/invitations/look": { post: Call<null, { token: string }, InvitationView> };
  "/api/v1/invitations/accept": {
    post: Call<null, { token: string }, { team: { id: string; name: string } }>;
  };
  "/api/v1/invitations/sign-up": {
    post: Call<
      null,
      { token: string; name: string; password: string },
      { user: Schemas["User"]; team: { id: string; name: string } }
    >;
  };
  "/api/v1/teams/{team}/api-keys": {
    get: Ask<"team", List<ApiKey>>;
    post: Call<"team", ApiKeyDraft, NewApiKey>;
  };
  "/api/v1/teams/{team}/api-keys/{key}": {
    patch: Call<"team" | "key", Partial<ApiKeyDraft>, ApiKey>;
    delete: Ask<"team" | "key", void>;
  };
  "/api/v1/teams/{team}/api-keys/{key}/ack": { post: Ask<"team" | "key", ApiKey> };
  "/api/v1/teams/{team}/break-glass": { get: Ask<"team", List<BreakGlass>> };
  "/api/v1/admin/teams": { get: Ask<null, List<OperatorTeam>> };
  "/api/v1/admin/users": { get: Ask<null, List<OperatorUser>> };
  "/api/v1/admin/users/{user}/disable": { post: Ask<"user", void> };
  "/api/v1/admin/users/{user}/enable": { post: Ask<"user", void> };
  "/api/v1/admin/break-glass": {
    get: Ask<null, List<BreakGlass>>;
    post: Call<null, { team: string; reason: string; minutes: number }, BreakGlass>;
  };
  "/api/v1/admin/break-glass/{grant}": { delete: Ask<"grant", void> };
}
