"""Mail from the real server to a real SMTP server: who gets it, over what, and what becomes of it when that server is
away, busy, or does not want it."""

import contextlib
import pathlib
import re
import unittest

import client
import mail_sink
import programs

USER = ("atalaya", "the password of the mail server")


class Mail(unittest.TestCase):
    @contextlib.contextmanager
    def house(self, scheme="smtp", tls="required", port=None, ca=True, login=True):
        with programs.temporary_directory() as directory:
            self.certificate, self.key = mail_sink.make_certificate(directory)
            self.port = port or programs.free_port()
            settings = {"ATALAYA_MAIL_SMTP_URL": f"{scheme}://127.0.0.1:{self.port}", "ATALAYA_MAIL_TLS": tls,
                        "ATALAYA_MAIL_FROM": "Käthe's Atalaya <atalaya@example.com>"}
            if ca:
                settings["ATALAYA_MAIL_CA_FILE"] = str(self.certificate)
            if login:
                (directory / "password").write_text(USER[1] + "\n")
                settings |= {"ATALAYA_MAIL_SMTP_USER": USER[0],
                             "ATALAYA_MAIL_SMTP_PASSWORD_FILE": str(directory / "password")}
            server = programs.Server(directory / "data", **settings)
            self.ada = client.Client(server.https_port, server.ca).sign_up(setup_token=server.setup_token)
            try:
                yield server
            finally:
                server.stop()

    def sink(self, **options):
        sink = mail_sink.Sink(self.port, self.certificate, self.key, **({"login": USER} | options))
        self.addCleanup(sink.stop)
        return sink

    def invite(self, address):
        answer = self.ada.call("POST", self.ada.in_team("/invitations"), {"email": address, "role": "member"}, 201)
        self.assertIsNone(answer.get("link"))

    def await_mail(self, sink, address, number=1):
        programs.wait_until(f"mail {number} to {address}", lambda: len(sink.to(address)) >= number)
        return sink.to(address)[number - 1]

    def await_log(self, server, event, reason):
        programs.wait_until(f"{event}: {reason}", lambda: re.search(
            rf'"event":"{event}".*"reason":"[^"]*{reason}', server.log()))

    def make_due(self, server):
        """What waits for its next attempt need not wait any longer; the postman looks every few seconds."""
        done = programs.psql(server.data, "update idn.outbox set next_try_at = now() - interval '1 minute' "
                                          "where state = 'queued'")
        self.assertEqual(done.returncode, 0, done.stderr)

    def states(self, server):
        return programs.psql(server.data, "select state from idn.outbox order by written_at").stdout.split()

    def test_an_invitation_goes_out_over_starttls_and_lets_its_reader_in(self):
        with self.house() as server:
            sink = self.sink()
            self.invite("bob@example.com")
            mail = self.await_mail(sink, "bob@example.com")
            self.assertTrue(mail.tls)
            self.assertEqual(mail.user, USER[0])
            self.assertIn("<atalaya@example.com>", mail.sender)
            self.assertEqual(mail.mime["To"], "bob@example.com")
            self.assertEqual(mail.mime["From"], "Käthe's Atalaya <atalaya@example.com>")
            self.assertEqual(mail.mime["Subject"], "Invitation to Example")
            self.assertRegex(mail.mime["Message-ID"], r"^<[0-9a-f-]{36}@example\.com>$")
            self.assertEqual(mail.mime["Auto-Submitted"], "auto-generated")
            self.assertIsNotNone(mail.mime["Date"].datetime)
            self.assertEqual(mail.mime.get_content_type(), "multipart/alternative")
            self.assertEqual([part.get_content_type() for part in mail.mime.iter_parts()],
                             ["text/plain", "text/html"])
            link = re.search(re.escape(server.url) + r"/invite#(\S{43})\s", mail.part("plain"))
            self.assertIn(f'href="{server.url}/invite#{link[1]}"', mail.part("html"))
            self.assertTrue(all(len(line) <= 998 for line in mail.raw.split(b"\r\n")))

            bob = client.Client(server.https_port, server.ca)
            joined = bob.call("POST", "invitations/sign-up",
                              {"token": link[1], "name": "Bob Example", "password": client.PASSWORD}, 201)
            self.assertEqual(joined["team"]["name"], "Example")
            programs.wait_until("the outbox is noted", lambda: self.states(server) == ["sent"])
            self.assertNotIn("bob@example.com", server.log())

    def test_tls_from_the_first_byte(self):
        with self.house("smtps"):
            sink = self.sink(implicit_tls=True)
            self.invite("bob@example.com")
            self.assertTrue(self.await_mail(sink, "bob@example.com").tls)

    def test_without_starttls_or_with_a_strange_certificate_nothing_is_sent(self):
        with self.house() as server:
            sink = self.sink(offers_starttls=False)
            self.invite("bob@example.com")
            self.await_log(server, "mail delayed", "SSL")
            self.assertEqual(sink.messages, [])
            self.assertEqual(self.states(server), ["queued"])
        with self.house(ca=False) as server:
            sink = self.sink()
            self.invite("bob@example.com")
            self.await_log(server, "mail delayed", "certificate")
            self.assertEqual(sink.messages, [])

    def test_without_tls_where_the_operator_says_so(self):
        with self.house(tls="opportunistic", login=False):
            sink = self.sink(offers_starttls=False, login=None)
            self.invite("bob@example.com")
            self.assertFalse(self.await_mail(sink, "bob@example.com").tls)

    def test_a_server_that_is_away_or_busy_is_asked_again_and_a_restart_loses_nothing(self):
        with self.house() as server:
            self.invite("bob@example.com")
            self.await_log(server, "mail delayed", "connect")
            database = server.postmaster_pid()
            server.kill()
            programs.wait_until("its database has ended too", lambda: not pathlib.Path(f"/proc/{database}").exists())
            server = server.again()
            self.addCleanup(server.stop)
            sink = self.sink()
            sink.answers["rcpt"] = ["450 greylisted, bob@example.com"]
            sink.answers["data"] = ["451 later"]
            for number in ("450", "451"):
                self.make_due(server)
                self.await_log(server, "mail delayed", number)
            self.assertEqual(sink.messages, [])
            self.make_due(server)
            self.await_mail(sink, "bob@example.com")
            programs.wait_until("noted as sent", lambda: self.states(server) == ["sent"])
            self.assertEqual(len(sink.messages), 1)
            self.assertNotIn("bob@example.com", server.log())

    def test_a_refusal_is_for_good_and_holds_nobody_up(self):
        with self.house() as server:
            sink = self.sink()
            sink.answers["rcpt"] = ["550 no such user: bob@example.com"]
            self.invite("bob@example.com")
            self.await_log(server, "mail given up", "550")
            sink.answers["data"] = ["554 looks like spam"]
            self.invite("eve@example.com")
            self.await_log(server, "mail given up", "554")
            self.invite("joe@example.com")
            self.await_mail(sink, "joe@example.com")
            programs.wait_until("noted", lambda: self.states(server) == ["failed", "failed", "sent"])
            self.assertNotIn("bob@example.com", server.log())

    def test_a_wrong_password_for_the_mail_server_can_be_mended(self):
        with self.house() as server:
            sink = self.sink(login=("atalaya", "another password"))
            self.invite("bob@example.com")
            self.await_log(server, "mail delayed", "535|denied")
            sink.login = USER
            self.make_due(server)
            self.await_mail(sink, "bob@example.com")

    def test_a_forgotten_password_is_set_by_mail(self):
        with self.house() as server:
            sink = self.sink()
            stranger = client.Client(server.https_port, server.ca)
            for address in ("nobody@example.com", "ada@example.com"):
                stranger.call("POST", "password/forgot", {"email": address}, 202)
            mail = self.await_mail(sink, "ada@example.com")
            token = re.search(r"/reset#(\S{43})\s", mail.part("plain"))[1]
            stranger.call("POST", "password/reset", {"token": token, "new": "another long passphrase 48"}, 204)
            self.assertEqual(self.ada.send("GET", "me").status, 401)
            self.assertEqual(self.await_mail(sink, "ada@example.com", 2).mime["Subject"],
                             "Your password was changed")
            self.assertEqual(sink.to("nobody@example.com"), [])
            self.assertNotIn(token, server.log())


