#!/usr/bin/env python3
"""Makes src/crypto/common_passwords.bloom from a published list of passwords, most frequent first.

    tools/common_passwords.py LIST [src/crypto/common_passwords.bloom]

src/crypto/common_passwords.md says which list. The result holds no password, only bits: see is_listed() in
src/crypto/password_rules.cpp, which must agree with the numbers here.
"""
import hashlib
import pathlib
import sys

STEMS = 10_000  # of the most frequent, from four characters: what remains of a decorated password
SHORTEST_STEM = 4
SHORTEST_WHOLE = 12  # every entry that is long enough to be a password here
BITS_PER_ENTRY = 24
PROBES = 17  # ln 2 * 24: one in 100,000 unlisted texts is taken for a listed one


def choose(lines):
    """Lower-case, since the check ignores case; nothing that is no text."""
    entries, seen = [], set()
    for number, line in enumerate(lines):
        text = line.decode("utf-8", errors="ignore").rstrip("\r\n").lower()
        wanted = len(text) >= SHORTEST_WHOLE or (number < STEMS and len(text) >= SHORTEST_STEM)
        if wanted and text not in seen:
            seen.add(text)
            entries.append(text.encode())
    return entries


def make_filter(entries):
    bits = bytearray(len(entries) * BITS_PER_ENTRY // 8 + 1)
    count = len(bits) * 8
    for entry in entries:
        digest = hashlib.sha256(entry).digest()
        at, step = int.from_bytes(digest[:8], "big"), int.from_bytes(digest[8:16], "big") | 1
        for _ in range(PROBES):
            bit = at % count
            bits[bit // 8] |= 1 << bit % 8
            at = (at + step) % 2**64
    return bytes(bits)


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    here = pathlib.Path(__file__).resolve().parent.parent
    out = pathlib.Path(sys.argv[2]) if len(sys.argv) == 3 else here / "src/crypto/common_passwords.bloom"
    with open(sys.argv[1], "rb") as lines:
        entries = choose(lines)
    out.write_bytes(make_filter(entries))
    print(f"{len(entries)} entries, {out.stat().st_size} bytes")


main()
