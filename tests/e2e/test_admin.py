"""`atalaya admin` beside a running server: what it does is felt there and stands on the record."""

import unittest

import client
import programs


class Admin(unittest.TestCase):
    def admin(self, *words, status=0):
        done = programs.run("admin", *words, "--data", self.server.data)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def test_operators_and_accounts(self):
        with programs.temporary_directory() as directory:
            self.server = programs.Server(directory / "data")
            ada = client.Client(self.server.https_port, self.server.ca)
            ada.sign_up(setup_token=self.server.setup_token)
            self.assertRegex(self.admin("list"), r"(?m)^[0-9a-f-]{36}  -  +-  +-  +ada@example\.com$")
            self.assertIn("is an operator now", self.admin("create", "ADA@example.com"))
            self.assertIn("already", self.admin("create", "ada@example.com", status=1))
            self.assertRegex(self.admin("list"), r"(?m)^[0-9a-f-]{36}  operator  -  +-  +ada@example\.com$")
            self.assertIn("no second factor", self.admin("reset-2fa", "ada@example.com", status=1))
            # An operator without a second factor finds nothing there.
            self.assertEqual(ada.send("GET", "admin/teams").status, 404)

            self.admin("disable", "ada@example.com")
            programs.wait_until("the session is dead", lambda: ada.send("GET", "me").status == 401)
            self.assertIn("already", self.admin("disable", "ada@example.com", status=1))
            self.admin("enable", "ada@example.com")
            again = client.Client(self.server.https_port, self.server.ca).log_in()
            self.assertEqual(again.call("GET", "me")["user"]["email"], "ada@example.com")

            self.assertIn("no account", self.admin("disable", "nobody@example.com", status=1))
            self.assertIn("usage", self.admin("promote", "ada@example.com", status=2))
            self.assertIn("usage", self.admin("create", status=2))
            verified = programs.run("audit", "verify", "--data", self.server.data)
            self.assertEqual(verified.returncode, 0, verified.stdout + verified.stderr)
            actions = programs.psql(self.server.data, "select string_agg(action, ' ' order by seq) from aud.events "
                                                      "where action like 'operator.%'").stdout.strip()
            self.assertEqual(actions, "operator.create operator.user_disable operator.user_enable")
            self.assertEqual(self.server.stop(), 0)


if __name__ == "__main__":
    unittest.main()
