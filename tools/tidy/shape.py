"""The outer shape of files: which exist, how long they and their functions are, how they begin and end."""

import pathlib
import re

from source import CPP, SCRIPT, Finding

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70
COMPONENT_LINES_MAX = 120  # a .tsx function holds its markup, which is nested data
COLUMNS_MAX = 100
BYTES_MAX = 512 * 1024
EXTENSIONS = {
    ".cpp", ".hpp", ".sql", ".py", ".sh", ".md", ".txt", ".cmake", ".json", ".ts", ".tsx", ".css", ".html", ".mjs",
    ".js", ".in", ".png", ".svg", ".bloom", ".toml", ".csv", ".webmanifest", ".service", ".woff2",
}
NAMES = {"Makefile", "LICENSE", ".gitignore", ".clang-format", ".clang-tidy", ".npmrc", "run"}


def check_names(paths, size_of):
    for path in paths:
        pure = pathlib.PurePosixPath(path)
        if pure.suffix not in EXTENSIONS and pure.name not in NAMES:
            yield Finding(path, 1, "this kind of file is not known here (tools/tidy/shape.py)")
        if size_of(path) > BYTES_MAX and not (path.startswith("docs/screens/") and pure.suffix == ".png"):
            yield Finding(path, 1, f"larger than {BYTES_MAX // 1024} KiB")
        if re.search(r"(^|[/_])(utils?|helpers?|managers?|misc|common)\.\w+$", path):
            yield Finding(path, 1, "name it after what it does")


def check_migrations(paths):
    """NNNN_name.sql, numbered without a gap in each folder: forward only, in one order."""
    folders = {}
    for path in paths:
        pure = pathlib.PurePosixPath(path)
        if pure.parent.name == "migrations":
            folders.setdefault(str(pure.parent), []).append(pure.name)
    for folder, names in folders.items():
        for expected, name in enumerate(sorted(names), 1):
            if not re.fullmatch(rf"{expected:04d}_[a-z][a-z0-9_]*\.sql", name):
                yield Finding(f"{folder}/{name}", 1, f"a migration is called NNNN_name.sql, and this is number {expected}")


def check_lines(files):
    for file in files:
        if file.suffix in {".png", ".woff2", ".svg"} or not file.text:
            continue
        if not file.text.endswith("\n"):
            yield Finding(file.path, len(file.lines), "no newline at the end")
        for number, line in enumerate(file.lines, 1):
            if line != line.rstrip() and file.suffix != ".md":
                yield Finding(file.path, number, "space at the end of the line")
            if "\t" in line and file.suffix in CPP | {".py", ".sql", ".sh"}:
                yield Finding(file.path, number, "tab")
            if file.suffix in CPP and len(line) > COLUMNS_MAX:
                yield Finding(file.path, number, f"longer than {COLUMNS_MAX} columns")


def check_file_lengths(files):
    for file in files:
        if file.suffix in CPP | SCRIPT and len(file.lines) > FILE_LINES_MAX:
            yield Finding(file.path, FILE_LINES_MAX, f"{len(file.lines)} lines; at most {FILE_LINES_MAX}")


def check_header_comments(files):
    for file in files:
        if file.suffix != ".hpp":
            continue
        if "#pragma once" not in file.text:
            yield Finding(file.path, 1, "#pragma once is missing")
        if not re.match(r"\s*(#pragma once\s*)?(//|/\*)", file.text):
            yield Finding(file.path, 1, "a header begins by saying what it is, who owns it and how it fails")


CONTROL = re.compile(r"\b(if|for|while|switch|catch|do|else|try|namespace|class|struct|union|enum|return|requires)\b")


def list_functions(file):
    """The outermost braces that follow `)` or `=>` with something function-like before: (line, lines)."""
    code = file.code
    stack = []  # (position, is function)
    last = 0    # where the text that heads the next brace begins
    parens = 0
    inside = 0
    for match in re.finditer(r"[{}();]", code):
        position, char = match.start(), match.group()
        if char == "(":
            parens += 1
        elif char == ")":
            parens -= 1
        elif char == "{":
            function = inside == 0 and heads_function(file, code[last:position])
            inside += function
            stack.append((position, function, parens))
            last, parens = position + 1, 0
        elif char == "}":
            if stack:
                opened, function, parens = stack.pop()
                if function:
                    inside -= 1
                    first = file.line_of(opened)
                    yield first, file.line_of(position) - first + 1
            last = position + 1
        elif parens == 0:
            last = position + 1


def heads_function(file, head):
    if file.suffix in SCRIPT:
        return head.rstrip().endswith("=>") or (
            re.search(r"\)\s*(:\s*[^={}]+)?$", head) is not None and not CONTROL.search(head))
    if not re.search(r"\)[^()]*$|\)\s*:\s.*$", head, re.S):
        return False
    return not CONTROL.search(re.sub(r"\btemplate\s*<[^{}]*?>|\brequires\b[^{}]*?\)|->.*$", "", head, flags=re.S)
                              .split("(")[0])


def check_function_lengths(files):
    for file in files:
        if file.suffix in CPP | SCRIPT and not (file.suffix in SCRIPT and file.is_test()):
            most = COMPONENT_LINES_MAX if file.suffix == ".tsx" else FUNCTION_LINES_MAX
            for first, lines in list_functions(file):
                if lines > most:
                    yield Finding(file.path, first, f"a function of {lines} lines; at most {most}")
