"""What takes samples and answers queries: ours and two known programs, each on loopback in a directory of its own."""

import http.client
import json
import os
import pathlib
import subprocess
import threading
import time
import urllib.parse

import client  # tests/e2e
import meters
import programs  # tests/e2e
import remote_write  # tests/e2e

QUIET_SHARE = 0.06  # of a core: nothing is merged any more
QUIET_ROUNDS, ROUND_S = 3, 5
SETTLING_S = 900
# What a proxy in front of ours would say; there is none, since what is measured is plain HTTP on all sides.
HOPS = {"X-Forwarded-Proto": "https"}


class Receiver:
    """A running program. `base` is where its /api/v1 lies."""

    def __init__(self, name, child, directory, port, base="", headers=None, bearer="-"):
        self.name, self.child, self.directory = name, child, pathlib.Path(directory)
        self.port, self.base, self.bearer = port, base, bearer
        self.headers = headers or {}
        self._connection = None
        self._bytes_before = self._count_bytes()
        self._cpu_before = self.cpu_seconds()

    @property
    def pid(self):
        return self.child.pid

    def cpu_seconds(self):
        return meters.tree_cpu_seconds(self.pid)

    def cpu_since_start(self):
        return self.cpu_seconds() - self._cpu_before

    def bytes_since_start(self):
        return self._count_bytes() - self._bytes_before

    def get(self, path, parameters):
        """(seconds, bytes of the answer)."""
        if not self._connection:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=programs.PATIENCE_S)
        began = time.perf_counter()
        self._connection.request("GET", f"{self.base}/api/v1/{path}?{urllib.parse.urlencode(parameters)}",
                                 headers=self.headers)
        answer = self._connection.getresponse()
        body = answer.read()
        taken = time.perf_counter() - began
        if answer.status != 200:
            raise RuntimeError(f"{self.name} answers {answer.status}: {body[:400]!r}")
        return taken, body

    def settle(self):
        """Until everything is merged that it merges by itself."""
        self.wait_until_quiet()

    def wait_until_quiet(self):
        deadline, quiet, before = time.monotonic() + SETTLING_S, 0, self.cpu_seconds()
        while quiet < QUIET_ROUNDS:
            time.sleep(ROUND_S)
            now = self.cpu_seconds()
            quiet = quiet + 1 if now - before < QUIET_SHARE * ROUND_S else 0
            before = now
            if time.monotonic() > deadline:
                raise RuntimeError(f"{self.name} is still at work after {SETTLING_S} s")

    def stop(self):
        if self._connection:
            self._connection.close()
        self.child.stop()

    def _count_bytes(self):
        return sum(os.lstat(file).st_blocks * 512 for file in self.directory.rglob("*") if file.is_file())


class Ours(Receiver):
    """Plain HTTP, as behind a proxy, and no limit on requests: the others know none."""

    def __init__(self, site, name, agents=0):
        port = programs.free_port()
        server = site.keep(programs.Server(
            site.directory / name, http=port, ATALAYA_TLS_MODE="proxy", ATALAYA_TLS_TRUSTED_PROXIES="127.0.0.1",
            ATALAYA_SERVER_PUBLIC_URL="https://atalaya.example.com", ATALAYA_LIMITS_WRITE_PER_MINUTE="0",
            ATALAYA_LIMITS_KEY_PER_MINUTE="0", ATALAYA_LIMITS_TEAM_PER_MINUTE="0"))
        browser = client.Client(port, None, tls=False, headers=HOPS)
        browser.sign_up(setup_token=server.setup_token)
        key = remote_write.make_key(browser, "metrics:write", "metrics:read")
        self._tokens = [browser.call("POST", browser.in_team("/servers"), {"name": f"host-{number}"})["agent_token"]
                        for number in range(agents)]
        browser.close()
        super().__init__("ours", server, server.data, port, "/prometheus",
                         HOPS | {"Authorization": f"Bearer {key}"}, key)

    def push(self, start, steps, ticks):
        """(samples, seconds) of made-up hosts as their agents send them, so many ticks in each frame."""
        return _run_sender(self.name, "push", str(self.port), str(start), str(steps), str(ticks),
                           stdin="\n".join(self._tokens))

    def settle(self):
        """PostgreSQL gives back what it wrote ahead when it makes a checkpoint, every five minutes: not waited for."""
        programs.wait_until("all samples in blocks of days", self._is_settled, patience=SETTLING_S, pause=1)
        self.wait_until_quiet()
        self._ask_database("checkpoint")

    def _is_settled(self):
        return self._ask_database("select (select count(*) from app.metric_log)"
                                  " + (select count(*) from app.metric_windows)") == "0"

    def _ask_database(self, sql):
        done = programs.psql(self.child.data, sql)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        return done.stdout.strip()


