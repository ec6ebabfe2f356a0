"""The catalogue of controls (docs/controls): every promise has its file, and what a file names is there."""

import pathlib
import re
import sys

from source import Finding

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1]))
import embed_controls  # noqa: E402

FOLDER = "docs/controls/"
README = FOLDER + "README.md"
# How many promises each series has, from 1.
PROMISES = {"H": 35, "A": 20, "T": 15, "M": 17, "L": 14, "B": 10}
PATH = re.compile(r"`((?:apps|bench|cmake|docs|src|tests|tools|web|\.ci)/[^`\s]*|[A-Z]+\.md)`")
CHECK = re.compile(r"^\| `([a-z-]+)` \| ", re.M)


def list_promises():
    return [f"{letter}{number}" for letter, count in PROMISES.items() for number in range(1, count + 1)]


def check_controls(files, paths):
    """`files` are Sources; `paths` are all that exist, whose folders exist with them."""
    by_path = {file.path: file for file in files}
    readme = by_path.get(README)
    if not readme:
        yield Finding(README, 1, "the catalogue says here what its files hold")
        return
    checks = set(CHECK.findall(readme.text))
    places = set(paths) | {str(parent) for path in paths for parent in pathlib.PurePosixPath(path).parents}
    controls, present = [], set()
    for file in files:
        if not file.path.startswith(FOLDER) or file is readme or file.suffix != ".md":
            continue
        present.add(pathlib.PurePosixPath(file.path).stem)
        try:
            control = embed_controls.parse_control(file.text)
        except embed_controls.Malformed as fault:
            yield Finding(file.path, fault.line, fault.text)
            continue
        if file.path != f"{FOLDER}{control.id}.md":
            yield Finding(file.path, 1, f"the title says {control.id}")
            continue
        controls.append(control)
        yield from check_names(file, control, checks, places, by_path)
    yield from check_promises(present)
    controls.sort(key=lambda control: embed_controls.place_of(control.id))
    if embed_controls.with_table(readme.text, controls) != readme.text:
        yield Finding(README, 1, "the table is old: tools/embed_controls.py --table docs/controls")


def check_promises(present):
    for promise in list_promises():
        if promise not in present:
            yield Finding(f"{FOLDER}{promise}.md", 1, f"promise {promise} has no file")
    for control_id in sorted(present - set(list_promises())):
        yield Finding(f"{FOLDER}{control_id}.md", 1, f"{control_id} is no promise (tools/tidy/controls.py)")


def check_names(file, control, checks, places, by_path):
    for check in control.checks:
        if check not in checks:
            yield Finding(file.path, 1, f"check `{check}` does not stand in {README}")
    for test in control.tests:
        path, _, name = test.partition(" ")
        if path not in by_path:
            yield Finding(file.path, 1, f"there is no {path}")
        elif not has_test(by_path[path], name):
            yield Finding(file.path, 1, f"{path} has no test {name}")
    for match in PATH.finditer(file.text):
        if match[1].rstrip("/") not in places:
            yield Finding(file.path, file.line_of(match.start()), f"there is no {match[1]}")


def has_test(file, name):
    if file.suffix == ".cpp":
        suite, _, case = name.partition(".")
        pattern = rf"^TEST(_F|_P)?\(\s*{re.escape(suite)},\s*{re.escape(case)}\)"
    elif file.suffix == ".py":
        pattern = rf"^\s+def {re.escape(name)}\(self"
    else:
        pattern = rf"^\s*(test|it)\(\s*([\"'`]){re.escape(name)}\2"
    return re.search(pattern, file.text, re.M) is not None
