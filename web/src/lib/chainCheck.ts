// Checks a stretch of the record in the reader's own browser: every hash follows from its record, every
// record from the one before, and the newest of them lies under a signed checkpoint, so that all of
// them do. It proves as much as the checkpoint and the key are trusted.
import type { AuditLink } from "../api/types";
import { checkHash } from "./auditHash";
import { fromBase64, fromHex } from "./bytes";
import { type Checkpoint, rootOfInclusion } from "./signedNote";

/** Where it does not hold, and why; null when it does. */
export type Fault = { seq: number; reason: string } | null;

/** `links` go from newest to oldest without a gap. */
export async function findBrokenLink(links: AuditLink[]): Promise<Fault> {
  let newer: AuditLink | null = null;
  for (const link of links) {
    if (!(await checkHash(link))?.ok) {
      return { seq: link.seq, reason: "its hash does not follow from it" };
    }
    if (newer && newer.seq !== link.seq + 1) {
      return { seq: newer.seq - 1, reason: "it is missing" };
    }
    if (newer && newer.prev_hash !== link.row_hash) {
      return { seq: newer.seq, reason: "it does not follow the record before" };
    }
    newer = link;
  }
  return null;
}

/** `link` is the one that the proof was made for. */
export async function liesUnder(
  checkpoint: Checkpoint,
  link: AuditLink,
  proof: string[],
): Promise<boolean> {
  const siblings = proof.map(fromBase64);
  const row = fromHex(link.row_hash);
  return (await rootOfInclusion(row, link.seq, checkpoint.size, siblings)) === checkpoint.root;
}
