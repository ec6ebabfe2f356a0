"""A checkpoint of a running server and proofs against it, judged by an implementation of others."""

import json
import os
import subprocess
import unittest

import judging
import node_packages
import programs
from bundles import Log, flip

FOLDER = programs.ROOT / "tests/notes"


class OthersCode(judging.Judging):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        node_packages.install(FOLDER)
        cls.checkpoint = cls.ada.call("GET", cls.ada.in_team("/audit/checkpoints"))["data"][0]

    def proof_of(self, seq):
        view = self.ada.call("GET", self.ada.in_team(f"/audit/proof/inclusion?seq={seq}"))
        return {"note": view["checkpoint"], "vkey": self.checkpoint["vkey"], "index": seq - 1, "entry": view["row_hash"],
                "hashes": view["proof"]}, view["size"]

    def say(self, given):
        done = subprocess.run(["node", FOLDER / "verify.mjs"], input=json.dumps(given), capture_output=True, text=True,
                              env=os.environ | {"PATH": node_packages.PATH}, timeout=programs.PATIENCE_S)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout.strip()

    def test_every_event_is_in_the_tree_that_was_signed(self):
        for seq in range(1, self.last):
            given, size = self.proof_of(seq)
            origin = given["note"].split("\n")[0]
            self.assertEqual(self.say(given), f"valid {origin} {size}", seq)

    def test_it_refuses_what_was_bent(self):
        given, size = self.proof_of(3)
        root = given["note"].split("\n")[2]
        for what, change in (("another root", {"note": given["note"].replace(root, flip(root))}),
                             ("another size", {"note": given["note"].replace(f"\n{size}\n", f"\n{size + 1}\n")}),
                             ("another key", {"vkey": Log(self.good).vkey}),
                             ("another place", {"index": given["index"] + 1}),
                             ("another event", {"entry": "00" * 32}),
                             ("another proof", {"hashes": [flip(given["hashes"][0]), *given["hashes"][1:]]})):
            with self.subTest(what):
                self.assertRegex(self.say(given | change), "^refused: ")


if __name__ == "__main__":
    unittest.main()
