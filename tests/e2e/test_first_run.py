"""An empty directory becomes a server, once and again; and what keeps one from starting is told in one line."""

import contextlib
import os
import socket
import subprocess
import unittest

import client
import programs


class FirstRun(unittest.TestCase):
    def test_set_up_link_signs_up_once_and_the_second_start_goes_on(self):
        with programs.temporary_directory() as directory:
            server = programs.Server(directory / "data")
            print(f"\nready {server.seconds_to_ready:.2f} s after a start on an empty directory")
            self.check_set_up(server)
            verified = programs.run("audit", "verify", "--data", server.data)
            self.assertEqual(verified.returncode, 0, verified.stdout + verified.stderr)
            self.assertRegex(verified.stdout, r"(?m)^[0-9a-f-]{36}  valid  \d+ events, 0 erased$")
            self.assertEqual(server.stop(), 0)
            self.assertIsNone(server.postmaster_pid())

            server = server.again()
            print(f"ready {server.seconds_to_ready:.2f} s after the second start")
            self.assertIsNone(server.setup_token)
            ada = client.Client(server.https_port, server.ca).log_in()
            self.assertEqual(ada.call("GET", "me")["user"]["email"], "ada@example.com")
            self.assertEqual(server.stop(), 0)

    def check_set_up(self, server):
        link_file = server.data / "setup-link"
        self.assertEqual(link_file.read_text(), f"{server.url}/setup#{server.setup_token}\n")
        self.assertEqual(link_file.stat().st_mode & 0o077, 0)
        browser = client.Client(server.https_port, server.ca)
        self.assertEqual(browser.send("GET", "/readyz").status, 200)
        self.assertTrue(browser.call("GET", "meta/instance")["needs_setup"])
        someone = {"name": "Eve Example", "email": "eve@example.com", "password": client.PASSWORD,
                   "team_name": "Eve's"}
        self.assertEqual(browser.send("POST", "signup", someone).status, 404)
        self.assertEqual(browser.send("POST", "signup", someone | {"setup_token": "A" * 43}).status, 404)

        ada = client.Client(server.https_port, server.ca).sign_up(setup_token=server.setup_token)
        self.assertEqual(ada.call("GET", "me")["teams"][0]["role"], "owner")
        self.assertFalse(link_file.exists())
        self.assertFalse(browser.call("GET", "meta/instance")["needs_setup"])
        dead = browser.send("POST", "signup", someone | {"setup_token": server.setup_token})
        self.assertEqual(dead.status, 404)

    def test_an_unused_set_up_link_lives_on(self):
        with programs.temporary_directory() as directory:
            server = programs.Server(directory / "data")
            first = server.setup_token
            server.stop()
            server = server.again()
            self.assertEqual(server.setup_token, first)
            client.Client(server.https_port, server.ca).sign_up(setup_token=first)
            server.stop()


class Refusals(unittest.TestCase):
    """Each ends with exit code 1 and one line that says what is wrong."""

    def refused(self, data, *arguments, https="127.0.0.1:0", http="off", **settings):
        answer = programs.run("up", "--data", data, "--https", https, "--http", http, *arguments, **settings)
        lines = [line for line in answer.stderr.splitlines() if not line.startswith("{")]
        self.assertEqual((answer.returncode, len(lines)), (1, 1), answer.stderr)
        self.assertNotIn("ready", answer.stdout)
        return lines[0]

    def test_a_taken_port_is_named_and_nothing_is_made(self):
        with programs.temporary_directory() as directory, socket.create_server(("127.0.0.1", 0)) as taken:
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            self.assertIn(address, self.refused(directory / "data", https=address))
            self.assertIn(address, self.refused(directory / "data", http=address))
            self.assertFalse((directory / "data/postgres/data").exists())

    def test_a_directory_in_use(self):
        with programs.temporary_directory() as directory:
            server = programs.Server(directory / "data")
            self.assertIn("Another server is running", self.refused(directory / "data"))
            doctor = programs.run("doctor", "--data", directory / "data")
            self.assertEqual(doctor.returncode, 1, doctor.stdout)
            self.assertRegex(doctor.stdout, r"(?m)^FAIL directory_in_use +Another server is running")
            self.assertEqual(client.Client(server.https_port, server.ca).send("GET", "/readyz").status, 200)
            server.stop()

    def test_a_socket_path_that_is_too_long(self):
        with programs.temporary_directory() as directory:
            line = self.refused(directory / "data", ATALAYA_DATABASE_SOCKET_DIR=str(directory / ("s" * 100)))
            self.assertRegex(line, r"socket's path .* database\.socket_dir")

    def test_a_long_data_directory_gets_a_short_socket(self):
        with programs.temporary_directory() as directory:
            server = programs.Server(directory / ("d" * 110))
            self.assertEqual(programs.psql(server.data, "select 1").stdout, "1\n")
            socket_dir = (server.data / "postgres/data/postmaster.pid").read_text().split("\n")[4]
            server.stop()
            self.assertFalse(os.path.exists(socket_dir), "it is outside of our directory and stays behind")

    def test_a_cluster_of_another_version(self):
        with programs.temporary_directory() as directory:
            cluster = directory / "data/postgres/data"
            cluster.mkdir(parents=True)
            (cluster / "PG_VERSION").write_text("14\n")
            (directory / "data").chmod(0o711)
            self.assertRegex(self.refused(directory / "data"), "PostgreSQL 14.*runs 15")

    def test_a_user_that_does_not_exist(self):
        with programs.temporary_directory() as directory:
            doctor = programs.run("doctor", "--data", directory / "data", ATALAYA_DATABASE_USER="nobody-of-that-name")
            if "FAIL" not in doctor.stdout:
                return  # not root: the user is not needed
            line = self.refused(directory / "data", ATALAYA_DATABASE_USER="nobody-of-that-name")
            self.assertIn("nobody-of-that-name", line)

    def test_a_setting_that_is_wrong(self):
        with programs.temporary_directory() as directory:
            self.assertIn("tls.mode", self.refused(directory / "data", ATALAYA_TLS_MODE="none"))


class Commands(unittest.TestCase):
    def test_doctor_finds_nothing_wrong_with_an_empty_place(self):
        with programs.temporary_directory() as directory:
            doctor = programs.run("doctor", "--data", directory / "data")
            self.assertEqual(doctor.returncode, 0, doctor.stdout)
            for line in doctor.stdout.splitlines():
                self.assertRegex(line, r"^ok   [a-z_]+ +\S.*\.$")
            self.assertGreaterEqual(len(doctor.stdout.splitlines()), 6)
            self.assertFalse((directory / "data").exists())

    def test_an_unknown_command_or_option_shows_the_usage(self):
        for words in (["dance"], ["up", "--dance", "1"], ["audit"]):
            answer = programs.run(*words)
            self.assertEqual(answer.returncode, 2, answer.stderr)
            self.assertIn("usage: atalaya COMMAND", answer.stderr)

    def test_the_end_of_the_server_takes_its_database_along(self):
        with programs.temporary_directory() as directory:
            server = programs.Server(directory / "data")
            postmaster = server.postmaster_pid()
            server.kill()
            with contextlib.suppress(ProcessLookupError):
                programs.wait_until("the database ends with its server", lambda: not is_alive(postmaster))
            self.assertFalse(is_alive(postmaster))


def is_alive(pid):
    answer = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
    return answer.stdout.strip() not in ("", "Z") and not answer.stdout.startswith("Z")


if __name__ == "__main__":
    unittest.main()
