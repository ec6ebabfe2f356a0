// Recomputes an audit record's hash in the browser, so that the reader need not believe the
// server: SHA-256(0x02 | previous hash | u64 length of header | header | u8 n | commitments).
// Returns null where WebCrypto is missing (a page not served over HTTPS or from localhost).
import type { AuditLink } from "../api/types";
import { fromBase64, fromHex, join, sha256, toHex } from "./bytes";

export type HashCheck = { ok: boolean; computed: string } | null;

export function hashInput(
  previous: Uint8Array,
  header: Uint8Array,
  commits: Uint8Array[],
): Uint8Array<ArrayBuffer> {
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(header.length));
  return join(
    Uint8Array.of(2),
    previous,
    length,
    header,
    Uint8Array.of(commits.length),
    ...commits,
  );
}

/** What a hash is made of. */
type Hashed = Pick<AuditLink, "header" | "commits" | "prev_hash" | "row_hash">;

export async function checkHash(record: Hashed): Promise<HashCheck> {
  if (!globalThis.crypto?.subtle) return null;
  const commits = record.commits.map(fromBase64);
  const input = hashInput(fromHex(record.prev_hash), fromBase64(record.header), commits);
  const computed = toHex(await sha256(input));
  return { ok: computed === record.row_hash.toLowerCase(), computed };
}
