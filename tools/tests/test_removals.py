"""The list of defences that can be taken away follows the code: each stands where the list says, once, and its test exists."""

import pathlib
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Removals(unittest.TestCase):
    def test_every_entry_stands_where_the_list_says(self):
        checked = subprocess.run([sys.executable, ROOT / "tools/removals.py", "--check"], capture_output=True, text=True,
                                 check=False)
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)


if __name__ == "__main__":
    unittest.main()
