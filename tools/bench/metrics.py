"""Metrics beside VictoriaMetrics and Prometheus: the same samples into all three, then the same queries.

Sizes come from the environment, for trying: BENCH_HOSTS, BENCH_HOURS. By default 100 hosts of 105 series for 24 hours at
15 s, the last whole day (UTC), in one round, since a round takes minutes: 60 million samples into each.
"""

import math
import os
import random
import statistics
import time

import receivers
from figures import Figure

HOSTS = int(os.environ.get("BENCH_HOSTS", "100"))
HOURS = int(os.environ.get("BENCH_HOURS", "24"))
STEP_S = 15
DAY_S = 86_400
BACKFILL_TICKS = 360  # in a frame, as the agent's courier sends after an outage
REPETITIONS = 9
AGREEING_MIN = 0.999
RELATIVE_ERROR = 1e-9

CPU = "node_cpu_seconds_total"
ONE = 'host="host-1007"'
# name, expression, seconds back (0: at one time), seconds between values
QUERIES = [
    ("one series", f"node_load1{{{ONE}}}", 0, 0),
    ("rate of all processors by host", f"sum by (host) (rate({CPU}[5m]))", 0, 0),
    ("five largest rates", "topk(5, rate(node_network_receive_bytes_total[5m]))", 0, 0),
    ("quantile over 1 h", "quantile_over_time(0.95, node_load1[1h])", 0, 0),
    ("quantile over 24 h of one host", f"quantile_over_time(0.95, node_load1{{{ONE}}}[24h])", 0, 0),
    ("count of everything by name", 'count by (__name__) ({__name__=~".+"})', 0, 0),
    ("1 h of one host's rates", f"sum by (mode) (rate({CPU}{{{ONE}}}[5m]))", 3_600, 15),
    ("6 h of one host's rates", f"sum by (mode) (rate({CPU}{{{ONE}}}[5m]))", 21_600, 60),
    ("24 h of one host's rates", f"sum by (mode) (rate({CPU}{{{ONE}}}[5m]))", 86_400, 300),
    ("1 h of all hosts' rates", f"sum by (mode) (rate({CPU}[5m]))", 3_600, 15),
    ("6 h of all hosts' rates", f"sum by (mode) (rate({CPU}[5m]))", 21_600, 60),
    ("24 h of all hosts' rates", f"sum by (mode) (rate({CPU}[5m]))", 86_400, 300),
    ("24 h of a gauge by site", "avg by (site) (node_load1)", 86_400, 300),
    ("24 h of the most in 1 h by site", "max by (site) (max_over_time(node_load1[1h]))", 86_400, 300),
]
LISTS = [("series of a metric", "series", {"match[]": "up"}), ("values of a label", "label/host/values", {})]


