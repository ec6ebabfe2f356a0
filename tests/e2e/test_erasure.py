"""A person goes: nothing of them is left in files, log, exports; the record verifies; a kill -9 in the middle changes
nothing of that."""

import subprocess
import sys
import unittest

import client
import programs

SCRIPT = programs.ROOT / "tools/verify_bundle.py"
NAME = "Quillon Planted"
EMAIL = "planted.person@example.com"
BROWSER = "PlantedBrowser/77.1"
ADDRESS = "203.0.113.177"
DOOR = "planted words about a door"
MISTAKE = "planted by mistake"
MARKERS = (NAME, EMAIL, BROWSER, ADDRESS, DOOR, MISTAKE)
PERSONS_BODIES = "substr(sealed, 1, 17) = '\\x03'::bytea || uuid_send('{}'::uuid)"


class Erasure(unittest.TestCase):
    def setUp(self):
        self.directory = self.enterContext(programs.temporary_directory())
        self.server = programs.Server(self.directory / "data", ATALAYA_LOG_LEVEL="debug",
                                      ATALAYA_TLS_TRUSTED_PROXIES="127.0.0.1")
        self.addCleanup(lambda: self.server.stop())
        self.ada = client.Client(self.server.https_port, self.server.ca).sign_up(setup_token=self.server.setup_token)

    def psql(self, sql):
        done = programs.psql(self.server.data, sql)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.strip()

    def alone(self, sql):
        """A statement that runs in no transaction."""
        done = programs.run("psql", "--data", self.server.data, "--role", "owner", "--", "-q", "-c", sql)
        self.assertEqual(done.returncode, 0, done.stderr)

    def invite_bob(self):
        """Somebody with all the marks, who belongs to ada's team and owns none."""
        invited = self.ada.call("POST", self.ada.in_team("/invitations"), {"email": EMAIL, "role": "admin"}, 201)
        bob = client.Client(self.server.https_port, self.server.ca,
                            headers={"User-Agent": BROWSER, "X-Forwarded-For": ADDRESS})
        bob.call("POST", "invitations/sign-up", {
            "token": invited["link"].split("#")[1], "name": NAME, "password": client.PASSWORD}, 201)
        me = bob.call("GET", "me")
        bob.csrf, bob.team, self.bob = me["csrf_token"], self.ada.team, me["user"]["id"]
        for number in range(3):
            made = bob.call("POST", bob.in_team("/servers"), {"name": f"{DOOR} {number}, says {NAME}"}, 201)
            bob.call("DELETE", bob.in_team(f"/servers/{made['id']}"))
        bob.call("PATCH", "me", {"name": NAME + " II"})
        bob.call("PATCH", "me", {"name": NAME})
        return bob

    def receipt(self, erasure):
        return self.ada.call("GET", f"erasures/{erasure}")

    def await_end(self, erasure):
        return programs.wait_until("the person is erased", lambda: (
            (one := self.receipt(erasure))["state"] == "done" and one))

    def sealed_bodies(self, where):
        return [bytes.fromhex(line) for line in self.psql(
            f"select encode(sealed, 'hex') from aud.payloads where {where}").splitlines()]

    def files(self, below):
        return [path for path in sorted((self.server.data / below).rglob("*")) if path.is_file() and not path.is_symlink()]

    def holding(self, below, needles):
        """Which of them stand in a file below this directory."""
        found = set()
        for path in self.files(below):
            content = path.read_bytes()
            found |= {needle for needle in needles if needle in content}
        return found

    def verdict(self, name, bundle):
        file = self.directory / name
        file.write_bytes(bundle)
        codes = {subprocess.run([*program, str(file)], capture_output=True, timeout=programs.PATIENCE_S).returncode
                 for program in ([programs.VERIFY], [sys.executable, str(SCRIPT)])}
        self.assertEqual(len(codes), 1, codes)
        return codes.pop()

    def expect_whole(self, erased):
        """The running server, the command line and both verifiers find the chain whole, with erasures."""
        report = self.ada.call("POST", self.ada.in_team("/audit/verify"), {})
        self.assertTrue(report["ok"], report)
        self.assertGreaterEqual(report["erased"], erased)
        said = programs.run("audit", "verify", "--data", self.server.data)
        self.assertEqual(said.returncode, 0, said.stdout)
        bundle = self.ada.send("POST", self.ada.in_team("/audit/bundle"), {})
        self.assertEqual(bundle.status, 200, bundle)
        self.assertEqual(self.verdict("after.zip", bundle.body), 10)
        return bundle.body

    def test_nothing_of_what_was_erased_is_left(self):
        bob = self.invite_bob()
        made = self.ada.call("POST", self.ada.in_team("/servers"), {"name": MISTAKE}, 201)
        self.ada.call("DELETE", self.ada.in_team(f"/servers/{made['id']}"))
        listed = self.ada.list_all(self.ada.in_team("/audit/events"))
        mistakes = [event["seq"] for event in listed if event["resource_name"] == MISTAKE]
        self.assertEqual(len(mistakes), 2)
        of_bob = self.sealed_bodies(PERSONS_BODIES.format(self.bob))
        of_team = self.sealed_bodies(f"team_id = '{self.ada.team}' and part = 1 and seq in ({mistakes[0]}, {mistakes[1]})")
        # The name stands in what he did, his address in the invitation: under the team's key.
        named = [event["seq"] for event in listed if NAME in str(event["resource_name"]) or EMAIL in str(event)]
        of_team += self.sealed_bodies(f"team_id = '{self.ada.team}' and part = 1 and seq in ({','.join(map(str, named))})")
        self.assertGreater(len(of_bob), 10)
        self.psql("checkpoint")
        # A piece from the middle: what is long may be cut by the edge of a page.
        pieces = {body[40:72] for body in of_bob + of_team}
        self.assertEqual(self.holding("postgres/data/base", pieces), pieces, "or the search would find nothing")
        self.assertEqual(self.holding(".", [marker.encode() for marker in MARKERS]), set())
        key = self.server.data / f"keyring/persons/{self.bob}.key"
        self.assertTrue(key.exists())

        for seq in mistakes:
            self.ada.call("POST", self.ada.in_team(f"/audit/events/{seq}/erasure"),
                          {"body": "what", "basis": "entered_by_mistake", "note": ""}, 204)
        begun = bob.call("DELETE", "me", status=200)
        self.assertEqual(bob.send("GET", "me").status, 401)
        receipt = self.await_end(begun["id"])
        self.assertGreaterEqual(receipt["bodies"], len(of_bob))
        self.assertEqual({chain["chain"] for chain in receipt["chains"]},
                         {self.ada.team, "00000000-0000-0000-0000-000000000000"})
        self.assertFalse(key.exists())
        self.assertEqual(self.psql(f"select count(*) from aud.payloads where {PERSONS_BODIES.format(self.bob)}"), "0")
        for chain in receipt["chains"]:
            for seq in chain["tombstones"]:
                self.assertEqual(self.psql(f"select action from aud.events where team_id = '{chain['chain']}' "
                                           f"and seq = {seq}"), "audit.tombstone")

        given = self.expect_whole(erased=len(of_team))
        for path in ("/audit/events?limit=500", "/audit/export?format=ndjson", "/audit/export?format=csv", "/members"):
            answer = self.ada.send("GET", self.ada.in_team(path))
            self.assertEqual(answer.status, 200, answer)
            given += answer.body
        given += self.ada.send("GET", self.ada.in_team("/audit/events?q=planted")).body
        self.assertTrue(b"member.erase" in given, "or the search would find nothing")
        for marker in MARKERS:
            self.assertFalse(marker.encode() in given, marker)

        for table in ("aud.payloads", "app.audit_search", "idn.users", "idn.sessions", "idn.erasures", "app.invitations"):
            self.alone(f"vacuum (full) {table}")
        self.psql("checkpoint")
        self.assertEqual(self.server.stop(), 0)
        self.assertEqual(self.holding("postgres/data/base", pieces), set())
        self.assertEqual(self.holding(".", [marker.encode() for marker in MARKERS]), set())
        log = self.server.log()
        self.assertIn("person erased", log)
        for word in (*MARKERS, self.bob):
            self.assertNotIn(word, log)

    def test_killed_in_the_middle_it_goes_on(self):
        bob = self.invite_bob()
        # The first chain is done when the second waits for what this test holds.
        self.psql("""
            create function public.wait_for_test() returns trigger language plpgsql as $$
            begin
                perform pg_advisory_xact_lock_shared(4711);
                return new;
            end $$;
            create trigger wait_for_test before update on idn.erasure_chains for each row
            when (new.chain_id = '00000000-0000-0000-0000-000000000000' and new.bodies > 0)
            execute function public.wait_for_test()""")
        holder = subprocess.Popen(
            [programs.SERVER, "psql", "--data", str(self.server.data), "--role", "owner", "--", "-q", "-A", "-t"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=programs.environment())
        self.addCleanup(holder.wait)
        self.addCleanup(holder.kill)
        holder.stdin.write("select pg_advisory_lock(4711);\nselect 'held';\n")
        holder.stdin.flush()
        while holder.stdout.readline() != "held\n":
            pass
        begun = bob.call("DELETE", "me", status=200)
        programs.wait_until("the second chain is at work", lambda: self.psql(
            "select count(*) from pg_locks where locktype = 'advisory' and not granted") == "1")
        half = self.receipt(begun["id"])
        self.assertEqual((half["state"], [chain["chain"] for chain in half["chains"]]), ("under_way", [self.ada.team]))
        self.server.kill()
        holder.stdin.close()
        holder.wait()
        holder.stdout.close()
        # The database ends with its server, once who waited for the lock has seen that nobody is there any more.
        programs.wait_until("the database is down", lambda: self.server.postmaster_pid() is None)
        self.server = self.server.again()
        self.ada.close()
        receipt = self.await_end(begun["id"])
        self.assertEqual(receipt["chains"][0]["chain"], "00000000-0000-0000-0000-000000000000")
        self.assertIn(half["chains"][0], receipt["chains"], "what was erased before is not erased again")
        self.assertEqual(self.psql(f"select count(*) from aud.payloads where {PERSONS_BODIES.format(self.bob)}"), "0")
        self.assertEqual(self.psql(f"select count(*) from idn.users where id = '{self.bob}'"), "0")
        self.assertFalse((self.server.data / f"keyring/persons/{self.bob}.key").exists())
        self.expect_whole(erased=1)

    def test_the_command_line_begins_and_the_server_ends_it(self):
        self.invite_bob()
        refused = programs.run("admin", "erase", "ada@example.com", "--data", self.server.data)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("the last owner of 1 team", refused.stderr)
        done = programs.run("admin", "erase", EMAIL, "--data", self.server.data)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(done.stdout.startswith(f"{self.server.url}/api/v1/erasures/"), done.stdout)
        self.await_end(done.stdout.strip().rsplit("/", 1)[1])
        again = programs.run("admin", "erase", EMAIL, "--data", self.server.data)
        self.assertEqual(again.returncode, 1)


if __name__ == "__main__":
    unittest.main()
