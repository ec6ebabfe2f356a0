"""Checkpoints stamped by a timestamp authority of another make, kept only when the stamp holds, and proven from a bundle."""

import json
import subprocess
import unittest

import client
import judging
import mail_sink
import programs
import timestamp_authority
from bundles import Bundle, b64, unb64


class Timestamps(unittest.TestCase):
    say, judge, packed = judging.Judging.say, judging.Judging.judge, judging.Judging.packed

    @classmethod
    def setUpClass(cls):
        cls.directory = cls.enterClassContext(programs.temporary_directory())
        certificate, key = mail_sink.make_certificate(cls.directory)
        cls.authority = timestamp_authority.Authority(cls.directory / "tsa", certificate, key)
        cls.addClassCleanup(cls.authority.stop)
        cls.authority.mode = "error"
        cls.server = programs.Server(
            cls.directory / "data", ATALAYA_SIGNER_INTERVAL_S="1", ATALAYA_EGRESS_ALLOW="127.0.0.1",
            ATALAYA_EGRESS_CA_FILE=str(certificate), ATALAYA_AUDIT_TIMESTAMP_URL=cls.authority.url,
            ATALAYA_AUDIT_TIMESTAMP_CA_FILE=str(cls.authority.ca), ATALAYA_AUDIT_TIMESTAMP_MINUTES="1")
        cls.addClassCleanup(lambda: cls.server.stop())
        cls.ada = client.Client(cls.server.https_port, cls.server.ca).sign_up(setup_token=cls.server.setup_token)
        programs.wait_until("a checkpoint", lambda: cls.ada.call("GET", cls.ada.in_team("/audit/checkpoints"))["data"])

    def stamps(self):
        return self.ada.call("GET", self.ada.in_team("/audit/timestamps"))["data"]

    def start_again(self, mode):
        """What failed is asked for again later; at a start, at once."""
        self.server.stop()
        self.ada.close()
        self.authority.mode = mode
        type(self).server = self.server.again()

    def test_a_stamp_is_kept_when_it_holds_and_proven_from_the_bundle(self):
        for mode, reason in (("error", "It answered 503."), ("huge", "too large"), ("garbage", "no timestamp answer"),
                             ("refusal", "no time stamp token"), ("imprint", "imprint"), ("nonce", "nonce"),
                             ("stranger", "certificate verify error"), ("expired", "certificate verify error")):
            with self.subTest(mode):
                self.start_again(mode)
                told = programs.wait_until("it says why", lambda: [line for line in self.server.log().splitlines()
                                                                   if "checkpoints not stamped" in line])
                self.assertIn(reason, json.loads(told[0])["reason"])
                self.assertEqual(self.stamps(), [])
        self.start_again("good")
        stamp = programs.wait_until("a stamp", self.stamps)[0]
        listed = self.ada.call("GET", self.ada.in_team("/audit/checkpoints"))["data"]
        self.assertIn(stamp["checkpoint"], [one["note"] for one in listed])
        self.assertGreater(stamp["tree_size"], 1)  # with the platform's own chain
        self.judge_the_bundle()

    def judge_the_bundle(self):
        good = Bundle(self.ada.call("POST", self.ada.in_team("/audit/bundle"), {}).body)
        text = good.more["timestamps/1.txt"]
        mine, other = ("--tsa-ca", str(self.authority.ca)), ("--tsa-ca", str(self.authority.other_ca))
        report = json.loads(subprocess.run([programs.VERIFY, self.packed(good), *mine, "--json"], capture_output=True,
                                           text=True).stdout)
        self.assertEqual((report["stamp_proven"], report["stamped_size"] > 0), (True, True), report)
        lines = text.decode().split("\n")
        token = unb64(lines[3].removeprefix("token "))
        bent = bytes([*token[:-5], token[-5] ^ 1, *token[-4:]])  # within the signature

        def changed(number, line):
            return good.copy().put("timestamps/1.txt", "\n".join([*lines[:number], line, *lines[number + 1:]]).encode())

        stranger = self.authority.stamp(self.query_for(token), "stranger")
        strange = subprocess.run(["openssl", "ts", "-reply", "-in", "/dev/stdin", "-token_out"], input=stranger,
                                 capture_output=True, check=True).stdout
        proof = lines[4] if lines[4] else b64(bytes(32))
        for what, bundle, more, verdict in (
                ("good", good, mine, 0), ("shown only", good, (), 0), ("another authority named", good, other, 40),
                ("both named", good, (*other, *mine), 0), ("no stamp", good.bare(), mine, 40),
                ("a bent signature", changed(3, "token " + b64(bent)), mine, 40),
                ("a bent signature, shown only", changed(3, "token " + b64(bent)), (), 0),
                ("another's token", changed(3, "token " + b64(strange)), mine, 40),
                ("that one's authority", changed(3, "token " + b64(strange)), other, 0),
                ("another place", changed(1, "index 7"), (), 40),
                ("another proof", changed(4, b64(unb64(proof)[::-1])), (), 40),
                ("a number that is none", changed(1, "index 07"), (), 2), ("no token", changed(3, "token "), (), 2)):
            with self.subTest(what):
                self.assertEqual(self.judge(bundle.pack(), more=more)[0], verdict)

    @staticmethod
    def query_for(token):
        """A question to which another authority's token is the answer that this one is."""
        imprint = bytes.fromhex("3031300d060960864801650304020105000420")
        digest = token[token.index(imprint) + len(imprint):][:32]
        return subprocess.run(["openssl", "ts", "-query", "-digest", digest.hex(), "-sha256", "-cert"], capture_output=True,
                              check=True).stdout

    def test_no_server_without_the_authoritys_certificates(self):
        answer = programs.run("up", "--data", self.directory / "other", "--https", "127.0.0.1:0", "--http", "off",
                              ATALAYA_AUDIT_TIMESTAMP_URL=self.authority.url)
        self.assertEqual(answer.returncode, 1, answer)
        self.assertIn("audit.timestamp_ca_file", answer.stderr)


if __name__ == "__main__":
    unittest.main()
