"""Somebody with the database in hand, while the server runs and before it starts: the signer, the watch over the chains
and the start find it, and so does an auditor who kept the last checkpoint."""

import json
import shutil
import subprocess
import unittest

import client
import programs
from test_tamper import edit_events

FLIP = """
update aud.events set commits = set_byte(commits, 0, (get_byte(commits, 0) + 1) % 256) where team_id = '{team}' and seq = 5"""

# An event that never was, made of the one before it; those behind it move on, and their headers say so.
INSERT = """
do $$
declare
    fresh uuid := gen_random_uuid();
begin
    update aud.events set seq = -seq where team_id = '{team}' and seq >= {at};
    update aud.events set seq = 1 - seq, header = overlay(header placing int8send(1 - seq) from 34 for 8)
    where team_id = '{team}' and seq < 0;
    update aud.payloads set seq = -seq where team_id = '{team}' and seq >= {at};
    update aud.payloads set seq = 1 - seq where team_id = '{team}' and seq < 0;
    insert into aud.events (team_id, seq, event_id, occurred_at, action, outcome, actor_kind, resource_type, resource_id,
                            header, commits, prev_hash, row_hash, seal)
    select team_id, {at}, fresh, occurred_at, action, outcome, actor_kind, resource_type, resource_id,
           overlay(overlay(header placing int8send({at}) from 34 for 8) placing uuid_send(fresh) from 47 for 16),
           commits, prev_hash, row_hash, seal
    from aud.events where team_id = '{team}' and seq = {before};
    insert into aud.payloads (team_id, seq, part, sealed)
    select team_id, {at}, part, sealed from aud.payloads where team_id = '{team}' and seq = {before};
    update aud.heads set seq = seq + 1 where team_id = '{team}';
end $$"""

RELINK = """
do $$
declare
    event record;
    previous bytea;
begin
    select row_hash into previous from aud.events where team_id = '{team}' and seq = {before};
    for event in select * from aud.events where team_id = '{team}' and seq >= {at} order by seq loop
        update aud.events e
        set prev_hash = previous, row_hash = sha256('\\x02'::bytea || previous || int8send(octet_length(e.header))
                                                    || e.header || '\\x02'::bytea || e.commits)
        where team_id = '{team}' and seq = event.seq returning row_hash into previous;
    end loop;
    update aud.heads set hash = previous where team_id = '{team}';
end $$"""


SWAP = ("update aud.events set seq = -seq where team_id = '{team}' and seq in (5, 6)",
        "update aud.events set seq = 11 + seq where team_id = '{team}' and seq < 0")

CUT = [f"delete from aud.{table} where team_id = '{{team}}' and seq >= {{at}}" for table in ("events", "payloads")]
SET_BACK = """
update aud.heads h set seq = e.seq, hash = e.row_hash, prev_hash = e.prev_hash from aud.events e
where h.team_id = '{team}' and e.team_id = h.team_id and e.seq = {before}"""


def edit(what, table="events", more=""):
    return f"update aud.{table} set {what} where team_id = '{{team}}' and seq = 5 {more}"


# What is done, where the running server finds it, and what an auditor finds who kept the last checkpoint.
TAMPERINGS = (
    ("an edited header", [edit("header = set_byte(header, 60, 0)")], 5, (30, 5)),
    ("an edited body", [edit("sealed = set_byte(sealed, 40, 255 - get_byte(sealed, 40))", "payloads", "and part = 1")],
     5, (30, 5)),
    ("an edited commitment", [FLIP], 5, (30, 5)),
    ("an event deleted in the middle", [sql + " and seq < 6" for sql in CUT], 5, (30, 5)),
    ("two events swapped", SWAP, 5, (30, 5)),
    ("a rewritten suffix", [FLIP, RELINK], 5, (30, 5)),
    ("a forged event in between", [INSERT, RELINK], 5, (30, 5)),
    # Of these two, what leaves the house says the truth: columns and seals stay inside.
    ("an edited column", [edit("action = 'server.read'")], 5, (0, None)),
    ("a forged seal", [edit("seal = set_byte(seal, 0, 255 - get_byte(seal, 0))")], 5, (0, None)))


