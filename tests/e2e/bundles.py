"""Bundles taken apart and put together again, and signers made with Python's own means."""

import base64
import copy
import hashlib
import io
import json
import struct
import sys
import uuid
import zipfile

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

import programs

sys.path.insert(0, str(programs.ROOT / "tools"))

import verify_bundle
import verify_checkpoints


def b64(data):
    return base64.b64encode(data).decode()


def unb64(text):
    return base64.b64decode(text)


def encode_header(chain, seq, event, at_us, action, outcome=0, actor=1, kind="monitor", resource=0xabc):
    values = [struct.pack(">H", 1), chain, struct.pack(">q", seq), event.bytes, struct.pack(">q", at_us),
              action.encode(), bytes([outcome]), bytes([actor]), kind.encode(), uuid.UUID(int=resource).bytes]
    return b"".join(struct.pack(">BI", tag, len(value)) + value for tag, value in enumerate(values, 1))


def make_vkey(name, kind, key):
    """C2SP signed-note: NAME+ID+BASE64, and the id."""
    key_id = hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + key).digest()[:4]
    return f"{name}+{key_id.hex()}+{b64(bytes([kind]) + key)}", key_id


class Bundle:
    """The parts of a bundle, to take apart and put together again."""

    def __init__(self, data):
        with zipfile.ZipFile(io.BytesIO(data)) as files:
            self.manifest = json.loads(files.read("manifest.json"))
            self.events = [json.loads(line) for line in files.read("events.ndjson").splitlines()]
            self.more = {name: files.read(name) for name in files.namelist()
                         if name not in ("manifest.json", "events.ndjson")}

    def copy(self):
        return copy.deepcopy(self)

    def at(self, seq):
        return self.events[seq - self.manifest["from_seq"]]

    def pack(self):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as files:
            files.writestr("manifest.json", json.dumps(self.manifest))
            files.writestr("events.ndjson", "".join(json.dumps(event) + "\n" for event in self.events))
            for name, content in self.more.items():
                files.writestr(name, content)
        return out.getvalue()

    def bare(self):
        """Without what came beside the events."""
        out = self.copy()
        out.more.clear()
        out.manifest["files"] = ["events.ndjson"]
        return out

    def put(self, name, content):
        self.more[name] = content
        self.manifest["files"] = ["events.ndjson", *self.more]
        return self

    def rows(self):
        return [unb64(event["row"]) for event in self.events]

    def receipt(self, seq):
        return f"{self.manifest['chain_id']}/0/{seq}/{unb64(self.at(seq)['row']).hex()}"

    def fit_manifest(self):
        """The manifest as it would be had the chain always ended here."""
        last = self.events[-1]
        self.manifest["to_seq"] = last["seq"]
        self.manifest["head"] = {"seq": last["seq"], "hash": unb64(last["row"]).hex()}
        return self

    def rechain(self, seq):
        """What somebody with the database in hand can do: every hash from this event on made anew."""
        previous = unb64(self.at(seq - 1)["row"])
        for event in self.events[seq - self.manifest["from_seq"]:]:
            event["prev"] = b64(previous)
            previous = verify_bundle.row_hash(previous, unb64(event["header"]), list(map(unb64, event["commits"])))
            event["row"] = b64(previous)
        return self.fit_manifest()

    def edit_body(self, seq, part=1):
        """The body, and its commitment made to fit."""
        event = self.at(seq)
        body = unb64(event["parts"][part]["body"]).replace(b"web", b"wab")
        event["parts"][part]["body"] = b64(body)
        event["commits"][part] = b64(verify_bundle.commitment(
            unb64(event["parts"][part]["salt"]), part, uuid.UUID(self.manifest["chain_id"]).bytes, seq, body))
        return self

    def append(self, action):
        """One more event, as the server would have made it."""
        seq = self.events[-1]["seq"] + 1
        chain = uuid.UUID(self.manifest["chain_id"]).bytes
        parts = [{"state": "open", "salt": b64(bytes([part]) * 32), "body": b64(b"{}")} for part in (0, 1)]
        commits = [verify_bundle.commitment(bytes([part]) * 32, part, chain, seq, b"{}") for part in (0, 1)]
        self.events.append({"seq": seq, "header": b64(encode_header(chain, seq, uuid.uuid4(), 0, action)),
                            "commits": list(map(b64, commits)), "prev": "", "row": "", "parts": parts})
        return self.rechain(seq)


class Log:
    """A signer, made with Python's own means."""

    def __init__(self, bundle, name=None, kind=1):
        self.private = ed25519.Ed25519PrivateKey.generate()
        self.origin = f"log.example/audit/{bundle.manifest['chain_id']}/0"
        self.name, self.kind = name or self.origin, kind
        public = self.private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        self.vkey, self.id = make_vkey(self.name, kind, public)

    @staticmethod
    def root(rows):
        return verify_checkpoints.tree_hash([verify_checkpoints.leaf(row) for row in rows])

    def note(self, rows):
        text = f"{self.origin}\n{len(rows)}\n{b64(self.root(rows))}\n"
        return f"{text}\n\u2014 {self.name} {b64(self.id + self.private.sign(text.encode()))}\n"

    def line(self, note, at=1_700_000_000, forged=False):
        """A witness's line below the note."""
        text = note.partition("\n\n")[0] + "\n"
        signature = self.private.sign(f"cosignature/v1\ntime {at}\n{text}".encode())
        stamp = struct.pack(">Q", at + 1 if forged else at)
        return f"\u2014 {self.name} {b64(self.id + stamp + signature)}\n"


def flip(text, at=20):
    data = bytearray(unb64(text))
    data[at] ^= 1
    return b64(bytes(data))