def measure(site):
    start = int(time.time()) // DAY_S * DAY_S - HOURS * 3_600
    tried = [receivers.Ours(site, "metrics"), receivers.start_victoria(site, "victoria"),
             receivers.start_prometheus(site, "prometheus")]
    steps = HOURS * 3_600 // STEP_S
    ingests = [ingest(receiver, lambda: receivers.send(receiver, 0, HOSTS, start, steps)) for receiver in tried]
    frames = [(ticks, ingest_frames(site, start, least_steps, ticks))
              for ticks, least_steps in ((BACKFILL_TICKS, steps), (1, min(steps, 3_600 // STEP_S)))]
    answered = ask_all(tried, start)
    for receiver in tried:
        receiver.stop()
    return ingest_figures(tried, ingests) + frame_figures(ingests[0], frames) + query_figures(*answered)


def ingest(receiver, send):
    """What a million samples, or one of them, cost once everything is merged."""
    with receivers.PeakMemory(receiver.pid) as memory:
        samples, seconds = send()
        sent_cpu = receiver.cpu_since_start()
        receiver.settle()
    return {"samples": samples, "rate": samples / seconds, "sent_cpu": sent_cpu / samples * 1e6,
            "cpu": receiver.cpu_since_start() / samples * 1e6, "bytes": receiver.bytes_since_start() / samples,
            "memory": memory.mib}


def ingest_figures(tried, ingests):
    ours, *others = ingests
    what = f"{ours['samples'] / 1e6:.0f} million samples by remote write"
    rows = []
    for receiver, theirs in zip(tried[1:], others):
        aimed = {"at_most_times": 0.6} if receiver.name == "VictoriaMetrics" else {}
        rows.append(Figure(f"{what}: processor time, merging included", [ours["cpu"]], "CPU s/million", [theirs["cpu"]],
                           receiver.name, **aimed))
    for receiver, theirs in zip(tried[1:], others):
        aimed = {"at_most_times": 1.0} if receiver.name == "VictoriaMetrics" else {}
        rows.append(Figure("… on disk once merged, everything", [ours["bytes"]], "bytes/sample", [theirs["bytes"]],
                           receiver.name, **aimed))
    for receiver, theirs in zip(tried[1:], others):
        aimed = {"at_most_times": 1.5} if receiver.name == "VictoriaMetrics" else {}
        rows.append(Figure("… most memory of all processes meanwhile", [ours["memory"]], "MiB", [theirs["memory"]],
                           receiver.name, **aimed))
    for receiver, theirs in zip(tried[1:], others):
        rows.append(Figure("… taken", [ours["rate"]], "samples/s", [theirs["rate"]], receiver.name))
    return rows


def ingest_frames(site, start, steps, ticks):
    ours = receivers.Ours(site, f"frames-{ticks}", HOSTS)
    taken = ingest(ours, lambda: ours.push(start, steps, ticks))
    ours.stop()
    return taken


def frame_figures(remote_write, frames):
    rows = []
    for ticks, taken in frames:
        what = f"{taken['samples'] / 1e6:.1f} million samples by agents, {ticks} {'ticks' if ticks > 1 else 'tick'} a frame"
        aimed = {"at_most_times": 1 / 8} if ticks > 1 else {}
        rows.append(Figure(f"{what}: processor time, merging included", [taken["cpu"]], "CPU s/million",
                           [remote_write["cpu"]], "remote write", **aimed))
        rows.append(Figure("… before merging", [taken["sent_cpu"]], "CPU s/million", [remote_write["sent_cpu"]],
                           "remote write"))
        rows.append(Figure("… taken", [taken["rate"]], "samples/s", [remote_write["rate"]], "remote write"))
    return rows


def ask_all(tried, start):
    """By query, the milliseconds of each receiver, those of its processors, and which share of the values is the same as
    Prometheus' in ours."""
    times, processor, agreeing = {}, {}, {}
    for name, asked in list_questions(start):
        taken = {receiver.name: [] for receiver in tried}
        answers, used = {}, {}
        for number, (path, parameters) in enumerate(asked):
            for receiver in tried:
                seconds, body = receiver.get(path, parameters)
                answers[receiver.name] = receivers.read_answer(body)
                if number > 0:  # the first one warms
                    taken[receiver.name].append(seconds * 1e3)
                else:
                    used[receiver.name] = receiver.cpu_seconds()
            agreeing[name] = min(agreeing.get(name, 1.0), share_of_same(answers["ours"], answers["Prometheus"]))
        times[name] = {receiver: statistics.median(each) for receiver, each in taken.items()}
        processor[name] = {receiver.name: (receiver.cpu_seconds() - used[receiver.name]) / (len(asked) - 1) * 1e3
                           for receiver in tried}
    return times, processor, agreeing


def list_questions(start):
    """Each time at another moment, and never on a sample: there, versions of Prometheus differ about which samples the
    range of a rate holds."""
    end = start + HOURS * 3_600
    for name, query, back, step in QUERIES:
        moments = random.Random(name)
        asked = []
        for _ in range(REPETITIONS + 1):
            at = end - STEP_S * moments.randrange(1, 40) - 7
            if back:
                asked.append(("query_range", {"query": query, "start": at - min(back, HOURS * 3_600), "end": at,
                                              "step": step}))
            else:
                asked.append(("query", {"query": query, "time": at}))
        yield name, asked
    for name, path, parameters in LISTS:
        yield name, [(path, parameters | {"start": end - 3_600 - number, "end": end - number})
                     for number in range(REPETITIONS + 1)]


def share_of_same(ours, theirs):
    names = ours.keys() | theirs.keys()
    if not names:
        raise RuntimeError("a query gave nothing")
    return sum(name in ours and name in theirs and is_same(ours[name], theirs[name]) for name in names) / len(names)


def is_same(left, right):
    return left == right or math.isnan(left) and math.isnan(right) or math.isclose(left, right, rel_tol=RELATIVE_ERROR)


def query_figures(times, processor, agreeing):
    rows = [Figure(f"query: {name}, median", [each["ours"]], "ms", [each["VictoriaMetrics"]], "VictoriaMetrics")
            for name, each in times.items()]
    for other in ("VictoriaMetrics", "Prometheus"):
        aimed = {"at_most_times": 0.6} if other == "VictoriaMetrics" else {}
        rows.append(Figure(f"these {len(times)} queries, geometric mean", [geometric_mean(times, "ours")], "ms",
                           [geometric_mean(times, other)], other, **aimed))
    for other in ("VictoriaMetrics", "Prometheus"):
        rows.append(Figure("… of their processor time", [geometric_mean(processor, "ours")], "CPU ms",
                           [geometric_mean(processor, other)], other))
    worst = max(times, key=lambda name: slower(times[name]))
    rows.append(Figure(f"… the one that compares worst with the better of both ({worst})", [times[worst]["ours"]], "ms",
                       [min(times[worst]["VictoriaMetrics"], times[worst]["Prometheus"])], "the better of both",
                       at_most_times=1.5))
    same = statistics.fmean(agreeing.values())
    rows.append(Figure("… values that are the same as Prometheus'", [100 * same], "%", at_least_own=100 * AGREEING_MIN))
    return rows


def measure_chunks(_site):
    """The packing alone, without database, seal or index."""
    rounds = [receivers.pack(10, DAY_S // STEP_S) for _ in range(3)]
    sizes, packed, unpacked = zip(*rounds)
    return [Figure("samples of a day in chunks, without all around them", list(sizes), "bytes/sample"),
            Figure("… packed", list(packed), "million/CPU s"), Figure("… unpacked", list(unpacked), "million/CPU s")]


def geometric_mean(times, receiver):
    return math.exp(statistics.fmean(math.log(max(each[receiver], 0.01)) for each in times.values()))


def slower(each):
    return each["ours"] / min(each["VictoriaMetrics"], each["Prometheus"])
