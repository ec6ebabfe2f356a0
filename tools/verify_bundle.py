#!/usr/bin/env python3
"""Says what an audit bundle is worth, as docs/audit-bundle.md tells it, with nothing but Python's standard library, so that
an auditor can read all of it. It shares no line with atalaya-verify, and the two must agree.

    verify_bundle.py BUNDLE [--head RECEIPT]... [--checkpoint FILE]... [--vkey KEY]... [--witness KEY]... [--tsa-ca FILE]...

Exit code: 0 valid, 10 valid with erasures, 20 truncated, 30 altered, 31 contradicting checkpoints, 40 bad signature,
2 unreadable or usage, 3 signatures cannot be checked here. verify_checkpoints.py looks at checkpoints, verify_timestamps.py at stamps.
"""

import argparse
import base64
import datetime
import hashlib
import hmac
import io
import json
import pathlib
import re
import struct
import sys
import uuid
import zipfile
import zlib

import verify_checkpoints
import verify_timestamps

VALID, UNREADABLE, ERASURES, TRUNCATED, ALTERED = 0, 2, 10, 20, 30
WORDS = {VALID: "valid", UNREADABLE: "unreadable", ERASURES: "valid with erasures", TRUNCATED: "truncated",
         ALTERED: "altered", 3: "not checked", 31: "equivocation", 40: "bad signature"}
FILES_MAX, UNPACKED_MAX, MANIFEST_MAX, BODY_MAX, NUMBER_MAX = 1000, 256 << 20, 1 << 20, 8 << 20, 2**53 - 1
UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
KNOWN = r"events\.ndjson|checkpoints\.txt|keys\.txt|rotations\.txt|proofs/.*\.tlog-proof|timestamps/.*\.txt"
SEGMENT = r"[A-Za-z0-9_-][A-Za-z0-9._-]*"
UNREADABLE_BECAUSE = (ValueError, OSError, EOFError, RuntimeError, struct.error, zipfile.BadZipFile, zlib.error)


def demand(condition, words):
    if not condition:
        raise ValueError(words)


def chain_of(team, lane):
    lane_id = hashlib.sha256(b"atalaya-lane" + team.bytes + struct.pack(">H", lane)).digest()[:16]
    return lane_id if lane else team.bytes


def genesis(chain):
    return hashlib.sha256(b"\x03atalaya-audit-genesis-v1" + chain).digest()


def commitment(salt, part, chain, seq, body):
    return hmac.new(salt, struct.pack(">BB16sQQ", 1, part, chain, seq, len(body)) + body, hashlib.sha256).digest()


def row_hash(previous, header, commits):
    return hashlib.sha256(b"\x02" + previous + struct.pack(">Q", len(header)) + header + bytes([len(commits)])
                          + b"".join(commits)).digest()


def read_header(header):
    """Chain, seq and action; None for what is not canonical."""
    values, rest = [], header
    for tag in range(1, 11):
        size = int.from_bytes(rest[1:5], "big")
        if len(rest) < 5 + size or rest[0] != tag:
            return None
        values.append(rest[5:5 + size])
        rest = rest[5 + size:]
    version, chain, seq, _, _, action, outcome, actor, kind, _ = values
    if rest or version != b"\x00\x01" or list(map(len, values)) != [2, 16, 8, 16, 8, len(action), 1, 1, len(kind), 16]:
        return None
    number = int.from_bytes(seq, "big", signed=True)
    if (number < 1 or outcome[0] > 2 or actor[0] > 4 or not re.fullmatch(rb"[a-z0-9._]{1,64}", action)
            or not re.fullmatch(rb"[a-z0-9._]{0,64}", kind)):
        return None
    return chain, number, action.decode()


