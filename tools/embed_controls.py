#!/usr/bin/env python3
"""Turns the catalogue of controls (docs/controls) into C++ (src/controls/control.hpp).

    embed_controls.py OUT.cpp FILE.md...   writes the table of all controls, in the order of the catalogue
    embed_controls.py --table FOLDER       writes the table of FOLDER/README.md anew

docs/controls/README.md says what a file holds; a file that is not of that form is refused with its line.
"""

import dataclasses
import pathlib
import re
import sys

SERIES = "HATMLB"
STATES = ("kept", "partly", "not yet", "not pursued")
FIELDS = ("state", "checks", "tests", "maps")
SECTIONS = {"How it is kept": "how", "How it is checked": "checking", "What is not covered": "gaps"}
TABLE = re.compile(r"(<!-- table of controls -->\n).*?(<!-- end of table -->)", re.DOTALL)
# A test's title may hold a semicolon: the next test begins with the path of a file.
BEFORE_TEST = re.compile(r"; (?=[a-z]+/\S+\.\w+ )")


class Malformed(Exception):
    def __init__(self, line, text):
        super().__init__(f"{line}: {text}")
        self.line, self.text = line, text


@dataclasses.dataclass
class Control:
    id: str
    title: str
    claim: str = ""
    state: str = ""
    checks: list = dataclasses.field(default_factory=list)
    tests: list = dataclasses.field(default_factory=list)
    maps: list = dataclasses.field(default_factory=list)
    how: str = ""
    checking: str = ""
    gaps: str = ""


def place_of(control_id):
    """Where an id stands in the catalogue; None when it is no id."""
    match = re.fullmatch(rf"([{SERIES}])([1-9]\d?)", control_id)
    return (SERIES.index(match[1]), int(match[2])) if match else None


def parse_control(text):
    blocks = split_blocks(text)
    head = re.fullmatch(r"# (\w+) (\S.*)", blocks[0][1]) if blocks else None
    if not head or not place_of(head[1]):
        raise Malformed(1, "a file begins with `# ID Title`")
    control = Control(head[1], head[2])
    if len(blocks) < 3 or not blocks[1][1].startswith("> "):
        raise Malformed(3, "the claim stands below the title, as `> claim`")
    control.claim = join_lines(blocks[1][1], "> ")
    read_fields(control, *blocks[2])
    read_sections(control, blocks[3:])
    demand_sections(control)
    return control


def split_blocks(text):
    """What empty lines divide, and each heading by itself: [(line number, text)]."""
    blocks, lines = [], []
    for number, line in enumerate(text.splitlines() + [""], 1):
        if lines and (not line.strip() or line.startswith("#")):
            blocks.append((number - len(lines), "\n".join(lines)))
            lines = []
        if line.startswith("#"):
            blocks.append((number, line.rstrip()))
        elif line.strip():
            lines.append(line.rstrip())
    return blocks


def join_lines(block, mark=""):
    return " ".join(line.removeprefix(mark).strip() for line in block.split("\n"))


def read_fields(control, first, block):
    lines = re.sub(r";\n  (?=\S)", "; ", block).split("\n")
    for line, name in zip(lines, FIELDS, strict=False):
        match = re.fullmatch(rf"- {name}: (\S.*)", line)
        if not match:
            raise Malformed(first, f"`- {name}: ...` is expected instead of `{line}`")
        parts = BEFORE_TEST.split(match[1]) if name == "tests" else match[1].split("; ")
        values = [] if match[1] == "none" else parts
        setattr(control, name, match[1] if name == "state" else values)
    if len(lines) != len(FIELDS):
        raise Malformed(first, f"the fields are {', '.join(FIELDS)}, each once and in this order")
    if control.state not in STATES:
        raise Malformed(first, f"a state is one of: {', '.join(STATES)}")


