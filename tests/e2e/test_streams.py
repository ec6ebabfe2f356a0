"""The record on its way to a team's own collector, from the real server: syslog over TLS to a collector that is killed
and comes back, and signed webhooks."""

import base64
import hashlib
import hmac
import http.server
import json
import re
import socket
import ssl
import threading
import unittest

import client
import mail_sink
import programs


class Collector:
    """Takes connections on a port, and of each what came until the good-bye; or breaks off in the middle."""

    def __init__(self, port, certificate, key):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)
        self.messages, self.breaks, self.broken = [], False, 0
        self.listener = socket.create_server(("127.0.0.1", port))
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        while True:
            try:
                plain, _ = self.listener.accept()
            except OSError:
                return
            try:
                self.take(plain)
            except OSError:
                self.broken += 1

    def take(self, plain):
        plain.settimeout(programs.PATIENCE_S)
        with self.context.wrap_socket(plain, server_side=True, suppress_ragged_eofs=False) as tls:
            if self.breaks:
                tls.recv(10)
                self.broken += 1
                return  # as a process that was killed: no good-bye
            taken = b""
            while part := tls.recv(65536):
                taken += part
            self.messages += list(frames(taken))
            tls.unwrap()

    def stop(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join()

    def events(self):
        texts = [json.loads(message.partition("\ufeff")[2]) for message in self.messages]
        return [text["event"] for text in texts if "event" in text]


def frames(data):
    """RFC 5425: each message behind its length."""
    while data:
        length, data = data.split(b" ", 1)
        yield data[:int(length)].decode()
        data = data[int(length):]


class Streams(unittest.TestCase):
    def setUp(self):
        self.directory = self.enterContext(programs.temporary_directory())
        self.certificate, self.key = mail_sink.make_certificate(self.directory)
        self.server = programs.Server(self.directory / "data", ATALAYA_EGRESS_ALLOW="127.0.0.1",
                                      ATALAYA_EGRESS_CA_FILE=str(self.certificate))
        self.addCleanup(self.server.stop)
        self.ada = client.Client(self.server.https_port, self.server.ca).sign_up(setup_token=self.server.setup_token)
        self.port = programs.free_port()

    def create(self, kind, url):
        made = self.ada.call("POST", self.ada.in_team("/audit/streams"),
                             {"name": "siem", "kind": kind, "url": url, "from_start": True})
        return made, self.ada.in_team(f"/audit/streams/{made['stream']['id']}")

    def add_servers(self, *names):
        for name in names:
            self.ada.call("POST", self.ada.in_team("/servers"), {"name": name})

    def await_all(self, path):
        """Everything up to now was taken."""
        head = self.ada.call("GET", self.ada.in_team("/audit/head"))["seq"]
        programs.wait_until(f"record {head} at the collector",
                            lambda: self.ada.call("GET", path)["delivered_seq"] >= head)
        return head

    def assert_all(self, events, head):
        """In order, and the record as the API gives it; repetitions are what at-least-once means."""
        seen = {event["seq"]: event for event in events}
        self.assertEqual(sorted(seen), list(range(1, max(seen) + 1)))
        self.assertGreaterEqual(max(seen), head)
        page = self.ada.call("GET", self.ada.in_team("/audit/events?limit=500"))["data"]
        for event in page:
            if event["seq"] in seen:
                self.assertEqual(seen[event["seq"]], event)

    def test_syslog_loses_nothing_when_the_collector_is_killed(self):
        collector = Collector(self.port, self.certificate, self.key)
        _, path = self.create("syslog", f"syslog+tls://127.0.0.1:{self.port}")
        self.await_all(path)
        collector.breaks = True
        self.add_servers("one", "two")
        programs.wait_until("a broken delivery", lambda: collector.broken >= 2)
        programs.wait_until("a failing stream", lambda: self.ada.call("GET", path)["state"] == "failing")
        collector.stop()
        self.add_servers("three")
        again = Collector(self.port, self.certificate, self.key)
        self.addCleanup(again.stop)
        head = self.await_all(path)
        self.assert_all(collector.events() + again.events(), head)
        self.assertEqual(self.ada.call("GET", path)["state"], "active")
        for message in again.messages:
            self.assertRegex(message, r'^<1\d\d>1 \d{4}-\d\d-\d\dT[\d:.]+Z \S+ atalaya - [a-z_.]+ '
                                      r'\[meta sequenceId="\d+"\] \ufeff\{')

    def test_a_restart_of_the_server_goes_on_where_it_was(self):
        collector = Collector(self.port, self.certificate, self.key)
        self.addCleanup(collector.stop)
        _, path = self.create("syslog", f"syslog+tls://127.0.0.1:{self.port}")
        self.add_servers("one")
        head = self.await_all(path)
        self.assert_all(collector.events(), head)
        taken = len(collector.events())
        self.server.stop()
        self.server = programs.Server(self.directory / "data", ATALAYA_EGRESS_ALLOW="127.0.0.1",
                                      ATALAYA_EGRESS_CA_FILE=str(self.certificate))
        self.addCleanup(self.server.stop)
        self.ada = self.ada_at(self.server)
        self.add_servers("two")
        head = self.await_all(path)
        self.assert_all(collector.events(), head)
        self.assertEqual([event["seq"] for event in collector.events()[taken:]][0], taken + 1)

    def ada_at(self, server):
        again = client.Client(server.https_port, server.ca)
        again.cookie, again.csrf, again.team = self.ada.cookie, self.ada.csrf, self.ada.team
        return again

    def test_a_collector_with_another_certificate_gets_nothing(self):
        (self.directory / "other").mkdir()
        other = mail_sink.make_certificate(self.directory / "other")
        collector = Collector(self.port, *other)
        self.addCleanup(collector.stop)
        _, path = self.create("syslog", f"syslog+tls://127.0.0.1:{self.port}")
        programs.wait_until("a refused certificate",
                            lambda: "certificate" in (self.ada.call("GET", path)["failure"] or ""))
        self.assertEqual(collector.messages, [])

    def test_webhooks_are_signed_and_sent_until_they_are_taken(self):
        taken, refusals = [], [503, 500]

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = refusals.pop() if refusals else 204
                if status == 204:
                    taken.append((dict(self.headers), body))
                self.send_response(status)
                self.end_headers()

            def log_message(self, *_):
                pass

        site = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        site.socket = context.wrap_socket(site.socket, server_side=True)
        threading.Thread(target=site.serve_forever, daemon=True).start()
        self.addCleanup(site.server_close)
        self.addCleanup(site.shutdown)
        made, path = self.create("webhook", f"https://127.0.0.1:{self.port}/in")
        head = self.await_all(path)
        key = base64.b64decode(made["secret"].removeprefix("whsec_"))
        events = []
        for headers, body in taken:
            headers = {name.lower(): value for name, value in headers.items()}
            text = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
            mac = base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
            self.assertEqual(headers["webhook-signature"], f"v1,{mac}")
            event = json.loads(body)["data"]["event"]
            self.assertEqual(headers["webhook-id"], event["id"])
            events.append(event)
        self.assert_all(events, head)
        self.ada.call("POST", path + "/test")
        programs.wait_until("a test", lambda: self.ada.call("GET", path)["tested_at"])
        self.assertIsNone(self.ada.call("GET", path)["test_failure"])
        self.assertTrue(any(re.search(rb'"type":"audit.test"', body) for _, body in taken))


if __name__ == "__main__":
    unittest.main()
