// Signed checkpoints, read and checked by the reader's own browser: C2SP signed-note and tlog-checkpoint
// with Ed25519, over the Merkle trees of RFC 9162. Texts that are no such note throw.
import { fromBase64, sha256, toHex } from "./bytes";

export type Checkpoint = {
  origin: string;
  /** Records that it covers. */
  size: number;
  /** Root of their tree, in hex. */
  root: string;
  /** What was signed. */
  body: string;
  signatures: { name: string; keyId: string; signature: Uint8Array<ArrayBuffer> }[];
};

export type SigningKey = { name: string; keyId: string; key: Uint8Array<ArrayBuffer> };

const ed25519 = 1;
const keyIdBytes = 4;

export function readCheckpoint(note: string): Checkpoint {
  try {
    return parseCheckpoint(note);
  } catch {
    throw new Error(
      "This is no signed checkpoint: copy the whole note, from its name to its signature.",
    );
  }
}

function parseCheckpoint(note: string): Checkpoint {
  const text = note.endsWith("\n") ? note : `${note}\n`;
  const gap = text.lastIndexOf("\n\n");
  const body = text.slice(0, gap + 1);
  const [origin, size, root, ...rest] = body.split("\n");
  if (gap < 0 || !origin || !size || !root || rest.length !== 1 || !/^\d{1,15}$/.test(size)) {
    throw new Error("no note");
  }
  const rootBytes = fromBase64(root);
  if (rootBytes.length !== 32) throw new Error("no hash");
  const signatures = text
    .slice(gap + 2)
    .split("\n")
    .filter((line) => line.startsWith("\u2014 "))
    .map((line) => {
      const [, name = "", data = ""] = line.split(" ");
      const bytes = fromBase64(data);
      const keyId = toHex(bytes.subarray(0, keyIdBytes));
      return { name, keyId, signature: bytes.slice(keyIdBytes) };
    });
  return { origin, size: Number(size), root: toHex(rootBytes), body, signatures };
}

/** A key as `name+id+base64`. Its id is recomputed; throws when it is another. */
export async function readKey(vkey: string): Promise<SigningKey> {
  const [name = "", keyId = "", ...rest] = vkey.trim().split("+");
  const none = new Error("This is no key that signs checkpoints: copy the whole name+id+key.");
  let data: Uint8Array<ArrayBuffer>;
  try {
    data = fromBase64(rest.join("+"));
  } catch {
    throw none;
  }
  const named = new TextEncoder().encode(`${name}\n`);
  const id = toHex((await sha256(named, data)).subarray(0, keyIdBytes));
  if (data[0] !== ed25519 || id !== keyId)
    throw new Error("This is no key that signs checkpoints.");
  return { name, keyId, key: data.slice(1) };
}

/** Whether the key signed it; null where the browser has no Ed25519. */
export async function isSigned(checkpoint: Checkpoint, key: SigningKey): Promise<boolean | null> {
  const own = checkpoint.signatures.find((s) => s.name === key.name && s.keyId === key.keyId);
  if (!own) return false;
  const imported = await crypto.subtle
    .importKey("raw", key.key, "Ed25519", false, ["verify"])
    .catch(() => null);
  if (!imported) return null;
  const body = new TextEncoder().encode(checkpoint.body);
  return crypto.subtle.verify("Ed25519", imported, own.signature, body);
}

/** The root, in hex, that an inclusion proof leads to (RFC 9162, 2.1.3.2); null when it is no proof. */
export async function rootOfInclusion(
  row: Uint8Array,
  seq: number,
  size: number,
  proof: Uint8Array[],
): Promise<string | null> {
  let at = seq - 1;
  let last = size - 1;
  if (at < 0 || at > last) return null;
  let hash = await sha256(Uint8Array.of(0), row);
  for (const sibling of proof) {
    if (last === 0) return null;
    if (at % 2 === 1 || at === last) {
      hash = await sha256(Uint8Array.of(1), sibling, hash);
      while (at % 2 === 0 && at !== 0) {
        at = Math.floor(at / 2);
        last = Math.floor(last / 2);
      }
    } else {
      hash = await sha256(Uint8Array.of(1), hash, sibling);
    }
    at = Math.floor(at / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 ? toHex(hash) : null;
}
