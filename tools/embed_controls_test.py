#!/usr/bin/env python3
"""What tools/embed_controls.py makes of the files of the catalogue."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).with_name("embed_controls.py")
GOOD = """# H7 Codes work once

> Codes, each
> usable once.

- state: kept
- checks: walls; chains
- tests: src/a_test.cpp A.B;
  web/c.test.mjs one; two
- maps: none

## How it is kept
One paragraph
in two lines.

Another with "quotes" and `code`.

## How it is checked
So.
"""


class EmbedControls(unittest.TestCase):
    def run_on(self, files, *arguments):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            for path, text in files.items():
                (folder / path).write_text(text)
            out = folder / "README.md" if arguments else folder / "out.cpp"
            words = [*arguments, str(folder)] if arguments else [str(out), *(str(folder / path) for path in files)]
            done = subprocess.run([sys.executable, SCRIPT, *words], capture_output=True, text=True, check=False)
            return (None, done.stderr) if done.returncode else (out.read_text(), "")

    def test_paragraphs_lists_and_claims_become_plain_text(self):
        code, _ = self.run_on({"H7.md": GOOD})
        self.assertIn('R"md(Codes, each usable once.)md"', code)
        self.assertIn('R"md(One paragraph in two lines.\n\nAnother with "quotes" and `code`.)md"', code)
        self.assertIn('checks_of_H7{R"md(walls)md", R"md(chains)md"}', code)
        self.assertIn('tests_of_H7{R"md(src/a_test.cpp A.B)md", R"md(web/c.test.mjs one; two)md"}', code)
        self.assertIn("std::array<std::string_view, 0> maps_of_H7{}", code)

    def test_the_order_is_that_of_the_catalogue(self):
        code, _ = self.run_on({f"{name}.md": GOOD.replace("# H7", f"# {name}") for name in ("B1", "H10", "A1", "H9")})
        places = [code.index(f"{{R\"md({name})md\"") for name in ("H9", "H10", "A1", "B1")]
        self.assertEqual(places, sorted(places))

    def test_what_is_not_of_the_form_is_refused(self):
        gaps = "\n## What is not covered\nAll.\n"
        for change, words in ((("# H7", "# X7"), "begins with"), (("> Codes, each\n> usable once.\n\n", ""), "claim"),
                              (("- state: kept", "- state: fine"), "a state is one of"),
                              (("- checks: walls; chains\n", ""), "is expected instead"),
                              (("- maps: none", "- maps: none\n- more: none"), "each once"),
                              (("One paragraph", "- one"), "plain paragraphs"),
                              (("## How it is checked\nSo.", ""), "says nothing"),
                              (("How it is checked", "How it is kept"), "each once"),
                              (("- state: kept", "- state: partly"), "what lacks"),
                              (("src/a_test.cpp A.B;\n  web/c.test.mjs one; two", "none"), "names a test")):
            code, error = self.run_on({"H7.md": GOOD.replace(*change)})
            self.assertIsNone(code, words)
            self.assertIn(words, error)
        code, error = self.run_on({"H7.md": GOOD.replace("state: kept", "state: not yet") + gaps})
        self.assertIn("neither checks nor tests", error)
        self.assertIn("the title says H7", self.run_on({"H8.md": GOOD})[1])

    def test_the_table(self):
        readme = "before\n<!-- table of controls -->\nold\n<!-- end of table -->\nafter\n"
        text, _ = self.run_on({"H7.md": GOOD, "README.md": readme}, "--table")
        self.assertIn("| [H7](H7.md) | Codes work once | kept | `walls`, `chains` |\n<!-- end of table -->\nafter", text)
        self.assertNotIn("old", text)


if __name__ == "__main__":
    unittest.main()