class WithoutMail(unittest.TestCase):
    def test_the_command_line_gives_the_link_that_no_mail_carries(self):
        with programs.temporary_directory() as directory:
            server = programs.Server(directory / "data")
            ada = client.Client(server.https_port, server.ca).sign_up(setup_token=server.setup_token)
            self.assertFalse(ada.call("GET", "meta/instance")["mail_configured"])
            self.assertEqual(ada.send("POST", "password/forgot", {"email": "ada@example.com"}).status, 202)
            place = {"ATALAYA_SERVER_HTTPS": f"127.0.0.1:{server.https_port}"}
            printed = programs.run("admin", "reset-link", "ada@example.com", "--data", server.data, **place)
            self.assertEqual(printed.returncode, 0, printed.stderr)
            token = re.fullmatch(re.escape(server.url) + r"/reset#(\S{43})\n", printed.stdout)[1]
            change = {"token": token, "new": "another long passphrase 48"}
            ada.call("POST", "password/reset", change, 204)
            self.assertEqual(ada.send("POST", "password/reset", change).status, 404)
            self.assertEqual(ada.send("GET", "me").status, 401)
            unknown = programs.run("admin", "reset-link", "eve@example.com", "--data", server.data, **place)
            self.assertEqual(unknown.returncode, 1)
            verified = programs.run("audit", "verify", "--data", server.data)
            self.assertEqual(verified.returncode, 0, verified.stdout)
            server.stop()


class Refusals(unittest.TestCase):
    def refused(self, **settings):
        with programs.temporary_directory() as directory:
            answer = programs.run("up", "--data", directory / "data", "--https", "127.0.0.1:0", "--http", "off",
                                  ATALAYA_MAIL_SMTP_URL="smtp://127.0.0.1", **settings)
            self.assertNotEqual(answer.returncode, 0)
            return answer.stderr

    def test_what_cannot_be_used_is_named_at_start(self):
        self.assertIn("mail.from", self.refused())
        self.assertIn("mail.from", self.refused(ATALAYA_MAIL_FROM="Ada <ada@example.com"))
        sender = {"ATALAYA_MAIL_FROM": "ada@example.com"}
        self.assertIn("mail.ca_file", self.refused(**sender, ATALAYA_MAIL_CA_FILE="/does/not/exist"))
        self.assertIn("smtp_password_file", self.refused(**sender, ATALAYA_MAIL_SMTP_USER="ada",
                                                         ATALAYA_MAIL_SMTP_PASSWORD_FILE="/does/not/exist"))


if __name__ == "__main__":
    unittest.main()
