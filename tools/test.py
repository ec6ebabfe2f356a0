#!/usr/bin/env python3
"""Builds and runs the tests. The last line is `N passed, N failed`; the exit code is 1 when anything failed.

    tools/test.py                        everything, as `make test` does
    tools/test.py --only base,net        the C++ programs of these rooms (daily loop, seconds)
    tools/test.py --only tidy,web        other suites by name: tidy, format, python, web, browser
    tools/test.py --preset asan          the C++ programs under a sanitizer (with --only for some rooms)
    tools/test.py --no-build             what is already built

A test that is skipped counts as failed, unless tests/allowed_skips.txt names it with a reason.
"""

import argparse
import concurrent.futures
import dataclasses
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
TIMEOUT_S = {"dev": 900, "release": 900, "asan": 1800, "tsan": 1800}
# Suites wait for programs and for the clock: with two for each processor, these hardly idle.
WORKERS = 2 * (os.cpu_count() or 1)
# These start whole servers, kill them and wait for them.
TIMEOUT_E2E_S = 1200
# Browser tests that need the prepared data of the stand-in, or its clocks and people within reach.
STAND_IN_ONLY = {"keyboard", "access", "team-access", "audit", "sso", "metrics"}
# A program whose tests take minutes runs in parts, each with a database of its own.
PARTS = {"api_pgtest": 2}
# What the stand-in cannot show, or shows no better than the real programs do.
REAL_ONLY = {"record", "first-run", "policy", "work"}
SANITIZER = {
    "ASAN_OPTIONS": "abort_on_error=0:detect_leaks=1:strict_string_checks=1",
    "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1",
    # A test forks, and its child starts threads: by default ThreadSanitizer ends the child, and the test waits for ever.
    "TSAN_OPTIONS": "halt_on_error=1:second_deadlock_stack=1:die_after_fork=0",
}


@dataclasses.dataclass
class Suite:
    name: str
    kind: str  # test, iotest, pgtest, e2e, python, tidy, format, web, browser
    command: list
    cwd: pathlib.Path = ROOT
    real: bool = True  # may run the programs of ATALAYA_BIN
    part: tuple = (0, 1)  # which of how many


@dataclasses.dataclass
class Outcome:
    suite: Suite
    passed: int = 0
    failed: int = 0
    skipped: list = dataclasses.field(default_factory=list)
    failures: list = dataclasses.field(default_factory=list)
    seconds: float = 0.0
    output: str = ""


def run_or_close(preset, command, complaint, **options):
    """A step without which no test makes sense: when it fails, the run ends with one failure."""
    if subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, **options).returncode != 0:
        close(preset, 0, 1, complaint)


def build_programs(preset, only):
    run_or_close(preset, ["cmake", "--preset", preset, "--log-level=WARNING"],
                 f"preset {preset} cannot be configured", stdout=subprocess.DEVNULL)
    command = ["cmake", "--build", "--preset", preset]
    if only:
        command += ["--target", *{suite.name for suite in choose(list_programs(preset), only)}]
    run_or_close(preset, command, f"the build of preset {preset} failed")


def build_dir(preset):
    return ROOT / "build" if preset == "release" else ROOT / "build" / preset


def list_programs(preset):
    """The test programs as ctest knows them, so that a left-over binary of a deleted test never runs."""
    answer = subprocess.run(
        ["ctest", "--test-dir", str(build_dir(preset)), "--show-only=json-v1"],
        capture_output=True, text=True, check=True)
    suites = []
    for test in json.loads(answer.stdout)["tests"]:
        cwd = next((p["value"] for p in test.get("properties", [])
                    if p["name"] == "WORKING_DIRECTORY"), ROOT)
        kind = test["name"].rpartition("_")[2]
        parts = PARTS.get(test["name"], 1)
        suites += [Suite(test["name"], kind, test.get("command", [test["name"]]), pathlib.Path(cwd), part=(part, parts))
                   for part in range(parts)]
    return suites


