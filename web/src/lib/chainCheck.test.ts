import { beforeAll, describe, expect, it } from "vitest";
import type { AuditLink } from "../api/types";
import { hashInput } from "./auditHash";
import { toBase64 as base64, fromHex, sha256 as hash, toHex as hex, join } from "./bytes";
import { findBrokenLink, liesUnder } from "./chainCheck";
import { isSigned, readCheckpoint, readKey } from "./signedNote";

/** RFC 9162, 2.1.1 and 2.1.3.1, word for word: slow, and written apart from what is tested. */
async function treeHash(leaves: Uint8Array[]): Promise<Uint8Array> {
  if (leaves.length === 1) return hash(Uint8Array.of(0), leaves[0] as Uint8Array);
  const left = 2 ** Math.ceil(Math.log2(leaves.length) - 1);
  const halves = [await treeHash(leaves.slice(0, left)), await treeHash(leaves.slice(left))];
  return hash(Uint8Array.of(1), ...halves);
}

async function proofOf(at: number, leaves: Uint8Array[]): Promise<Uint8Array[]> {
  if (leaves.length === 1) return [];
  const left = 2 ** Math.ceil(Math.log2(leaves.length) - 1);
  return at < left
    ? [...(await proofOf(at, leaves.slice(0, left))), await treeHash(leaves.slice(left))]
    : [...(await proofOf(at - left, leaves.slice(left))), await treeHash(leaves.slice(0, left))];
}

/** Newest first. */
async function makeChain(length: number): Promise<AuditLink[]> {
  const links: AuditLink[] = [];
  let previous: Uint8Array = new Uint8Array(32).fill(7);
  for (let seq = 1; seq <= length; seq += 1) {
    const header = new TextEncoder().encode(`header ${seq}`);
    const commit = new Uint8Array(32).fill(seq);
    const row = await hash(hashInput(previous, header, [commit]));
    const place = { seq, prev_hash: hex(previous), row_hash: hex(row) };
    links.unshift({ ...place, header: base64(header), commits: [base64(commit)] });
    previous = row;
  }
  return links;
}

async function makeNote(links: AuditLink[]) {
  const pair = (await crypto.subtle.generateKey("Ed25519", true, ["sign"])) as CryptoKeyPair;
  const raw = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const data = join(Uint8Array.of(1), raw);
  const id = (await hash(new TextEncoder().encode("signer.example\n"), data)).subarray(0, 4);
  const rows = links.map((link) => fromHex(link.row_hash)).reverse();
  const body = `example/audit\n${links.length}\n${base64(await treeHash(rows))}\n`;
  const signed = await crypto.subtle.sign(
    "Ed25519",
    pair.privateKey,
    new TextEncoder().encode(body),
  );
  const line = base64(join(id, new Uint8Array(signed)));
  const note = `${body}\n\u2014 signer.example ${line}\n`;
  return { note, rows, vkey: `signer.example+${hex(id)}+${base64(data)}` };
}

let links: AuditLink[];
beforeAll(async () => {
  links = await makeChain(9);
});

describe("findBrokenLink", () => {
  it("finds nothing in a chain that holds", async () => {
    expect(await findBrokenLink(links)).toBeNull();
    expect(await findBrokenLink(links.slice(3, 6))).toBeNull();
  });

  it("names the record that was changed, taken out or put elsewhere", async () => {
    const changed = links.map((one) => (one.seq === 5 ? { ...one, header: btoa("other") } : one));
    expect((await findBrokenLink(changed))?.seq).toBe(5);
    expect((await findBrokenLink(links.filter((one) => one.seq !== 5)))?.seq).toBe(5);
    const forged = [...(await makeChain(9)).slice(0, 4)];
    const header = new TextEncoder().encode("forged");
    const row = hex(await hash(hashInput(new Uint8Array(32), header, [])));
    const own = { prev_hash: "00".repeat(32), row_hash: row };
    forged.push({ seq: 5, ...own, header: base64(header), commits: [] });
    expect((await findBrokenLink(forged))?.seq).toBe(6);
  });
});

describe("a signed checkpoint", () => {
  it("covers each record by its proof, in trees of every shape", async () => {
    for (let size = 1; size <= links.length; size += 1) {
      const { note, rows } = await makeNote(links.slice(links.length - size));
      const checkpoint = readCheckpoint(note);
      for (let seq = 1; seq <= size; seq += 1) {
        const proof = (await proofOf(seq - 1, rows)).map(base64);
        const link = links[links.length - seq] as AuditLink;
        expect(await liesUnder(checkpoint, link, proof)).toBe(true);
        const other = { ...link, row_hash: "11".repeat(32) };
        expect(await liesUnder(checkpoint, other, proof)).toBe(false);
        expect(await liesUnder(checkpoint, link, [...proof, base64(new Uint8Array(32))])).toBe(
          false,
        );
      }
    }
  });

  it("is believed only with the signature of the key", async () => {
    const { note, vkey } = await makeNote(links);
    const key = await readKey(vkey);
    expect(await isSigned(readCheckpoint(note), key)).toBe(true);
    expect(await isSigned(readCheckpoint(note.replace("\n9\n", "\n8\n")), key)).toBe(false);
    const other = await makeNote(links);
    expect(await isSigned(readCheckpoint(note), await readKey(other.vkey))).toBe(false);
    await expect(readKey(vkey.replace("signer.example", "other"))).rejects.toThrow();
  });

  it("is refused when it is none", () => {
    const root = base64(new Uint8Array(32));
    for (const text of ["", "x", `o\n1\n${root}\n`, `o\n-1\n${root}\n\n`, "o\n1\nAAAA\n\n"]) {
      expect(() => readCheckpoint(text)).toThrow();
    }
  });
});
