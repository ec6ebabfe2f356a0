// Recomputes an audit record's hash in the browser, so that the reader need not believe the
// server: SHA-256(0x02 | previous hash | u64 length of header | header | u8 n | commitments).
// Returns null where WebCrypto is missing (a page not served over HTTPS or from localhost).
import type { AuditRecord } from "../api/types";

export type HashCheck = { ok: boolean; computed: string } | null;

function fromHex(hex: string): Uint8Array {
  const pairs = hex.match(/../g) ?? [];
  return Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16));
}

function fromBase64(text: string): Uint8Array {
  const standard = text.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(standard), (char) => char.charCodeAt(0));
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function hashInput(
  previous: Uint8Array,
  header: Uint8Array,
  commits: Uint8Array[],
): Uint8Array<ArrayBuffer> {
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(header.length));
  const parts = [Uint8Array.of(2), previous, length, header, Uint8Array.of(commits.length)];
  parts.push(...commits);
  const input = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    input.set(part, offset);
    offset += part.length;
  }
  return input;
}

export async function checkHash(record: AuditRecord): Promise<HashCheck> {
  if (!globalThis.crypto?.subtle) return null;
  const commits = record.commits.map(fromBase64);
  const input = hashInput(fromHex(record.prev_hash), fromBase64(record.header), commits);
  const computed = toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", input)));
  return { ok: computed === record.row_hash.toLowerCase(), computed };
}
