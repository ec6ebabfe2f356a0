"""Broken on purpose: what a check looks at is broken in a running server, and its line on the Trust page turns red by
itself, in a report whose signature still holds; mended, it turns back."""

import json
import re
import subprocess
import unittest

import client
import front
import programs
from mail_sink import make_certificate

GUARD = "create policy guard on {} as restrictive for all to public using ({}) with check (team_id = (select ctx.team()))"
OWN = "team_id = (select ctx.team())"


class BrokenOnPurpose(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = cls.enterClassContext(programs.temporary_directory())
        certificate, key = make_certificate(cls.directory)
        port = programs.free_port()
        cls.server = programs.Server(
            cls.directory / "data", http=programs.free_port(), ATALAYA_TRUST_CHECKS_S="2",
            ATALAYA_TRUST_SECURITY_CONTACT="mailto:security@example.com",
            ATALAYA_SERVER_PUBLIC_URL=f"https://127.0.0.1:{port}", ATALAYA_TRUST_SCAN="public_url",
            ATALAYA_TRUST_SCAN_CA_FILE=str(certificate))
        cls.addClassCleanup(cls.server.stop)
        cls.front = front.Front(port, certificate, key, cls.server.https_port, cls.server.ca)
        cls.addClassCleanup(cls.front.stop)
        cls.ada = client.Client(port, certificate).sign_up(setup_token=cls.server.setup_token)
        page = cls.ada.send("GET", "/trust").body.decode()
        cls.vkey = page.split("<pre")[1].split(">", 1)[1].split("<")[0]

    def setUp(self):
        programs.wait_until("every check to have run and held", lambda: all(
            check["holds"] for check in self.report()["checks"]) or self.tell_what_does_not_hold())

    def report(self):
        return self.ada.call("GET", "trust")

    def tell_what_does_not_hold(self):
        self.broken = {check["name"]: check["detail"] for check in self.report()["checks"] if not check["holds"]}

    def check(self, name, report):
        return next(check for check in report["checks"] if check["name"] == name)

    def state(self, control, report):
        return next(one["state"] for one in report["controls"] if one["id"] == control)

    def await_turn(self, check, holds):
        """The report after a check has come to see it so."""
        def turned():
            report = self.report()
            return self.check(check, report)["holds"] is holds and report
        return programs.wait_until(f"check {check} to turn to {holds}", turned)

    def marked_broken(self):
        """The controls whose line on the page says so."""
        page = self.ada.send("GET", "/trust").body.decode()
        return set(re.findall(r'<details id="(\w+)"><summary>(?:(?!</summary>).)*class="mark broken"', page, re.S))

    def signed_states(self):
        """{control: state} of a report that the verifier takes for unaltered."""
        text = self.ada.send("GET", "/trust/report").body
        file = self.directory / "report.txt"
        file.write_bytes(text)
        said = subprocess.run([programs.VERIFY, "trust", file, "--vkey", self.vkey], capture_output=True, text=True)
        self.assertEqual((said.returncode, said.stdout[:6]), (0, "valid;"), said)
        report = json.loads(text.decode().split("\n")[1])
        states = {control["id"]: control["state"] for control in report["controls"]}
        self.assertEqual("broken" in said.stdout, "broken" in states.values(), said.stdout)
        return states

    def see_it_turn(self, check, controls, break_it, mend_it):
        break_it()
        try:
            report = self.await_turn(check, False)
            for control in controls:
                self.assertEqual(self.state(control, report), "broken", control)
            self.assertLessEqual(controls, self.marked_broken())
            self.assertEqual({self.signed_states()[control] for control in controls}, {"broken"})
        finally:
            mend_it()
        self.await_turn(check, True)
        programs.wait_until("the page to be green again", lambda: not controls & self.marked_broken())
        programs.wait_until("the report to be green again", lambda: "broken" not in self.signed_states().values())
        return self.check(check, report)["detail"]

    def sql(self, text):
        done = programs.psql(self.server.data, text)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_a_dropped_policy(self):
        detail = self.see_it_turn("walls", {"T1", "H19"}, lambda: self.sql("drop policy guard on app.api_keys"),
                                  lambda: self.sql(GUARD.format("app.api_keys", OWN)))
        self.assertIn("app.api_keys", detail)

    def test_a_disabled_trigger(self):
        self.see_it_turn("audit-triggers", {"T5", "B3"},
                         lambda: self.sql("alter table app.servers disable trigger audited"),
                         lambda: self.sql("alter table app.servers enable always trigger audited"))

    def test_a_policy_that_lets_one_canary_see_the_other(self):
        leaky = "drop policy guard on {0}; " + GUARD.format("{0}", "true")
        detail = self.see_it_turn("canary", {"B5", "A7"}, lambda: self.sql(leaky.format("app.servers")),
                                  lambda: self.sql("drop policy guard on app.servers; " + GUARD.format("app.servers", OWN)))
        self.assertIn("One canary team reached the other", detail)

    def test_a_header_that_the_proxy_loses(self):
        for header in ("strict-transport-security", "x-frame-options"):
            with self.subTest(header):
                detail = self.see_it_turn("headers", {"H18"}, lambda: self.front.lost.add(header), self.front.lost.clear)
                self.assertIn(f"came without {header}", detail)

    def test_a_key_in_the_log(self):
        draft = {"name": "logged", "env": "live", "scopes": ["servers:read"]}
        key = self.ada.call("POST", self.ada.in_team("/api-keys"), draft, 201)["key"]

        def write():
            with open(self.server.log_path, "a", encoding="utf-8") as log:
                log.write(f'{{"event":"request","authorization":"Bearer {key}"}}\n')

        def take_out():
            with open(self.server.log_path, "r+b") as log:
                text = log.read()
                log.seek(0)
                log.write(text.replace(key.encode(), b"(taken out)"))
                log.truncate()

        detail = self.see_it_turn("logs", {"H14"}, write, take_out)
        self.assertIn("and 1 keys", detail)
        self.assertNotIn(key, detail)


if __name__ == "__main__":
    unittest.main()
