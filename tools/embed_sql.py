#!/usr/bin/env python3
"""Turns the SQL files of a room into C++ constants (src/db/statement.hpp).

    embed_sql.py NAME OUTDIR FILE.sql...

writes NAME_sql.hpp and NAME_sql.cpp, namespace atalaya::sql::NAME. What a file becomes:

- in a folder `migrations/`: a Migration, embedded as it is, with its SHA-256;
- with `-- section: x` lines: a text constant `FILE_x` for each section;
- otherwise: statements. `-- name: find_server` starts one. Comment lines right below are its documentation;
  one that is exactly `-- writes` marks a statement that writes without beginning with INSERT, UPDATE or DELETE, and
  `-- unaudited` one that writes only tables of which ctl.leave_unaudited says so; every other one owes an event.
  `$name` becomes $1, $2 ... in the order of first occurrence.
"""

import hashlib
import pathlib
import re
import sys

# Strings, quoted names, dollar quotes, comments: placeholders are only looked for outside them.
OPAQUE = re.compile(
    r"""(?P<opaque>'(?:[^']|'')*'|"(?:[^"]|"")*"|(?P<tag>\$(?:[A-Za-z_]\w*)?\$).*?(?P=tag)|/\*.*?\*/)"""
    r"""|(?P<comment>--[^\n]*)|\$(?P<param>[a-z_][a-z0-9_]*)\b""",
    re.DOTALL)
WRITES = re.compile(r"(?:with\b.*\b)?(?:insert|update|delete|merge)\b", re.IGNORECASE | re.DOTALL)

MARKS = {"writes", "unaudited"}


def fail(message):
    sys.exit(f"embed_sql.py: {message}")


def literal(text):
    """A raw string, cut below the 65,536 characters that compilers must accept."""
    pieces = [text[i:i + 12000] for i in range(0, len(text), 12000)] or [""]
    for piece in pieces:
        if ')sql"' in piece:
            fail('the text holds )sql"')
    return "\n".join(f'R"sql({piece})sql"' for piece in pieces)


class Statement:
    def __init__(self, room, name, doc, body):
        self.room, self.name, self.doc = room, name, [d for d in doc if d not in MARKS]
        self.params = []
        text = OPAQUE.sub(self.replace, body)
        text = "\n".join(line.rstrip() for line in text.splitlines() if line.strip())
        self.text = text.strip().rstrip(";").rstrip()
        if not self.text:
            fail(f"statement {name} is empty")
        self.writes = "writes" in doc or WRITES.match(self.text) is not None
        self.owes_event = self.writes and "unaudited" not in doc
        if "unaudited" in doc and not self.writes:
            fail(f"statement {name} is marked as unaudited and writes nothing")

    def replace(self, match):
        if match["comment"] is not None:
            return ""
        if match["param"] is None:
            return match[0]
        if match["param"] not in self.params:
            self.params.append(match["param"])
        return f"${self.params.index(match['param']) + 1}"


def parse_statements(room, path, text):
    found, parts = [], re.split(r"^-- name:[ \t]*", text, flags=re.MULTILINE)
    if OPAQUE.sub(lambda m: "" if m["comment"] is not None else m[0], parts[0]).strip():
        fail(f"{path}: there is SQL before the first `-- name:` line")
    for part in parts[1:]:
        head, _, body = part.partition("\n")
        match = re.fullmatch(r"([a-z][a-z0-9_]*)\s*", head)
        if not match:
            fail(f"{path}: `-- name: {head}` is not a name")
        doc = []
        while body.startswith("--"):
            line, _, body = body.partition("\n")
            doc.append(line[2:].strip())
        found.append(Statement(room, match[1], doc, body))
    return found


def parse_sections(path, text):
    parts = re.split(r"^-- section:[ \t]*", text, flags=re.MULTILINE)
    return [(f"{path.stem}_{part.partition(chr(10))[0].strip()}", part.partition("\n")[2]) for part in parts[1:]]


