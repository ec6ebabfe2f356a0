"""`atalaya serve` on a PostgreSQL that the test runs: a primary and a standby on loopback, passwords over SCRAM.

One test brings an installation up and lets the primary fail over; the others start from what must be refused.
"""

import os
import shutil
import subprocess
import unittest

import client
import programs

BINARIES = "/usr/lib/postgresql/15/bin/"
SUPERUSER_PASSWORD = "the superuser's"
ROLE_PASSWORD = "with 'quotes' and \\"
ROLES = ("atalaya_migrate", "atalaya_app", "atalaya_auth", "atalaya_sched", "atalaya_signer")


def as_postgres(*arguments, **options):
    """PostgreSQL refuses to run as root."""
    prefix = []
    if os.geteuid() == 0:
        prefix = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]
    return subprocess.run([*prefix, *map(str, arguments)], check=True, text=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)


def quoted(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


class Cluster:
    """One PostgreSQL with its data below `directory`, on a port of its own."""

    def __init__(self, directory, name):
        self.directory = directory / name
        self.port = programs.free_port()
        self.environment = programs.environment(PGPASSWORD=SUPERUSER_PASSWORD, LC_ALL="C")

    def make(self):
        password = self.directory.parent / "superuser"
        password.write_text(SUPERUSER_PASSWORD)
        password.chmod(0o644)
        as_postgres(BINARIES + "initdb", "-D", self.directory, "-U", "postgres", "-A", "scram-sha-256",
                    f"--pwfile={password}", "-E", "UTF8", "--no-sync", env=self.environment)

    def copy(self, primary):
        as_postgres(BINARIES + "pg_basebackup", "-D", self.directory, "-R", "-X", "stream", "--checkpoint=fast",
                    "--no-sync", "-d", f"host=127.0.0.1 port={primary.port} user=postgres", env=self.environment)

    def control(self, *arguments):
        as_postgres(BINARIES + "pg_ctl", "-D", self.directory, "-w", "-t", programs.PATIENCE_S, *arguments,
                    cwd="/", env=self.environment)

    def start(self):
        options = (f"-c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories='' "
                   "-c fsync=off -c shared_buffers=32MB")
        self.control("-l", self.directory.with_suffix(".log"), "-o", options, "start")

    def stop(self):
        self.control("-m", "fast", "stop")

    def sql(self, text, database="postgres"):
        answer = subprocess.run(
            [BINARIES + "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p",
             str(self.port), "-U", "postgres", "-d", database], input=text, text=True, capture_output=True,
            env=self.environment, check=False)
        if answer.returncode != 0:
            raise AssertionError(answer.stderr)
        return answer.stdout.strip()


class Serve(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = cls.enterClassContext(programs.temporary_directory())
        if os.geteuid() == 0:
            shutil.chown(cls.directory, "postgres", "postgres")
        cls.primary = Cluster(cls.directory, "primary")
        cls.primary.make()
        cls.primary.start()
        cls.running = {cls.primary}
        cls.addClassCleanup(lambda: [cluster.stop() for cluster in cls.running])
        cls.password_file = cls.directory / "password"
        cls.password_file.write_text(ROLE_PASSWORD + "\n")

    def settings(self, *clusters, **more):
        ports = ",".join(str(cluster.port) for cluster in clusters)
        hosts = ",".join(["127.0.0.1"] * len(clusters))
        dsn = more.pop("dsn", f"host={hosts} port={ports} dbname={self.database}")
        return {"ATALAYA_DATABASE_DSN": dsn, "ATALAYA_DATABASE_PASSWORD_FILE": str(self.password_file)} | more

    def prepare(self, database):
        """What the superuser does before the first start."""
        self.database = database
        printed = programs.run("database-sql", **self.settings(self.primary))
        self.assertEqual(printed.returncode, 0, printed.stderr)
        self.primary.sql(printed.stdout)
        for role in ROLES:
            password = ROLE_PASSWORD.replace("'", "''")
            self.primary.sql(f"alter role {role} password '{password}'")

    def refused(self, *clusters, command="serve", **more):
        """The one line with which the start is refused."""
        answer = programs.run(command, "--data", self.directory / "refused", "--https", "127.0.0.1:0", "--http", "off",
                              **self.settings(*clusters, **more))
        self.assertEqual(answer.returncode, 1, answer.stdout + answer.stderr)
        lines = [line for line in answer.stderr.splitlines() if line.startswith("atalaya: ")]
        self.assertEqual(len(lines), 1, answer.stderr)
        for secret in (SUPERUSER_PASSWORD, ROLE_PASSWORD):
            self.assertNotIn(secret, answer.stderr)
        return lines[0]

    def test_1_a_place_that_is_not_ready_is_refused_with_one_line(self):
        self.database = "atalaya"
        nobody = Cluster(self.directory, "nobody")
        self.assertIn("cannot be reached", self.refused(nobody))
        self.assertIn("database.dsn is not set", self.refused(dsn=""))
        self.assertIn("not a connection string", self.refused(dsn=f"password={quoted(ROLE_PASSWORD)} oops"))
        self.assertIn("`atalaya serve`", self.refused(self.primary, command="up"))
        self.assertRegex(self.refused(self.primary), "atalaya_app cannot sign in .*atalaya database-sql")
        self.primary.sql("create role plain login password 'plain'")
        self.assertRegex(self.refused(dsn=f"postgresql://plain:plain@127.0.0.1:{self.primary.port}/atalaya"),
                         "plain is no superuser.*atalaya database-sql")

    def test_2_what_is_loose_or_missing_is_refused_with_one_line(self):
        self.prepare("loose")
        doctor = programs.run("doctor", "--data", self.directory / "refused", **self.settings(self.primary))
        self.assertEqual(doctor.returncode, 0, doctor.stdout)
        self.assertRegex(doctor.stdout, r"(?m)^ok +database_version +PostgreSQL 15\.")
        for loosen, tighten, words in (
                ("alter role atalaya_app bypassrls", "alter role atalaya_app nobypassrls", "atalaya_app is a superuser or"),
                ("alter role atalaya_auth superuser", "alter role atalaya_auth nosuperuser", "atalaya_auth is a superuser"),
                ("revoke atalaya_owner from atalaya_migrate", "grant atalaya_owner to atalaya_migrate",
                 "may not become atalaya_owner"),
                ("alter role atalaya_sched nologin", "alter role atalaya_sched login", "atalaya_sched cannot sign in"),
                ("alter schema aud owner to postgres", "alter schema aud owner to atalaya_owner", "a schema"),
                ("alter database loose set default_transaction_read_only = on",
                 "alter database loose reset default_transaction_read_only", "takes changes")):
            with self.subTest(loosen):
                self.primary.sql(loosen, "loose")
                try:
                    self.assertIn(words, self.refused(self.primary))
                    doctor = programs.run("doctor", "--data", self.directory / "refused", **self.settings(self.primary))
                    self.assertEqual(doctor.returncode, 1, doctor.stdout)
                    self.assertRegex(doctor.stdout, r"(?m)^FAIL database_")
                finally:
                    self.primary.sql("set default_transaction_read_only = off; " + tighten, "loose")

    def test_3_a_superuser_in_the_dsn_lays_the_roles_down(self):
        self.database = "laid"
        password = quoted(SUPERUSER_PASSWORD)
        dsn = f"host=127.0.0.1 port={self.primary.port} dbname=laid user=postgres password={password}"
        # What a superuser loosened is tight again at the next start.
        self.primary.sql("alter role atalaya_app bypassrls")
        server = programs.Server(self.directory / "laid", command="serve", **self.settings(dsn=dsn))
        self.addCleanup(server.stop)
        self.assertEqual(self.primary.sql("select rolbypassrls from pg_roles where rolname = 'atalaya_app'"), "f")
        self.assertNotIn(SUPERUSER_PASSWORD, server.log())
        self.assertIn("another atalaya serve", self.refused(dsn=dsn))
        self.assertEqual(server.stop(), 0)

    def test_4_requests_wait_for_the_standby_and_nothing_is_lost(self):
        self.prepare("atalaya")
        standby = Cluster(self.directory, "standby")
        standby.copy(self.primary)
        standby.start()
        self.running.add(standby)
        settings = self.settings(standby, self.primary)
        self.assertIn("takes changes", self.refused(standby))
        server = programs.Server(self.directory / "data", command="serve", **settings)
        self.addCleanup(server.stop)
        ada = client.Client(server.https_port, server.ca)
        ada.sign_up(setup_token=server.setup_token)
        names = [f"before-{number}" for number in range(5)]
        for name in names:
            ada.call("POST", ada.in_team("/servers"), {"name": name}, 201)

        self.primary.stop()  # in order: what was acknowledged has reached the standby
        self.running.discard(self.primary)
        programs.wait_until("the server says that it is not ready", lambda: ada.send("GET", "/readyz").status == 503)
        away = ada.send("POST", ada.in_team("/servers"), {"name": "away"})
        self.assertEqual(away.status, 503, away)
        self.assertGreater(int(away.headers["Retry-After"]), 0)
        self.assertEqual(ada.send("GET", "/healthz").status, 200)

        standby.control("promote")
        programs.wait_until("the server is ready again", lambda: ada.send("GET", "/readyz").status == 200)
        again = {"Idempotency-Key": "after"}
        programs.wait_until("changes are taken again", lambda: ada.send(
            "POST", ada.in_team("/servers"), {"name": "after"}, again).status in (201, 409))
        kept = sorted(row["name"] for row in ada.list_all(ada.in_team("/servers")))
        self.assertEqual(kept, sorted([*names, "after"]))
        self.assertTrue(ada.call("POST", ada.in_team("/audit/verify"))["ok"])
        verified = programs.run("audit", "verify", "--data", server.data, **settings)
        self.assertEqual(verified.returncode, 0, verified.stdout + verified.stderr)
        shell = programs.run("psql", "--data", server.data, "--role", "app", "--", "-A", "-t", "-c",
                             "select current_user", **settings)
        self.assertEqual(shell.stdout.strip(), "atalaya_app", shell.stderr)
        for secret in (SUPERUSER_PASSWORD, ROLE_PASSWORD):
            self.assertNotIn(secret, server.log())
        self.assertEqual(server.stop(), 0)
        again = server.again()
        self.addCleanup(again.stop)
        self.assertEqual(again.stop(), 0)


if __name__ == "__main__":
    unittest.main()
