#!/usr/bin/env python3
"""Takes the defences of tests/removals.toml away, one at a time, and sees that the test named beside each fails.

    tools/removals.py                    all of them (an hour or so)
    tools/removals.py C05 csrf           those of a control, or by name
    tools/removals.py --check            only that each can still be taken away where the list says (seconds)
    tools/removals.py --table FILE       writes the table between the marks of a Markdown file

It works in a copy of the last commit below build/removals, never in the tree itself. The exit code is 1 when a test
held although its defence was gone.
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIST = ROOT / "tests/removals.toml"
COPY = ROOT / "build/removals/tree"
BUILD = COPY / "build/dev"
TEST_TIMEOUT_S = 600
MARKS = ("<!-- removals -->", "<!-- end of removals -->")


def read_list():
    entries = tomllib.loads(LIST.read_text())["removal"]
    names = [entry["name"] for entry in entries]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        sys.exit(f"{LIST.name}: two entries are called {', '.join(twice)}")
    return entries


def edits(entry):
    return [entry, *entry.get("also", [])]


def remove(entry, root):
    """The changed text of each file; None when what is to be taken away is not there exactly once."""
    changed = {}
    for edit in edits(entry):
        path = root / edit["file"]
        text = changed.get(path) or path.read_text()
        if text.count(edit["take"]) != 1:
            print(f"{entry['name']}: {edit['file']} has {text.count(edit['take'])} times: {edit['take'].strip()[:70]}")
            return None
        changed[path] = text.replace(edit["take"], edit.get("leave", ""))
    return changed


def check_tests(entries):
    """Every test that is named exists."""
    known = set()
    for path in [*ROOT.glob("src/**/*test.cpp"), *ROOT.glob("tests/**/*test.cpp")]:
        known |= {f"{a}.{b}" for a, b in re.findall(r"^TEST(?:_F)?\((\w+), (\w+)\)", path.read_text(), re.M)}
    for path in ROOT.glob("tests/e2e/test_*.py"):
        known |= {f"{path.stem}.{name}" for name in re.findall(r"^    def (test_\w+)", path.read_text(), re.M)}
    lost = [f"{entry['name']}: there is no test {entry['test']}" for entry in entries if entry["test"] not in known]
    print("\n".join(lost), end="\n" if lost else "")
    return not lost


def prepare():
    shutil.rmtree(COPY, ignore_errors=True)
    COPY.mkdir(parents=True)
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, check=True, stdout=subprocess.PIPE)
    subprocess.run(["tar", "-x", "-C", COPY], input=archive.stdout, check=True)
    dist = ROOT / "web/dist"  # the server embeds the page
    if dist.exists():
        shutil.copytree(dist, COPY / "web/dist")
    run_quietly(["cmake", "--preset", "dev", "-B", str(BUILD)])


def run_quietly(command, **options):
    environment = dict(os.environ, CCACHE_BASEDIR=str(COPY))
    return subprocess.run(command, cwd=COPY, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace", **options)


def build(entry):
    targets = ["all"] if entry["program"] == "e2e" else [entry["program"]]
    return run_quietly(["ninja", "-C", str(BUILD), "-j2", *targets])


def holds(entry):
    """Whether the test passes."""
    if entry["program"] == "e2e":
        module, _, name = entry["test"].partition(".")
        command = ["env", f"ATALAYA_BIN={BUILD}/bin", sys.executable, "-m", "unittest", "discover", "-s", "tests/e2e",
                   "-p", f"{module}.py", "-k", name]
    else:
        command = [str(BUILD / "bin" / entry["program"]), f"--gtest_filter={entry['test']}"]
    try:
        ran = run_quietly(command, timeout=TEST_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        return False
    return ran.returncode == 0


def judge(entry):
    """'fails' is what is wanted: the test fails without the defence."""
    changed = remove(entry, COPY)
    if changed is None:
        return "not found"
    before = {path: path.read_text() for path in changed}
    try:
        for path, text in changed.items():
            path.write_text(text)
        built = build(entry)
        if built.returncode != 0:
            print(built.stdout[-1500:])
            return "does not build"
        return "HOLDS" if holds(entry) else "fails"
    finally:
        for path, text in before.items():
            path.write_text(text)


def write_table(entries, path):
    lines = ["| control | defence | taken away in | test that fails |", "|---|---|---|---|"]
    for entry in entries:
        files = ", ".join(f"`{edit['file'].removeprefix('src/')}`" for edit in edits(entry))
        lines.append(f"| {entry['control']} | {entry['what']} | {files} | `{entry['test']}` |")
    text = path.read_text()
    head, rest = text.split(MARKS[0])
    path.write_text(head + MARKS[0] + "\n" + "\n".join(lines) + "\n" + MARKS[1] + rest.split(MARKS[1])[1])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("chosen", nargs="*", help="controls or names")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--table", type=pathlib.Path)
    options = parser.parse_args()
    entries = read_list()
    if options.table:
        return write_table(entries, options.table)
    if options.check:
        sound = check_tests(entries) & all([remove(entry, ROOT) is not None for entry in entries])
        print(f"{len(entries)} defences" + ("" if sound else ", some of them moved"))
        sys.exit(0 if sound else 1)
    entries = [e for e in entries if not options.chosen or {e["control"], e["name"]} & set(options.chosen)]
    prepare()
    bad = 0
    for entry in entries:
        began = time.monotonic()
        verdict = judge(entry)
        bad += verdict != "fails"
        print(f"{verdict:<15} {entry['control']} {entry['name']:<36} {entry['test']} "
              f"({time.monotonic() - began:.0f} s)", flush=True)
    print(f"{len(entries) - bad} of {len(entries)} defences are missed when they are gone")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
