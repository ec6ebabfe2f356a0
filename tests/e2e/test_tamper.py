"""Somebody with the database in hand: a change without an event fails, broken walls and edited records stop the start.

The database is opened behind the server's back as its superuser, in PostgreSQL's single-user mode; every case starts
from one kept copy of a sound data directory.
"""

import os
import pathlib
import pwd
import re
import shutil
import signal
import subprocess
import time
import unittest

import authenticator
import bundles
import client
import identity_provider
import programs

POSTGRES = pathlib.Path("/usr/lib/postgresql/15/bin/postgres")
NIL = "00000000-0000-0000-0000-000000000000"


class Tampering(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = cls.enterClassContext(programs.temporary_directory())
        port = programs.free_port()
        cls.provider = identity_provider.Provider(
            cls.directory, f"https://127.0.0.1:{port}/api/v1/login/sso/callback",
            {"bob": {"email": "bob@example.com", "email_verified": True, "groups": ["staff"]}})
        cls.addClassCleanup(cls.provider.stop)
        server = programs.Server(cls.directory / "data", https=port, ATALAYA_EGRESS_ALLOW="127.0.0.1",
                                 ATALAYA_EGRESS_CA_FILE=str(cls.provider.certificate))
        ada = client.Client(server.https_port, server.ca).sign_up(setup_token=server.setup_token)
        for number in range(8):
            ada.call("POST", ada.in_team("/servers"), {"name": f"web-{number}"})
        cls.team = ada.team
        cls.running = server
        cls.fill_tables(ada)
        cls.check_running()
        if server.stop() != 0:
            raise AssertionError(server.log())
        cls.cluster = cls.directory / "data/postgres/data"
        cls.sound = cls.directory / "sound"
        subprocess.run(["cp", "-a", cls.cluster, cls.sound], check=True)
        cls.signer = cls.directory / "data/signer"
        cls.sound_signer = cls.directory / "sound-signer"
        subprocess.run(["cp", "-a", cls.signer, cls.sound_signer], check=True)

    @classmethod
    def fill_tables(cls, ada):
        """At least one row in each audited table that sign-up and servers leave empty."""
        ada.call("POST", ada.in_team("/invitations"), {"email": "bob@example.com", "role": "viewer"})
        ada.call("POST", ada.in_team("/api-keys"), {"name": "deploy", "env": "live", "scopes": ["servers:read"],
                                                    "ip_allow": [], "cors_origins": [], "expires_at": None})
        ada.call("POST", ada.in_team("/audit/streams"), {"name": "siem", "kind": "webhook", "from_start": False,
                                                         "url": "https://siem.example.com/in"})
        ada.call("POST", ada.in_team("/audit/witnesses"), {
            "name": "auditor", "url": "https://witness.example.com/", "vkey": bundles.make_vkey("witness.example", 4, bytes(32))[0]})
        ada.call("POST", ada.in_team("/dashboards"), {"name": "shop", "body": {
            "range": {"from": "now-1h", "to": "now"}, "refresh_s": 0, "variables": [], "panels": []}})
        ada.call("POST", ada.in_team("/metrics/retention-rules"), {"prefix": "go_", "days": 7})
        identity_provider.connect(ada, cls.provider)
        agent = identity_provider.UserAgent(cls.provider.certificate, cls.running.ca)
        place = identity_provider.come(cls.running.url, agent, "bob", team=ada.team)
        if place != "/":
            raise AssertionError(place)
        authenticator.enrol(ada)
        done = programs.run("admin", "create", "ada@example.com", "--data", cls.running.data)
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        operator = client.Client(ada.port, cls.running.ca)
        operator.cookie, operator.csrf = ada.cookie, ada.csrf
        programs.wait_until("operators are known", lambda: operator.send("GET", "admin/teams").status == 200)
        incident = operator.call("POST", "admin/incidents", {"title": "A key in a log"})
        operator.call("POST", f"admin/incidents/{incident['id']}/steps", {"step": "contain", "note": "Key withdrawn"})
        operator.call("POST", "admin/incidents", {
            "title": "Long ago", "noticed_at": client.utc(time.time() - 73 * 3600)})
        cls.running.process.send_signal(signal.SIGHUP)  # runs the jobs
        programs.wait_until("a reminder", lambda: programs.psql(
            cls.running.data, "select stage from idn.security_incident_reminders").stdout.strip())
        operator.call("PUT", "admin/texts/roadmap", {"content": "What comes next."})
        agreement = ada.call("GET", ada.in_team("/agreement"))
        ada.call("POST", ada.in_team("/agreement"), {"version": agreement["version"], "sha256": agreement["sha256"]})
        invited = ada.call("POST", ada.in_team("/invitations"), {"email": "eve@example.com", "role": "viewer"})
        client.Client(ada.port, cls.running.ca).call("POST", "invitations/sign-up", {
            "token": invited["link"].split("#")[1], "name": "Eve Example", "password": client.PASSWORD})
        erased = programs.run("admin", "erase", "eve@example.com", "--data", cls.running.data)
        if erased.returncode != 0:
            raise AssertionError(erased.stderr)
        operator.call("POST", "admin/break-glass", {"team": ada.team, "reason": "A look at it", "minutes": 5})

    @classmethod
    def check_running(cls):
        """What is tried on the running server, kept for the tests to look at."""
        cls.audited = programs.psql(cls.running.data, "select name from ctl.tables where audited order by name",
                                    ).stdout.split()
        cls.unrecorded = {}
        for table in cls.audited:
            key = programs.psql(cls.running.data, f"""
                select attname from pg_attribute where attrelid = '{table}'::regclass and attnum > 0
                order by attnum limit 1""").stdout.strip()
            for verb, sql in (("update", f"update {table} set {key} = {key}"), ("delete", f"delete from {table}"),
                              ("truncate", f"truncate {table} cascade")):
                for mode in ("origin", "replica"):
                    cls.unrecorded[table, verb, mode] = programs.psql(
                        cls.running.data, f"set session_replication_role = {mode};\n{sql};\nselect 'reached commit';")
        cls.audit_before = programs.run("audit", "verify", "--data", cls.running.data)
        programs.psql(cls.running.data, edit_events(f"update aud.events set action = 'server.read' where seq = 4 "
                                                    f"and team_id = '{cls.team}'"))
        cls.audit_edited = programs.run("audit", "verify", "--data", cls.running.data)
        programs.psql(cls.running.data, edit_events(f"update aud.events set action = 'server.create' where seq = 4 "
                                                    f"and team_id = '{cls.team}'"))
        cls.audit_mended = programs.run("audit", "verify", "--data", cls.running.data)

    def test_a_change_without_an_event_fails_at_commit(self):
        self.assertGreaterEqual(len(self.audited), 6)
        for (table, verb, mode), answer in self.unrecorded.items():
            with self.subTest(f"{verb} of {table}, {mode}"):
                self.assertNotEqual(answer.returncode, 0)
                self.assertRegex(answer.stderr, rf"(?i){verb} of \S+ without audit event|foreign key")
                # The demand is deferred: the statement itself went through.
                if verb == "update":
                    self.assertEqual(answer.stdout, "reached commit\n")

    def test_verify_names_the_edited_event(self):
        self.assertEqual(self.audit_before.returncode, 0, self.audit_before.stdout)
        self.assertEqual(self.audit_edited.returncode, 30)
        self.assertRegex(self.audit_edited.stdout, rf"(?m)^{self.team}  BROKEN .*  at 4: the columns differ")
        self.assertEqual(self.audit_mended.returncode, 0, self.audit_mended.stdout)

    def restore(self):
        for sound, place in ((self.sound, self.cluster), (self.sound_signer, self.signer)):
            shutil.rmtree(place)
            subprocess.run(["cp", "-a", sound, place], check=True)
        shutil.rmtree(self.directory / "data/watch", ignore_errors=True)

    def tamper(self, sql):
        """Runs statements, one a line, as the superuser of a database without a server."""
        self.restore()
        command = [POSTGRES, "--single", "-j", "-D", self.cluster, "atalaya"]
        if os.geteuid() == 0:
            owner = pwd.getpwuid(self.cluster.stat().st_uid).pw_name
            command = ["runuser", "-u", owner, "--", *command]
        answer = subprocess.run([str(word) for word in command], input=sql.strip() + "\n\n", text=True,
                                capture_output=True, cwd="/", timeout=programs.PATIENCE_S)
        self.assertNotRegex(answer.stderr, r"(?m)(ERROR|FATAL|PANIC):", sql)

    def refusal(self, sql):
        self.tamper(sql)
        answer = programs.run("up", "--data", self.directory / "data", "--https", "127.0.0.1:0", "--http", "off")
        lines = [line for line in answer.stderr.splitlines() if not line.startswith("{")]
        self.assertEqual((answer.returncode, len(lines)), (1, 1), answer.stderr)
        self.assertNotIn("ready", answer.stdout)
        return lines[0]

    def test_broken_walls_stop_the_start(self):
        self.tamper("select 1;")
        self.running.again().stop()  # a sound directory starts
        for sql, rule, named in (
                ("alter table app.servers disable row level security;", "rls-not-enabled-or-forced", "app.servers"),
                ("alter table idn.members no force row level security;", "rls-not-enabled-or-forced", "idn.members"),
                ("drop policy guard on app.servers;", "no-restrictive-guard", "app.servers"),
                ("alter policy guard on app.servers using (true);", "no-restrictive-guard", "app.servers"),
                ("grant truncate on app.servers to atalaya_app;", "app-has-truncate/references/trigger",
                 "app.servers"),
                ("alter table app.servers disable trigger audited;", "audit-trigger-not-always",
                 "app.servers.audited"),
                ("drop trigger append_only_rows on aud.events;", "record-not-append-only", "aud.events"),
                ("grant insert on aud.events to atalaya_app;", "record-writable", "aud.events"),
                ("grant atalaya_owner to atalaya_app;", "role-is-member-of", "atalaya_app of atalaya_owner"),
                ("create table app.strangers (id uuid primary key);", "no-restrictive-guard", "app.strangers")):
            with self.subTest(sql):
                line = self.refusal(sql)
                self.assertIn("the isolation of teams is broken", line)
                self.assertIn(f"{rule} at {named}", line)

    def test_powers_given_to_a_role_are_taken_back(self):
        self.tamper("alter role atalaya_app bypassrls createrole;")
        server = self.running.again()
        self.addCleanup(server.stop)
        powers = programs.psql(server.data, "select rolbypassrls, rolcreaterole from pg_roles "
                                            "where rolname = 'atalaya_app'")
        self.assertEqual(powers.stdout, "f|f\n", powers.stderr)

    def test_an_edited_record_stops_the_start(self):
        mine = f"team_id = '{self.team}'"
        events = f"aud.events where {mine}"
        swap = f"update aud.events e set seq = -seq where {mine} and seq in (3, 4)"
        for what, sql, seq in (
                ("an edited column", edit_events(f"update aud.events set action = 'x' where {mine} and seq = 5"), 5),
                ("an edited header", edit_events("update aud.events set header = set_byte(header, 60, 0) "
                                                 f"where {mine} and seq = 5"), 5),
                ("a deleted event", edit_events(f"delete from {events} and seq = 6"), 6),
                ("a deleted last event", edit_events(f"delete from {events} and seq = (select max(seq) from {events})"),
                 r"\d+"),
                ("two swapped", edit_events(swap, f"update aud.events set seq = 7 + seq where {mine} and seq < 0"), 3),
                ("an edited payload", edit_events("update aud.payloads set sealed = set_byte(sealed, 40, 7) "
                                                  f"where {mine} and seq = 4 and part = 1"), 4),
                ("a payload erased without an event", edit_events(
                    f"update aud.payloads set sealed = null where {mine} and seq = 4 and part = 0"), 4),
                ("a missing head", edit_events(f"delete from aud.heads where {mine}"), 0),
                ("a rewound head", edit_events(
                    "update aud.heads h set seq = seq - 1, hash = prev_hash, prev_hash = null "
                    f"where {mine}"), r"\d+"),
                ("the platform's head deleted", edit_events(f"delete from aud.heads where team_id = '{NIL}'"), 0)):
            with self.subTest(what):
                line = self.refusal(sql)
                team = NIL if "platform" in what else self.team
                self.assertTrue(re.search(rf"audit chain of team {team} does not hold at {seq}: \S", line), line)


def edit_events(*statements):
    """What a careful forger does: the triggers off, the change, the triggers back as they were."""
    tables = ("aud.events", "aud.payloads", "aud.heads")
    off = [f"alter table {table} disable trigger user" for table in tables]
    on = [f"alter table {table} enable always trigger {trigger}" for table, triggers in (
        ("aud.events", ("append_only_rows", "append_only_table")),
        ("aud.payloads", ("append_only_erasure", "append_only_rows", "append_only_table")),
        ("aud.heads", ("append_only_move", "append_only_rows", "append_only_table"))) for trigger in triggers]
    return ";\n\n".join([*off, *statements, *on]) + ";"


if __name__ == "__main__":
    unittest.main()
