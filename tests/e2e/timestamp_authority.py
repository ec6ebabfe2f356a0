"""A timestamp authority (RFC 3161) over HTTPS: `openssl ts` behind a small server, which misbehaves when told to."""

import contextlib
import datetime
import http.server
import ssl
import subprocess
import threading

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

CONFIG = """[tsa]
default_tsa = it
[it]
serial = {directory}/serial
crypto_device = builtin
signer_cert = {directory}/{signer}.pem
certs = {directory}/{signer}.pem
signer_key = {directory}/{signer}.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ordering = no
tsa_name = no
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


class Authority:
    """Answers at https://127.0.0.1:`port`/ with the certificate of a TLS server. `mode` is what it does to each question."""

    def __init__(self, directory, certificate, key):
        self.directory = directory
        directory.mkdir()
        self.mode = "good"
        self.asked = 0
        self.ca = self._make_signers("good", "ca")
        self.other_ca = self._make_signers("stranger", "other-ca")
        self._make_signers("expired", "ca", ended=True)
        authority = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                authority.asked += 1
                status, body = authority.answer(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(status)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                with contextlib.suppress(OSError):  # who has had enough hangs up
                    self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"https://127.0.0.1:{self.server.server_port}/tsr"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, query):
        if self.mode == "error":
            return 503, b"later"
        if self.mode == "huge":
            return 200, bytes(1 << 20)
        if self.mode == "garbage":
            return 200, b"hello"
        if self.mode == "refusal":  # status 2, rejection
            return 200, bytes.fromhex("30053003020102")
        query = bytearray(query)
        if self.mode == "imprint":
            query[query.find(b"\x04\x20") + 2] ^= 1
        if self.mode == "nonce":
            query[-4] ^= 1  # the last byte before the wish for certificates
        signer = self.mode if self.mode in ("stranger", "expired") else "good"
        return 200, self.stamp(bytes(query), signer)

    def stamp(self, query, signer="good"):
        config, question, reply = (self.directory / name for name in ("tsa.cnf", "query", "reply"))
        config.write_text(CONFIG.format(directory=self.directory, signer=signer))
        question.write_bytes(query)
        subprocess.run(["openssl", "ts", "-reply", "-config", config, "-queryfile", question, "-out", reply], check=True,
                       capture_output=True)
        return reply.read_bytes()

    def _make_signers(self, name, ca, ended=False):
        """A signer's certificate and key; gives the file of its authority, made when there is none."""
        file, ca_key_file = self.directory / f"{ca}.pem", self.directory / f"{ca}.key"
        now = datetime.datetime.now(datetime.timezone.utc)
        if not file.exists():
            ca_key = ec.generate_private_key(ec.SECP256R1())
            self._write(ca, ca_key, self._certificate(ca, ca, ca_key, ca_key, now - datetime.timedelta(days=2), 30, True))
        ca_key = serialization.load_pem_private_key(ca_key_file.read_bytes(), None)
        key = ec.generate_private_key(ec.SECP256R1())
        days = 1 if ended else 30  # from the day before yesterday on
        self._write(name, key, self._certificate(name, ca, key, ca_key, now - datetime.timedelta(days=2), days, False))
        return file

    def _write(self, name, key, certificate):
        (self.directory / f"{name}.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        (self.directory / f"{name}.key").write_bytes(key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))

    @staticmethod
    def _certificate(name, issuer, key, issuer_key, start, days, is_ca):
        named = [x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, one)]) for one in (name, issuer)]
        builder = (x509.CertificateBuilder().subject_name(named[0]).issuer_name(named[1]).public_key(key.public_key())
                   .serial_number(x509.random_serial_number()).not_valid_before(start)
                   .not_valid_after(start + datetime.timedelta(days=days))
                   .add_extension(x509.BasicConstraints(is_ca, None), critical=True))
        if not is_ca:
            usage = x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.TIME_STAMPING])
            builder = builder.add_extension(usage, critical=True)
        return builder.sign(issuer_key, hashes.SHA256())
