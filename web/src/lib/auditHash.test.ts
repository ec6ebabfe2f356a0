import { describe, expect, it } from "vitest";
import type { AuditRecord } from "../api/types";
import { checkHash } from "./auditHash";

// Computed by an independent program: SHA-256(0x02 | 00..1f | u64 3 | "abc" | 2 | 11.. | 22..).
const expected = "e5c38d7cef29ef72d1e628464c20edd1b0a1ec6ba481635ef376326057268800";

function record(change: Partial<AuditRecord> = {}): AuditRecord {
  const hex = Array.from({ length: 32 }, (_, i) => i.toString(16).padStart(2, "0")).join("");
  const base64 = (byte: number) => btoa(String.fromCharCode(...new Array(32).fill(byte)));
  const proof = { prev_hash: hex, row_hash: expected, header: btoa("abc") };
  return { ...proof, commits: [base64(0x11), base64(0x22)], ...change } as AuditRecord;
}

describe("checkHash", () => {
  it("agrees with the encoding of the chain", async () => {
    expect(await checkHash(record())).toEqual({ ok: true, computed: expected });
  });

  it("notices a changed header, a changed commitment and another place in the chain", async () => {
    const changed = [
      record({ header: btoa("abd") }),
      record({ commits: [btoa("x")] }),
      record({ prev_hash: "ff".repeat(32) }),
    ];
    for (const one of changed) expect((await checkHash(one))?.ok).toBe(false);
  });

  it("reads hashes in capitals as well", async () => {
    expect((await checkHash(record({ row_hash: expected.toUpperCase() })))?.ok).toBe(true);
  });
});
