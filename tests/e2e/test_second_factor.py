"""Signing in with codes that another program computes, accounts that came from another program, and a flood of log-ins."""

import base64
import hashlib
import json
import threading
import time
import unittest

import client
import programs
from authenticator import STEP_S, App, totp


class SecondFactor(unittest.TestCase):
    def setUp(self):
        directory = self.enterContext(programs.temporary_directory())
        self.server = programs.Server(directory / "data")
        self.addCleanup(lambda: self.server.stop())
        self.ada = self.stranger().sign_up(setup_token=self.server.setup_token)

    def stranger(self):
        return client.Client(self.server.https_port, self.server.ca)

    def test_rfc_6238(self):
        secret = base64.b32encode(b"12345678901234567890").decode()
        self.assertEqual([totp(secret, seconds // STEP_S) for seconds in (59, 1111111109, 20000000000)],
                         ["287082", "081804", "353130"])

    def test_an_app_logs_in(self):
        enrolment = self.ada.call("POST", "me/totp", {"password": client.PASSWORD})
        self.assertIn(f"secret={enrolment['secret']}&", enrolment["otpauth_uri"])
        app = App(enrolment["secret"])
        codes = self.ada.call("POST", "me/totp/confirm", {"code": app.code()})["recovery_codes"]
        self.assertTrue(self.ada.call("GET", "me")["user"]["second_factor"])

        credentials = {"email": "ada@example.com", "password": client.PASSWORD, "remember": True}
        browser = self.stranger()
        self.assertEqual(browser.call("POST", "login", credentials), {"user": None, "mfa": "totp"})
        self.assertEqual(browser.send("GET", "me").status, 401)
        wrong = f"{(int(totp(app.secret, int(time.time()) // STEP_S)) + 1) % 1_000_000:06}"
        self.assertEqual(browser.send("POST", "login/totp", {"code": wrong}).status, 422)
        code = app.code()
        answer = browser.send("POST", "login/totp", {"code": code})
        self.assertEqual(answer.status, 200, answer)
        self.assertRegex("\n".join(answer.headers.get_all("Set-Cookie")),
                         r"(?m)^__Host-atalaya_session=.*; Max-Age=2\d{6}$")
        self.assertEqual(browser.call("GET", "me")["user"]["email"], "ada@example.com")

        other = self.stranger()
        other.call("POST", "login", credentials)
        self.assertEqual(other.send("POST", "login/totp", {"code": code}).status, 422, "used before")
        self.assertEqual(other.call("POST", "login/recovery", {"code": codes[4]})["user"]["email"], "ada@example.com")
        self.assertEqual(other.call("GET", "me")["user"]["recovery_codes_left"], 9)
        stored = programs.psql(self.server.data, "select encode(seed, 'escape') from idn.totp").stdout
        self.assertNotIn(enrolment["secret"], stored)

    def test_a_log_in_takes_its_time_whatever_comes_of_it(self):
        for email in ("ada@example.com", "nobody@example.com"):
            start = time.monotonic()
            self.assertEqual(self.stranger().send("POST", "login", {"email": email, "password": "wrong"}).status, 401)
            self.assertGreaterEqual(time.monotonic() - start, 0.45)

    def test_a_flood_of_log_ins_leaves_the_rest_answering(self):
        answers, waits = [], []

        def log_in(number):
            one = self.stranger()
            answers.append(one.send("POST", "login", {"email": f"user{number}@example.com", "password": "wrong"}).status)

        flood = [threading.Thread(target=log_in, args=(number,)) for number in range(100)]
        for thread in flood:
            thread.start()
        prober = self.stranger()
        while any(thread.is_alive() for thread in flood):
            start = time.monotonic()
            self.assertEqual(prober.send("GET", "/healthz").status, 200)
            if len(answers) < len(flood):
                waits.append(time.monotonic() - start)
            time.sleep(0.01)
        for thread in flood:
            thread.join()
        self.assertLessEqual(set(answers), {401, 429, 503})
        self.assertGreater(len(waits), 20, "while log-ins were at work")
        waits.sort()
        print(f"\n/healthz beside 100 log-ins: median {waits[len(waits) // 2] * 1000:.1f} ms, "
              f"p99 {waits[len(waits) * 99 // 100] * 1000:.1f} ms of {len(waits)}")


class Import(unittest.TestCase):
    """Accounts of another program keep their passwords; what is stored of these is ours after the first log-in."""

    def test_users_are_imported(self):
        with programs.temporary_directory() as directory:
            server = programs.Server(directory / "data")
            client.Client(server.https_port, server.ca).sign_up(setup_token=server.setup_token)
            salt = "aSaltOfDjango"
            digest = hashlib.pbkdf2_hmac("sha256", client.PASSWORD.encode(), salt.encode(), 870_000)
            verifier = f"pbkdf2_sha256$870000${salt}${base64.b64encode(digest).decode()}"
            bob = {"email": "bob@example.com", "name": "Bob Example", "hash": verifier}
            good, mixed = directory / "good.jsonl", directory / "mixed.csv"
            good.write_text(json.dumps(bob) + "\n")
            mixed.write_text("email,name,hash\n"
                             f"ada@example.com,Ada,{verifier}\n"
                             "cleo@example.com,Cleo,plain\n")

            def import_users(file, *options):
                return programs.run("admin", "import-users", file, *options, "--data", server.data)

            beside = import_users(good)
            self.assertEqual(beside.returncode, 1, beside.stdout)
            self.assertIn("stop the server", beside.stderr)
            self.assertEqual(server.stop(), 0)

            tried = import_users(good, "--dry-run")
            self.assertEqual((tried.returncode, tried.stdout.splitlines()[-1]), (0, "1 can be imported, 0 refused"))
            done = import_users(good)
            self.assertEqual((done.returncode, done.stdout.splitlines()[-1]), (0, "1 imported, 0 refused"), done.stderr)
            refused = import_users(mixed)
            self.assertEqual(refused.returncode, 1)
            self.assertRegex(refused.stdout, r"line 2 +REFUSED +ada@example\.com  has an account already")
            self.assertRegex(refused.stdout, r"line 3 +REFUSED +cleo@example\.com  hash: ")
            again = import_users(good, "--dry-run")
            self.assertIn("has an account already", again.stdout)

            server = server.again()
            hashes = "select string_agg(left(hash, 12), ' ' order by hash) from idn.passwords where hash <> '!'"
            self.assertIn("pbkdf2_sha25", programs.psql(server.data, hashes).stdout)
            browser = client.Client(server.https_port, server.ca)
            credentials = {"email": "bob@example.com", "password": client.PASSWORD}
            for _ in range(2):
                self.assertEqual(browser.call("POST", "login", credentials)["user"]["name"], "Bob Example")
            self.assertEqual(programs.psql(server.data, hashes).stdout.strip(), "atl1:$2b$12$ atl1:$2b$12$")
            self.assertEqual(server.stop(), 0)
            verified = programs.run("doctor", "--data", server.data)
            self.assertEqual(verified.returncode, 0, verified.stdout)


if __name__ == "__main__":
    unittest.main()