def start_victoria(site, name):
    port, directory = programs.free_port(), site.directory / name
    child = site.keep(programs.Child(
        ["victoria-metrics", f"-storageDataPath={directory}", f"-httpListenAddr=127.0.0.1:{port}",
         "-retentionPeriod=10y", "-loggerLevel=WARN"], site.directory / f"{name}.log", {}))
    _await(port, "/health")
    return Victoria("VictoriaMetrics", child, directory, port)


class Victoria(Receiver):
    def get(self, path, parameters):
        return super().get(path, parameters | {"nocache": "1"})

    def settle(self):
        self.wait_until_quiet()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=programs.PATIENCE_S)
        connection.request("GET", "/internal/force_merge")
        connection.getresponse().read()
        connection.close()
        self.wait_until_quiet()


def start_prometheus(site, name):
    port, directory = programs.free_port(), site.directory / name
    config = site.directory / f"{name}.yml"
    config.write_text("storage: {tsdb: {out_of_order_time_window: 1h}}\n")
    child = site.keep(programs.Child(
        ["prometheus", f"--config.file={config}", f"--storage.tsdb.path={directory}",
         f"--web.listen-address=127.0.0.1:{port}", "--web.enable-remote-write-receiver",
         "--storage.tsdb.retention.time=10y", "--log.level=warn"], site.directory / f"{name}.log", {}))
    _await(port, "/-/ready")
    return Receiver("Prometheus", child, directory, port)


def _await(port, path):
    def answers():
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()
    programs.wait_until(f"an answer of port {port}", answers, pause=0.05)


class PeakMemory:
    """Of a whole tree of processes, looked at twice a second; what they share counts once."""

    def __init__(self, pid):
        self._pid, self._over, self.mib = pid, threading.Event(), 0.0
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *failure):
        self._over.set()
        self._thread.join()

    def _watch(self):
        while not self._over.wait(0.5):
            self.mib = max(self.mib, meters.tree_memory_mib(self._pid))


def send(receiver, first_host, hosts, start, steps):
    """(samples, seconds) of made-up hosts by remote write."""
    return _run_sender(receiver.name, "send", str(receiver.port), f"{receiver.base}/api/v1/write", receiver.bearer,
                       str(first_host), str(hosts), str(start), str(steps))


def _run_sender(name, *words, stdin=""):
    done = subprocess.run([programs.BINARIES / "atalaya_samples", *words], input=stdin, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{name}: {done.stderr}")
    words = done.stdout.split()
    return int(words[0]), float(words[3])


def pack(hosts, steps):
    """(bytes of a sample, millions of samples packed, and unpacked, in a processor second) of made-up hosts."""
    text = subprocess.run([programs.BINARIES / "atalaya_samples", "pack", str(hosts), str(steps)], check=True,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True).stdout
    return tuple(map(float, text.splitlines()[-1].split()))


def read_answer(body):
    """What a query gave, in a form in which two answers can be compared: a set of names, or values by series and time."""
    data = json.loads(body)["data"]
    if isinstance(data, list):
        return {json.dumps(each, sort_keys=True): 0.0 for each in data}
    values = {}
    for series in data["result"]:
        name = json.dumps(series["metric"], sort_keys=True)
        for at, value in series.get("values") or [series["value"]]:
            values[name, round(float(at), 3)] = float(value)
    return values
