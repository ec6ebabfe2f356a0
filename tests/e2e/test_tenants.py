"""Two teams at once, many requests at a time, a fifth of them cut off: nobody ever sees anything of the other team.

ATALAYA_E2E_SECONDS says for how long (10), ATALAYA_E2E_REQUESTS how many requests are under way at a time (200).
"""

import asyncio
import collections
import json
import os
import random
import ssl
import time
import unittest

import client
import programs
import remote_write

SECONDS = float(os.environ.get("ATALAYA_E2E_SECONDS", "10"))
REQUESTS = int(os.environ.get("ATALAYA_E2E_REQUESTS", "200"))
WANTED = ("cut", 200, 201, 404)  # what a run has to bring about to tell anything


class Team:
    """A team whose every text holds a marker."""

    def __init__(self, server, marker):
        self.marker = marker
        self.client = client.Client(server.https_port, server.ca)
        self.client.sign_up(f"{marker} Person", f"{marker}@example.com", f"{marker} Team")
        self.email = f"{marker}@example.com"
        self.servers = [self.client.call("POST", self.client.in_team("/servers"), self.new_server(i))["id"]
                        for i in range(20)]
        board = {"name": marker, "description": marker, "body": {
            "range": {"from": "now-1h", "to": "now"}, "refresh_s": 0, "variables": [], "panels": []}}
        self.dashboard = self.client.call("POST", self.client.in_team("/dashboards"), board)["id"]
        key = remote_write.make_key(self.client, "metrics:write")
        sample = remote_write.series([("__name__", f"{marker}_total")], [(int(time.time() * 1000), 1.0)])
        written = remote_write.write(self.client, key, remote_write.snappy(sample))
        if written.status != 204:
            raise AssertionError(str(written))

    def new_server(self, number):
        return {"name": f"{self.marker}-{number}", "note": f"{self.marker} " * 20}


class Caller:
    """One of the many: sends one request after the other for its team, and often hangs up early."""

    def __init__(self, port, context, own, other, seed, tally, door):
        self.port, self.context, self.own, self.other, self.door = port, context, own, other, door
        self.random = random.Random(seed)
        self.seed = seed
        self.count = 0
        self.tally = tally
        self.streams = None

    def choose(self):
        """Method, path, body, and whether the answer has to hold the own marker."""
        mine = "/api/v1/" + self.own.client.in_team()
        server = self.random.choice(self.own.servers)
        self.count += 1
        fresh = self.own.new_server(f"{self.seed}-{self.count}")
        foreign = self.random.choice(self.other.servers)
        return self.random.choice([
            ("GET", mine, None, True),
            ("GET", "/api/v1/me", None, True),
            ("GET", mine + "/servers?limit=20&sort=-created_at", None, True),
            ("GET", mine + "/servers?format=csv&limit=20", None, True),
            ("GET", mine + f"/servers?q={self.other.marker}", None, False),
            ("GET", mine + f"/servers/{server}", None, True),
            ("GET", mine + f"/servers/{server}/series", None, False),
            ("GET", mine + "/members", None, True),
            ("GET", mine + "/audit/events?limit=20", None, True),
            ("GET", mine + "/audit/head", None, False),
            ("GET", mine + "/metrics/labels/__name__/values", None, True),
            ("GET", mine + f"/metrics/query?query={self.own.marker}_total", None, True),
            ("GET", mine + f"/metrics/query?query={self.other.marker}_total", None, False),
            ("GET", mine + "/dashboards", None, True),
            ("GET", mine + f"/dashboards/{self.own.dashboard}/versions", None, True),
            ("GET", "/api/v1/sessions", None, False),
            ("POST", mine + "/servers", fresh, True),
            ("POST", mine + "/servers", fresh, True),
            ("PATCH", mine + f"/servers/{server}", {"note": f"{self.own.marker} {self.count}"}, True),
            ("PATCH", mine, {"name": f"{self.own.marker} Team {self.count}"}, True),
            # What belongs to the other team does not exist.
            ("GET", mine + f"/servers/{foreign}", None, None),
            ("DELETE", mine + f"/servers/{foreign}", None, None),
            ("GET", mine + f"/dashboards/{self.other.dashboard}", None, None),
            ("GET", f"/api/v1/teams/{self.other.client.team}/servers", None, None),
            ("PATCH", f"/api/v1/teams/{self.other.client.team}", {"name": "taken over"}, None),
            ("GET", f"/api/v1/teams/{self.other.client.team}/audit/events", None, None),
            ("GET", f"/api/v1/teams/{self.other.client.team}/metrics/labels", None, None),
        ])

    async def run(self, is_over):
        while not is_over():
            method, path, body, holds_own = self.choose()
            aborted = self.random.random() < 0.2
            try:
                answer = await self.exchange(method, path, body, aborted)
            except (OSError, EOFError, ssl.SSLError):
                self.hang_up()
                self.tally["cut" if aborted else "connection lost"] += 1
                continue
            if answer is None:
                self.tally["cut"] += 1
                continue
            self.judge(method, path, holds_own, *answer)
        self.hang_up()

    def hang_up(self):
        if self.streams:
            self.streams[1].transport.abort()
        self.streams = None

    async def exchange(self, method, path, body, aborted):
        """Status, head and body; or None after hanging up in the middle of request or answer."""
        if self.streams is None:
            # The server gives a handshake its time limit, and this one process does its part of all of them.
            async with self.door:
                self.streams = await asyncio.open_connection(
                    "127.0.0.1", self.port, ssl=self.context, server_hostname="127.0.0.1",
                    ssl_handshake_timeout=programs.PATIENCE_S)
        reader, writer = self.streams
        payload = b"" if body is None else json.dumps(body).encode()
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nContent-Length: {len(payload)}\r\n"
        for name, value in self.own.client.request_headers(method, body).items():
            head += f"{name}: {value}\r\n"
        request = head.encode() + b"\r\n" + payload
        if aborted and self.random.random() < 0.4:
            writer.write(request[:self.random.randrange(1, len(request))])
            await asyncio.sleep(self.random.random() * 0.01)
            return self.hang_up()
        writer.write(request)
        if aborted:
            await asyncio.sleep(self.random.random() * 0.05)
            if self.random.random() < 0.5:
                await reader.read(self.random.randrange(1, 500))
            return self.hang_up()
        answer_head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        status = int(answer_head[9:12])
        lines = dict(line.lower().split(": ", 1) for line in answer_head.split("\r\n")[1:-2])
        content = await reader.readexactly(int(lines.get("content-length", 0)))
        return status, answer_head, content.decode()

    def judge(self, method, path, holds_own, status, head, content):
        self.tally[status] += 1
        if self.other.marker in head or self.other.marker in content:
            self.tally["LEAK"] += 1
            print(f"leak: {method} {path}: {status} {content[:300]}")
        if status >= 500:
            print(f"fault: {method} {path}: {status} {content[:300]}")
        if holds_own is None and status != 404:
            self.tally["FOREIGN"] += 1
            print(f"foreign: {method} {path}: {status} {content[:300]}")
        if holds_own and status in (200, 201) and self.own.marker not in content:
            self.tally["STRANGE"] += 1
            print(f"strange: {method} {path}: {status} {content[:300]}")


