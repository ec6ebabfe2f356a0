"""kill -9 of the database, of the server and of the agent at random points under load: what was acknowledged stays.

ATALAYA_E2E_ROUNDS says how often each is killed (3).
"""

import http.client
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
import unittest
import urllib.parse

import client
import programs

ROUNDS = int(os.environ.get("ATALAYA_E2E_ROUNDS", "3"))

# Wakes at each second as the agent does, and says at which it came too late to be held against anybody.
WITNESS = """
import time
last = int(time.time())
while True:
    time.sleep(int(time.time()) + 1 - time.time())
    now = int(time.time() + 0.001)
    for second in range(last + 1, now):
        print(second, flush=True)
    last = now
"""


class Load(threading.Thread):
    """Adds servers as fast as they are acknowledged, and remembers which were."""

    def __init__(self, owner, number):
        super().__init__(daemon=True)
        self.client = owner.copy()
        self.number = number
        self.acknowledged = {}
        self.unexpected = []
        self.refused = 0
        self.ending = threading.Event()

    def run(self):
        count = 0
        while not self.ending.wait(0.02):
            count += 1
            name = f"load-{self.number}-{count}"
            try:
                answer = self.client.send("POST", self.client.in_team("/servers"), {"name": name})
            except (OSError, http.client.HTTPException):
                self.refused += 1
                self.ending.wait(0.1)
                continue
            if answer.status == 201:
                self.acknowledged[answer.json()["id"]] = name
            else:
                self.refused += 1
                if answer.status != 503:
                    self.unexpected.append(str(answer))

    def end(self):
        self.ending.set()
        self.join(programs.PATIENCE_S)


class Faults(unittest.TestCase):
    def setUp(self):
        self.directory = self.enterContext(programs.temporary_directory())
        self.server = programs.Server(self.directory / "data")
        self.addCleanup(lambda: self.server.stop())
        self.ada = client.Client(self.server.https_port, self.server.ca)
        self.ada.sign_up(setup_token=self.server.setup_token)
        self.witness = subprocess.Popen([sys.executable, "-c", WITNESS], stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.witness.wait)
        self.addCleanup(self.witness.stdout.close)
        self.addCleanup(self.witness.kill)
        self.random = random.Random(int(os.environ.get("ATALAYA_E2E_SEED", "1")))

    def test_nothing_acknowledged_is_lost(self):
        self.watched = watched = self.ada.call("POST", self.ada.in_team("/servers"), {"name": "watched"})
        self.agent = programs.Agent(self.directory / "agent", self.server.url, watched["agent_token"], self.server.ca)
        self.addCleanup(lambda: self.agent.stop())
        self.agent_runs = [[time.time(), None]]
        self.loads = [Load(self.ada, number) for number in range(4)]
        self.ada.close()
        for load in self.loads:
            self.addCleanup(load.end)
            load.start()
        for _ in range(ROUNDS):
            for kill in (self.kill_database, self.kill_server, self.kill_agent):
                self.wait_for_progress(3)
                time.sleep(self.random.random() * 2)
                kill()
        self.wait_for_progress(20)
        for load in self.loads:
            load.end()
        self.check_objects()
        self.wait_for_spool()
        self.agent_runs[-1][1] = time.time()
        self.agent.stop()
        self.check_series(watched["id"])
        verified = programs.run("audit", "verify", "--data", self.server.data)
        self.assertEqual(verified.returncode, 0, verified.stdout)
        self.assertEqual(self.server.stop(), 0)

    def count_acknowledged(self):
        return sum(len(load.acknowledged) for load in self.loads)

    def wait_for_progress(self, count):
        wanted = self.count_acknowledged() + count
        programs.wait_until("changes are acknowledged again", lambda: self.count_acknowledged() >= wanted)

    def kill_database(self):
        before = self.server.postmaster_pid()
        os.kill(before, signal.SIGKILL)
        programs.wait_until("the database is started again", lambda: self.server.postmaster_pid() not in (None, before))

    def kill_server(self):
        self.server.kill()
        time.sleep(self.random.random())
        self.server = self.server.again()

    def kill_agent(self):
        self.wait_for_spool()  # a run without a tick would tell nothing
        time.sleep(self.random.random())
        self.agent_runs[-1][1] = time.time()
        self.agent.kill()
        self.agent = self.agent.again()
        self.agent_runs.append([time.time(), None])

    def check_objects(self):
        kept = {row["id"]: row["name"] for row in self.ada.list_all(self.ada.in_team("/servers"))}
        acknowledged = {}
        for load in self.loads:
            self.assertEqual(load.unexpected, [])
            acknowledged |= load.acknowledged
        print(f"\n{len(acknowledged)} changes acknowledged, {sum(load.refused for load in self.loads)} refused, "
              f"{len(kept)} servers kept")
        self.assertEqual({id_: name for id_, name in acknowledged.items() if kept.get(id_) != name}, {})
        self.assertEqual(len(set(kept.values())), len(kept), "a name stands twice")
        created = [event["resource_id"] for event in
                   self.ada.list_all(self.ada.in_team("/audit/events?action=server.create"))]
        self.assertEqual(sorted(created), sorted(kept), "every server has one event, and every event a server")

    def wait_for_spool(self):
        """Until a tick later than now has arrived: the spool is sent in order, so nothing is left before it."""
        self.ada.close()
        since = int(time.time()) + 1
        programs.wait_until("the spool is empty",
                            lambda: self.ada.series(self.watched["id"], "uptime_s", since, since + 1000))

    def check_series(self, server):
        # What a kill -9 of the agent may cost: the tick that was just being taken, and the first second of the next.
        first, last = int(self.agent_runs[0][0]) - 2, int(self.agent_runs[-1][1]) + 2
        ticks = self.ada.series(server, "uptime_s", first, last)
        expected = set()
        for began, ended in self.agent_runs:
            had = [second for second in ticks if began <= second <= ended]
            self.assertTrue(had, "an agent's run left nothing")
            self.assertLess(min(had) - began, programs.PATIENCE_S)
            expected |= set(range(min(had), int(ended)))
        self.witness.kill()
        late = {int(line) for line in re.findall(r"\d+", self.witness.stdout.read())}
        missing = sorted(expected - set(ticks) - {tick + near for tick in late for near in (-1, 0, 1)})
        print(f"{len(ticks)} ticks, {len(expected - set(ticks))} missing, the machine itself overslept {len(late)}")
        self.assertEqual(missing, [])
        # What came twice is one sample, and every tick is a sample and nothing else.
        counted = self.ada.call("GET", self.ada.in_team("/metrics/query?" + urllib.parse.urlencode({
            "query": f'count_over_time(uptime_s{{server_id="{server}"}}[{last - first}s])', "time": last - 0.001})))
        self.assertEqual([int(each["value"][1]) for each in counted["data"]["result"]], [len(ticks)])



if __name__ == "__main__":
    unittest.main()
