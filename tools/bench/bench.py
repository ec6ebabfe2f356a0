#!/usr/bin/env python3
"""Measures ours against known programs: three rounds each, alternating, on loopback, in directories of its own.

    tools/bench/bench.py [NAME...]     of measures.MEASURES; all by default

Prints one Markdown table. When everything was measured, docs/benchmarks.md becomes what was printed.
"""

import os
import pathlib
import re
import subprocess
import sys
import traceback

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUSY = 0.1  # of the processors, by others
sys.path.insert(0, str(ROOT / "tests/e2e"))  # starts and asks our programs

import figures  # noqa: E402
import measures  # noqa: E402
import meters  # noqa: E402
import programs  # noqa: E402


def describe_machine():
    version = subprocess.run(["/usr/lib/postgresql/15/bin/postgres", "--version"], capture_output=True, text=True,
                             check=True).stdout
    return f"{os.cpu_count()} vCPU, PostgreSQL {re.search(r'[0-9.]+', version)[0]}"


def document(table, busy_share):
    busy = f"""
Other programs were busy on the machine when this run began ({busy_share:.0%} of its processors): the figures are worse than it can do.
""" if busy_share > BUSY else ""
    return f"""# Benchmarks

What `make bench` printed. Each figure is the median of three rounds; ours and the peer's rounds alternate in one run on one
machine ({describe_machine()}, everything on loopback), and a ratio is the median of the rounds' ratios. Only ratios carry
over to another machine.
{busy}
{table}
{NOTES}"""


NOTES = """How it is measured:

- **/healthz**: `wrk -c64 -t2`, TLS keep-alive; nginx serves a static file of the same size with the same certificate. wrk shares
  the processors with the servers. Our answers carry all security headers, nginx's none.
- **Start**: from the start of the process to an answer 200 of `/readyz`, the database included; the first start makes
  the database cluster, keyring and certificates.
- **Idle server**: resident memory of the server's process after the second start, without its PostgreSQL.
- **List of 50 servers**: processor time of the server's process and of all of its PostgreSQL for each `GET` of 50 rows over TLS, with
  session, row-level security, decryption and JSON. The peer is PostgreSQL alone, which reads the same rows for pgbench as
  superuser: no row-level security, no decryption, no HTTP.
- **Page from 10 000 servers**: one client, forty requests a round, one after the other. All rows of the team are fetched and opened for
  each, because what they are sorted by and searched in lies sealed.
- **Audit page**: Chromium without a graphics card, 1440 by 900, scrolls 400 pixels with each frame it draws, from the newest record to
  the first; pages of a hundred are fetched on the way. 16.7 ms is one frame of sixty in a second; browser and server share the
  processors.
- **API key**: `wrk -c8 -t1` with a key that was proved before but lacks the scope, so that no query follows, and on `/healthz`: the
  difference is what reading and proving the key, holding it to its addresses and limits, and the refusal's body cost.
- **Log-ins**: 64 clients that each send one wrong password after the other, over a new TLS connection each, for accounts that do
  not exist: most wait for the hashing, or are told to wait. One more client asks `/healthz` every 10 ms. All of them share the
  processors with the server.
- **Agent**: one minute, all three programs beside each other; the agent sends to a server, node_exporter is scraped by curl
  every 10 s, collectd measures the same things every 10 s and writes CSV files. 100 % is one core.
- **Mutations**: an UPDATE, its audit event (two sealed payloads) and COMMIT in one round trip under row-level security,
  8 connections, fsync on. The peer is pgbench with 8 connections and one prepared UPDATE of a plain table, in the same PostgreSQL.
  Mutations of one team follow each other, one disk flush each, because each is linked to the one before.
- **Search**: one team, 1,000,000 events by twelve people, indexed as the server does it. Each of 16 kinds of filter (none, each key,
  words common and rare, negated, two together, one that nothing meets) asks for a page of 50 from twelve places all over the record,
  on one connection, with row-level security, decryption and the comparison of each find. One round.
- **Metrics**: made-up hosts (`bench/host_series.cpp`), 105 series each at 15 s, the last whole day (UTC), by Prometheus' remote write over
  plain HTTP, 2000 samples a request on four connections; one round, the programs one after the other. Processor time is of all processes
  of a program, PostgreSQL included, until nothing is merged any more. On the disk counts everything below the data directory, less what was
  there before the first sample; ours after a checkpoint of PostgreSQL, VictoriaMetrics after a forced merge. Memory is sampled twice a second;
  what processes share counts once. Queries: medians of nine moments that lie on no sample, VictoriaMetrics with `nocache=1`. Ours seals
  every sample and asks who wants it; the others do neither. *By agents*: the same samples as frames of our agent, a connection and a token for
  each host, beside remote write in the same run; 360 ticks in a frame are what the courier sends after an outage, one (for one hour) is what it
  sends in daily life.
- **Chain**: linkage, hashes, seals and the commitments of opened payloads. The bound is SHA-256 in one piece over as many
  bytes as one event's check takes in. From the database this includes reading three rows for each event and opening two payloads.
- **Checkpoints**: processor time of a signer and of its database session for sixty rounds, one a second, in each of which another
  sixtieth of 1000 teams has a new event; its memory is on disk before each publication. 100 % is one core.
"""


def main():
    names = sys.argv[1:] or list(measures.MEASURES)
    if unknown := [name for name in names if name not in measures.MEASURES]:
        sys.exit(f"bench: not a benchmark: {' '.join(unknown)}; there are {' '.join(measures.MEASURES)}")
    busy_share = meters.busy_share(seconds=5)
    if busy_share > BUSY:
        print(f"bench: other programs use {busy_share:.0%} of the processors: expect worse figures", file=sys.stderr)
    results, failed = [], []
    with programs.temporary_directory() as directory, measures.Site(directory) as site:
        for name in names:
            print(f"bench: {name}", file=sys.stderr, flush=True)
            try:
                results += measures.MEASURES[name](site)
            except Exception:  # what was measured before it took long, and is worth showing
                failed.append(name)
                traceback.print_exc()
    table = figures.render_table(results)
    print(table, end="")
    if failed:
        sys.exit(f"bench: not measured: {' '.join(failed)}")
    if len(names) == len(measures.MEASURES):
        (ROOT / "docs/benchmarks.md").write_text(document(table, busy_share), encoding="utf-8")


if __name__ == "__main__":
    main()
