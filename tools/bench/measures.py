"""Each measure takes the Site and gives figures. Three rounds; ours and the peer's alternate."""

import json
import statistics
import subprocess
import threading
import time
from concurrent import futures

import client  # tests/e2e
import meters
import metrics
import peers
import programs  # tests/e2e
from figures import Figure

ROUNDS = 3
SECONDS = 5  # of load in each round
FLOOD = 64  # log-ins at a time
LINKS = 100_000
SIGNED_TEAMS = 1000
EXPLORED = 1_000_000
LIST_SQL = """SELECT s.id, s.revision, s.created_at, s.updated_at, s.body, t.token_hash IS NOT NULL AS has_token,
       r.first_seen_at, r.last_seen_at, r.agent_version, r.facts
FROM app.servers s
LEFT JOIN idn.agent_tokens t ON t.team_id = s.team_id AND t.server_id = s.id
LEFT JOIN app.server_states r ON r.team_id = s.team_id AND r.server_id = s.id
WHERE s.team_id = '{team}';
"""


class Site:
    """The programs that several measures share, each started when first needed."""

    def __init__(self, directory):
        self.directory = directory
        self.children = []
        self._server = self._browser = self._stage = None

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        for child in reversed(self.children):
            if child.process.poll() is None:
                stop_or_kill(child)

    def keep(self, child):
        self.children.append(child)
        return child

    def start_server(self, name):
        """A running server with one account."""
        server = self.keep(programs.Server(self.directory / name))
        browser = client.Client(server.https_port, server.ca)
        browser.sign_up(setup_token=server.setup_token)
        return server, browser

    def use(self, server, browser):
        self._server, self._browser = server, browser

    @property
    def server(self):
        if not self._server:
            self.use(*self.start_server("server"))
        return self._server

    @property
    def browser(self):
        return self.server and self._browser

    @property
    def stage(self):
        if not self._stage:
            self._stage = self.keep(Stage(self.directory / "stage"))
        return self._stage


def stop_or_kill(child):
    """What does not stop must not take the figures with it."""
    try:
        child.stop()
    except subprocess.TimeoutExpired:
        child.process.kill()


