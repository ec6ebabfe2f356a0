"""The part of verify_bundle.py that looks at timestamps of RFC 3161. Whether a token is signed by whom an authority vouches for,
`openssl ts` says; what it was made of is recomputed here."""

import datetime
import hashlib
import re
import subprocess
import tempfile

from verify_checkpoints import BAD_SIGNATURE, MISSING, demand, leaf, read_note, root_of_proof, unbase64

# SHA-256, and 32 bytes of it, as a token holds what it stamps.
IMPRINT = bytes.fromhex("3031300d060960864801650304020105000420")
HEAD = r"atalaya-timestamp@v1\nindex (0|[1-9]\d{0,18})\nsize (0|[1-9]\d{0,18})\ntoken (\S+)\n((?:[^\n]+\n)*)\n"


class Stamp:
    def __init__(self, data):
        text = data.decode("utf-8")
        match = re.match(HEAD, text)
        demand(match, "a timestamp is not of the known form")
        self.index, self.size = int(match[1]), int(match[2])
        self.token = unbase64(match[3])
        self.hashes = [unbase64(line) for line in match[4].split("\n")[:-1]]
        demand(0 < len(self.token) <= 65536 and len(self.hashes) <= 64 and all(len(one) == 32 for one in self.hashes),
               "a timestamp is not of the known form")
        self.note = read_note(text[match.end():])

    def root(self):
        """What was stamped, if this checkpoint was among it."""
        entry = hashlib.sha256(self.note[0].encode()).digest()
        return root_of_proof(leaf(entry), self.index, self.size, self.hashes) if self.index < self.size else None

    def fits(self):
        root = self.root()
        return root is not None and self.token.count(IMPRINT) == 1 and IMPRINT + root in self.token

    def is_proven(self, authorities):
        """Whether the token's signer was vouched for by one of these files when it signed."""
        with tempfile.NamedTemporaryFile() as token:
            token.write(self.token)
            token.flush()
            said = subprocess.run(["openssl", "ts", "-reply", "-in", token.name, "-token_in", "-text"], capture_output=True, text=True)
            at = re.search(r"^Time stamp: (\w+ +\d+ [\d:]+)(?:\.\d+)? (\d+) GMT$", said.stdout, re.M)
            if not at:
                return False
            moment = datetime.datetime.strptime(f"{at[1]} {at[2]} +0000", "%b %d %H:%M:%S %Y %z")
            command = ["openssl", "ts", "-verify", "-digest", self.root().hex(), "-in", token.name, "-token_in", "-attime",
                       str(int(moment.timestamp())), "-partial_chain", "-CAfile"]
            return any(subprocess.run([*command, name], capture_output=True).returncode == 0 for name in authorities)


def judge(stamps, authorities):
    """(exit code, reason), or nothing."""
    if not all(stamp.fits() for stamp in stamps):
        return BAD_SIGNATURE, "a timestamp is not of its checkpoint"
    try:
        if authorities and not any(stamp.is_proven(authorities) for stamp in stamps):
            return BAD_SIGNATURE, "no checkpoint is stamped by an authority that was named"
    except FileNotFoundError:
        return MISSING, "timestamps cannot be checked without the program `openssl`"
    return None


def read_stamps(files):
    return [Stamp(data) for name, data in sorted(files.items()) if re.fullmatch(r"timestamps/.*\.txt", name)]
