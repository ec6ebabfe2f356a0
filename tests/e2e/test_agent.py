"""A machine reports: from the set-up link to live points, and what a token's end means."""

import os
import re
import socket
import subprocess
import time
import unittest

import client
import programs

METRICS = {"cpu_percent", "load", "memory_bytes", "filesystem_bytes", "processes", "uptime_s"}


def list_listening(pid):
    """Lines of `ss` for sockets of this process that wait for somebody. The programs show theirs to root alone."""
    ss = ["ss", "-H", "-l", "-n", "-p", "-t", "-u", "-x", "-w", "-0"]
    answer = subprocess.run([*programs.as_root(), *ss], capture_output=True, text=True, check=True)
    return [line for line in answer.stdout.splitlines() if f"pid={pid}," in line]


def children_of(pid):
    answer = subprocess.run(["ps", "-o", "pid=,comm=", "--ppid", str(pid)], capture_output=True, text=True)
    return {words[1]: int(words[0]) for line in answer.stdout.splitlines() if (words := line.split(None, 1))}


class LocalAgent(unittest.TestCase):
    def test_the_server_watches_its_own_machine(self):
        with programs.temporary_directory() as directory:
            server = programs.Server(directory / "data", "--with-local-agent")
            ada = client.Client(server.https_port, server.ca).sign_up(setup_token=server.setup_token)
            began = time.monotonic()
            host = programs.wait_until("the machine reports", lambda: self.find_up(ada))
            print(f"\nup {time.monotonic() - began:.1f} s after sign-up")
            self.check_report(ada, host)
            self.check_stream(ada, host)

            pid = children_of(server.pid)["atalaya-agent"]
            self.assertNotEqual(list_listening(server.pid), [], "ss sees nothing at all")
            self.assertEqual(list_listening(pid), [])
            os.kill(pid, 9)
            programs.wait_until("the agent is started again",
                                lambda: children_of(server.pid).get("atalaya-agent", pid) != pid)
            pid = children_of(server.pid)["atalaya-agent"]
            self.assertEqual(server.stop(), 0)
            self.assertFalse(os.path.exists(f"/proc/{pid}"))

    def find_up(self, ada):
        """The machine adds itself a moment after the sign-up."""
        servers = ada.list_all(ada.in_team("/servers"))
        self.assertLessEqual(len(servers), 1)
        return servers[0] if servers and servers[0]["status"] == "up" else None

    def list_series(self, ada, host):
        """Once all are there: rates need a second tick."""
        answer = ada.call("GET", ada.in_team(f"/servers/{host['id']}/series"))
        return answer if METRICS <= {series["name"] for series in answer["series"]} else None

    def check_report(self, ada, host):
        self.assertEqual(host["name"], socket.gethostname())
        facts = host["facts"]
        self.assertEqual(facts["hostname"], socket.gethostname())
        self.assertEqual(facts["kernel"], os.uname().release)
        self.assertGreaterEqual(facts["cores"], 1)
        self.assertGreater(facts["memory_bytes"], 1 << 20)
        self.assertRegex(facts["policy_hash"], "^[0-9a-f]{64}$")
        self.assertTrue(host["agent_version"])
        answer = programs.wait_until("every metric", lambda: self.list_series(ada, host))
        for series in answer["series"]:
            for kind in ("avg", "min", "max"):
                self.assertEqual(len(series[kind]), len(answer["times"]))
        events = ada.list_all(ada.in_team("/audit/events?action=server.create"))
        self.assertEqual([event["actor"]["kind"] for event in events], ["system"])

    def check_stream(self, ada, host):
        stream = client.EventStream(ada, ada.in_team(f"/live?server={host['id']}"))
        self.addCleanup(stream.close)
        point = programs.wait_until("live points", lambda: stream.of_kind("points"))[0]
        self.assertEqual(point["server"], host["id"])
        self.assertLess(abs(point["time"] - time.time()), programs.PATIENCE_S)
        self.assertLessEqual(METRICS, {value["name"] for value in point["values"]})
        status = programs.wait_until("live status", lambda: stream.of_kind("server"))[0]
        self.assertEqual((status["id"], status["status"]), (host["id"], "up"))


