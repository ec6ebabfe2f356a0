// What schema.d.ts does not describe: API keys, and the mark of operators. The rest of the page
// gets the shapes through types.ts and the endpoints through the client.
import type { components } from "./schema";

type Parameters<Names extends string> = {
  query?: never;
  header?: { "If-Match"?: string };
  path: Record<Names, string>;
  cookie?: never;
};
type Responses<Out> = {
  200: { headers: { [name: string]: unknown }; content: { "application/json": Out } };
  default: components["responses"]["Problem"];
};
type Ask<Names extends string, Out> = {
  parameters: Parameters<Names>;
  requestBody?: never;
  responses: Responses<Out>;
};
type Tell<Names extends string, Body, Out> = {
  parameters: Parameters<Names>;
  requestBody: { content: { "application/json": Body } };
  responses: Responses<Out>;
};

type Schemas = components["schemas"];

export type User = Schemas["MyAccount"] & { is_operator: boolean };
export type Me = Omit<Schemas["Me"], "user"> & { user: User };

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

export interface AccessPaths {
  "/api/v1/teams/{team}/api-keys": {
    get: Ask<"team", { data: ApiKey[]; next: string | null }>;
    post: Tell<"team", ApiKeyDraft, NewApiKey>;
  };
  "/api/v1/teams/{team}/api-keys/{key}": {
    patch: Tell<"team" | "key", Partial<ApiKeyDraft>, ApiKey>;
    delete: Ask<"team" | "key", void>;
  };
  "/api/v1/teams/{team}/api-keys/{key}/ack": { post: Ask<"team" | "key", ApiKey> };
}
