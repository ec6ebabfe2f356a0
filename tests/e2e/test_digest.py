"""The newest checkpoints by mail, once a day, as something that a bundle is held against."""

import re
import signal
import unittest

import client
import judging
import mail_sink
import programs


class Digest(unittest.TestCase):
    say, judge = judging.Judging.say, judging.Judging.judge

    def test_the_newest_checkpoints_come_once_a_day_and_hold_bundles(self):
        self.directory = self.enterContext(programs.temporary_directory())
        certificate, key = mail_sink.make_certificate(self.directory)
        port = programs.free_port()
        sink = mail_sink.Sink(port, certificate, key)
        self.addCleanup(sink.stop)
        server = programs.Server(self.directory / "data", ATALAYA_SIGNER_INTERVAL_S="1",
                                 ATALAYA_MAIL_SMTP_URL=f"smtp://127.0.0.1:{port}", ATALAYA_MAIL_CA_FILE=str(certificate),
                                 ATALAYA_MAIL_FROM="atalaya@example.com",
                                 ATALAYA_AUDIT_DIGEST_TO="ada@example.com, auditor@example.com")
        self.addCleanup(server.stop)
        ada = client.Client(server.https_port, server.ca).sign_up(setup_token=server.setup_token)
        head = ada.call("GET", ada.in_team("/audit/head"))["seq"]
        programs.wait_until("it is signed for", lambda: (ada.call(
            "GET", ada.in_team("/audit/head"))["signing"]["size"] or 0) >= head)
        server.process.send_signal(signal.SIGHUP)  # the hourly jobs, now
        mails = programs.wait_until("both mails", lambda: sink.to("ada@example.com") and sink.to("auditor@example.com"))
        text = mails[0].part("plain")
        notes = re.search(r"^-----BEGIN CHECKPOINTS-----\n(.*)^-----END CHECKPOINTS-----$", text.replace("\r\n", "\n"), re.M | re.S)
        kept = self.directory / "kept.txt"
        kept.write_text(notes[1])
        data = ada.call("POST", ada.in_team("/audit/bundle"), {}).body
        self.assertEqual(self.judge(data, more=("--checkpoint", str(kept))), (0, None))
        server.process.send_signal(signal.SIGHUP)
        programs.psql(server.data, "delete from idn.audit_digests")
        server.process.send_signal(signal.SIGHUP)  # as if it were the next day
        programs.wait_until("the next one", lambda: len(sink.to("ada@example.com")) >= 2)
        sent = programs.psql(server.data, "select count(*) from idn.outbox").stdout.strip()
        self.assertEqual(sent, "4")  # none for the signal in between


if __name__ == "__main__":
    unittest.main()