def read_sections(control, blocks):
    field, order = None, []
    for line, block in blocks:
        if block.startswith("#"):
            field = SECTIONS.get(block.removeprefix("## "))
            if not field or field in order:
                raise Malformed(line, f"a section is one of: {', '.join(SECTIONS)}; each once")
            order.append(field)
            if order != [name for name in SECTIONS.values() if name in order]:
                raise Malformed(line, f"sections stand in this order: {', '.join(SECTIONS)}")
        elif not field or re.match(r"([-*>|]|\d+\.|```)( |$)", block):
            raise Malformed(line, "a section holds plain paragraphs")
        else:
            before = getattr(control, field)
            setattr(control, field, (before + "\n\n" if before else "") + join_lines(block))


def demand_sections(control):
    """A state is a statement, and each one owes something."""
    for title, field in list(SECTIONS.items())[:2]:
        if not getattr(control, field):
            raise Malformed(1, f"`## {title}` says nothing")
    if control.state == "kept" and not control.tests:
        raise Malformed(1, "what is kept names a test that is about it")
    if control.state != "kept" and not control.gaps:
        raise Malformed(1, f"what is {control.state} says under `## What is not covered` what lacks")
    if control.state in ("not yet", "not pursued") and (control.tests or control.checks):
        raise Malformed(1, f"what is {control.state} has neither checks nor tests")


def read_catalogue(paths):
    """The controls in the order of the catalogue. Raises Malformed; `text` then begins with the file."""
    controls = []
    for path in map(pathlib.Path, paths):
        try:
            control = parse_control(path.read_text(encoding="utf-8"))
        except Malformed as fault:
            raise Malformed(fault.line, f"{path.name}: {fault.text}") from fault
        if control.id != path.stem:
            raise Malformed(1, f"{path.name}: the title says {control.id}")
        controls.append(control)
    return sorted(controls, key=lambda control: place_of(control.id))


def literal(text):
    if ')md"' in text:
        sys.exit('embed_controls.py: a text holds )md"')
    return f'R"md({text})md"'


def source(controls):
    out = ['// Generated from docs/controls by tools/embed_controls.py.', '#include "controls/control.hpp"', '',
           '#include <array>', '', 'namespace atalaya::controls {', 'namespace {', '']
    for control in controls:
        for name in ("checks", "tests", "maps"):
            values = getattr(control, name)
            out.append(f'constexpr std::array<std::string_view, {len(values)}> {name}_of_{control.id}{{'
                       + ", ".join(map(literal, values)) + "};")
    out += ['', f'constexpr std::array<Control, {len(controls)}> all{{{{']
    for control in controls:
        texts = (control.id, control.title, control.claim, control.state, control.how, control.checking, control.gaps)
        out.append("    {" + ",\n     ".join(map(literal, texts)) + ",")
        out.append(f"     checks_of_{control.id}, tests_of_{control.id}, maps_of_{control.id}}},")
    return "\n".join(out + ['}};', '', '} // namespace', '',
                            'std::span<const Control> list_controls() { return all; }', '',
                            '} // namespace atalaya::controls', ''])


def table(controls):
    lines = ["| | control | state | checks |", "|---|---|---|---|"]
    for control in controls:
        checks = ", ".join(f"`{check}`" for check in control.checks)
        lines.append(f"| [{control.id}]({control.id}.md) | {control.title} | {control.state} | {checks} |")
    return "\n".join(lines) + "\n"


def with_table(readme, controls):
    return TABLE.sub(lambda match: match[1] + table(controls) + match[2], readme)


def list_files(folder):
    return [path for path in sorted(folder.glob("*.md")) if path.name != "README.md"]


def main():
    if len(sys.argv) < 3:
        sys.exit("usage: embed_controls.py OUT.cpp FILE.md... | --table FOLDER")
    try:
        if sys.argv[1] == "--table":
            readme = pathlib.Path(sys.argv[2]) / "README.md"
            readme.write_text(with_table(readme.read_text(), read_catalogue(list_files(readme.parent))))
        else:
            pathlib.Path(sys.argv[1]).write_text(source(read_catalogue(sys.argv[2:])))
    except Malformed as fault:
        sys.exit(f"embed_controls.py: line {fault}")


if __name__ == "__main__":
    main()
