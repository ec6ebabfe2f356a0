"""The disk of the data directory is full: changes are refused plainly, reads go on, all is well with new space."""

import os
import subprocess
import time
import unittest

import client
import programs

SIZE = 700_000_000


class DiskFull(unittest.TestCase):
    def setUp(self):
        self.directory = self.enterContext(programs.temporary_directory())
        self.disk = self.directory / "disk"
        self.disk.mkdir()
        options = f"size={SIZE},mode=0711,uid={os.geteuid()}"
        mounted = subprocess.run([*programs.as_root(), "mount", "-t", "tmpfs", "-o", options, "tmpfs", self.disk],
                                 capture_output=True, text=True)
        if mounted.returncode != 0:
            self.skipTest(f"no disk can be mounted here: {mounted.stderr.strip()}")
        self.addCleanup(subprocess.run, [*programs.as_root(), "umount", "--lazy", self.disk], check=True)

    def fill(self, leave=0):
        """Ballast until only so many bytes are left; others write meanwhile, so it takes smaller and smaller pieces."""
        piece = SIZE
        with open(self.disk / "ballast", "ab") as ballast:
            while self.free_bytes() > leave and piece >= 4096:
                size = min(piece, self.free_bytes() - leave)
                try:
                    os.posix_fallocate(ballast.fileno(), ballast.seek(0, os.SEEK_END), size)
                except OSError:
                    piece //= 2

    def free_bytes(self):
        disk = os.statvfs(self.disk)
        return disk.f_bavail * disk.f_frsize

    def free(self):
        (self.disk / "ballast").unlink()

    def test_a_start_without_room_is_refused(self):
        self.fill(leave=100_000_000)
        refused = programs.run("up", "--data", self.disk / "data", "--https", "127.0.0.1:0", "--http", "off")
        self.assertEqual(refused.returncode, 1)
        self.assertRegex(refused.stderr,
                         r"^atalaya: Only \d+ MB are free under .*, \d+ MB are needed\. Free some space\.\n$")
        doctor = programs.run("doctor", "--data", self.disk / "data")
        self.assertEqual(doctor.returncode, 1)
        self.assertRegex(doctor.stdout, r"(?m)^FAIL disk_full ")

    def test_a_full_disk_is_survived(self):
        server = programs.Server(self.disk / "data")
        self.addCleanup(server.stop)
        ada = client.Client(server.https_port, server.ca).sign_up(setup_token=server.setup_token)
        watched = ada.call("POST", ada.in_team("/servers"), {"name": "watched"})
        agent = programs.Agent(self.directory / "agent", server.url, watched["agent_token"], server.ca)
        self.addCleanup(agent.stop)
        programs.wait_until("the agent reports", lambda: self.read(ada, watched)["status"] == "up")

        acknowledged = []
        self.fill()
        refusal = self.change_until_refused(ada, acknowledged)
        print(f"\nrefused after {len(acknowledged)} changes: {refusal}")
        self.assertIn(refusal.status, (503, 507), str(refusal))
        self.assertEqual(refusal.headers["Content-Type"], "application/problem+json")
        for number in range(5):
            self.assertEqual(self.read(ada, watched)["name"], "watched")
            self.assertTrue(ada.list_all(ada.in_team("/servers")))
            self.assertTrue(ada.list_all(ada.in_team("/audit/events")))
            self.assertIn(self.change(ada, f"refused-{number}").status, (201, 503, 507))
        programs.wait_until("the agent keeps what is not taken", lambda: "agent.server_busy" in agent.log())
        still_full, spool = int(time.time()), self.spool_size(agent)
        programs.wait_until("a tick of the full time", lambda: self.spool_size(agent) > spool)

        full_at = int(time.time()) + 1
        self.free()
        programs.wait_until("changes are taken again", lambda: self.change(ada, f"back-{time.time()}").status == 201)
        programs.wait_until("the agent's ticks arrive",
                            lambda: ada.series(watched["id"], "uptime_s", full_at, full_at + 1000))
        kept = {row["name"] for row in ada.list_all(ada.in_team("/servers"))}
        self.assertEqual(set(acknowledged) - kept, set())
        self.assertGreater(len(ada.series(watched["id"], "uptime_s", still_full - 1, full_at)), 0)
        verified = programs.run("audit", "verify", "--data", server.data)
        self.assertEqual(verified.returncode, 0, verified.stdout)
        server.stop()
        again = server.again()
        self.assertEqual(again.stop(), 0)

    def test_changes_end_while_there_is_room_to_read(self):
        """A disk that our own changes fill: PostgreSQL needs room for sessions, sorting and checkpoints yet."""
        server = programs.Server(self.disk / "data")
        self.addCleanup(server.stop)
        ada = client.Client(server.https_port, server.ca).sign_up(setup_token=server.setup_token)
        self.fill(leave=70_000_000)
        acknowledged = []
        self.assertEqual(self.change_until_refused(ada, acknowledged).status, 507)
        self.assertGreater(len(acknowledged), 0)
        self.assertGreater(self.free_bytes(), 100_000_000)
        self.assertEqual({row["name"] for row in ada.list_all(ada.in_team("/servers"))}, set(acknowledged))
        again = client.Client(server.https_port, server.ca).log_in()
        self.assertTrue(again.list_all(again.in_team("/audit/events")))
        self.free()
        programs.wait_until("changes are taken again", lambda: self.change(ada, f"back-{time.time()}").status == 201)

    def spool_size(self, agent):
        return sum(file.stat().st_size for file in (agent.directory / "spool").iterdir())

    def read(self, ada, watched):
        return ada.call("GET", ada.in_team(f"/servers/{watched['id']}"))

    def change(self, ada, name):
        return ada.send("POST", ada.in_team("/servers"), {"name": name, "note": "x" * 2000})

    def change_until_refused(self, ada, acknowledged):
        """The write-ahead log lies in files of 16 MB that are there already: much goes into them yet."""
        deadline = time.monotonic() + programs.PATIENCE_S
        while time.monotonic() < deadline:
            name = f"late-{len(acknowledged)}"
            answer = self.change(ada, name)
            if answer.status != 201:
                return answer
            acknowledged.append(name)
        raise AssertionError("changes were taken without end")


if __name__ == "__main__":
    unittest.main()
