"""The part of verify_bundle.py that looks at what is known from elsewhere: receipts and signed checkpoints, which are C2SP
signed notes over the Merkle trees of RFC 9162. It shares no line with atalaya-verify. Ed25519 comes from the package `cryptography`,
and from nowhere else."""

import base64
import hashlib
import re
import struct
import uuid

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    Ed25519PublicKey = None

MISSING, ALTERED, EQUIVOCATION, BAD_SIGNATURE = 3, 30, 31, 40
UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
NAME = r"[^\s+\0-\x20]+"


def demand(condition, words):
    if not condition:
        raise ValueError(words)


def unbase64(text):
    data = base64.b64decode(text.encode("ascii"), validate=True)
    demand(base64.b64encode(data).decode() == text, "base64 is not as it must be")
    return data


def read_note(text):
    """Body and signatures {(name, key id): [signature]}."""
    body, gap, lines = text.rpartition("\n\n")
    demand(gap and lines.endswith("\n") and len(text) <= 65536 and not re.search(r"[\0-\t\v-\x1f]", text), "no note")
    signatures = {}
    for line in lines[:-1].split("\n"):
        match = re.fullmatch(f"\u2014 ({NAME}) (\\S+)", line)
        demand(match, "a line is no signature")
        data = unbase64(match[2])
        demand(len(data) > 4, "a signature is too short")
        signatures.setdefault((match[1], data[:4]), []).append(data[4:])
    return body + "\n", signatures


def read_notes(data):
    """Notes with an empty line between: body and signatures take turns."""
    text = data.decode("utf-8")
    blocks = text.split("\n\n") if text else []
    demand(len(blocks) % 2 == 0 and len(blocks) <= 2000, "no notes")
    whole = ["\n\n".join(blocks[at:at + 2]) + ("\n" if at + 2 < len(blocks) else "") for at in range(0, len(blocks), 2)]
    return [read_note(one) for one in whole]


def read_key(text):
    """Name, id, type and key of a vkey."""
    match = re.fullmatch(f"({NAME})\\+([0-9a-f]{{8}})\\+(\\S+)", text)
    demand(match, "a key is not of the known form")
    data = unbase64(match[3])
    demand(len(data) == 33 and data[0] in (1, 4), "a key is not of the known form")
    key_id = hashlib.sha256(match[1].encode() + b"\n" + data).digest()[:4]
    demand(key_id.hex() == match[2], "a key has another id")
    return match[1], key_id, data[0], data[1:]


def read_keys(data):
    text = data.decode("utf-8")
    demand(text.endswith("\n") or not text, "a key is cut off")
    return [read_key(line) for line in text.split("\n")[:-1]]


def is_signed(note, key):
    body, signatures = note
    name, key_id, kind, public = key
    for signature in (mine := signatures.get((name, key_id), [])):
        message = body.encode()
        if kind == 4:  # a witness signs the time as well
            if len(signature) != 72:
                return False
            (seconds,) = struct.unpack(">Q", signature[:8])
            if not 0 < seconds < 1 << 63:
                return False
            message = b"cosignature/v1\ntime %d\n" % seconds + message
            signature = signature[8:]
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
    return bool(mine)


def read_checkpoint(note):
    match = re.fullmatch(f"({NAME})\n(0|[1-9]\\d{{0,18}})\n(\\S+)\n", note[0])
    demand(match and len(unbase64(match[3])) == 32, "a note is no checkpoint")
    return match[1], int(match[2]), unbase64(match[3])


