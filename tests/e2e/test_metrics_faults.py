"""kill -9 of the server and of the database while samples come in, are written into blocks and have had their time: what
was acknowledged is read back, once and exactly.

ATALAYA_E2E_ROUNDS says how often something is killed (4), ATALAYA_E2E_SEED at which moments.
"""

import http.client
import os
import random
import signal
import threading
import time
import unittest
import urllib.parse

import client
import programs
import remote_write

ROUNDS = int(os.environ.get("ATALAYA_E2E_ROUNDS", "4"))
GENERATORS = 3
DAY_S = 86_400
DAYS_KEPT = 30
MINUTES_IN_WRITE = 20


class Generator:
    """Writes its series one request after the other, from three days ago until now and then anywhere between, and knows
    what may be read: for each sample its values, and None when it may be absent."""

    def __init__(self, ada, key, number, dice):
        self.ada = ada
        self.key = key
        self.number = str(number)
        self.dice = dice
        self.now = int(time.time()) // 60 * 60
        self.at = self.now - 3 * DAY_S
        self.allowed = {}
        self.acknowledged = 0
        self.unanswered = 0
        self.unexpected = []

    def run(self, ending):
        connection = None
        while not ending.is_set():
            samples = self.make_samples()
            for place, value in samples.items():
                self.allowed[place] = self.allowed.get(place, {None}) | {value}
            try:
                connection = connection or self.ada.copy().connect()
                connection.request("POST", "/prometheus/api/v1/write", self.pack(samples),
                                   {"Authorization": f"Bearer {self.key}"} | remote_write.MEDIA)
                answer = client.Answer(connection.getresponse())
            except (OSError, http.client.HTTPException):
                self.unanswered += 1
                if connection:
                    connection.close()
                connection = None
                ending.wait(0.05)
                continue
            if answer.status == 204:
                self.acknowledged += 1
                self.allowed |= {place: {value} for place, value in samples.items()}
            else:
                self.unanswered += 1
                if answer.status != 503:
                    self.unexpected.append(str(answer))
                ending.wait(0.05)
        if connection:
            connection.close()

    def make_samples(self):
        """{(generator, series, milliseconds): value as text} of some minutes; there are more series as time goes on."""
        start = self.at
        self.at = min(self.at + MINUTES_IN_WRITE * 60, self.now)
        if start == self.now or self.dice.random() < 0.25:  # late, over what is there
            start = self.dice.randrange(self.now - 3 * DAY_S, self.now) // 60 * 60
        return {(self.number, str(series), minute * 1000): self.make_value()
                for series in range(4 + self.acknowledged // 40)
                for minute in range(start, min(start + MINUTES_IN_WRITE * 60, self.now), 60)}

    def make_value(self):
        return repr(self.dice.choice((self.dice.random() * 1e3, float(self.dice.randrange(1000)), float("nan"),
                                      self.dice.uniform(-1e300, 1e300), -0.0)))

    @staticmethod
    def pack(samples):
        of_series = {}
        for (generator, series, time_ms), value in samples.items():
            of_series.setdefault((generator, series), []).append((time_ms, float(value)))
        return remote_write.snappy(b"".join(
            remote_write.series([("__name__", "load"), ("generator", generator), ("series", series)], points)
            for (generator, series), points in of_series.items()))


class MetricsFaults(unittest.TestCase):
    def setUp(self):
        self.seed = int(os.environ.get("ATALAYA_E2E_SEED", "1"))
        self.dice = random.Random(self.seed)
        self.directory = self.enterContext(programs.temporary_directory())
        self.server = programs.Server(self.directory / "data", ATALAYA_METRICS_RETENTION_DAYS=str(2 * DAYS_KEPT))
        self.addCleanup(lambda: self.server.stop())
        self.ada = client.Client(self.server.https_port, self.server.ca)
        self.ada.sign_up(setup_token=self.server.setup_token)
        self.key = remote_write.make_key(self.ada, "metrics:read", "metrics:write")
        self.generators = [Generator(self.ada, self.key, number, random.Random(self.dice.random()))
                           for number in range(GENERATORS)]
        self.write_old_samples()
        self.ada.close()
        # From the next start on much of it has had its time.
        self.server.settings["ATALAYA_METRICS_RETENTION_DAYS"] = str(DAYS_KEPT)

    def write_old_samples(self):
        now = int(time.time())
        self.old = {("old", str(series), (now - days * DAY_S) * 1000): repr(float(days + series))
                    for series in range(3) for days in range(20, 50)}
        answer = remote_write.write(self.ada, self.key, Generator.pack(self.old))
        self.assertEqual(answer.status, 204, answer)

    def test_nothing_acknowledged_is_lost_or_doubled(self):
        kinds = (self.kill_server, self.kill_database, self.kill_server_as_it_starts, self.kill_both)
        for number in range(ROUNDS):
            self.run_round(kinds[number % len(kinds)])
            self.check_samples(f"seed {self.seed}, round {number}")
        print(f"\n{ROUNDS} kills: {sum(one.acknowledged for one in self.generators)} writes acknowledged, "
              f"{sum(one.unanswered for one in self.generators)} not, "
              f"{sum(len(one.allowed) for one in self.generators)} samples")
        programs.wait_until("retention has dropped what is weeks too old", self.is_old_gone)
        blocks = programs.psql(self.server.data, "select count(*) > 0 from app.metric_blocks")
        self.assertEqual(blocks.stdout.strip(), "t", "nothing was ever written into blocks")
        self.assertEqual(self.server.stop(), 0)

    def run_round(self, kill):
        ending = threading.Event()
        threads = [threading.Thread(target=one.run, args=(ending,), daemon=True) for one in self.generators]
        for thread in threads:
            thread.start()
        try:
            self.wait_for_progress(5)
            self.begin_retention()
            time.sleep(self.dice.random())
            kill()
            self.wait_for_progress(5)
        finally:
            ending.set()
            for thread in threads:
                thread.join(programs.PATIENCE_S)

    def wait_for_progress(self, writes):
        wanted = [one.acknowledged + writes for one in self.generators]

        def is_reached():
            self.assertEqual([text for one in self.generators for text in one.unexpected], [])
            return all(one.acknowledged >= count for one, count in zip(self.generators, wanted))

        programs.wait_until("writes are acknowledged again", is_reached, pause=0.02)

    def begin_retention(self):
        """The jobs of the hour, now."""
        os.kill(self.server.pid, signal.SIGHUP)

    def kill_server(self):
        self.server.kill()
        self.server = self.server.again()

    def kill_server_as_it_starts(self):
        """And reads what is left, and compacts it."""
        self.kill_server()
        self.begin_retention()
        time.sleep(self.dice.random() / 2)
        self.kill_server()

    def kill_database(self):
        before = self.server.postmaster_pid()
        os.kill(before, signal.SIGKILL)
        programs.wait_until("the database is started again", lambda: self.server.postmaster_pid() not in (None, before))

    def kill_both(self):
        os.kill(self.server.postmaster_pid(), signal.SIGKILL)
        self.kill_server()

    def read_samples(self):
        words = urllib.parse.urlencode({"query": f"load[{3 * DAYS_KEPT}d]", "time": int(time.time()) + 60})
        answer = remote_write.send(self.ada, self.key, "GET", "query?" + words)
        self.assertEqual(answer.status, 200, answer)
        found = {}
        for series in answer.json()["data"]["result"]:
            for seconds, value in series["values"]:
                place = (series["metric"]["generator"], series["metric"]["series"], round(seconds * 1000))
                self.assertNotIn(place, found, "a sample stands there twice")
                found[place] = repr(float(value))
        return found

    def check_samples(self, when):
        found = self.read_samples()
        kept_since = (time.time() - DAYS_KEPT * DAY_S) * 1000
        allowed = {place: {value} if place[2] > kept_since else {value, None} for place, value in self.old.items()}
        for one in self.generators:
            allowed |= one.allowed
        wrong = [(place, values, found.get(place)) for place, values in allowed.items() if found.get(place) not in values]
        self.assertEqual(wrong[:5], [], f"{len(wrong)} of {len(allowed)} samples; {when}")
        self.assertEqual(set(found) - set(allowed), set(), "samples that nobody wrote")

    def is_old_gone(self):
        """Whole weeks go, and what memory held of them goes into blocks first."""
        self.begin_retention()
        gone_before = (time.time() - (DAYS_KEPT + 8) * DAY_S) * 1000
        return not any(place[0] == "old" and place[2] < gone_before for place in self.read_samples())


if __name__ == "__main__":
    unittest.main()
