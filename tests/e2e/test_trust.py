"""The Trust page of a real server: its checks over real sockets, its signed report in the hands of the verifier."""

import json
import subprocess
import unittest

import client
import programs


class TrustTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = cls.enterClassContext(programs.temporary_directory())
        cls.server = programs.Server(cls.directory / "data", http=programs.free_port(),
                                     ATALAYA_TRUST_SECURITY_CONTACT="mailto:security@example.com")
        cls.browser = client.Client(cls.server.https_port, cls.server.ca)
        cls.browser.sign_up(setup_token=cls.server.setup_token)

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def report(self):
        return self.browser.call("GET", "trust")

    def test_every_check_runs_and_holds_on_a_sound_server(self):
        programs.wait_until("every check to have run",
                            lambda: all(check["holds"] is not None for check in self.report()["checks"]))
        broken = {check["name"]: check["detail"] for check in self.report()["checks"] if not check["holds"]}
        self.assertEqual(broken, {})
        states = {control["id"]: control["state"] for control in self.report()["controls"]}
        self.assertEqual(states["H18"], "holds")
        self.assertNotIn("broken", states.values())

    def verify(self, name, text, key):
        file = self.directory / name
        file.write_text(text, encoding="utf-8")
        return subprocess.run([programs.BINARIES / "atalaya-verify", "trust", file, "--vkey", key],
                              capture_output=True, text=True, check=False)

    def test_a_signed_report_is_verified_offline_and_an_altered_one_is_not(self):
        page = self.browser.send("GET", "/trust").body.decode()
        key = page.split("<pre")[1].split(">", 1)[1].split("<")[0]
        text = self.browser.send("GET", "/trust/report").body.decode()
        self.assertEqual(json.loads(text.split("\n")[1])["instance"], self.server.url)
        good = self.verify("good.txt", text, key)
        self.assertEqual((good.returncode, good.stderr), (0, ""), good.stdout)
        self.assertIn("valid", good.stdout)
        altered = self.verify("altered.txt", text.replace('"not_yet"', '"holds"', 1), key)
        self.assertEqual(altered.returncode, 40, altered.stdout)
        self.assertEqual(self.verify("empty.txt", "", key).returncode, 2)
        self.assertEqual(self.verify("good.txt", text, "no key").returncode, 2)

    def test_whoever_finds_a_weakness_finds_the_contact(self):
        text = self.browser.send("GET", "/.well-known/security.txt").body.decode()
        self.assertIn("Contact: mailto:security@example.com\n", text)
        self.assertIn("Expires: ", text)


if __name__ == "__main__":
    unittest.main()