class OwnAgent(unittest.TestCase):
    def setUp(self):
        self.directory = self.enterContext(programs.temporary_directory())
        self.server = programs.Server(self.directory / "data")
        self.addCleanup(self.server.stop)
        self.ada = client.Client(self.server.https_port, self.server.ca)
        self.ada.sign_up(setup_token=self.server.setup_token)
        self.added = self.ada.call("POST", self.ada.in_team("/servers"), {"name": "web-1", "note": "the first"})

    def start_agent(self, token, ca=None, name="agent"):
        agent = programs.Agent(self.directory / name, self.server.url, token, ca or self.server.ca)
        self.addCleanup(agent.stop)
        return agent

    def push_status(self, token):
        """What somebody with this token gets who sends nonsense: 401, or a complaint about the nonsense."""
        agent = client.Client(self.server.https_port, self.server.ca, headers={"Authorization": f"Bearer {token}"})
        return agent.send("POST", "/agent/v1/push", {}).status

    def find_server(self):
        return self.ada.call("GET", self.ada.in_team(f"/servers/{self.added['id']}"))

    def test_a_replaced_token_ends_at_once(self):
        old = self.added["agent_token"]
        self.assertRegex(old, r"^sha_")
        agent = self.start_agent(old)
        stream = client.EventStream(self.ada, self.ada.in_team(f"/live?server={self.added['id']}"))
        self.addCleanup(stream.close)
        programs.wait_until("points of the agent", lambda: stream.of_kind("points"))
        programs.wait_until("up", lambda: self.find_server()["status"] == "up")
        self.assertEqual(self.push_status(old), 415)

        fresh = self.ada.call("POST", self.ada.in_team(f"/servers/{self.added['id']}/token"), {})["agent_token"]
        self.assertEqual(self.push_status(old), 401)
        self.assertEqual(self.push_status(fresh), 415)
        programs.wait_until("the agent is told", lambda: "agent.token_refused" in agent.log())
        agent.stop()

        self.start_agent(fresh, name="second")
        count = len(stream.of_kind("points"))
        programs.wait_until("points of the second agent", lambda: len(stream.of_kind("points")) > count)
        self.ada.call("DELETE", self.ada.in_team(f"/servers/{self.added['id']}/token"), status=204)
        self.assertEqual(self.push_status(fresh), 401)
        self.assertEqual(self.find_server()["status"], "down")
        actions = {event["action"] for event in self.ada.list_all(self.ada.in_team("/audit/events"))}
        self.assertLessEqual({"server.create", "server.token_replace", "server.token_revoke"}, actions)

    def test_a_deleted_server_takes_its_agent_along(self):
        token = self.added["agent_token"]
        self.start_agent(token)
        programs.wait_until("up", lambda: self.find_server()["status"] == "up")
        path = self.ada.in_team(f"/servers/{self.added['id']}")
        # An agent that reports does not change what was configured: the ETag of before still holds.
        tag = self.ada.send("GET", path).headers["ETag"]
        self.ada.call("DELETE", path, status=204, headers={"If-Match": tag})
        self.assertEqual(self.push_status(token), 401)
        self.assertEqual(self.ada.send("GET", path).status, 404)
        self.assertEqual(self.ada.send("GET", path + "/series").status, 404)

    def test_it_talks_to_no_server_of_another_authority(self):
        other = self.directory / "other.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-keyout", self.directory / "other.key", "-out", other, "-days", "2",
                        "-subj", "/CN=Other CA"], check=True, capture_output=True)
        agent = self.start_agent(self.added["agent_token"], ca=other)
        refusal = programs.wait_until("a refusal",
                                      lambda: re.search(r'.*"agent\.server_unreachable".*', agent.log()))
        self.assertRegex(refusal[0], "(?i)certificate")
        self.assertEqual(self.find_server()["status"], "pending")
        self.assertEqual(agent.stop(), 0)

    def test_it_waits_for_a_server_that_is_away_and_loses_nothing(self):
        agent = self.start_agent(self.added["agent_token"])
        programs.wait_until("up", lambda: self.find_server()["status"] == "up")
        self.server.stop()
        programs.wait_until("the agent misses its server", lambda: "agent.server_unreachable" in agent.log())
        self.assertEqual(list_listening(agent.pid), [])
        self.server = self.server.again()
        self.addCleanup(self.server.stop)
        programs.wait_until("the agent is back", lambda: "agent.server_takes_pushes" in agent.log())
        self.ada.close()

        def count_ticks():
            now = int(time.time())
            return len(self.ada.series(self.added["id"], "uptime_s", now - 60, now + 10))

        programs.wait_until("ticks from before and after", lambda: count_ticks() > 2)
        self.assertEqual(agent.stop(), 0)


if __name__ == "__main__":
    unittest.main()
