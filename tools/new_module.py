#!/usr/bin/env python3
"""Starts a module from the template: `make module NAME=things` copies src/modules/example under the new name (given in the
plural), adds its line to src/modules/CMakeLists.txt, and says what is left to do."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def singular_of(name):
    """things -> thing, policies -> policy, classes -> class; a name without s stays."""
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("s", "")):
        if name.endswith(ending) and not name.endswith("ss"):
            return name[:-len(ending)] + instead
    return name


def rename(text, plural):
    """example(s) and Example(s) become the new words."""
    one = singular_of(plural)
    pascal = {word: "".join(part.capitalize() for part in word.split("_")) for word in (one, plural)}
    spoken = one.replace("_", " ")
    article = "an" if spoken[0] in "aeiou" else "a"
    for old, new in (("Examples", pascal[plural]), ("Example", pascal[one]), ("examples", plural),
                     (r"\b([Aa])n (\*?)example", rf"\g<1>{article[1:]} \2{spoken}"), ("example", one)):
        text = re.sub(old, new, text)
    return text


def make_module(root, plural):
    modules = root / "src/modules"
    one = singular_of(plural)
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", plural):
        return f"{plural!r} is no name: lower-case letters, digits and underscores"
    if (modules / one).exists():
        return f"src/modules/{one} is there already"
    template = modules / "example"
    for source in sorted(path for path in template.rglob("*") if path.is_file()):
        target = modules / one / rename(str(source.relative_to(template)), plural)
        target.parent.mkdir(parents=True, exist_ok=True)
        text = rename(source.read_text(), plural)
        if source.name == "README.md":
            text = re.sub(r"\nThe template of a module.*?\n\n", "\n", text, flags=re.S)
        target.write_text(text)
    with open(modules / "CMakeLists.txt", "a", encoding="utf-8") as lists:
        lists.write(f"add_subdirectory({one})\n")
    return None


def main():
    if len(sys.argv) != 2:
        print("usage: make module NAME=things", file=sys.stderr)
        return 2
    complaint = make_module(ROOT, sys.argv[1])
    if complaint:
        print(f"module: {complaint}", file=sys.stderr)
        return 1
    one = singular_of(sys.argv[1])
    print(f"""src/modules/{one} stands, with endpoints, statements, a migration and tests. What is left to you:
  1. apps/server/modules.cpp: list its migrations, statements and endpoints; apps/server/CMakeLists.txt: link it.
  2. {one}_api.cpp: choose the permissions (src/access/permission.hpp).
  3. src/floors.txt: an `edge` for each other module that it calls.
Then: tools/test.py --only {one},tidy && make fmt""")
    return 0


if __name__ == "__main__":
    sys.exit(main())
