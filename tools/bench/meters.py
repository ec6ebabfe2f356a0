"""What a process used, and the programs that make load."""

import os
import pathlib
import re
import subprocess
import time

TICK_S = 1 / os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid):
    """User and system time of all its threads, ended ones too, to the nanosecond."""
    return time.clock_gettime((~pid << 3) | 2)  # the clock of another process: clock_getcpuclockid(3)


def busy_share(seconds):
    """Of all processors, over the seconds to come: what is at work now, not what a build left in the load average."""
    def read():
        ticks = list(map(int, pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]))
        return sum(ticks), ticks[3] + ticks[4]  # idle, and idle while a disk works
    total, idle = read()
    time.sleep(seconds)
    total_then, idle_then = read()
    return 1 - (idle_then - idle) / (total_then - total)


def rss_mib(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"^VmRSS:\s+(\d+) kB", status, re.M)[1]) / 1024


def _stat(pid):
    return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def family_cpu_seconds(pid):
    """The process, its children, and those of its children that have ended."""
    fields = _stat(pid)
    ticks = sum(map(int, fields[11:15]))  # utime, stime, and both of the ended children
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != pid:
            try:
                child = _stat(entry.name)
            except OSError:
                continue  # it has just ended
            if int(child[1]) == pid:
                ticks += int(child[11]) + int(child[12])
    return ticks * TICK_S


def _output(command):
    return subprocess.run(list(map(str, command)), stdin=subprocess.DEVNULL, check=True, capture_output=True,
                          text=True).stdout


def run_wrk(url, seconds, connections, threads, headers=(), refused=False):
    """(requests, requests per second). Any answer but a good one (or, if wanted, a refusal) is a failure."""
    words = [word for header in headers for word in ("-H", header)]
    text = _output(["wrk", f"-t{threads}", f"-c{connections}", f"-d{seconds}s", *words, url])
    if ("Non-2xx" in text) != refused or "Socket errors" in text:
        raise RuntimeError(f"wrk {url}:\n{text}")
    return int(re.search(r"(\d+) requests in", text)[1]), float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1])


def run_pgbench(dsn, script, seconds, connections):
    """(transactions, transactions per second) of a script of prepared statements."""
    command = ["/usr/lib/postgresql/15/bin/pgbench", "-n", "-M", "prepared", "-c", connections, "-j", 2, "-T", seconds,
               "-f", script, dsn]
    text = _output(command)
    if not re.search(r"number of failed transactions: 0 ", text):
        raise RuntimeError(f"pgbench:\n{text}")
    return (int(re.search(r"actually processed: (\d+)", text)[1]),
            float(re.search(r"tps = ([\d.]+) \(without", text)[1]))


def tree_of(pid):
    """The process and everything below it."""
    children = {}
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                children.setdefault(int(_stat(entry.name)[1]), []).append(int(entry.name))
            except OSError:
                continue  # it has just ended
    found = [pid]
    for each in found:
        found += children.get(each, [])
    return found


def tree_cpu_seconds(pid):
    """Of the process and everything below it, what has ended included."""
    total = 0.0
    for each in tree_of(pid):
        try:
            total += cpu_seconds(each) + sum(map(int, _stat(each)[13:15])) * TICK_S
        except OSError:
            continue
    return total


def tree_memory_mib(pid):
    """Of the process and everything below it; what several share counts once."""
    total = 0
    for each in tree_of(pid):
        try:
            text = pathlib.Path(f"/proc/{each}/smaps_rollup").read_text()
        except OSError:
            continue
        total += int(re.search(r"^Pss:\s+(\d+) kB", text, re.M)[1])
    return total / 1024
