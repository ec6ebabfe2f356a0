// Short names for the API's shapes. The only file that depends on how the schema spells them.
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Problem = Schemas["Problem"];
export type Instance = Schemas["Instance"];
export type PermissionMatrix = Schemas["PermissionMatrix"];
export type User = Schemas["User"];
export type Me = Schemas["Me"];
export type Membership = Schemas["Membership"];
export type Session = Schemas["Session"];
export type Team = Schemas["Team"];
export type Member = Schemas["Member"];
export type Server = Schemas["Server"];
export type ServerList = Schemas["ServerList"];
export type ServerUsage = Schemas["ServerUsage"];
export type Series = Schemas["Series"];
export type SeriesAnswer = Schemas["SeriesAnswer"];
export type AuditEvent = Schemas["AuditEvent"];
export type AuditRecord = Schemas["AuditRecord"];
export type AuditHead = Schemas["AuditHead"];
export type AuditVerification = Schemas["AuditVerification"];

export type ServerStatus = Server["status"];

/** What an event of the live stream carries for a server. */
export type LiveServer = Pick<Server, "id" | "status" | "last_seen_at" | "usage">;

/** One instant of one server: every gauge that the agent sent for it. */
export type LivePoints = {
  server: string;
  time: number;
  values: { name: string; labels: Record<string, string>; value: number }[];
};