def unpack(data):
    demand(data.startswith(b"PK\x03\x04"), "this is no zip file")
    files = {}
    with zipfile.ZipFile(io.BytesIO(data)) as bundle:
        entries = bundle.infolist()
        demand(len(entries) <= FILES_MAX and sum(entry.file_size for entry in entries) <= UNPACKED_MAX,
               "it unpacks to more than is allowed")
        for entry in entries:
            name = entry.orig_filename
            demand(re.fullmatch(rf"{SEGMENT}(/{SEGMENT})*", name) and len(name) <= 100 and name not in files,
                   "a name is not plain, or stands twice")
            demand(not entry.flag_bits & 1 and entry.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED),
                   "a file is encrypted or packed in an unknown way")
            with bundle.open(entry) as file:
                files[name] = file.read(entry.file_size + 1)
            demand(len(files[name]) == entry.file_size, "a file is cut off")
    return files


def members_once(pairs):
    found = dict(pairs)
    demand(len(found) == len(pairs), "a member stands twice")
    return found


def read_json(data):
    return json.loads(data.decode("utf-8"), object_pairs_hook=members_once)  # NaN is a float, and wanted nowhere


def members(value, *names):
    demand(isinstance(value, dict) and set(value) == set(names), "members are missing or unknown")
    return [value[name] for name in names]


def integer(value, low, high=NUMBER_MAX):
    demand(type(value) is int and low <= value <= high, "a number is missing or out of range")
    return value


def from_base64(value, size=None):
    demand(isinstance(value, str), "base64 is missing")
    data = base64.b64decode(value.encode("ascii"), validate=True)
    demand(base64.b64encode(data).decode() == value and size in (None, len(data)), "base64 is not as it must be")
    return data


def matching(value, pattern):
    demand(isinstance(value, str) and re.fullmatch(pattern, value, re.ASCII), "a text is missing or not as it must be")
    return value


