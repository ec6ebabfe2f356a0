// Times, numbers and sentences as the reader sees them.
import { describe, expect, it } from "vitest";
import type { AuditHead, Server } from "../api/types";
import { formatAgo, formatDateTime, formatSpan, formatUptime, zoneName } from "./clock";
import { actionTitle, chainState, statusSentence, systemName } from "./describe";
import { formatByteRate, formatBytes, formatCount, formatPercent, plural } from "./format";
import { listTroubles } from "./troubles";
import { browserName } from "./userAgent";

const noon = new Date("2026-11-22T12:00:00Z");

function server(change: Partial<Server>): Server {
  const never = { last_seen_at: null, agent_version: null, facts: null, usage: null };
  const base = { id: "1", revision: 1, created_at: "", updated_at: "", name: "a", note: null };
  return { ...base, ...never, status: "up", ...change };
}

describe("clock", () => {
  it("writes ISO dates and 24 hours in UTC", () => {
    expect(formatDateTime(noon, "utc")).toBe("2026-11-22 12:00:00");
    expect(zoneName("utc")).toBe("UTC");
  });

  it("says how long ago, never in the future", () => {
    expect(formatAgo(new Date("2026-11-22T11:59:00Z"), noon)).toBe("60 s ago");
    expect(formatAgo(new Date("2026-11-22T12:00:09Z"), noon)).toBe("just now");
  });

  it("uses the largest unit that still says enough", () => {
    expect([30, 119, 120, 7199, 7200, 172_800].map(formatSpan)).toEqual([
      "30 s",
      "119 s",
      "2 min",
      "119 min",
      "2 h",
      "2 d",
    ]);
    expect(formatUptime(3_564_720)).toBe("41 d 06:12");
    expect(formatUptime(60)).toBe("00:01");
  });
});

describe("numbers", () => {
  it("keeps three digits and the right unit", () => {
    expect([0, 1023, 1024, 1536, 33 * 2 ** 30].map(formatBytes)).toEqual([
      "0 B",
      "1023 B",
      "1 KiB",
      "1.5 KiB",
      "33 GiB",
    ]);
    expect(formatByteRate(2 ** 20)).toBe("1 MiB/s");
    expect([0, 7.25, 99.6].map(formatPercent)).toEqual(["0 %", "7.3 %", "100 %"]);
    expect([9999, 12_345].map(formatCount)).toEqual(["9,999", "12.3 k"]);
    expect([plural(1, "record"), plural(5000, "record")]).toEqual(["1 record", "5,000 records"]);
  });
});

describe("sentences", () => {
  it("turns an action into words", () => {
    expect(actionTitle("server.create")).toBe("Server created");
    expect(actionTitle("server.token_replace")).toBe("Server token replaced");
    expect(actionTitle("auth.login")).toBe("Signed in");
    expect(actionTitle("api_key.revoke")).toBe("API key revoked");
    expect(actionTitle("member.remove")).toBe("Member removed");
    expect(actionTitle("user.totp_enable")).toBe("Second factor turned on");
    expect(actionTitle("dashboard.update")).toBe("Dashboard changed");
    expect(actionTitle("dashboard.purge")).toBe("Dashboard deleted for good");
    expect(actionTitle("chain.odd_thing")).toBe("Chain odd thing");
  });

  it("says how a server is", () => {
    const last_seen_at = "2026-11-22T11:30:00Z";
    expect(statusSentence(server({ status: "down", last_seen_at }), noon)).toBe(
      "Down: silent for 30 min",
    );
    expect(statusSentence(server({ status: "pending" }), noon)).toBe(
      "Waiting for its first report",
    );
  });

  it("says how the chain is, and never calls an unchecked one whole", () => {
    const head = {
      chain: "",
      lane: 0,
      seq: 9,
      hash: "",
      last_verified: null,
      signing: { state: "current" },
    } satisfies AuditHead;
    expect(chainState(head).tone).toBe("pending");
    const checked = { at: "", ok: false, seq: 7, duration_ms: 1 };
    expect(chainState({ ...head, last_verified: checked }).tone).toBe("down");
    const whole = { ...head, last_verified: { ...checked, ok: true } };
    expect(chainState(whole).tone).toBe("up");
    expect(chainState({ ...whole, signing: { state: "refused", bad_seq: 4 } })).toEqual({
      tone: "down",
      text: "The signer refuses record 4",
    });
  });

  it("shortens systems and browsers", () => {
    expect(systemName("Debian GNU/Linux 12 (bookworm)")).toBe("Debian 12");
    expect(browserName("Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")).toBe("Firefox on Linux");
    expect(browserName(null)).toBe("Unknown client");
  });
});

describe("listTroubles", () => {
  it("puts silent servers first and leaves calm ones out", () => {
    const usage = { cpu_percent: 10, memory_percent: null, disk_percent: 93 };
    const found = listTroubles(
      [
        server({ id: "calm", name: "calm", usage: { ...usage, disk_percent: 50 } }),
        server({ id: "full", name: "full", usage }),
        server({ id: "gone", status: "down", last_seen_at: "2026-11-22T11:00:00Z" }),
      ],
      noon,
    );
    expect(found.map((trouble) => [trouble.server.id, trouble.text])).toEqual([
      ["gone", "silent for 60 min"],
      ["full", "disk at 93 %"],
    ]);
  });
});
