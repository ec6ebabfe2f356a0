"""A running server's bundle, and both verifiers, which must agree on whatever is made of it."""

import json
import re
import subprocess
import sys
import unittest

import client
import programs
from bundles import Bundle

SCRIPT = programs.ROOT / "tools/verify_bundle.py"


class Judging(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = cls.enterClassContext(programs.temporary_directory())
        server = programs.Server(cls.directory / "data", ATALAYA_SIGNER_INTERVAL_S="1")
        cls.addClassCleanup(server.stop)
        cls.ada = ada = client.Client(server.https_port, server.ca).sign_up(setup_token=server.setup_token)
        for number in range(4):
            made = ada.call("POST", ada.in_team("/servers"), {"name": f"web-{number}"})
            ada.call("PATCH", ada.in_team(f"/servers/{made['id']}"), {"note": "a note"})
        ada.call("DELETE", ada.in_team(f"/servers/{made['id']}"))
        events = ada.call("GET", ada.in_team("/audit/head"))["seq"]
        programs.wait_until("all of it is signed for", lambda: ada.call(
            "GET", ada.in_team("/audit/head"))["signing"]["size"] == events)
        answer = ada.call("POST", ada.in_team("/audit/bundle"), {})
        cls.answer, cls.receipt, cls.data = answer, answer.headers["Audit-Receipt"], answer.body
        cls.good = Bundle(answer.body)
        cls.last = cls.good.manifest["to_seq"]

    def judge(self, data, *receipts, more=()):
        """Exit code and first bad event, on which both programs have to agree."""
        file = self.directory / "bundle.zip"
        file.write_bytes(data)
        heads = [word for receipt in receipts for word in ("--head", receipt)] + list(more)
        said = [self.say(program, file, heads) for program in ([programs.VERIFY], [sys.executable, str(SCRIPT)])]
        self.assertEqual(said[0], said[1])
        answer = subprocess.run([programs.VERIFY, str(file), *heads, "--json"], capture_output=True, text=True)
        report = json.loads(answer.stdout)
        self.assertEqual((answer.returncode, report["exit_code"], report["first_bad"], report["verdict"]),
                         (said[0][0], *said[0]))
        return said[0][:2]

    def say(self, program, file, heads):
        """Exit code, first bad event and verdict, as the one line says them."""
        answer = subprocess.run([*program, str(file), *heads], capture_output=True, text=True,
                                timeout=programs.PATIENCE_S)
        match = re.match(r"(valid with erasures|valid|truncated|altered|unreadable|equivocation|bad signature)"
                         r"(?: at (\d+))?[:;] .*\n$", answer.stdout)
        self.assertTrue(match, answer)
        return answer.returncode, int(match[2]) if match[2] else None, match[1]

    def packed(self, bundle):
        file = self.directory / "packed.zip"
        file.write_bytes(bundle.pack())
        return str(file)

    def kept(self, text):
        file = self.directory / "kept.txt"
        file.write_text(text)
        return str(file)
