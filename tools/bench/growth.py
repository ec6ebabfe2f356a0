"""How what metrics cost grows: with more series in one team, and with the same series in more teams.

Each case is a server of its own. A row stands beside the first one, so that its ratio says how much dearer a sample, or a
query's series, has become.
"""

import time
from concurrent import futures

import receivers
from figures import Figure

# hosts of 105 series, teams that share them, minutes of samples at 15 s
CASES = [(100, 1, 60), (1_000, 1, 60), (10_000, 1, 15), (1_000, 100, 60), (1_000, 1_000, 60)]
HOST_SERIES = 105
STEP_S = 15
DAY_S, HOUR_S = 86_400, 3_600
QUERIES = 40
SENDERS = 4
CPU = "node_cpu_seconds_total"


def measure(site):
    costs = [measure_case(site, *case) for case in CASES]
    rows = []
    for case, cost in zip(CASES, costs):
        rows += case_figures(case, cost, costs[0])
    return rows


def measure_case(site, hosts, teams, minutes):
    ours = receivers.Ours(site, f"growth-{hosts}-{teams}", teams=teams,
                          ATALAYA_METRICS_SERIES_MAX=str(2 * hosts * HOST_SERIES))
    start = int(time.time()) // DAY_S * DAY_S - 2 * HOUR_S  # of a day that is over: all of it is merged
    share = hosts // teams
    with receivers.PeakMemory(ours.pid) as memory, futures.ThreadPoolExecutor(SENDERS) as pool:
        sent = list(pool.map(lambda team: ours.send_as(team, team * share, share, start, minutes * 60 // STEP_S),
                             range(teams)))
        ours.settle()
    cost = {"sample": ours.cpu_since_start() / sum(sent) * 1e6, "bytes": ours.bytes_since_start() / sum(sent),
            "memory": memory.mib}
    asked = [team * share for team in range(min(teams, QUERIES))]
    at = start + minutes * 60 - 7
    one, _ = ask(ours, share, asked, at, lambda host: f'sum by (mode) (rate({CPU}{{host="host-{1000 + host}"}}[5m]))')
    every, found = ask(ours, share, asked, at, lambda _: f"sum by (mode) (rate({CPU}[5m]))")
    ours.stop()
    return cost | {"one host": one * 1e3, "series": every / found * 1e6}


def ask(ours, share, hosts, at, expression):
    """(processor seconds of a query, series that one looked at); the first of each team warms."""
    used, series = 0.0, 0
    for _ in range(2):
        before = ours.cpu_seconds()
        for number in range(QUERIES):
            host = hosts[number % len(hosts)]
            ours.get_as(host // share, "query", {"query": expression(host), "time": at})
        used = ours.cpu_seconds() - before
    counted = ours.get_as(0, "query", {"query": f"count({CPU})", "time": at})[1]
    series = next(iter(receivers.read_answer(counted).values()))
    return used / QUERIES, series


def case_figures(case, cost, first):
    hosts, teams, _ = case
    series = f"{hosts * HOST_SERIES:,}".replace(",", " ")
    what = f"{series} series in {teams:,} team{'s' * (teams > 1)}".replace(",", " ")
    rows = [(f"{what}: a sample by remote write, merging included", "sample", "CPU s/million"),
            ("… on disk, everything", "bytes", "bytes/sample"),
            ("… most memory of all processes", "memory", "MiB"),
            ("… a query of one host", "one host", "CPU ms"),
            ("… a query of all hosts of a team, for each series that it looks at", "series", "CPU µs")]
    beside = {} if cost is first else {"peer_name": "the first"}
    return [Figure(words, [cost[key]], unit, [first[key]] if beside else [], **beside) for words, key, unit in rows]