def read_manifest(data, names):
    demand(len(data) <= MANIFEST_MAX, "the manifest is too long")
    form, version, team, lane, chain, first, last, previous, head, at, instance, files = members(
        read_json(data), "format", "version", "team_id", "lane", "chain_id", "from_seq", "to_seq", "previous_hash",
        "head", "exported_at", "instance", "files")
    demand(form == "atalaya-audit-bundle" and integer(version, 0) == 1, "format or version are not known")
    ids = [uuid.UUID(matching(one, UUID)) for one in (team, chain)]
    demand(chain_of(ids[0], integer(lane, 0, 32767)) == ids[1].bytes, "the chain is not this team's")
    head_seq, head_hash = members(head, "seq", "hash")
    datetime.datetime.strptime(matching(at, r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"), "%Y-%m-%dT%H:%M:%S.%fZ")
    for one in members(instance, "name", "version"):
        matching(one, r"[ -~]{0,200}")
    demand(isinstance(files, list) and all(isinstance(one, str) for one in files) and len(set(files)) == len(files)
           and set(files) == names - {"manifest.json"}, "the manifest does not list the files that are there")
    return {"chain": ids[1].bytes, "team": team, "lane": lane, "from": integer(first, 1), "to": integer(last, first),
            "previous": bytes.fromhex(matching(previous, r"[0-9a-f]{64}")), "head": integer(head_seq, 1),
            "head_hash": bytes.fromhex(matching(head_hash, r"[0-9a-f]{64}")),
            "unknown": sorted(name for name in files if not re.fullmatch(KNOWN, name))}


def read_part(value):
    state = value.get("state") if isinstance(value, dict) else None
    if state == "open":
        _, salt, body = members(value, "state", "salt", "body")
        part = {"salt": from_base64(salt, 32), "body": from_base64(body)}
        demand(len(part["body"]) <= BODY_MAX, "a body is too long")
    elif state == "erased":
        part = {"by": integer(members(value, "state", "erased_by")[1], 1)}
    else:
        part = demand(state in ("unopened", "broken") and members(value, "state"), "a state is not known") or {}
    return {"state": state, **part}


def read_events(data):
    demand(data.endswith(b"\n") or not data, "the last line is cut off")
    events = []
    for line in data.split(b"\n")[:-1]:
        seq, header, commits, prev, row, parts = members(
            read_json(line), "seq", "header", "commits", "prev", "row", "parts")
        demand(type(commits) is type(parts) is list and len(commits) == len(parts) == 2, "parts are missing")
        events.append({"seq": integer(seq, 1), "header": from_base64(header), "prev": from_base64(prev, 32),
                       "row": from_base64(row, 32), "commits": [from_base64(one, 32) for one in commits],
                       "parts": [read_part(one) for one in parts]})
    return events


def is_bad(manifest, events, place):
    """Why the event at this place does not hold, or nothing."""
    event, n = events[place], manifest["from"] + place
    header = read_header(event["header"])
    if header is None or header[:2] != (manifest["chain"], n) or event["seq"] != n:
        return "it is not the event that belongs here"
    previous = events[place - 1]["row"] if place else manifest["previous"]
    if event["prev"] != previous or event["row"] != row_hash(previous, event["header"], event["commits"]):
        return "its hash or its link is wrong"
    if n > manifest["to"] or n > manifest["head"] or (n == manifest["head"] and event["row"] != manifest["head_hash"]):
        return "it does not fit the manifest"
    for number, part in enumerate(event["parts"]):
        if part["state"] == "broken" or (part["state"] == "open" and event["commits"][number] != commitment(
                part["salt"], number, manifest["chain"], n, part["body"])):
            return "a body is not what was committed to"
        if part["state"] == "erased":
            by = part["by"] - manifest["from"]
            if not n < part["by"] <= manifest["head"] or (
                    by < len(events) and (read_header(events[by]["header"]) or ("", 0, ""))[2] != "audit.tombstone"):
                return "a body was erased without an event that says so"
    return None


def judge(manifest, events, evidence):
    """Exit code, number of the first bad event, reason."""
    mine = sorted(one[2:] for one in evidence.receipts if one[:2] == (manifest["chain"], manifest["lane"]))
    demand(mine or not evidence.receipts, "the receipt is of another chain")
    demand(not mine or mine[0][0] >= manifest["from"] - 1, "the receipt is of an event before the bundle")
    if fault := evidence.judge_notes() or verify_timestamps.judge(evidence.stamps, evidence.authorities):
        return fault[0], None, fault[1]
    if manifest["from"] == 1 and manifest["previous"] != genesis(manifest["chain"]):
        return ALTERED, 1, "the chain does not begin at its beginning"
    for place in range(len(events)):
        if reason := is_bad(manifest, events, place):
            return ALTERED, manifest["from"] + place, reason
    hashes = [manifest["previous"], *(event["row"] for event in events)]
    for seq, wanted in mine:
        place = seq - manifest["from"] + 1
        if place < len(hashes) and hashes[place] != wanted:
            return ALTERED, seq, "it has another hash than its receipt"
    if fault := evidence.judge_roots(manifest, hashes[1:]):
        return fault
    if evidence.newest > manifest["head"]:
        return TRUNCATED, None, f"a checkpoint of {evidence.newest} events was signed"
    last = manifest["from"] + len(events) - 1
    if last < manifest["to"] or (mine and last < mine[-1][0]):
        return TRUNCATED, None, f"it ends at {last}"
    is_open = all(part["state"] == "open" for event in events for part in event["parts"])
    return (VALID if is_open else ERASURES), None, f"{len(events)} events, {len(mine)} receipts, {len(evidence.notes)} notes"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("bundle")
    for name in ("head", "checkpoint", "vkey", "witness", "tsa-ca"):
        parser.add_argument("--" + name, action="append", default=[])
    options = parser.parse_args()
    manifest = {}
    try:
        files = unpack(pathlib.Path(options.bundle).read_bytes())
        demand({"manifest.json", "events.ndjson"} <= set(files), "the manifest or the events are missing")
        manifest = read_manifest(files["manifest.json"], set(files))
        evidence = verify_checkpoints.Evidence(files, manifest, options, verify_timestamps.read_stamps(files))
        code, bad, reason = judge(manifest, read_events(files["events.ndjson"]), evidence)
    except UNREADABLE_BECAUSE as fault:
        code, bad, reason = UNREADABLE, None, str(fault)
    print(WORDS[code] + (f" at {bad}: " if bad else ": ") + reason
          + "".join(f"; {name} was not looked at" for name in manifest.get("unknown", ())))
    return code


if __name__ == "__main__":
    sys.exit(main())