class RecordWatch(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = cls.enterClassContext(programs.temporary_directory())
        cls.data = cls.directory / "data"
        server = cls.server = programs.Server(cls.data, ATALAYA_SIGNER_INTERVAL_S="1")
        cls.addClassCleanup(lambda: cls.server.stop())
        cls.ada = ada = client.Client(server.https_port, server.ca).sign_up(setup_token=server.setup_token)
        cls.add_servers(4)
        cls.stop_and_keep("yesterday")
        cls.server = server.again()
        cls.ada.close()
        cls.add_servers(4)
        cls.size = cls.head()["seq"]
        listed = ada.call("GET", ada.in_team("/audit/checkpoints"))["data"]
        cls.vkey = listed[0]["vkey"]
        (cls.directory / "kept.txt").write_text(listed[0]["note"])
        programs.wait_until("the watch saw all of it", lambda: cls.head()["last_verified"]["seq"] >= cls.size)
        cls.stop_and_keep("today")

    @classmethod
    def add_servers(cls, count):
        for number in range(count):
            cls.ada.call("POST", cls.ada.in_team("/servers"), {"name": f"web-{number}-{cls.server.process.pid}"})
        programs.wait_until("all of it is signed for",
                            lambda: cls.head()["signing"]["size"] == cls.head()["seq"])

    @classmethod
    def head(cls):
        return cls.ada.call("GET", cls.ada.in_team("/audit/head"))

    @classmethod
    def stop_and_keep(cls, name):
        if cls.server.stop() != 0:
            raise AssertionError(cls.server.log())
        for part in ("postgres/data", "signer", "watch"):
            subprocess.run(["cp", "-a", cls.data / part, cls.directory / f"{name}-{part[0]}"], check=True)

    def bring_back(self, database, signer, watch="today"):
        self.server.stop()
        self.ada.close()
        for part, name in (("postgres/data", database), ("signer", signer), ("watch", watch)):
            shutil.rmtree(self.data / part)
            subprocess.run(["cp", "-a", self.directory / f"{name}-{part[0]}", self.data / part], check=True)

    def start(self):
        type(self).server = self.server.again()

    def tamper(self, *statements, at=5):
        self.bring_back("today", "today")
        self.start()
        team = self.ada.team
        done = programs.psql(self.data, edit_events(*(one.format(team=team, at=at, before=at - 1) for one in statements)))
        self.assertEqual(done.returncode, 0, done.stderr)

    def wait_for_finding(self):
        """Where the watch says that the chain breaks."""
        programs.wait_until("the watch finds it", lambda: not (self.head()["last_verified"] or {"ok": True})["ok"])
        return self.head()["last_verified"]["seq"]

    def judge(self):
        """What an auditor says who kept the last checkpoint and the key."""
        file = self.directory / "bundle.zip"
        file.write_bytes(self.ada.call("POST", self.ada.in_team("/audit/bundle"), {}).body)
        answer = subprocess.run([programs.VERIFY, str(file), "--checkpoint", str(self.directory / "kept.txt"), "--vkey",
                                 self.vkey, "--json"], capture_output=True, text=True)
        return answer.returncode, json.loads(answer.stdout)["first_bad"]

    def test_a_restored_database_does_not_start(self):
        self.bring_back("yesterday", "today")
        answer = programs.run("up", "--data", self.data, "--https", "127.0.0.1:0", "--http", "off")
        lines = [line for line in answer.stderr.splitlines() if not line.startswith("{")]
        self.assertEqual((answer.returncode, len(lines)), (1, 1), answer.stderr)
        self.assertRegex(lines[0], rf"audit chain of team {self.ada.team} does not hold at {self.size}: the chain ends "
                                   rf"at \d+, and a checkpoint of {self.size} events was signed")

    def test_a_restored_directory_is_found_by_who_kept_a_checkpoint(self):
        self.bring_back("yesterday", "yesterday", "yesterday")
        self.start()  # nothing here remembers today
        self.assertEqual(self.judge(), (20, None))

    def test_what_is_done_to_the_record_is_found_inside_and_outside(self):
        for what, statements, found, judged in TAMPERINGS:
            with self.subTest(what):
                self.tamper(*statements)
                self.assertEqual(self.wait_for_finding(), found)
                self.wait_for_event("audit.broken")
                self.assertEqual(self.readiness(), (503, "an audit chain does not hold: the log says which and where\n"))
                self.assertEqual(self.judge(), judged)

    def wait_for_refusal(self):
        programs.wait_until("the signer refuses", lambda: self.head()["signing"]["state"] == "refused")
        return self.head()["signing"]["bad_seq"]

    def test_the_signer_signs_no_other_past(self):
        for what, statements in (("a rewritten suffix", [FLIP, RELINK]), ("a forged event", [INSERT, RELINK])):
            with self.subTest(what):
                self.tamper(*statements)
                self.assertEqual(self.wait_for_refusal(), self.size)

    def test_a_forged_event_at_the_end(self):
        """Behind what was signed."""
        self.tamper(INSERT, RELINK, at=self.size + 1)
        self.assertEqual(self.wait_for_finding(), self.size + 1)
        self.assertEqual(self.judge(), (30, self.size + 1))

    def test_a_dropped_tail(self):
        self.tamper(*CUT, SET_BACK)
        self.assertGreater(self.wait_for_refusal(), 4)
        self.assertEqual(self.wait_for_finding(), self.size)
        # Altered where what came since made the chain as long as an older checkpoint again.
        self.assertIn(self.judge()[0], (20, 30))

    def test_without_its_head_a_chain_takes_nothing_and_gives_nothing(self):
        for what, statement, said in (
                ("a dropped head", "delete from aud.heads where team_id = '{team}'", "the chain has no head"),
                ("a head set back", SET_BACK, f"the chain ends at 4, and a checkpoint of {self.size} events was signed")):
            with self.subTest(what):
                self.tamper(statement)
                for path, body in (("/audit/bundle", {}), ("/servers", {"name": "one-more"})):
                    answer = self.ada.send("POST", self.ada.in_team(path), body)
                    self.assertEqual((answer.status, answer.json()["code"]), (503, "record_broken"), str(answer))
                programs.wait_until("the watch finds it", lambda: self.readiness()[0] == 503)
                self.assertEqual(self.ada.send("GET", self.ada.in_team("/servers")).status, 200)
                programs.wait_until("the signer says so", lambda: said in self.server.log())

    def readiness(self):
        answer = self.ada.send("GET", "/readyz")
        return answer.status, answer.body.decode()

    def wait_for_event(self, action):
        programs.wait_until(f"{action} is on the record", lambda: any(
            event["action"] == action
            for event in self.ada.call("GET", self.ada.in_team("/audit/events?limit=5"))["data"]))

    def test_the_watch_remembers_what_a_restart_forgets(self):
        """The database and the signer are yesterday's, the watch is today's."""
        self.bring_back("yesterday", "yesterday")
        self.start()
        self.wait_for_event("audit.broken")
        self.server.stop()
        self.ada.close()
        self.start()
        self.assertEqual(self.readiness()[0], 503)
        self.assertFalse(self.head()["last_verified"]["ok"])
        done = programs.run("audit", "accept", self.ada.team, "many", "--data", self.data)
        self.assertEqual(done.returncode, 1, done.stderr)
        done = programs.run("audit", "accept", self.ada.team, str(self.size), "--data", self.data)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.wait_for_event("audit.accept")
        programs.wait_until("it is ready again", lambda: self.readiness()[0] == 200)
        self.wait_for_event("audit.mended")  # compared with what was accepted it only grew

    def test_an_accepted_fault_is_one_fault(self):
        edit = "update aud.events set header = set_byte(header, 60, 0) where team_id = '{team}' and seq = %d"
        self.tamper(edit % 3)
        self.wait_for_event("audit.broken")
        programs.run("audit", "accept", self.ada.team, "3", "--data", self.data)
        self.wait_for_event("audit.accept")
        programs.wait_until("it is ready again", lambda: self.readiness()[0] == 200)
        self.server.stop()
        self.ada.close()
        self.start()  # which an unknown fault would refuse
        self.assertEqual(self.readiness()[0], 200)
        done = programs.psql(self.data, edit_events((edit % 5).format(team=self.ada.team)))
        self.assertEqual(done.returncode, 0, done.stderr)
        programs.wait_until("another fault is told", lambda: self.readiness()[0] == 503)


if __name__ == "__main__":
    unittest.main()
