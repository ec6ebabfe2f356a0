/** Types of the HTTP API, in the shape that openapi-typescript generates from openapi.json. */

type Json<T> = { headers: { [name: string]: unknown }; content: { "application/json": T } };
type Empty = { headers: { [name: string]: unknown }; content?: never };
type Failure = {
  headers: { [name: string]: unknown };
  content: { "application/problem+json": components["schemas"]["Problem"] };
};
type NoParameters = { query?: never; header?: never; path?: never; cookie?: never };
type TeamPath = { team: string };
type ServerPath = { team: string; server: string };
type Body<T> = { content: { "application/json": T } };

export interface paths {
  "/meta/instance": {
    get: {
      parameters: NoParameters;
      responses: { 200: Json<components["schemas"]["Instance"]>; default: Failure };
    };
  };
  "/meta/permissions": {
    get: {
      parameters: NoParameters;
      responses: { 200: Json<components["schemas"]["PermissionMatrix"]>; default: Failure };
    };
  };
  "/signup": {
    post: {
      parameters: NoParameters;
      requestBody: Body<components["schemas"]["SignupDraft"]>;
      responses: {
        201: Json<{ user: components["schemas"]["User"]; team: { id: string; name: string } }>;
        default: Failure;
      };
    };
  };
  "/login": {
    post: {
      parameters: NoParameters;
      requestBody: Body<{ email: string; password: string }>;
      responses: { 200: Json<{ user: components["schemas"]["User"] }>; default: Failure };
    };
  };
  "/logout": {
    post: { parameters: NoParameters; responses: { 204: Empty; default: Failure } };
  };
  "/me": {
    get: {
      parameters: NoParameters;
      responses: { 200: Json<components["schemas"]["Me"]>; default: Failure };
    };
    patch: {
      parameters: NoParameters;
      requestBody: Body<{ name: string }>;
      responses: { 200: Json<components["schemas"]["User"]>; default: Failure };
    };
  };
  "/me/password": {
    post: {
      parameters: NoParameters;
      requestBody: Body<{ current: string; new: string }>;
      responses: { 204: Empty; default: Failure };
    };
  };
  "/sessions": {
    get: {
      parameters: NoParameters;
      responses: { 200: Json<components["schemas"]["SessionList"]>; default: Failure };
    };
  };
  "/sessions/{id}": {
    delete: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      responses: { 204: Empty; default: Failure };
    };
  };
  "/teams/{team}": {
    get: {
      parameters: { query?: never; header?: never; path: TeamPath; cookie?: never };
      responses: { 200: Json<components["schemas"]["Team"]>; default: Failure };
    };
    patch: {
      parameters: {
        query?: never;
        header?: { "If-Match"?: string };
        path: TeamPath;
        cookie?: never;
      };
      requestBody: Body<{ name?: string }>;
      responses: { 200: Json<components["schemas"]["Team"]>; default: Failure };
    };
  };
  "/teams/{team}/members": {
    get: {
      parameters: {
        query?: { limit?: number; cursor?: string };
        header?: never;
        path: TeamPath;
        cookie?: never;
      };
      responses: { 200: Json<components["schemas"]["MemberList"]>; default: Failure };
    };
  };
  "/teams/{team}/servers": {
    get: {
      parameters: {
        query?: { limit?: number; cursor?: string; sort?: string; q?: string; status?: string };
        header?: never;
        path: TeamPath;
        cookie?: never;
      };
      responses: { 200: Json<components["schemas"]["ServerList"]>; default: Failure };
    };
    post: {
      parameters: {
        query?: never;
        header?: { "Idempotency-Key"?: string };
        path: TeamPath;
        cookie?: never;
      };
      requestBody: Body<components["schemas"]["ServerDraft"]>;
      responses: {
        201: Json<components["schemas"]["Server"] & components["schemas"]["AgentToken"]>;
        default: Failure;
      };
    };
  };
  "/teams/{team}/servers/{server}": {
    get: {
      parameters: { query?: never; header?: never; path: ServerPath; cookie?: never };
      responses: { 200: Json<components["schemas"]["Server"]>; default: Failure };
    };
    patch: {
      parameters: {
        query?: never;
        header?: { "If-Match"?: string };
        path: ServerPath;
        cookie?: never;
      };
      requestBody: Body<{ name?: string; note?: string | null }>;
      responses: { 200: Json<components["schemas"]["Server"]>; default: Failure };
    };
    delete: {
      parameters: { query?: never; header?: never; path: ServerPath; cookie?: never };
      responses: { 204: Empty; default: Failure };
    };
  };
  "/teams/{team}/servers/{server}/token": {
    post: {
      parameters: { query?: never; header?: never; path: ServerPath; cookie?: never };
      responses: { 200: Json<components["schemas"]["AgentToken"]>; default: Failure };
    };
    delete: {
      parameters: { query?: never; header?: never; path: ServerPath; cookie?: never };
      responses: { 204: Empty; default: Failure };
    };
  };
  "/teams/{team}/servers/{server}/series": {
    get: {
      parameters: {
        query?: { from?: string; to?: string; max_points?: number; name?: string[] };
        header?: never;
        path: ServerPath;
        cookie?: never;
      };
      responses: { 200: Json<components["schemas"]["SeriesAnswer"]>; default: Failure };
    };
  };
  "/teams/{team}/audit/events": {
    get: {
      parameters: {
        query?: {
          limit?: number;
          cursor?: string;
          actor?: string;
          action?: string;
          resource_type?: string;
          resource_id?: string;
          from?: string;
          to?: string;
          outcome?: string;
        };
        header?: never;
        path: TeamPath;
        cookie?: never;
      };
      responses: { 200: Json<components["schemas"]["AuditEventList"]>; default: Failure };
    };
  };
  "/teams/{team}/audit/events/{seq}": {
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: { team: string; seq: number };
        cookie?: never;
      };
      responses: { 200: Json<components["schemas"]["AuditRecord"]>; default: Failure };
    };
  };
  "/teams/{team}/audit/head": {
    get: {
      parameters: { query?: never; header?: never; path: TeamPath; cookie?: never };
      responses: { 200: Json<components["schemas"]["AuditHead"]>; default: Failure };
    };
  };
  "/teams/{team}/audit/verify": {
    post: {
      parameters: { query?: never; header?: never; path: TeamPath; cookie?: never };
      responses: { 200: Json<components["schemas"]["AuditVerification"]>; default: Failure };
    };
  };
}

