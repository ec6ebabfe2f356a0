"""What tools/test.py makes of the reports of each kind of program: a wrong count would hide a failure."""

import json
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import test as runner


def outcome(output="", kind="python"):
    return runner.Outcome(runner.Suite("sample", kind, ["true"]), output=output)


class Counting(unittest.TestCase):
    def test_gtest_report(self):
        report = {"testsuites": [{"name": "A", "testsuite": [
            {"name": "good", "status": "RUN", "result": "COMPLETED"},
            {"name": "bad", "status": "RUN", "result": "COMPLETED", "failures": [{"failure": "x"}]},
            {"name": "skipped", "status": "RUN", "result": "SKIPPED"},
            {"name": "disabled", "status": "NOTRUN", "result": "SUPPRESSED"}]}]}
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "report.json")
            path.write_text(json.dumps(report))
            got = outcome()
            runner.read_gtest(path, got)
        self.assertEqual((got.passed, got.failed), (1, 1))
        self.assertEqual(got.failures, ["A.bad"])
        self.assertEqual(got.skipped, ["A.skipped", "A.disabled"])

    def test_statements_that_nothing_executes(self):
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "a_pgtest").write_text("a.one\na.two\n")
            pathlib.Path(folder, "b_pgtest").write_text("a.two\nb.gone\n")
            got = runner.judge_statements({"a.one", "a.two", "b.three"}, pathlib.Path(folder))
        self.assertEqual((got.passed, got.failed), (2, 1))
        self.assertEqual(got.failures, ["b.three is executed by no test"])
        self.assertIn("db.selftest", runner.list_statements())

    def test_unittest_output(self):
        got = outcome("test_a (test_x.Case.test_a) ... ok\n"
                      "test_b (test_x.Case.test_b) ... skipped 'no'\n"
                      "test_c (test_x.Case.test_c)\nWhat it does. ... FAIL\n\n"
                      "FAIL: test_c (test_x.Case.test_c)\n\n"
                      "Ran 3 tests in 0.1s\n\nFAILED (failures=1, skipped=1)\n")
        runner.read_unittest(got)
        self.assertEqual((got.passed, got.failed, got.skipped), (1, 1, ["test_b (test_x.Case.test_b)"]))

    def test_tap_output(self):
        got = outcome("ok 1 - signs in\nnot ok 2 - signs out\nok 3 - later # SKIP\n"
                      "# tests 3\n# pass 1\n# fail 1\n# cancelled 0\n# skipped 1\n", "browser")
        runner.read_tap(got)
        self.assertEqual((got.passed, got.failed, got.skipped), (1, 1, ["later"]))
        self.assertEqual(got.failures, ["signs out"])

    def test_closing_line(self):
        got = outcome("3 passed, 0 failed\nsome words\n12 passed, 2 failed\n", "web")
        runner.read_closing_lines(got)
        self.assertEqual((got.passed, got.failed), (12, 2))

    def run_python(self, text):
        return runner.run_suite(runner.Suite("sample", "web", [sys.executable, "-c", text]), "dev",
                                pathlib.Path(tempfile.gettempdir()))

    def test_a_suite_that_crashes_or_runs_nothing_fails(self):
        self.assertEqual(self.run_python("print('5 passed, 0 failed'); raise SystemExit(3)").failed, 1)
        self.assertEqual(self.run_python("print('nothing')").failed, 1)
        self.assertEqual(self.run_python("print('5 passed, 0 failed')").failed, 0)

    def test_what_root_can_do_root_may_not_skip(self):
        text = "# comment\nA.always a reason\nA.rooted without-root a reason\n"
        self.assertEqual(list(runner.read_allowed_skips(text, is_root=True)), ["A.always"])
        self.assertEqual(list(runner.read_allowed_skips(text, is_root=False)), ["A.always", "A.rooted"])

    def test_choosing_by_room_kind_and_name(self):
        suites = [runner.Suite(name, kind, []) for name, kind in
                  (("net_test", "test"), ("net_iotest", "iotest"), ("db_pgtest", "pgtest"), ("tidy", "tidy"))]
        self.assertEqual([s.name for s in runner.choose(suites, ["net"])], ["net_test", "net_iotest"])
        self.assertEqual([s.name for s in runner.choose(suites, ["pgtest", "tidy"])], ["db_pgtest", "tidy"])
        self.assertEqual(len(runner.choose(suites, [])), 4)


if __name__ == "__main__":
    unittest.main()