def node(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def tree_hash(leaves):
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256(b"").digest()
    left = 1 << (len(leaves) - 1).bit_length() - 1
    return node(tree_hash(leaves[:left]), tree_hash(leaves[left:]))


def leaf(row):
    return hashlib.sha256(b"\0" + row).digest()


def root_of_proof(hashed, index, size, proof):
    """The root that a proof leads to, from the top down as RFC 9162 defines it; None when it has another length."""
    if size == 1:
        return hashed if index == 0 and not proof else None
    left = 1 << (size - 1).bit_length() - 1
    if not proof:
        return None
    goes_left = index < left
    below = root_of_proof(hashed, *((index, left) if goes_left else (index - left, size - left)), proof[:-1])
    return below and (node(below, proof[-1]) if goes_left else node(proof[-1], below))


def read_proof(data):
    """Index, hashes and note of a C2SP tlog-proof."""
    text = data.decode("utf-8")
    match = re.match(r"c2sp\.org/tlog-proof@v1\nindex (0|[1-9]\d{0,18})\n((?:[^\n]+\n)*)\n", text)
    demand(match, "a proof is not of the known form")
    hashes = [unbase64(line) for line in match[2].split("\n")[:-1]]
    demand(len(hashes) <= 64 and all(len(one) == 32 for one in hashes), "a proof is not of the known form")
    return int(match[1]), hashes, read_note(text[match.end():])


def read_rotation(note):
    """Key before, key after, as name and key; nothing when it is not signed by both."""
    match = re.fullmatch(r"atalaya-signer-rotation@v1\nbefore (\S+)\nafter (\S+)\nat (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)\n"
                         r"log (0|[1-9]\d{0,18})\n", note[0], re.ASCII)
    keys = [read_key(match[1]), read_key(match[2])] if match else []
    if (not match or keys[0][0] != keys[1][0] or keys[0][3] == keys[1][3] or any(key[2] != 1 for key in keys)
            or not all(is_signed(note, key) for key in keys)):
        return None
    return keys[0][0], keys[0][3], keys[1][3]


def related_keys(key, rotations):
    """All keys that rotations lead to from this one and to it, under its name, the oldest first."""
    def step(public, source, target):
        return next((one[target] for one in rotations if one[source] == public and (key[0] + "/").startswith(one[0] + "/")), None)

    out = [key[3]]
    for _ in rotations if key[2] == 1 else ():
        if before := step(out[0], 2, 1):
            out.insert(0, before)
        if after := step(out[-1], 1, 2):
            out.append(after)
    ids = [hashlib.sha256(key[0].encode() + b"\n" + bytes([key[2]]) + public).digest()[:4] for public in out]
    return [(key[0], key_id, key[2], public) for key_id, public in zip(ids, out)]


def read_receipts(texts):
    receipts = []
    for text in ",".join(texts).split(",") if texts else ():
        match = re.fullmatch(rf"\s*({UUID})/(\d{{1,5}})/([1-9]\d{{0,17}})/([0-9a-f]{{64}})\s*", text, re.ASCII)
        demand(match, "a receipt is chain/lane/number/hash")
        receipts.append((uuid.UUID(match[1]).bytes, int(match[2]), int(match[3]), bytes.fromhex(match[4])))
    return receipts


class Evidence:
    """What a bundle brings, and what the auditor has from elsewhere."""

    def __init__(self, files, manifest, options, stamps):
        self.receipts = read_receipts(options.head)
        self.ending = f"/audit/{manifest['team']}/{manifest['lane']}"
        self.proofs = [read_proof(data) for name, data in sorted(files.items())
                       if re.fullmatch(r"proofs/.*\.tlog-proof", name)]
        self.stamps, self.authorities = stamps, options.tsa_ca
        notes = read_notes(files.get("checkpoints.txt", b"")) + [proof[2] for proof in self.proofs]
        notes += [stamp.note for stamp in stamps]
        for note in notes:
            demand(read_checkpoint(note)[0].endswith(self.ending), "a checkpoint is not of this chain")
        kept = []
        for name in options.checkpoint:
            with open(name, "rb") as file:
                kept += read_notes(file.read())
        mine = [note for note in kept if read_checkpoint(note)[0].endswith(self.ending)]
        demand(mine or not kept, "the checkpoint is of another chain")
        self.notes = notes + mine
        own_keys = read_keys(files.get("keys.txt", b""))
        self.keys = [read_key(text) for text in options.vkey] or own_keys
        self.rotations = read_notes(files.get("rotations.txt", b""))
        self.witnesses = [read_key(text) for text in options.witness]
        self.signed = sorted((read_checkpoint(note) for note in self.notes), key=lambda one: one[1])
        self.newest = self.signed[-1][1] if self.signed else 0

    def judge_notes(self):
        """(exit code, reason), or nothing."""
        if (self.notes or self.witnesses or self.rotations) and Ed25519PublicKey is None:
            return MISSING, "signatures cannot be checked without Python's package `cryptography`"
        rotations = list(dict.fromkeys(map(read_rotation, self.rotations)))
        if None in rotations or any(len({one[side] for one in rotations}) < len(rotations) for side in (1, 2)):
            return BAD_SIGNATURE, "a change of keys does not hold"
        keys, signed = [one for key in self.keys for one in related_keys(key, rotations)], []
        for note in self.notes:
            origin, size, _ = read_checkpoint(note)
            key = next((key for key in keys if key[0] == origin and key[2] == 1 and is_signed(note, key)), None)
            if not key:
                return BAD_SIGNATURE, "a checkpoint is not signed by a key that is known"
            signed.append((origin, size, related_keys(key, rotations).index(key)))
        if any(one[0] == other[0] and one[1] < other[1] and one[2] > other[2] for one in signed for other in signed):
            return BAD_SIGNATURE, "a key signed a checkpoint after it was changed"
        for witness in self.witnesses:
            if not any(is_signed(note, witness) for note in self.notes):
                return BAD_SIGNATURE, "no checkpoint is signed by the witness"
        for one, other in zip(self.signed, self.signed[1:]):
            if one[1] == other[1] and one[2] != other[2]:
                return EQUIVOCATION, f"two roots of {one[1]} events were signed"
        return None

    def judge_roots(self, manifest, rows):
        """(exit code, number of the first event in doubt, reason), or nothing. `rows` are the hashes of the events."""
        first, last, good = manifest["from"], manifest["from"] + len(rows) - 1, 0
        for _, size, root in self.signed if first == 1 else ():
            if size <= last:
                if tree_hash([leaf(row) for row in rows[:size]]) != root:
                    return ALTERED, min(good + 1, size), f"the events up to {size} are not those of a signed checkpoint"
                good = size
        for index, hashes, note in self.proofs:
            seq = index + 1
            demand(max(first - 1, 1) <= seq <= last, "a proof is of an event beyond the bundle")
            row = manifest["previous"] if seq < first else rows[seq - first]
            _, size, root = read_checkpoint(note)
            if index >= size or root_of_proof(leaf(row), index, size, hashes) != root:
                return ALTERED, seq, "the event is not in its signed checkpoint"
        return None