class Tenants(unittest.TestCase):
    def test_no_answer_holds_anything_of_the_other_team(self):
        with programs.temporary_directory() as directory:
            server = programs.Server(directory / "data", ATALAYA_SIGNUP_MODE="open")
            client.Client(server.https_port, server.ca).sign_up(setup_token=server.setup_token)
            teams = [Team(server, "marker7amber"), Team(server, "marker3cobalt")]
            tally = self.run_callers(server, teams)
            print("\n" + ", ".join(f"{what}: {count}" for what, count in sorted(tally.items(), key=str)))

            for wrong in ("LEAK", "STRANGE", "FOREIGN", "connection lost", 500, 502):
                self.assertEqual(tally[wrong], 0, wrong)
            for what in WANTED:
                self.assertGreater(tally[what], 0, what)
            for team in teams:
                self.assertTrue(team.client.call("POST", team.client.in_team("/audit/verify"), {})["ok"])
                names = [row["name"] for row in team.client.list_all(team.client.in_team("/servers"))]
                self.assertEqual([name for name in names if team.marker not in name], [])
            self.assertEqual(programs.run("audit", "verify", "--data", server.data).returncode, 0)
            self.assertNotRegex(server.log(), '"level":"error"')
            self.assertEqual(server.stop(), 0)

    def run_callers(self, server, teams):
        context = ssl.create_default_context(cafile=str(server.ca))
        tally = collections.Counter()

        async def run_all():
            began = asyncio.get_running_loop().time()

            def is_over():
                """After the given time, and once everything came about that is looked at."""
                seconds = asyncio.get_running_loop().time() - began
                return seconds > SECONDS and (all(tally[what] for what in WANTED)
                                              or seconds > SECONDS + programs.PATIENCE_S)

            door = asyncio.Semaphore(20)
            await asyncio.gather(*(
                Caller(server.https_port, context, teams[i % 2], teams[1 - i % 2], i, tally, door).run(is_over)
                for i in range(REQUESTS)))

        asyncio.run(run_all())
        return tally


if __name__ == "__main__":
    unittest.main()
