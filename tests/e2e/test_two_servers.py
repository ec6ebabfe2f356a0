"""Two processes of the server on one database: what is good once is good once whichever of them is asked.

Only one may serve. This is the moment when that fails: the connection of the first, which keeps others out, is lost, and
a second one starts while the first still answers."""

import os
import shutil
import subprocess
import threading
import time
import unittest

import client
import programs
from authenticator import STEP_S, enrol, totp
from test_serve import BINARIES, ROLE_PASSWORD, ROLES, SUPERUSER_PASSWORD, Cluster

EACH = 5  # who try at each server


class TwoServers(unittest.TestCase):
    def setUp(self):
        self.directory = self.enterContext(programs.temporary_directory())
        if os.geteuid() == 0:
            shutil.chown(self.directory, "postgres", "postgres")
        self.cluster = Cluster(self.directory, "shared")
        self.cluster.make()
        self.cluster.start()
        self.addCleanup(self.cluster.stop)
        self.password_file = self.directory / "password"
        self.password_file.write_text(ROLE_PASSWORD + "\n")
        self.cluster.sql(programs.run("database-sql", **self.settings()).stdout)
        for role in ROLES:
            self.cluster.sql(f"alter role {role} password '{ROLE_PASSWORD.replace(chr(39), chr(39) * 2)}'")

        first = self.serve("one")
        self.ada = client.Client(first.https_port, first.ca).sign_up(setup_token=first.setup_token)
        self.app, self.recovery_codes = enrol(self.ada)
        self.ada.close()
        first.stop()
        # The second is another machine's: the same keys, in a folder of its own.
        shutil.copytree(self.directory / "one", self.directory / "two")
        one = self.serve("one")
        loses = threading.Thread(target=self.lose_its_place)
        loses.start()
        self.servers = [one, self.serve("two")]
        loses.join()

    def settings(self):
        return {"ATALAYA_DATABASE_DSN": f"host=127.0.0.1 port={self.cluster.port} dbname=atalaya",
                "ATALAYA_DATABASE_PASSWORD_FILE": str(self.password_file)}

    def serve(self, name):
        server = programs.Server(self.directory / name, command="serve", **self.settings())
        self.addCleanup(server.stop)
        return server

    def lose_its_place(self):
        """Ends the session that keeps others out, once a second server asks for its place."""
        asks = ("select count(*) from pg_stat_activity where datname = 'atalaya' and usename = 'atalaya_migrate'")
        programs.wait_until("the second server asks", lambda: int(self.cluster.sql(asks)) >= 2)
        self.cluster.sql("select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted")

    def hold(self, table):
        """Locks all rows of the table until what it gives is called."""
        session = subprocess.Popen(
            [BINARIES + "psql", "-X", "-q", "-A", "-t", "-h", "127.0.0.1", "-p", str(self.cluster.port), "-U", "postgres",
             "-d", "atalaya"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=self.cluster.environment)
        session.stdin.write(f"begin;\nselect 'held' from (select from {table} for update) rows limit 1;\n")
        session.stdin.flush()
        self.assertEqual(session.stdout.readline().strip(), "held")

        def let_go():
            session.stdin.write("rollback;\n")
            session.stdin.close()
            session.wait(programs.PATIENCE_S)
            session.stdout.close()
        return let_go

    def race(self, path, code, table):
        """How many get in of those who show the code to both servers at once, each with a password given before."""
        self.cluster.sql("delete from idn.attempts", "atalaya")
        waiting = []
        for server in self.servers:
            for _ in range(EACH):
                one = client.Client(server.https_port, server.ca)
                answer = one.call("POST", "login", {"email": "ada@example.com", "password": client.PASSWORD}, 200)
                self.assertEqual(answer["mfa"], "totp")
                waiting.append(one)
        statuses = []
        threads = [threading.Thread(target=lambda one=one: statuses.append(one.send("POST", path, {"code": code}).status))
                   for one in waiting]
        let_go = self.hold(table)
        for thread in threads:
            thread.start()
        # Each server works one after the other on what is of no team, so one of each comes as far as the row.
        stuck = "select count(*) from pg_stat_activity where datname = 'atalaya' and wait_event_type = 'Lock'"
        for _ in range(3):
            programs.wait_until("both servers wait for the row",
                                lambda: int(self.cluster.sql(stuck)) >= len(self.servers), pause=0.2)
        let_go()
        for thread in threads:
            thread.join()
        self.assertLessEqual(set(statuses), {200, 422, 429}, statuses)
        return statuses.count(200)

    def test_a_code_and_a_recovery_code_are_good_once(self):
        step = self.app.used + 1
        programs.wait_until("the next code is good", lambda: step <= int(time.time()) // STEP_S)
        self.assertEqual(self.race("login/totp", totp(self.app.secret, step), "idn.totp"), 1)
        self.assertEqual(self.race("login/recovery", self.recovery_codes[0], "idn.recovery_codes"), 1)
        used = "select count(*) from idn.recovery_codes where used_at is not null"
        self.assertEqual(self.cluster.sql(used, "atalaya"), "1")


if __name__ == "__main__":
    unittest.main()