class Stage:
    """bench/main.cpp: a database that does what its input says, and ends with its input."""

    def __init__(self, directory):
        self.process = subprocess.Popen([programs.BINARIES / "atalaya_bench", directory], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, env=programs.environment())
        self.dsn = self.read().removeprefix("ready ")

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("atalaya_bench ended")
        return line.strip()

    def ask_words(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        return self.read().split()

    def ask(self, command):
        return [float(word) for word in self.ask_words(command)]

    def stop(self):
        self.process.stdin.close()
        self.process.wait(programs.PATIENCE_S)


def measure_start(site):
    first, second, memory = [], [], []
    for round_ in range(ROUNDS):
        began = time.monotonic()
        server = site.keep(programs.Server(site.directory / f"start{round_}"))
        first.append(await_readiness(server, began))
        browser = client.Client(server.https_port, server.ca)
        browser.sign_up(setup_token=server.setup_token)
        browser.close()
        server.stop()
        began = time.monotonic()
        server = site.keep(server.again())
        second.append(await_readiness(server, began))
        time.sleep(3)
        memory.append(meters.rss_mib(server.pid))
        if round_ < ROUNDS - 1:
            server.stop()
    site.use(server, browser)
    return [Figure("first start, empty directory, to ready", first, "s", at_most=4),
            Figure("second start to ready", second, "s", at_most=1.5),
            Figure("idle server, resident memory without PostgreSQL", memory, "MiB", at_most=48)]


def await_readiness(server, began):
    asker = client.Client(server.https_port, server.ca)
    programs.wait_until("readiness", lambda: asker.send("GET", "/readyz").status == 200, pause=0.005)
    return time.monotonic() - began


def measure_healthz(site):
    body = site.browser.send("GET", "/healthz").body
    nginx, static = peers.start_nginx(site.directory / "nginx", site.server.data / "tls", body)
    site.keep(nginx)
    ours, theirs = [], []
    for url in (site.server.url + "/healthz", static):
        meters.run_wrk(url, 1, 64, 2)
    for _ in range(ROUNDS):
        ours.append(meters.run_wrk(site.server.url + "/healthz", SECONDS, 64, 2)[1])
        theirs.append(meters.run_wrk(static, SECONDS, 64, 2)[1])
    nginx.stop()
    return [Figure("`/healthz` over TLS keep-alive", ours, "requests/s", theirs, "nginx, static file", at_least=1.0)]


def measure_list(site):
    browser, postmaster = site.browser, site.server.postmaster_pid()
    for number in range(50):
        browser.call("POST", browser.in_team("/servers"), {"name": f"server-{number}.example.com", "note": "A note."})
    url = f"{site.server.url}/api/v1/{browser.in_team('/servers?limit=50')}"
    headers = [f"Cookie: {browser.cookie}"]
    script = site.directory / "list.sql"
    script.write_text(LIST_SQL.format(team=browser.team))
    socket_dir = (site.server.data / "postgres/data/postmaster.pid").read_text().splitlines()[4]
    dsn = f"host={socket_dir} dbname=atalaya user=atalaya_super"

    server, database, plain = [], [], []
    meters.run_wrk(url, 1, 8, 1, headers)
    for _ in range(ROUNDS):
        cpu, database_cpu = meters.cpu_seconds(site.server.pid), meters.family_cpu_seconds(postmaster)
        requests, _rate = meters.run_wrk(url, SECONDS, 8, 1, headers)
        server.append((meters.cpu_seconds(site.server.pid) - cpu) / requests * 1e6)
        database.append((meters.family_cpu_seconds(postmaster) - database_cpu) / requests * 1e6)
        database_cpu = meters.family_cpu_seconds(postmaster)
        queries, _rate = meters.run_pgbench(dsn, script, SECONDS, 8)
        time.sleep(0.3)  # until the last session is reaped, and counted
        plain.append((meters.family_cpu_seconds(postmaster) - database_cpu) / queries * 1e6)
    both = [left + right for left, right in zip(server, database)]
    return [Figure("list of 50 servers over TLS, row-level security, decryption: all", both, "CPU µs/request", plain,
                   "plain SELECT by pgbench"),
            Figure("… of it PostgreSQL", database, "CPU µs/request", plain, "plain SELECT by pgbench"),
            Figure("… of it the server", server, "CPU µs/request")] + measure_long_list(site)


def measure_long_list(site):
    """A page out of ten thousand rows, in another order than they lie: every row is opened for it."""
    def make(first):
        browser = site.browser.copy()
        for number in range(first, 10_000, 4):
            browser.call("POST", browser.in_team("/servers"), {"name": f"host-{number}.example.com", "note": "A note."})

    with futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(make, range(50, 54)))
    path = site.browser.in_team("/servers?limit=50&sort=-name&q=host-99")
    latencies = []
    for _ in range(ROUNDS):
        taken = []
        for _ in range(40):
            began = time.monotonic()
            site.browser.call("GET", path)
            taken.append((time.monotonic() - began) * 1000)
        latencies.append(sorted(taken)[37])
    return [Figure("page of 50 from 10 000 servers, searched and sorted: p95", latencies, "ms", at_most=150)]


def measure_page(site):
    """The audit page over ten thousand records, scrolled from the newest to the first in a browser."""
    browser = site.browser
    while (missing := 10_000 - browser.call("GET", browser.in_team("/audit/head"))["seq"]) > 0:
        made = browser.call("POST", browser.in_team("/servers"), {"name": "scrolled.example.com"}, 201)
        for number in range(missing):
            browser.call("PATCH", browser.in_team(f"/servers/{made['id']}"), {"note": f"note {number}"})
    done = subprocess.run([programs.ROOT / "tools/page.sh", "node", "test/browser/scroll_bench.mjs", site.server.url,
                           "ada@example.com", client.PASSWORD, str(ROUNDS)], stdout=subprocess.PIPE, text=True, check=True)
    rounds = json.loads(done.stdout)
    what = f"audit page, {rounds[0]['records']:,} records scrolled through".replace(",", " ")
    return [Figure(f"{what}: time between frames, p95", [one["p95"] for one in rounds], "ms"),
            Figure("… the longest", [one["longest"] for one in rounds], "ms")]


