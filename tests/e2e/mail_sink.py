"""A mail server for tests: SMTP on loopback with STARTTLS or TLS from the first byte, optional log-in, and answers that
the test chooses. In a thread of its own; what it took is in `messages`."""

import asyncio
import base64
import email
import email.policy
import ssl
import subprocess
import threading


def make_certificate(directory):
    """Gives the paths of a certificate for 127.0.0.1, which is its own authority, and of its key."""
    certificate, key = directory / "mail.pem", directory / "mail.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
                    "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return certificate, key


class Taken:
    """One message as it came over the wire."""

    def __init__(self, session, data):
        self.sender, self.recipients, self.tls, self.user = (
            session.sender, list(session.recipients), session.tls, session.user)
        self.raw = data
        self.mime = email.message_from_bytes(data, policy=email.policy.default)

    def part(self, kind):
        return self.mime.get_body((kind,)).get_content()


class _Session:
    def __init__(self, sink, reader, writer):
        self.sink, self.reader, self.writer = sink, reader, writer
        self.tls, self.user = sink.implicit_tls, None
        self.reset()

    def reset(self):
        self.sender, self.recipients = None, []

    async def say(self, line):
        self.writer.write(line.encode() + b"\r\n")
        await self.writer.drain()

    async def run(self):
        await self.say("220 sink.example ESMTP")
        while line := await self.reader.readline():
            verb, _, rest = line.decode().strip().partition(" ")
            verb = verb.upper()
            if verb == "QUIT":
                return await self.say("221 bye")
            handler = getattr(self, "on_" + verb.lower(), None)
            if handler is None:
                await self.say("502 not here")
            else:
                await handler(rest)

    async def on_ehlo(self, _):
        lines = ["sink.example"]
        if self.sink.context and not self.tls and self.sink.offers_starttls:
            lines.append("STARTTLS")
        if self.sink.login:
            lines.append("AUTH PLAIN")
        for line in lines:
            await self.say(f"250{' ' if line == lines[-1] else '-'}{line}")

    async def on_starttls(self, _):
        await self.say("220 go on")
        await self.writer.start_tls(self.sink.context)
        self.tls = True
        self.reset()

    async def on_auth(self, rest):
        method, _, proof = rest.partition(" ")
        if not proof:
            await self.say("334 ")
            proof = (await self.reader.readline()).decode().strip()
        _, user, password = base64.b64decode(proof).decode().split("\0")
        if method != "PLAIN" or (user, password) != self.sink.login:
            return await self.say("535 no")
        self.user = user
        await self.say("235 welcome")

    async def on_mail(self, rest):
        if self.sink.login and not self.user:
            return await self.say("530 log in first")
        self.sender = rest
        await self.say("250 ok")

    async def on_rcpt(self, rest):
        answer = self.sink.next_answer("rcpt")
        if answer.startswith("2"):
            self.recipients.append(rest)
        await self.say(answer)

    async def on_data(self, _):
        await self.say("354 go on")
        lines = []
        while (line := await self.reader.readline()) != b".\r\n":
            if not line:
                return
            lines.append(line[1:] if line.startswith(b".") else line)
        answer = self.sink.next_answer("data")
        if answer.startswith("2"):
            self.sink.messages.append(Taken(self, b"".join(lines)))
        self.reset()
        await self.say(answer)


class Sink:
    def __init__(self, port, certificate=None, key=None, implicit_tls=False, login=None, offers_starttls=True):
        self.port, self.implicit_tls, self.login, self.offers_starttls = port, implicit_tls, login, offers_starttls
        self.context = None
        if certificate:
            self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            self.context.load_cert_chain(certificate, key)
        self.messages = []
        self.connections = 0
        self.answers = {"rcpt": [], "data": []}  # given one after the other, before 250
        self._loop = asyncio.new_event_loop()
        self._up = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        if not self._up.wait(30):
            raise AssertionError("the mail sink did not start")

    def next_answer(self, where):
        return self.answers[where].pop(0) if self.answers[where] else "250 ok"

    def to(self, address):
        """The messages for this address, as they are now."""
        return [message for message in list(self.messages) if f"<{address}>" in " ".join(message.recipients)]

    async def _serve(self, reader, writer):
        self.connections += 1
        try:
            await _Session(self, reader, writer).run()
        except (OSError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        finally:
            writer.close()

    def _run(self):
        asyncio.set_event_loop(self._loop)
        self._loop.set_exception_handler(lambda *_: None)  # a client that breaks off is part of the tests
        server = self._loop.run_until_complete(asyncio.start_server(
            self._serve, "127.0.0.1", self.port, ssl=self.context if self.implicit_tls else None))
        self._up.set()
        self._loop.run_forever()
        server.close()
        self._loop.run_until_complete(server.wait_closed())
        self._loop.close()

    def stop(self):
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)
