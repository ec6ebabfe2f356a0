"""What is printed from the server's tables and committed must be what the server prints now; `make gen` rewrites it."""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ROOT / os.environ.get("ATALAYA_BIN", "build/dev/bin") / "atalaya"
GENERATOR = ROOT / "web/tools/openapi"


def run(*command):
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


class Generated(unittest.TestCase):
    maxDiff = 2000

    def assert_same(self, path, wanted):
        self.assertTrue((ROOT / path).read_text() == wanted, f"{path} is out of date: run `make gen` and look at the diff")

    def test_api_document(self):
        committed = json.loads((ROOT / "web/openapi.json").read_text())  # laid out for reviewers
        self.assertTrue(committed == json.loads(run(PROGRAM, "openapi")),
                        "web/openapi.json is out of date: run `make gen` and look at the diff")

    def test_configuration_reference(self):
        self.assert_same("docs/configuration.md", run(PROGRAM, "config"))

    def test_types_of_the_page(self):
        if not (GENERATOR / "node_modules/.bin/openapi-typescript").exists():
            run("tools/page.sh", "npm", "--prefix", "tools/openapi", "ci", "--no-audit", "--no-fund", "--loglevel=error")
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder, "schema.d.ts")
            run("tools/page.sh", "tools/openapi/node_modules/.bin/openapi-typescript", "openapi.json", "-o", str(out))
            self.assert_same("web/src/api/schema.d.ts", out.read_text())


if __name__ == "__main__":
    unittest.main()
