"""A witness apart from the server: what it cosigned stays known, whatever happens to database, signer and server."""

import hashlib
import http.client
import re
import shutil
import ssl
import subprocess
import sys
import unittest

import client
import judging
import mail_sink
import programs
from bundles import Bundle, verify_checkpoints


class Witness(programs.Child):
    """`atalaya-verify witness`; ready when the constructor returns."""

    def __init__(self, directory, logs, *more):
        directory.mkdir(exist_ok=True)
        words = [word for vkey in logs for word in ("--log", vkey)]
        super().__init__([programs.VERIFY, "witness", "--key", directory / "key", "--name", "witness.example", "--state",
                          directory / "state", *words, *more], directory / "log", {})
        lines = [self.process.stdout.readline() for _ in range(2)]
        told = re.fullmatch(r"witness (\S+)\nready (\d+)\n", "".join(lines))
        if not told:
            raise AssertionError(f"the witness ended with {self.wait()}: {lines} {self.log()}")
        self.vkey, self.port = told[1], int(told[2])


class Witnesses(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = cls.enterClassContext(programs.temporary_directory())
        cls.data = cls.directory / "data"
        cls.certificate, cls.key = mail_sink.make_certificate(cls.directory)
        cls.server = programs.Server(cls.data, ATALAYA_SIGNER_INTERVAL_S="1", ATALAYA_EGRESS_ALLOW="127.0.0.1",
                                     ATALAYA_EGRESS_CA_FILE=str(cls.certificate))
        cls.addClassCleanup(lambda: cls.server.stop())
        cls.ada = client.Client(cls.server.https_port, cls.server.ca).sign_up(setup_token=cls.server.setup_token)
        programs.wait_until("a checkpoint", lambda: cls.checkpoints())
        cls.port = programs.free_port()
        cls.witness = cls.start_witness()
        cls.addClassCleanup(lambda: cls.witness.stop())
        made = cls.ada.call("POST", cls.ada.in_team("/audit/witnesses"), {
            "name": "auditor", "vkey": cls.witness.vkey, "url": f"https://127.0.0.1:{cls.port}"})
        cls.path = cls.ada.in_team(f"/audit/witnesses/{made['id']}")
        cls.await_cosigned()

    @classmethod
    def start_witness(cls):
        return Witness(cls.directory / "witness", [cls.checkpoints()[0]["vkey"]], "--listen", f"127.0.0.1:{cls.port}",
                       "--certificate", cls.certificate, "--certificate-key", cls.key)

    @classmethod
    def checkpoints(cls):
        return cls.ada.call("GET", cls.ada.in_team("/audit/checkpoints"))["data"]

    @classmethod
    def shown(cls):
        return cls.ada.call("GET", cls.path)

    @classmethod
    def await_cosigned(cls):
        """All that happened until now."""
        head = cls.ada.call("GET", cls.ada.in_team("/audit/head"))["seq"]
        programs.wait_until("it is cosigned", lambda: cls.shown()["size"] >= head)
        return head

    def add_servers(self, *names):
        for name in names:
            self.ada.call("POST", self.ada.in_team("/servers"), {"name": name})

    def judge(self, data, *more):
        """What both verifiers say."""
        file = self.directory / "bundle.zip"
        file.write_bytes(data)
        codes = [subprocess.run([*words, file, *more], capture_output=True).returncode
                 for words in ([programs.VERIFY], [sys.executable, judging.SCRIPT])]
        self.assertEqual(codes[0], codes[1])
        return codes[0]

    def export(self):
        return self.ada.call("POST", self.ada.in_team("/audit/bundle"), {}).body

    def test_a_bundle_carries_what_was_cosigned(self):
        self.add_servers("one", "two")
        self.await_cosigned()
        data = self.export()
        self.assertEqual(self.judge(data, "--witness", self.witness.vkey), 0)
        other = self.witness.vkey.replace("witness.example", "other.example")
        self.assertEqual(self.judge(data, "--witness", other), 2)  # that is no key
        bare = Bundle(data)
        notes = bare.more["checkpoints.txt"].decode().split("\n\n")
        without = "\n\n".join(re.sub(r"\n?\u2014 witness\.example \S+", "", part) for part in notes)
        self.assertEqual(self.judge(bare.put("checkpoints.txt", without.encode()).pack()), 0)
        self.assertEqual(self.judge(bare.pack(), "--witness", self.witness.vkey), 40)

    def ask(self, path):
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=programs.PATIENCE_S,
                                                 context=ssl.create_default_context(cafile=str(self.certificate)))
        connection.request("GET", path)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text

    def test_who_follows_the_log_can_ask_for_what_was_cosigned(self):
        self.await_cosigned()
        origin = self.checkpoints()[0]["note"].split("\n")[0]
        hashed = hashlib.sha256(origin.encode()).hexdigest()
        status, text = self.ask(f"/{hashed}/checkpoint")
        self.assertEqual(status, 200)
        note = verify_checkpoints.read_note(text)
        self.assertEqual(verify_checkpoints.read_checkpoint(note)[0], origin)
        for vkey in (self.checkpoints()[0]["vkey"], self.witness.vkey):
            self.assertTrue(verify_checkpoints.is_signed(note, verify_checkpoints.read_key(vkey)))
        other = hashlib.sha256(b"another log").hexdigest()
        for path in (f"/{other}/checkpoint", f"/{hashed.upper()}/checkpoint", f"/{hashed}", "/key", "/lock/checkpoint",
                     f"/..%2f{hashed[:59]}/checkpoint"):
            self.assertIn(self.ask(path)[0], (400, 404), path)

    def test_it_remembers_over_restarts_and_is_waited_for(self):
        self.witness.kill()
        self.add_servers("while away")
        programs.wait_until("it fails", lambda: self.shown()["state"] == "failing")
        self.assertIsNotNone(self.shown()["next_try_at"])
        type(self).witness = self.start_witness()
        programs.psql(self.data, "update app.audit_witness_progress set next_try_at = now()")
        self.await_cosigned()
        self.assertEqual(self.shown()["state"], "cosigning")

    def test_two_of_one_memory_and_broken_memories_do_not_start(self):
        words = [programs.VERIFY, "witness", "--key", self.directory / "witness/key", "--listen", "127.0.0.1:0", "--log",
                 self.checkpoints()[0]["vkey"], "--state"]
        answer = subprocess.run([*words, self.directory / "witness/state"], capture_output=True, text=True)
        self.assertEqual((answer.returncode, "another witness works" in answer.stderr), (1, True), answer.stderr)
        (self.directory / "no-key").write_text("PRIVATE+KEY+x+00000000+AAAA\n")
        words[3] = self.directory / "no-key"
        answer = subprocess.run([*words, self.directory / "other"], capture_output=True, text=True)
        self.assertEqual((answer.returncode, "holds no key" in answer.stderr), (1, True), answer.stderr)
        for wrong in ([], ["--key"], ["--log", self.witness.vkey], ["--dance", "x"]):
            self.assertEqual(subprocess.run([programs.VERIFY, "witness", *wrong], capture_output=True).returncode, 2)

    def test_zz_yesterdays_installation_is_refused(self):
        """Database, signer and watch put back together: nothing in the installation can tell."""
        self.await_cosigned()
        self.server.stop()
        parts = ("postgres/data", "signer", "watch")
        for part in parts:
            subprocess.run(["cp", "-a", self.data / part, self.directory / part[0]], check=True)
        type(self).server = self.server.again()
        self.ada.close()
        self.add_servers("lost one", "lost two", "lost three")
        size = self.await_cosigned()
        kept = self.directory / "kept.txt"
        kept.write_text(next(one["note"] for one in self.checkpoints() if one["size"] <= size and
                             "witness.example" in one["note"]))
        self.server.stop()
        for part in parts:
            shutil.rmtree(self.data / part)
            subprocess.run(["cp", "-a", self.directory / part[0], self.data / part], check=True)
        type(self).server = self.server.again()
        self.ada.close()
        self.add_servers("another one")
        programs.wait_until("the witness refuses", lambda: self.shown()["state"] == "refused")
        self.assertRegex(self.shown()["failure"], rf"It cosigned \d+ events, and the newest checkpoint has \d+ events\.")
        # Grown beyond what the witness knows, it is another history.
        self.add_servers(*(f"another {number}" for number in range(8)))
        programs.psql(self.data, "update app.audit_witness_progress set next_try_at = now()")
        programs.wait_until("it still refuses", lambda: "another history" in (self.shown()["failure"] or ""))
        events = self.ada.call("GET", self.ada.in_team("/audit/events?action=audit_witness.refuse"))["data"]
        self.assertEqual(len(events), 1)
        # And an auditor who kept what it cosigned has the proof; the better one where both have one size.
        self.assertIn(self.judge(self.export(), "--checkpoint", kept), (30, 31))


if __name__ == "__main__":
    unittest.main()