def list_python():
    """Python tests are test_*.py or *_test.py; each file is one suite. Those of tests/ run the programs."""
    files = sorted(path for top in ("tools", "tests") for path in (ROOT / top).rglob("*test*.py")
                   if path.stem.startswith("test_") or path.stem.endswith("_test"))
    return [Suite(f"python {file.stem}", "e2e" if file.is_relative_to(ROOT / "tests") else "python",
                  [sys.executable, "-m", "unittest", "discover", "-v", "-s", str(file.parent), "-p", file.name])
            for file in files]


def list_others():
    suites = list_python()
    if (ROOT / "tools/tidy/tidy.py").exists():
        suites.append(Suite("tidy", "tidy", [sys.executable, "tools/tidy/tidy.py"]))
    suites.append(Suite("format", "format", ["tools/fmt.sh", "--check"], real=False))
    if (ROOT / "web/package.json").exists():
        suites.append(Suite("web", "web", ["tools/page.sh", "npm", "run", "--silent", "check"], real=False))
    files = sorted(str(path.relative_to(ROOT / "web"))
                   for path in (ROOT / "web/test/browser").glob("*.test.mjs") if path.name != "screens.test.mjs")
    node = ["tools/page.sh", "node", "--test", "--test-reporter=tap", "--test-concurrency=1"]
    if files:
        def without(names):
            return [f for f in files if pathlib.Path(f).name.removesuffix(".test.mjs") not in names]
        suites.append(Suite("browser", "browser", [*node, *without(REAL_ONLY)], real=False))
        real = without(STAND_IN_ONLY)
        suites.append(Suite("browser-real", "browser", [*node, *real]))
    return suites


def read_gtest(report, outcome):
    """Counts from the JSON report; a program that crashed leaves none, which is one failure."""
    for group in json.loads(report.read_text())["testsuites"]:
        for case in group["testsuite"]:
            name = f"{group['name']}.{case['name']}"
            if case.get("failures"):
                outcome.failed += 1
                outcome.failures.append(name)
            elif case["result"] == "SKIPPED" or case["status"] == "NOTRUN":
                outcome.skipped.append(name)
            else:
                outcome.passed += 1


def read_unittest(outcome):
    for name, verdict in re.findall(r"^(\w+ \([\w.]+\)).* \.\.\. (.*)$", outcome.output, re.M):
        if verdict.startswith("skipped"):
            outcome.skipped.append(name)
    ran = re.search(r"^Ran (\d+) tests?", outcome.output, re.M)
    bad = re.findall(r"(?:failures|errors)=(\d+)", outcome.output)
    outcome.failed = sum(map(int, bad))
    if ran:
        outcome.passed = int(ran[1]) - outcome.failed - len(outcome.skipped)
    outcome.failures = re.findall(r"^(?:FAIL|ERROR): (.*)$", outcome.output, re.M)


def read_tap(outcome):
    counts = dict(re.findall(r"^# (pass|fail|cancelled) (\d+)$", outcome.output, re.M))
    outcome.passed = int(counts.get("pass", 0))
    outcome.failed = int(counts.get("fail", 0)) + int(counts.get("cancelled", 0))
    outcome.failures = re.findall(r"^\s*not ok \d+ - (.*)$", outcome.output, re.M)
    outcome.skipped = re.findall(r"^\s*ok \d+ - (.*) # SKIP", outcome.output, re.M)


def read_closing_lines(outcome):
    for passed, failed in re.findall(r"^(\d+) passed, (\d+) failed$", outcome.output, re.M)[-1:]:
        outcome.passed, outcome.failed = int(passed), int(failed)


