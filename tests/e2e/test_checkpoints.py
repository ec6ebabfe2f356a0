"""Signed checkpoints, from the signer to the auditor: both verifiers agree on good and broken ones."""

import json
import subprocess
import sys
import unittest

import judging
import programs
from bundles import Bundle, Log, b64, flip, unb64, verify_checkpoints


class Checkpoints(judging.Judging):
    def test_the_signer_signed_it(self):
        self.assertEqual(sorted(self.good.more), ["checkpoints.txt", "keys.txt"])
        report = subprocess.run([programs.VERIFY, self.packed(self.good), "--json"], capture_output=True, text=True)
        self.assertEqual(json.loads(report.stdout)["signed_size"], self.last - 1)
        vkey = self.good.more["keys.txt"].decode().strip()
        self.assertEqual(self.judge(self.data, more=("--vkey", vkey)), (0, None))
        other = Log(self.good).vkey
        self.assertEqual(self.judge(self.data, more=("--vkey", other)), (40, None))
        listed = self.ada.call("GET", self.ada.in_team("/audit/checkpoints"))["data"]
        self.assertEqual(listed[-1]["vkey"], vkey)
        kept = self.kept(listed[-1]["note"])
        for what, bundle, code in (("the same", self.good, 0), ("no notes", self.good.bare(), 40)):
            with self.subTest(what):
                self.assertEqual(self.judge(bundle.pack(), more=("--checkpoint", kept)), (code, None))
        self.assertEqual(self.judge(self.good.bare().pack(), more=("--checkpoint", kept, "--vkey", vkey)), (0, None))

    def test_proofs_of_a_part(self):
        """Against the checkpoint that the server has for the whole."""
        part = Bundle(self.ada.call("POST", self.ada.in_team("/audit/bundle"), {"from_seq": 4, "to_seq": 7}).body)
        proof = part.more["proofs/7.tlog-proof"]
        self.assertEqual(self.judge(part.pack()), (0, None))
        lines = proof.split(b"\n")
        lines[2] = flip(lines[2].decode()).encode()
        self.assertEqual(self.judge(part.copy().put("proofs/7.tlog-proof", b"\n".join(lines)).pack()), (30, 7))
        self.assertEqual(self.judge(part.copy().edit_body(5).rechain(5).pack()), (30, 7))
        self.assertEqual(self.judge(part.copy().put("proofs/7.tlog-proof", proof[:-9]).pack()), (2, None))
        far = proof.replace(b"index 6\n", b"index 9\n")
        self.assertEqual(self.judge(part.copy().put("proofs/10.tlog-proof", far).pack()), (2, None))
        path = self.ada.in_team("/audit/proof/")
        view = self.ada.call("GET", f"{path}inclusion?seq=5")
        note = verify_checkpoints.read_checkpoint(verify_checkpoints.read_note(view["checkpoint"]))
        self.assertEqual(verify_checkpoints.root_of_proof(
            verify_checkpoints.leaf(bytes.fromhex(view["row_hash"])), 4, view["size"],
            list(map(unb64, view["proof"]))), note[2])
        for query in ("inclusion?seq=0", "inclusion", "inclusion?seq=9999", "inclusion?seq=1&size=999999",
                      "consistency?from=3&to=9999", "consistency?from=4&to=3", "consistency?from=1"):
            self.assertEqual(self.ada.send("GET", path + query).status, 422, query)
        self.assertEqual(len(self.ada.call("GET", f"{path}consistency?from=3&to=7")["proof"]), 4)

    def test_corpus_of_signed_bundles(self):
        log, other, witness = Log(self.good), Log(self.good), Log(self.good, "witness.example", 4)
        rows, key = self.good.rows(), ("--vkey", log.vkey)

        def bundle(*notes, base=None):
            out = (base or self.good).bare().put("keys.txt", (log.vkey + "\n").encode())
            return out.put("checkpoints.txt", "\n".join(notes).encode()) if notes else out

        whole, half = log.note(rows), log.note(rows[:6])
        cut = self.good.copy()
        del cut.events[-2:]
        cut.fit_manifest()
        rewritten = self.good.copy().edit_body(8).rechain(8)
        cosigned = whole + witness.line(whole)
        for what, data, more, verdict in (
                ("signed", bundle(whole), (), (0, None)),
                ("signed twice", bundle(half, whole), key, (0, None)),
                ("the same twice", bundle(whole, whole), key, (0, None)),
                ("a tail dropped", bundle(whole, base=cut), key, (20, None)),
                ("a tail dropped, half is signed", bundle(half, base=cut), key, (0, None)),
                ("linked anew", bundle(half, whole, base=rewritten), key, (30, 7)),
                ("linked anew, first half signed", bundle(half, base=rewritten), key, (0, None)),
                ("two roots", bundle(whole, log.note(rewritten.rows())), key, (31, None)),
                ("another key", bundle(other.note(rows)), (), (40, None)),
                ("another key of the auditor", bundle(whole), ("--vkey", other.vkey), (40, None)),
                ("a bent signature", bundle(whole[:-20] + "AAAA" + whole[-16:]), (), (40, None)),
                ("a bent root", bundle(whole.replace(b64(log.root(rows)), b64(log.root(rows[:3])))), (), (40, None)),
                ("another chain's", bundle(whole.replace("/0\n", "/1\n", 1)), (), (2, None)),
                ("no note", bundle("hello\n"), (), (2, None)),
                ("notes without a gap", bundle(half + whole), (), (2, None)),
                ("a gap at the end", bundle(whole + "\n"), (), (2, None)),
                ("no keys", self.good.bare().put("checkpoints.txt", whole.encode()), (), (40, None)),
                ("a bent key", bundle(whole).put("keys.txt", log.vkey.encode()), (), (2, None)),
                ("cosigned", bundle(cosigned), ("--witness", witness.vkey), (0, None)),
                ("not cosigned", bundle(whole), ("--witness", witness.vkey), (40, None)),
                ("cosigned at another time", bundle(whole + witness.line(whole, forged=True)),
                 ("--witness", witness.vkey), (40, None))):
            with self.subTest(what):
                self.assertEqual(self.judge(data.pack(), more=more), verdict)
        for what, note, data, verdict in (
                ("kept of what was cut", whole, cut, (20, None)), ("kept of what was rewritten", whole, rewritten, (30, 1)),
                ("kept of the first half", half, rewritten, (0, None)), ("kept", half + "\n" + whole, self.good, (0, None)),
                ("kept of another team", whole.replace("/0\n", "/3\n", 1), self.good, (2, None))):
            with self.subTest(what):
                more = ("--checkpoint", self.kept(note), *key)
                self.assertEqual(self.judge(data.bare().pack(), more=more), verdict)
                self.assertEqual(self.judge(data.bare().put("keys.txt", b"").pack(), more=more[:2]),
                                 (2, None) if verdict[0] == 2 else (40, None))

    def test_without_the_package_for_signatures(self):
        (self.directory / "cryptography.py").write_text("raise ImportError\n")
        self.addCleanup((self.directory / "cryptography.py").unlink)
        answer = subprocess.run([sys.executable, str(judging.SCRIPT), self.packed(self.good)], capture_output=True, text=True,
                                env=programs.environment(PYTHONPATH=str(self.directory)))
        self.assertEqual(answer.returncode, 3, answer)
        self.assertIn("cryptography", answer.stdout)
        answer = subprocess.run([sys.executable, str(judging.SCRIPT), self.packed(self.good.bare())], capture_output=True,
                                text=True, env=programs.environment(PYTHONPATH=str(self.directory)))
        self.assertEqual(answer.returncode, 0, answer)


if __name__ == "__main__":
    unittest.main()
