#!/usr/bin/env python3
"""Embeds the files of the built page: OUT.S holds their bytes, OUT.cpp a sorted table of them.

usage: embed_files.py DIST OUT    (DIST may be missing: then the table is empty)
"""
import hashlib
import pathlib
import sys

dist, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
files = sorted(p for p in dist.rglob("*") if p.is_file()) if dist.is_dir() else []

assembly = [".section .rodata\n"]
table = []
for index, file in enumerate(files):
    content = file.read_bytes()
    assembly.append(f".global atalaya_file_{index}\natalaya_file_{index}:\n.incbin \"{file.resolve()}\"\n")
    name = "/" + file.relative_to(dist).as_posix()
    digest = hashlib.sha256(content).hexdigest()[:32]
    table.append((name, index, len(content), digest))
assembly.append('.section .note.GNU-stack,"",@progbits\n')
out.with_suffix(".S").write_text("".join(assembly))

lines = ['#include "page/embedded.hpp"\n\n', 'extern "C" {\n']
lines += [f"extern const unsigned char atalaya_file_{index}[];\n" for _, index, _, _ in table]
lines += ["}\n\nnamespace atalaya::page {\nnamespace {\n\n",
          f"const std::array<EmbeddedFile, {len(table)}> files{{{{\n"]
lines += [f'    {{"{name}", {{atalaya_file_{index}, {size}}}, "{digest}"}},\n' for name, index, size, digest in table]
lines += ["}};\n\n} // namespace\n\nstd::span<const EmbeddedFile> embedded_files() { return files; }\n\n",
          "} // namespace atalaya::page\n"]
out.with_suffix(".cpp").write_text("".join(lines))