def find_memory():
    """A file system in memory with room for the databases of all suites: they are made and dropped by the thousand, and a
    disk doubles the system time of that. None where there is none: then the disk has to do."""
    memory = pathlib.Path("/dev/shm")
    try:
        room = os.statvfs(memory)
        available_kb = int(re.search(r"^MemAvailable:\s+(\d+)", pathlib.Path("/proc/meminfo").read_text(), re.M)[1])
    except (OSError, TypeError):
        return None
    fits = room.f_bavail * room.f_frsize >= 4 << 30 and available_kb >= 8 << 20
    return memory if fits and not room.f_flag & os.ST_NOEXEC and os.access(memory, os.W_OK) else None


def run_suite(suite, preset, executed):
    outcome = Outcome(suite)
    part, parts = suite.part
    environment = dict(os.environ, **SANITIZER, GTEST_SHARD_INDEX=str(part), GTEST_TOTAL_SHARDS=str(parts),
                       ATALAYA_EXECUTED_STATEMENTS=str(executed / f"{suite.name} {part}"))
    environment.pop("ATALAYA_BIN", None)
    if suite.real:
        environment["ATALAYA_BIN"] = str(build_dir(preset) / "bin")
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        report = pathlib.Path(scratch) / "report.json"
        command = list(suite.command)
        if suite.kind not in ("python", "e2e", "tidy", "format", "web", "browser"):
            environment["GTEST_OUTPUT"] = f"json:{report}"
        if preset == "tsan":
            # ThreadSanitizer of g++ 12 cannot place its shadow memory under the address randomisation of newer kernels.
            command = ["setarch", "-R", *command]
        try:
            process = subprocess.run(
                command, cwd=suite.cwd, env=environment, text=True, errors="replace",
                timeout=TIMEOUT_E2E_S if suite.kind in ("e2e", "browser") else TIMEOUT_S[preset],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            outcome.output, code = process.stdout, process.returncode
        except subprocess.TimeoutExpired as late:
            outcome.output = (late.stdout or b"").decode(errors="replace") + "\nit did not end in time\n"
            code = -1
        if report.exists():
            read_gtest(report, outcome)
        elif suite.kind in ("python", "e2e"):
            read_unittest(outcome)
        elif suite.kind == "browser":
            read_tap(outcome)
        else:
            read_closing_lines(outcome)
    outcome.seconds = time.monotonic() - began
    if code != 0 and not outcome.failed:
        outcome.failed = 1
        outcome.failures.append(f"{suite.name} ended with code {code}")
    if code == 0 and not (outcome.passed or outcome.failed or outcome.skipped):
        outcome.failed = 1
        outcome.failures.append(f"{suite.name} ran no test")
    return outcome


def run_suites(suites, preset, executed):
    """The long ones first."""
    first = ("browser", "pgtest", "e2e", "tidy")
    outcomes = []

    def run(suite):
        outcomes.append(run_suite(suite, preset, executed))
        show(outcomes[-1])

    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        for _ in pool.map(run, sorted(suites, key=lambda s: first.index(s.kind) if s.kind in first else len(first))):
            pass
    return outcomes


def show(outcome):
    mark = "FAILED" if outcome.failed else "ok"
    part, parts = outcome.suite.part
    name = outcome.suite.name + (f" ({part + 1} of {parts})" if parts > 1 else "")
    print(f"{name:<28} {outcome.passed:>5} passed {outcome.failed:>3} failed "
          f"{outcome.seconds:>7.1f} s  {mark}", flush=True)


def read_allowed_skips(text, is_root):
    """{name: reason} of those that this user may skip."""
    allowed = {}
    for line in text.splitlines():
        name, _, reason = line.partition(" ")
        if line and not line.startswith("#") and not (is_root and reason.startswith("without-root ")):
            allowed[name] = reason
    return allowed


def judge_skips(outcomes, only_some):
    """Skips need a line `NAME reason` in tests/allowed_skips.txt, and a line that no test needs any more fails."""
    allowed = read_allowed_skips((ROOT / "tests/allowed_skips.txt").read_text(), os.geteuid() == 0)
    used = set()
    skipped = 0
    for outcome in outcomes:
        for name in outcome.skipped:
            if name in allowed:
                used.add(name)
                skipped += 1
                print(f"skipped: {name} ({allowed[name]})")
            else:
                outcome.failed += 1
                outcome.failures.append(f"{name} was skipped without leave")
    stale = [] if only_some else sorted(set(allowed) - used)
    for name in stale:
        print(f"tests/allowed_skips.txt: {name} is not skipped any more; remove the line")
    return len(stale)


def list_statements():
    """Names of all statements of the SQL files, as tools/embed_sql.py makes them."""
    return {f"{path.parent.name}.{name}" for path in (ROOT / "src").rglob("*.sql")
            for name in re.findall(r"^-- name: (\w+)$", path.read_text(), re.M)}


def judge_statements(statements, executed):
    """A statement that no test executes is dead or untested. Each program leaves a list of those that it executed."""
    seen = {name for path in executed.iterdir() for name in path.read_text().split()}
    outcome = Outcome(Suite("statements", "statements", []), passed=len(statements & seen))
    outcome.failures = [f"{name} is executed by no test" for name in sorted(statements - seen)]
    outcome.failed = len(outcome.failures)
    return outcome


def close(preset, passed, failed, last_words=""):
    if last_words:
        print(last_words)
    results = build_dir(preset)
    results.mkdir(parents=True, exist_ok=True)
    (results / "test-result.txt").write_text(f"{passed} {failed}\n")
    print(f"{passed} passed, {failed} failed", flush=True)
    sys.exit(1 if failed or not passed else 0)


def choose(suites, only):
    if not only:
        return suites
    return [suite for suite in suites
            if suite.name in only or suite.kind in only or suite.name.rpartition("_")[0] in only]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--preset", default="dev", choices=["dev", "release", "asan", "tsan"])
    parser.add_argument("--only", default="", help="rooms or suites, separated by commas")
    parser.add_argument("--no-build", action="store_true")
    options = parser.parse_args()
    only = [word for word in options.only.split(",") if word]
    began = time.monotonic()

    others = list_others() if options.preset == "dev" else []
    wants_programs = not only or len(choose(others, only)) < len(only)  # a word of --only that is no other suite
    kinds = {suite.kind for suite in choose(others, only)}
    programs = []
    if not options.no_build:
        # The server embeds the page, so the page comes first.
        if (ROOT / "web/package.json").exists() and (not only or kinds & {"web", "browser", "e2e"}):
            run_or_close(options.preset, ["tools/page.sh", "build"], "the build of the page failed")
        if wants_programs or kinds & {"browser", "e2e"}:
            build_programs(options.preset, only if wants_programs else [])
    if wants_programs:
        programs = list_programs(options.preset)
    suites = choose(programs + others, only)
    for word in only:
        if not choose(suites, [word]):
            close(options.preset, 0, 1, f"no suite is called {word}")
    print(f"built in {time.monotonic() - began:.0f} s", flush=True)

    with tempfile.TemporaryDirectory(prefix="a", dir=find_memory()) as scratch, \
            tempfile.TemporaryDirectory() as executed:
        os.chmod(scratch, 0o1777)  # as /tmp: databases and signers are users of their own
        os.environ["TMPDIR"] = scratch
        outcomes = run_suites(suites, options.preset, pathlib.Path(executed))
        if not only and options.preset == "dev":
            outcomes.append(judge_statements(list_statements(), pathlib.Path(executed)))
            show(outcomes[-1])
    stale = judge_skips(outcomes, bool(only) or options.preset != "dev")
    for outcome in outcomes:
        if outcome.failed:
            width = min(shutil.get_terminal_size().columns, 100)
            print(f"\n{' ' + outcome.suite.name + ' ':=^{width}}")
            print(outcome.output[-20000:].rstrip())
            for name in outcome.failures:
                print(f"failed: {name}")
    print(f"\n{len(outcomes)} suites in {time.monotonic() - began:.0f} s")
    close(options.preset, sum(o.passed for o in outcomes), sum(o.failed for o in outcomes) + stale)


if __name__ == "__main__":
    main()
