// What a reader may see, what a key is made of, and proofs of presence.
import { describe, expect, it, vi } from "vitest";
import type { Membership, Permissions } from "../api/types";
import { endOfDay, groupScopes, keyDraft, listOf } from "./keyDraft";
import { readQrCode } from "./qrCode";
import { reachableRoles } from "./roles";
import { seenAs } from "./viewAs";

const own: Membership = {
  id: "t1",
  name: "Example Works",
  role: "admin",
  capabilities: ["servers.read", "members.manage"],
  require_2fa: false,
  locked: false,
  sso_required: false,
};

describe("seenAs", () => {
  const view = {
    team: "t1",
    role: "viewer" as const,
    capabilities: ["servers.read", "team.delete"],
  };

  it("takes away and never gives", () => {
    expect(seenAs(own, view)).toMatchObject({ role: "viewer", capabilities: ["servers.read"] });
  });

  it("holds for one team only", () => {
    expect(seenAs(own, { ...view, team: "t2" })).toBe(own);
    expect(seenAs(own, null)).toBe(own);
  });

  it("shows nothing of a locked team", () => {
    expect(seenAs({ ...own, locked: true }, null).capabilities).toEqual([]);
  });
});

describe("reachableRoles", () => {
  it("goes down from the own role", () => {
    expect(reachableRoles("admin")).toEqual(["admin", "member", "viewer"]);
    expect(reachableRoles("owner")).toContain("owner");
    expect(reachableRoles("viewer")).toEqual(["viewer"]);
  });
});

describe("keys", () => {
  it("reads lists as people type them", () => {
    expect(listOf("192.0.2.0/24, 2001:db8::/32\n192.0.2.0/24\n")).toEqual([
      "192.0.2.0/24",
      "2001:db8::/32",
    ]);
    expect(listOf(" \n")).toEqual([]);
  });

  it("lets a key work through the day that was named", () => {
    expect(endOfDay("2026-12-31")).toBe("2026-12-31T23:59:59Z");
    expect(endOfDay("")).toBeNull();
  });

  it("makes what the server takes", () => {
    const typed = { name: " Grafana ", env: "test", ip_allow: "192.0.2.1" };
    expect(keyDraft(typed, ["metrics:read"])).toEqual({
      name: "Grafana",
      env: "test",
      scopes: ["metrics:read"],
      ip_allow: ["192.0.2.1"],
      cors_origins: [],
      expires_at: null,
    });
  });

  it("groups scopes with what they permit", () => {
    const permission = (name: string, description: string, scope: string | null) => ({
      name,
      description,
      roles: [],
      scope,
    });
    const permissions: Permissions = {
      roles: ["owner"],
      scopes: ["servers:read", "servers:write", "audit:read"],
      permissions: [
        permission("audit.read", "Read the audit log", "audit:read"),
        permission("audit.verify", "Verify it", "audit:read"),
        permission("servers.read", "See servers", "servers:read"),
        permission("team.delete", "Delete the team", null),
      ],
    };
    expect(groupScopes(permissions)).toEqual([
      {
        name: "servers",
        scopes: [
          { name: "servers:read", permits: ["See servers"] },
          { name: "servers:write", permits: [] },
        ],
      },
      {
        name: "audit",
        scopes: [{ name: "audit:read", permits: ["Read the audit log", "Verify it"] }],
      },
    ]);
  });
});

describe("readQrCode", () => {
  const draw = (inner: string, size = "41 41") =>
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size}"><path fill="#fff" d="M0 0h41v41H0z"/>${inner}</svg>`;

  it("takes the dark path and the size", () => {
    const svg = draw('<path fill="#000" d="M4 4h1v1h-1zM6 4h1v1h-1z"/>');
    expect(readQrCode(svg)).toEqual({ size: 41, path: "M4 4h1v1h-1zM6 4h1v1h-1z" });
  });

  it("gives nothing for any other drawing", () => {
    expect(readQrCode(draw(""))).toBeNull();
    expect(readQrCode(draw('<path fill="#000" d="M4 4"/><path fill="#000" d="M5 5"/>'))).toBeNull();
    expect(readQrCode(draw('<path fill="#000" d="url(evil)"/>'))).toBeNull();
    expect(readQrCode("<svg/>")).toBeNull();
  });
});

describe("proofs", () => {
  it("are refused when nobody can be asked", async () => {
    const { askForProof } = await import("./proof");
    await expect(askForProof()).resolves.toBe(false);
  });
});

describe("a request that needs a proof", () => {
  const refusal = () =>
    Response.json({ title: "Confirm", code: "step_up_required", status: 403 }, { status: 403 });

  async function sendWith(proved: boolean) {
    vi.resetModules();
    vi.doMock("./proof", () => ({ askForProof: vi.fn(async () => proved) }));
    const bodies: string[] = [];
    vi.stubGlobal("fetch", async (request: Request) => {
      bodies.push(await request.text());
      return bodies.length === 1 ? refusal() : Response.json({ id: "t2" });
    });
    vi.stubGlobal("location", { origin: "https://watch.example" });
    const { api } = await import("../api/client");
    const body = { name: "Second Works" };
    const baseUrl = "https://watch.example";
    const { response } = await api.POST("/api/v1/teams", { body, baseUrl });
    vi.unstubAllGlobals();
    return { bodies, status: response.status };
  }

  it("is sent again, whole, after the proof", async () => {
    const { bodies, status } = await sendWith(true);
    expect(bodies).toEqual(['{"name":"Second Works"}', '{"name":"Second Works"}']);
    expect(status).toBe(200);
  });

  it("stays refused without one", async () => {
    const { bodies, status } = await sendWith(false);
    expect(bodies).toHaveLength(1);
    expect(status).toBe(403);
  });
});