def header(room, statements, sections, migrations):
    out = ['// Generated from the SQL files of this room by tools/embed_sql.py.', '#pragma once', '',
           '#include "db/statement.hpp"', '', '#include <span>', '#include <string_view>', '',
           f'namespace atalaya::sql::{room} {{', '']
    for statement in statements:
        out += [f'/// {line}' for line in statement.doc]
        if statement.params:
            out.append(f'/// Parameters: {", ".join(statement.params)}.')
        out.append(f'extern const ::atalaya::db::Statement {statement.name};')
    out += [f'extern const std::string_view {name};' for name, _ in sections]
    out.append('extern const std::span<const ::atalaya::db::Statement* const> statements;')
    if migrations:
        out.append('extern const std::span<const ::atalaya::db::Migration> migrations;')
    return "\n".join(out + ['', f'}} // namespace atalaya::sql::{room}', ''])


def source(room, statements, sections, migrations):
    out = ['// Generated from the SQL files of this room by tools/embed_sql.py.', f'#include "{room}_sql.hpp"', '',
           '#include <array>', '', f'namespace atalaya::sql::{room} {{', 'namespace {', '']
    for statement in statements:
        names = ", ".join(f'"{param}"' for param in statement.params)
        out.append(f'constexpr std::array<std::string_view, {len(statement.params)}> '
                   f'params_of_{statement.name}{{{names}}};')
    out += ['', '} // namespace', '']
    for statement in statements:
        marks = f"{statement.writes}, {statement.owes_event}".lower()
        out.append(f'constinit const ::atalaya::db::Statement {statement.name}{{"{room}.{statement.name}",\n'
                   f'{literal(statement.text)},\nparams_of_{statement.name}, {marks}}};')
    out += [f'constinit const std::string_view {name} =\n{literal(text)};' for name, text in sections]
    out += ['namespace {', f'constexpr std::array<const ::atalaya::db::Statement*, {len(statements)}> all_statements{{']
    out += [f'    &{statement.name},' for statement in statements]
    out += ['};']
    if migrations:
        out.append(f'constexpr std::array<::atalaya::db::Migration, {len(migrations)}> all_migrations{{{{')
        for name, text in migrations:
            digest = hashlib.sha256(text.encode()).hexdigest()
            out.append(f'{{"{room}.{name}",\n{literal(text)},\n"{digest}"}},')
        out.append('}};')
    out += ['} // namespace', '']
    out.append('constinit const std::span<const ::atalaya::db::Statement* const> statements = all_statements;')
    if migrations:
        out.append('constinit const std::span<const ::atalaya::db::Migration> migrations = all_migrations;')
    return "\n".join(out + ['', f'}} // namespace atalaya::sql::{room}', ''])


def write_if_changed(path, text):
    if not path.exists() or path.read_text() != text:
        path.write_text(text)
    else:
        path.touch()


def main():
    if len(sys.argv) < 4:
        fail("usage: embed_sql.py NAME OUTDIR FILE.sql...")
    room, out = sys.argv[1], pathlib.Path(sys.argv[2])
    statements, sections, migrations = [], [], []
    for path in sorted(map(pathlib.Path, sys.argv[3:]), key=lambda p: p.name):
        text = path.read_text()
        if path.parent.name == "migrations":
            migrations.append((path.stem, text))
        elif re.search(r"^-- section:", text, re.MULTILINE):
            sections += parse_sections(path, text)
        else:
            statements += parse_statements(room, path, text)
    names = [statement.name for statement in statements] + [name for name, _ in sections]
    for name in names:
        if names.count(name) > 1:
            fail(f"{room}: {name} is defined twice")
    out.mkdir(parents=True, exist_ok=True)
    write_if_changed(out / f"{room}_sql.hpp", header(room, statements, sections, migrations))
    write_if_changed(out / f"{room}_sql.cpp", source(room, statements, sections, migrations))


if __name__ == "__main__":
    main()
