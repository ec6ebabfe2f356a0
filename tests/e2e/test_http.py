"""What every answer carries, what plain HTTP gets, which TLS is spoken, and who the client is behind a proxy."""

import pathlib
import re
import socket
import ssl
import subprocess
import unittest

import client
import programs

HEADERS = {
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-XSS-Protection": "1; mode=block",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
POLICY = {  # what must stand in the Content-Security-Policy
    "default-src": ("'self'", "'none'"), "script-src": ("'self'",), "object-src": ("'none'",),
    "base-uri": ("'none'",), "frame-ancestors": ("'none'",), "form-action": ("'self'",),
    "require-trusted-types-for": ("'script'",),
}


def exchange(port, data, context=None):
    """Sends these bytes and gives all that comes back until the end."""
    with socket.create_connection(("127.0.0.1", port), timeout=programs.PATIENCE_S) as plain:
        stream = context.wrap_socket(plain, server_hostname="127.0.0.1") if context else plain
        with stream:
            stream.sendall(data)
            received = b""
            while chunk := stream.recv(65536):
                received += chunk
            return received


def parse_headers(received):
    head = received.split(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    return head[0], dict(line.split(": ", 1) for line in head[1:])


def setUpModule():
    directory = unittest.enterModuleContext(programs.temporary_directory())
    OneServer.server = programs.Server(directory / "data", http=programs.free_port())
    unittest.addModuleCleanup(OneServer.server.stop)
    OneServer.ada = client.Client(OneServer.server.https_port, OneServer.server.ca)
    OneServer.ada.sign_up(setup_token=OneServer.server.setup_token)


class OneServer(unittest.TestCase):
    server = None
    ada = None

    def stranger(self):
        return client.Client(self.server.https_port, self.server.ca)

    def check_headers(self, what, headers):
        with self.subTest(what):
            for name, value in HEADERS.items():
                self.assertEqual(headers.get(name), value, name)
            self.assertTrue(headers.get("Permissions-Policy"))
            policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
            for directive, allowed in POLICY.items():
                self.assertIn(policy.get(directive), allowed, directive)
            self.assertNotIn("unsafe", headers["Content-Security-Policy"])


class Headers(OneServer):
    def test_every_kind_of_answer_carries_them(self):
        page = self.stranger().send("GET", "/")
        cases = {"/": 200, "/healthz": 200, "/api/v1/meta/instance": 200, "/api/v1/none": 404, "/api/v1/me": 401,
                 "/favicon.svg": 200, "/ca.pem": 200}
        cases |= {path: 200 for path in re.findall(r'(?:src|href)="(/[^"]+)"', page.body.decode())}
        self.assertTrue(any(path.endswith(".js") for path in cases), "the page has no script")
        for path, status in cases.items():
            answer = self.stranger().send("GET", path)
            self.assertEqual(answer.status, status, path)
            self.check_headers(path, answer.headers)

    def test_refusals_and_changes_carry_them(self):
        eve = self.ada.copy()
        eve.csrf = "wrong"
        answers = {
            "forbidden": (403, eve.send("POST", eve.in_team("/servers"), {"name": "no"})),
            "created": (201, self.ada.send("POST", self.ada.in_team("/servers"), {"name": "one"})),
            "not allowed": (405, self.stranger().send("DELETE", "/")),
            "invalid": (422, self.ada.send("POST", self.ada.in_team("/servers"), {"name": 1})),
            "too large": (413, self.ada.copy().send("POST", self.ada.in_team("/servers"), {"name": "x"},
                                                    {"Content-Length": "2000000"})),
        }
        for what, (status, answer) in answers.items():
            self.assertEqual(answer.status, status, what)
            self.check_headers(what, answer.headers)

    def test_what_is_no_request_gets_a_problem_with_all_headers(self):
        context = self.ada.context
        host = b"Host: 127.0.0.1\r\n"
        for bytes_ in (b"hello\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"GET /\x00 HTTP/1.1\r\n" + host + b"\r\n",
                       b"POST /api/v1/login HTTP/1.1\r\n" + host + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
                       b"GET / HTTP/1.1\r\n" + host + b"X: " + b"y" * 100_000 + b"\r\n\r\n"):
            first, headers = parse_headers(exchange(self.server.https_port, bytes_, context))
            self.assertRegex(first, r"^HTTP/1\.1 4\d\d ", bytes_[:40])
            self.assertEqual(headers["Content-Type"], "application/problem+json")
            self.check_headers(bytes_[:40], headers)

    def test_a_problem_says_what_it_is(self):
        answer = self.stranger().send("GET", "me")
        self.assertEqual(answer.headers["Content-Type"], "application/problem+json")
        problem = answer.json()
        self.assertEqual((problem["status"], problem["code"]), (401, "unauthenticated"))
        self.assertEqual(problem["request_id"], answer.headers["X-Request-Id"])
        self.assertEqual(answer.headers["Cache-Control"], "no-store")


class Clear(OneServer):
    """Plain HTTP."""

    def ask(self, method, path):
        plain = client.Client(self.server.http_port, None, tls=False)
        return plain.send(method, path)

    def test_pages_are_redirected(self):
        for path in ("/", "/servers?next=%2Fme", "/assets/none.js"):
            answer = self.ask("GET", path)
            self.assertEqual(answer.status, 308)
            self.assertEqual(answer.headers["Location"], self.server.url + path)
            self.check_headers(path, answer.headers)

    def test_the_api_is_refused(self):
        for method, path in (("GET", "/api/v1/meta/instance"), ("POST", "/api/v1/login"),
                             ("POST", "/agent/v1/push")):
            answer = self.ask(method, path)
            self.assertEqual(answer.status, 403, path)
            self.assertEqual(answer.json()["code"], "https_required")
            self.assertNotIn("Location", answer.headers)
            self.check_headers(path, answer.headers)


class Tls(OneServer):
    def shake_hands(self, version, ciphers="ALL:@SECLEVEL=0"):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(self.server.ca)
        context.minimum_version = context.maximum_version = version
        context.set_ciphers(ciphers)
        with socket.create_connection(("127.0.0.1", self.server.https_port),
                                      timeout=programs.PATIENCE_S) as plain:
            with context.wrap_socket(plain, server_hostname="127.0.0.1") as stream:
                return stream.version(), stream.cipher()[0]

    def test_old_versions_are_refused(self):
        for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
            with self.assertWarns(DeprecationWarning), self.assertRaises(OSError):
                self.shake_hands(version)

    def test_current_versions_are_spoken(self):
        self.assertEqual(self.shake_hands(ssl.TLSVersion.TLSv1_3)[0], "TLSv1.3")
        version, cipher = self.shake_hands(ssl.TLSVersion.TLSv1_2)
        self.assertEqual(version, "TLSv1.2")
        self.assertRegex(cipher, r"^ECDHE-.*(GCM|CHACHA20)")

    def test_weak_ciphers_are_refused(self):
        for ciphers in ("AES128-SHA:@SECLEVEL=0", "AES256-GCM-SHA384", "ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0"):
            with self.assertRaises(OSError, msg=ciphers):
                self.shake_hands(ssl.TLSVersion.TLSv1_2, ciphers)

    def test_another_authority_is_not_believed(self):
        with self.assertRaises(ssl.SSLCertVerificationError):
            with socket.create_connection(("127.0.0.1", self.server.https_port)) as plain:
                ssl.create_default_context().wrap_socket(plain, server_hostname="127.0.0.1")


class Modes(unittest.TestCase):
    def test_behind_a_trusted_proxy_the_record_shows_the_client(self):
        with programs.temporary_directory() as directory:
            port = programs.free_port()
            server = programs.Server(directory / "data", http=port, ATALAYA_TLS_MODE="proxy",
                                     ATALAYA_TLS_TRUSTED_PROXIES="127.0.0.1,192.0.2.1",
                                     ATALAYA_SERVER_PUBLIC_URL="https://atalaya.example.com")
            self.assertEqual(server.url, "https://atalaya.example.com")
            # The hop nearest to us that is not a trusted proxy counts; what stands left of it may be forged.
            hops = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "10.9.9.9, 203.0.113.7, 192.0.2.1"}
            ada = client.Client(port, None, tls=False, headers=hops)
            ada.sign_up(setup_token=server.setup_token)
            sessions = ada.list_all("sessions")
            self.assertEqual([session["ip"] for session in sessions], ["203.0.113.7"])
            events = ada.list_all(ada.in_team("/audit/events"))
            self.assertEqual({event["ip"] for event in events}, {"203.0.113.7"})

            in_clear = client.Client(port, None, tls=False, headers={"X-Forwarded-Proto": "http"})
            self.assertIn(in_clear.send("GET", "/api/v1/meta/instance").status, (403, 308))
            garbled = client.Client(port, None, tls=False, headers=hops | {"X-Forwarded-For": "not an address"})
            self.assertEqual(garbled.send("GET", "/api/v1/meta/instance").status, 400)
            self.assertEqual(server.stop(), 0)

    def test_nobody_is_a_proxy_unless_named(self):
        with programs.temporary_directory() as directory:
            server = programs.Server(directory / "data")
            hops = {"X-Forwarded-For": "203.0.113.7"}
            ada = client.Client(server.https_port, server.ca, headers=hops).sign_up(setup_token=server.setup_token)
            self.assertEqual([session["ip"] for session in ada.list_all("sessions")], ["127.0.0.1"])
            server.stop()

    def test_files_of_the_operator(self):
        with programs.temporary_directory() as directory:
            certificate, key = directory / "own.pem", directory / "own.key"
            subprocess.run(
                ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                 "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=own.example.com",
                 "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
            settings = {"ATALAYA_TLS_MODE": "files", "ATALAYA_TLS_CERTIFICATE": str(certificate),
                        "ATALAYA_TLS_KEY": str(key)}
            server = programs.Server(directory / "data", **settings)
            self.assertEqual(client.Client(server.https_port, certificate).send("GET", "/readyz").status, 200)
            self.assertFalse((server.data / "tls").exists())
            self.assertEqual(server.stop(), 0)

            key.unlink()
            refused = programs.run("up", "--data", server.data, "--https", "127.0.0.1:0", "--http", "off", **settings)
            self.assertEqual(refused.returncode, 1)
            self.assertIn(str(key), refused.stderr)

    def test_proxy_mode_stays_on_loopback(self):
        with programs.temporary_directory() as directory:
            refused = programs.run("up", "--data", directory / "data", "--http", "0.0.0.0:0",
                                   ATALAYA_TLS_MODE="proxy")
            self.assertEqual(refused.returncode, 1)
            self.assertFalse((pathlib.Path(directory) / "data/postgres/data").exists())


if __name__ == "__main__":
    unittest.main()