export interface components {
  schemas: {
    Problem: {
      type: string;
      title: string;
      status: number;
      detail: string;
      code: string;
      request_id: string;
      errors?: { pointer: string; code: string; detail: string }[];
    };
    Instance: {
      name: string;
      version: string;
      signup_mode: "open" | "invite" | "closed";
      needs_setup: boolean;
    };
    PermissionMatrix: {
      roles: string[];
      permissions: { name: string; description: string; roles: string[] }[];
    };
    SignupDraft: {
      name: string;
      email: string;
      password: string;
      team_name: string;
      setup_token?: string;
    };
    User: { id: string; name: string; email: string; created_at: string };
    Membership: {
      id: string;
      name: string;
      role: string;
      capabilities: string[];
      require_2fa: boolean;
    };
    Me: {
      user: components["schemas"]["User"];
      csrf_token: string;
      teams: components["schemas"]["Membership"][];
    };
    Session: {
      id: string;
      current: boolean;
      ip: string | null;
      user_agent: string | null;
      created_at: string;
      last_used_at: string;
      expires_at: string;
    };
    SessionList: { data: components["schemas"]["Session"][]; next: string | null };
    Team: {
      id: string;
      name: string;
      require_2fa: boolean;
      revision: number;
      created_at: string;
      updated_at: string;
    };
    Member: { id: string; name: string; email: string; role: string; joined_at: string };
    MemberList: { data: components["schemas"]["Member"][]; next: string | null };
    ServerFacts: {
      hostname: string;
      os: string;
      kernel: string;
      architecture: string;
      cores: number;
      memory_bytes: number;
      boot_time: string;
      addresses: string[];
      policy_hash: string;
    };
    ServerUsage: {
      cpu_percent: number | null;
      memory_percent: number | null;
      disk_percent: number | null;
    };
    Server: {
      id: string;
      revision: number;
      created_at: string;
      updated_at: string;
      name: string;
      note: string | null;
      status: "pending" | "up" | "down";
      last_seen_at: string | null;
      agent_version: string | null;
      facts: components["schemas"]["ServerFacts"] | null;
      usage: components["schemas"]["ServerUsage"] | null;
    };
    ServerDraft: { name: string; note?: string | null };
    ServerList: { data: components["schemas"]["Server"][]; next: string | null };
    AgentToken: { agent_token: string };
    Series: {
      name: string;
      labels: { [name: string]: string };
      unit: string;
      avg: (number | null)[];
      min: (number | null)[];
      max: (number | null)[];
    };
    SeriesAnswer: {
      from: string;
      to: string;
      step_s: number;
      times: number[];
      series: components["schemas"]["Series"][];
    };
    AuditActor: {
      kind: "user" | "agent" | "system" | "operator" | "anonymous";
      id: string | null;
      name: string | null;
    };
    AuditChange: { field: string; before: unknown; after: unknown };
    AuditEvent: {
      seq: number;
      id: string;
      at: string;
      action: string;
      outcome: "ok" | "denied" | "failed";
      actor: components["schemas"]["AuditActor"];
      resource_type: string;
      resource_id: string | null;
      resource_name: string | null;
      ip: string | null;
      user_agent: string | null;
      request_id: string | null;
      changes: components["schemas"]["AuditChange"][];
      prev_hash: string;
      row_hash: string;
      erased: boolean;
    };
    AuditEventList: { data: components["schemas"]["AuditEvent"][]; next: string | null };
    AuditRecord: components["schemas"]["AuditEvent"] & {
      header: string;
      commits: string[];
      body: (string | null)[];
    };
    AuditHead: {
      chain: string;
      lane: number;
      seq: number;
      hash: string;
      last_verified: { at: string; ok: boolean; seq: number; duration_ms: number } | null;
    };
    AuditVerification: {
      ok: boolean;
      checked: number;
      erased: number;
      first_bad: number | null;
      reason: string | null;
      duration_ms: number;
      seq: number;
      hash: string;
      at: string;
    };
  };
}