def measure_api_key(site):
    """What a key costs until its answer: refused for its scope, so that no database is asked, beside /healthz."""
    server = site.keep(programs.Server(site.directory / "keys", ATALAYA_LIMITS_KEY_PER_MINUTE="0",
                                       ATALAYA_LIMITS_TEAM_PER_MINUTE="0"))
    browser = client.Client(server.https_port, server.ca)
    browser.sign_up(setup_token=server.setup_token)
    draft = {"name": "bench", "env": "test", "scopes": ["metrics:read"], "ip_allow": ["127.0.0.0/8"],
             "cors_origins": [], "expires_at": None}
    made = browser.call("POST", browser.in_team("/api-keys"), draft, 201)
    browser.call("POST", browser.in_team(f"/api-keys/{made['id']}/ack"), None, 200)
    url = f"{server.url}/api/v1/{browser.in_team('/servers')}"
    headers = [f"Authorization: Bearer {made['key']}"]
    added = []
    meters.run_wrk(url, 1, 8, 1, headers, refused=True)
    for _ in range(ROUNDS):
        health = cpu_for_each(server, f"{server.url}/healthz", ())
        added.append(cpu_for_each(server, url, headers, refused=True) - health)
    server.stop()
    return [Figure("request with an API key, proved before and without the scope: over `/healthz`", added,
                   "CPU µs/request", at_most=15)]


def cpu_for_each(server, url, headers, refused=False):
    before = meters.cpu_seconds(server.pid)
    requests, _rate = meters.run_wrk(url, SECONDS, 8, 1, headers, refused)
    return (meters.cpu_seconds(server.pid) - before) / requests * 1e6


def measure_flood(site):
    """/healthz while more log-ins come than the hashing can keep up with, each of another account; beside it idle."""
    server, browser = site.start_server("flood")
    idle, flooded = [], []
    for round_ in range(ROUNDS):
        idle.append(p99_of_healthz(browser))
        over = threading.Event()
        with futures.ThreadPoolExecutor(FLOOD) as pool:
            guests = [pool.submit(log_in_until, over, server, f"{round_}-{number}") for number in range(FLOOD)]
            flooded.append(p99_of_healthz(browser))
            over.set()
            statuses = set().union(*(guest.result() for guest in guests))
        if not statuses <= {401, 429, 503}:
            raise RuntimeError(f"the flood of log-ins was answered {statuses}")
    server.stop()
    return [Figure(f"`/healthz` beside {FLOOD} log-ins at a time: p99", flooded, "ms", idle, "the same without them",
                   at_most=200)]


def log_in_until(over, server, name):
    """Wrong passwords, one after the other; gives which answers came."""
    statuses, number = set(), 0
    while not over.is_set():
        number += 1
        one = client.Client(server.https_port, server.ca)
        body = {"email": f"guest-{name}-{number}@example.com", "password": "not the password"}
        statuses.add(one.send("POST", "login", body).status)
        one.close()
    return statuses


