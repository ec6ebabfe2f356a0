// Short names for the API's shapes. The only file that depends on how the schema spells them.
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Problem = Schemas["Problem"];
export type Role = Schemas["MyTeam"]["role"];
export type ApiKey = Schemas["ApiKey"];
export type ApiKeyDraft = Schemas["ApiKeyDraft"];
export type NewApiKey = Schemas["NewApiKey"];
export type KeyState = ApiKey["state"];
export type Me = Schemas["Me"];
export type User = Schemas["MyAccount"];
export type Membership = Schemas["MyTeam"];
export type Session = Schemas["Session"];
export type TotpEnrolment = Schemas["Enrolment"];
export type Team = Schemas["Team"];
export type SsoConnection = Schemas["SsoConnection"];
export type SsoMapping = Schemas["SsoRoleMapping"];
export type Member = Schemas["Member"];
export type Invitation = Schemas["Invitation"];
export type NewInvitation = Schemas["NewInvitation"];
export type InvitationView = Schemas["InvitationView"];
export type BreakGlass = Schemas["Grant"];
export type SecurityIncident = Schemas["SecurityIncident"];
export type PublicText = Schemas["PublicText"];
export type Agreement = Schemas["Agreement"];
export type OperatorTeam = Schemas["OperatorTeam"];
export type OperatorUser = Schemas["OperatorAccount"];

/** The document leaves the names of roles open here. */
export type Permissions = Omit<Schemas["Permissions"], "roles" | "permissions"> & {
  roles: Role[];
  permissions: (Omit<Schemas["Permission"], "roles"> & { roles: Role[] })[];
};
export type Server = Schemas["Server"];
export type ServerList = { data: Server[]; next: string | null };
export type Series = Schemas["Series"];
export type SeriesAnswer = Schemas["SeriesRange"];
export type MetricsUsage = Schemas["MetricsUsage"];
export type Dashboard = Schemas["Dashboard"];
export type DashboardSummary = Schemas["DashboardSummary"];
export type DashboardAuthor = Schemas["DashboardAuthor"];
export type DashboardBody = Schemas["DashboardBody"];
export type DashboardContent = Schemas["DashboardContent"];
export type DashboardImport = Schemas["DashboardImport"];
export type DashboardVersion = Schemas["DashboardVersion"];
export type DashboardVersionSummary = Schemas["DashboardVersionSummary"];
export type Variable = Schemas["DashboardVariable"];
export type Panel = Schemas["DashboardPanel"];
export type PanelQuery = Schemas["DashboardQuery"];
export type Threshold = Schemas["DashboardThreshold"];
export type AuditHead = Schemas["AuditHead"];
export type AuditVerification = Schemas["AuditReport"];

/** The document leaves the changes open, because each resource has its own fields. */
export type AuditChange = { field: string; before?: unknown; after?: unknown };
export type AuditEvent = Omit<Schemas["AuditEvent"], "changes"> & { changes: AuditChange[] };
export type AuditEventList = { data: AuditEvent[]; next: string | null; looked_to: number };

/** An event together with what its hash is made of. */
export type AuditLink = Schemas["AuditLink"];
export type AuditRecord = AuditEvent & Pick<Schemas["AuditProof"], "header" | "commits" | "body">;

export type ServerStatus = Server["status"];

/** What an event of the live stream carries for a server. */
export type LiveServer = Pick<Server, "id" | "status" | "last_seen_at" | "usage">;

/** One instant of one server: every gauge that the agent sent for it. */
export type LivePoints = {
  server: string;
  time: number;
  values: { name: string; labels: Record<string, string>; value: number }[];
};
