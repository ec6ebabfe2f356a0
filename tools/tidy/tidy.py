#!/usr/bin/env python3
"""The house rules as a test. Every rule is one check; the last line is `N passed, N failed`.

    tools/tidy/tidy.py              all rules
    tools/tidy/tidy.py --no-headers without compiling each header alone (the only slow rule)

An exception is a line `RULE PATH reason` in tools/tidy/exceptions.txt; one that is no longer needed fails, too.
"""

import os
import pathlib
import subprocess
import sys

import controls
import floors
import headers
import shape
import words
from source import Finding, Source

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = {".bloom", ".png", ".woff2"}


def list_paths(root):
    """What git tracks or would track, so that build results never count."""
    answer = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                            cwd=root, capture_output=True, text=True, check=True)
    return sorted(path for path in set(answer.stdout.split("\0")) if path and (root / path).is_file())


def read_sources(root, paths):
    return [Source(path, (root / path).read_text(encoding="utf-8")) for path in paths
            if pathlib.PurePosixPath(path).suffix not in BINARY]


def read_exceptions(text):
    """{(rule, path): line number}; the reason is demanded, not read."""
    exceptions, errors = {}, []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        words_ = line.split(None, 2)
        if len(words_) < 3:
            errors.append(Finding("tools/tidy/exceptions.txt", number, "`RULE PATH reason`: a reason is needed"))
        else:
            exceptions[(words_[0], words_[1])] = number
    return exceptions, errors


def run_rules(root, with_headers):
    paths = list_paths(root)
    files = read_sources(root, paths)
    floors_text = (root / "src/floors.txt").read_text()
    rules = {
        "names": shape.check_names(paths, lambda path: os.path.getsize(root / path)),
        "migrations": shape.check_migrations(paths),
        "lines": shape.check_lines(files),
        "file-length": shape.check_file_lengths(files),
        "function-length": shape.check_function_lengths(files),
        "header-comment": shape.check_header_comments(files),
        "words": words.check_words(files),
        "ownership": words.check_ownership(files),
        "banners": words.check_banners(files),
        "floors": floors.check_floors(files, floors_text),
        "libraries": floors.check_libraries(files),
        "coroutines": floors.check_coroutines(files),
        "controls": controls.check_controls(files, paths),
    }
    if with_headers:
        rules["headers"] = headers.check_headers(root, files)
    return {name: list(findings) for name, findings in rules.items()}


def apply_exceptions(results, text):
    """Takes out what is excepted, and adds the rule `exceptions`, which fails on stale lines."""
    exceptions, complaints = read_exceptions(text)
    used = set()
    kept = {}
    for rule, findings in results.items():
        kept[rule] = []
        for finding in findings:
            if (rule, finding.path) in exceptions:
                used.add((rule, finding.path))
            else:
                kept[rule].append(finding)
    for key, number in exceptions.items():
        if key not in used and key[0] in results:
            complaints.append(Finding("tools/tidy/exceptions.txt", number, f"{key[1]} keeps rule {key[0]}; remove the line"))
    kept["exceptions"] = complaints
    return kept


def main():
    results = apply_exceptions(run_rules(ROOT, "--no-headers" not in sys.argv[1:]),
                               (ROOT / "tools/tidy/exceptions.txt").read_text())
    failed = 0
    for rule, findings in results.items():
        failed += bool(findings)
        for finding in findings:
            print(f"{finding.path}:{finding.line}: {rule}: {finding.text}")
    print(f"{len(results) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