def p99_of_healthz(browser):
    """Of one client that asks every 10 ms on one connection."""
    taken, end = [], time.monotonic() + SECONDS
    while time.monotonic() < end:
        began = time.monotonic()
        if browser.send("GET", "/healthz").status != 200:
            raise RuntimeError("/healthz fails")
        taken.append((time.monotonic() - began) * 1000)
        time.sleep(0.01)
    return sorted(taken)[len(taken) * 99 // 100]


def measure_agent(site):
    site.browser.close()  # the server ended the connection while nobody used it
    added = site.browser.call("POST", site.browser.in_team("/servers"), {"name": "bench.example.com"}, 201)
    agent = site.keep(programs.Agent(site.directory / "agent", site.server.url, added["agent_token"], site.server.ca,
                                     interval_s=10))
    exporter, metrics = peers.start_node_exporter(site.directory / "node_exporter")
    collectd = peers.start_collectd(site.directory / "collectd")
    children = [agent, site.keep(exporter), site.keep(collectd)]
    cpu = {child: [] for child in children}
    scrape_for(metrics, 10)
    for _ in range(ROUNDS):
        before = {child: meters.cpu_seconds(child.pid) for child in children}
        began = time.monotonic()
        scrape_for(metrics, 20)
        for child in children:
            used = meters.cpu_seconds(child.pid) - before[child]
            cpu[child].append(100 * used / (time.monotonic() - began))
    memory = {child: [meters.rss_mib(child.pid)] for child in children}
    seen = site.browser.call("GET", site.browser.in_team(f"/servers/{added['id']}"))
    if seen["status"] != "up":
        raise RuntimeError(f"the agent does not report:\n{agent.log()}")
    for child in children:
        child.stop()
    rows = []
    for other, name in ((exporter, "node_exporter"), (collectd, "collectd")):
        rows.append(Figure("agent, resident memory", memory[agent], "MiB", memory[other], name, at_most=8))
    for other, name in ((exporter, "node_exporter"), (collectd, "collectd")):
        rows.append(Figure("agent, processor at one tick in 10 s", cpu[agent], "%", cpu[other], name,
                           at_most=0.1))
    return rows


def scrape_for(url, seconds):
    """Every 10 s, as Prometheus would, while the time passes."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not peers.fetch(url):
            raise RuntimeError("node_exporter does not answer")
        time.sleep(max(0.0, min(10, end - time.monotonic())))


def measure_mutations(site):
    script = site.directory / "update.sql"
    script.write_text("\\set id random(1, 12800)\n"
                      "UPDATE public.things_plain SET note = 'the note after', revision = revision + 1"
                      " WHERE id = :id;\n")
    many, one, plain = [], [], []
    for _ in range(ROUNDS):
        plain.append(meters.run_pgbench(site.stage.dsn, script, SECONDS, 8)[1])
        many += site.stage.ask(f"mutate 64 {SECONDS * 1000}")
        one += site.stage.ask(f"mutate 1 {SECONDS * 1000}")
    name = "pgbench, plain UPDATE"
    return [Figure("audited mutations over 64 teams", many, "/s", plain, name, at_least=0.5),
            Figure("audited mutations over one team", one, "/s", plain, name, at_least=0.18)]


def measure_chain(site):
    rounds = []
    site.stage.ask(f"verify {LINKS}")  # makes the chain, and warms it
    for _ in range(ROUNDS):
        rounds.append(site.stage.ask(f"verify {LINKS}"))
    events, stored, links, bound, share = zip(*rounds)
    unit = "events/CPU s"
    return [Figure(f"chain verified from the database, {statistics.median(events):.0f} events", stored, unit,
                   bound, "SHA-256 bound"),
            Figure("… of its processor time PostgreSQL's", [one * 100 for one in share], "%"),
            Figure(f"chain verified in memory, {LINKS} events", links, unit, bound, "SHA-256 bound", at_least=0.5)]


def measure_checkpoints(site):
    """A minute of signing for 1000 teams, of which each moved once."""
    signer, database = zip(*(site.stage.ask(f"checkpoint {SIGNED_TEAMS}") for _ in range(ROUNDS)))
    both = [(left + right) / 60 * 100 for left, right in zip(signer, database)]
    return [Figure("checkpoints of 1 000 teams, each once a minute", both, "% of a core", at_most=1),
            Figure("… of it PostgreSQL", [one / 60 * 100 for one in database], "% of a core")]


def measure_explore(site):
    """One round: making the record takes minutes, and each figure is of many searches."""
    fields = site.stage.ask_words(f"explore {EXPLORED}")
    events, indexed, size, p95, slowest, slowest_ms, first, none = fields
    what = f"search of {int(events):,} events of one team".replace(",", " ")
    return [Figure(f"{what}: a page of 50 by any filter, p95", [float(p95)], "ms", at_most=200),
            Figure(f"… the slowest filter ({slowest}), median", [float(slowest_ms)], "ms"),
            Figure("… the only event with a word, at the far end", [float(first)], "ms", at_most=1000),
            Figure("… until it is certain that no event has a word", [float(none)], "ms"),
            Figure("… size of the index for each event", [float(size)], "bytes"),
            Figure("… events indexed by one thread", [float(indexed)], "/s")]


MEASURES = {
    "start": measure_start,
    "healthz": measure_healthz,
    "list": measure_list,
    "page": measure_page,
    "api_key": measure_api_key,
    "flood": measure_flood,
    "agent": measure_agent,
    "mutations": measure_mutations,
    "chain": measure_chain,
    "checkpoints": measure_checkpoints,
    "explore": measure_explore,
    "chunks": metrics.measure_chunks,
    "metrics": metrics.measure,
}
