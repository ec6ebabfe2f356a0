"""Each rule is shown a small bad sample that it must name, and a good one that it must leave alone."""

import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import controls
import floors
import headers
import shape
import tidy
import words
from source import Source


def texts(findings):
    return [finding.text for finding in findings]


class Views(unittest.TestCase):
    def test_comments_and_strings_are_told_apart(self):
        source = Source("a.cpp", 'int a; // "no string"\nauto s = "// no comment"; /* x */ char c = \'"\'; int b;\n')
        self.assertNotIn("string", source.code)
        self.assertIn('// "no string"', source.comments)
        self.assertNotIn("no comment", source.code)
        self.assertNotIn("no comment", source.comments)
        self.assertIn("int b;", source.code)
        self.assertEqual(len(source.code), len(source.text))
        self.assertEqual(source.code.count("\n"), source.text.count("\n"))

    def test_raw_strings_hold_anything(self):
        source = Source("a.cpp", 'auto s = R"sql(a "quoted" // {{{ )sql"; int after;\n')
        self.assertNotIn("{", source.code)
        self.assertIn("int after;", source.code)

    def test_digit_separators_are_no_characters(self):
        self.assertIn("b = 2", Source("a.cpp", "int a = 1'000'000; int b = 2;\n").code)

    def test_apostrophes_in_markup_end_with_the_line(self):
        source = Source("a.tsx", "<p>Don't</p>\nconst a = `x ${b} {`;\nconst c = 1;\n")
        self.assertIn("const c = 1;", source.code)
        self.assertNotIn("{", source.code)


class Words(unittest.TestCase):
    def check(self, path, text):
        return texts(words.check_words([Source(path, text)]))

    def test_unfinished_work_is_named_in_every_kind_of_file(self):
        for path in ("a.cpp", "a.md", "a.sql", "a.py"):
            for text in ("TODO later\n", "FIXME\n", "good enough for now\n"):
                self.assertEqual(len(self.check(path, text)), 1, (path, text))
        self.assertEqual(self.check("a.sh", "mktemp -d /tmp/XXXXXX\n"), [])

    def test_paths_of_one_machine_and_registries_are_named(self):
        self.assertEqual(len(self.check("a.md", "see /home/ada/notes\n")), 1)
        self.assertEqual(len(self.check("a.json", '"resolved": "x"\n')), 1)
        self.assertEqual(self.check("a.md", "see /var/lib/atalaya and src/home/x\n"), [])

    def test_each_cpp_word_is_found_in_code_only(self):
        for word in ("std::endl", "using namespace std;", "rand()", "system(x)", "sprintf(b, f)", "atoi(x)",
                     "std::regex r;", "thread_local int x;", "assert(x)", "localtime(&t)",
                     "std::mt19937 g;", "system_clock::now()"):
            self.assertEqual(len(self.check("src/a/a.cpp", f"void f() {{ {word} }}\n")), 1, word)
            self.assertEqual(self.check("src/a/a.cpp", f"// {word}\n"), [], word)
        for fine in ("error.system()", "operand(x)", "file_system(x)", "using namespace std::chrono;", "static_assert(x)"):
            self.assertEqual(self.check("src/a/a.cpp", f"void f() {{ {fine} }}\n"), [], fine)

    def test_a_test_may_seed_but_not_print_endl(self):
        self.assertEqual(self.check("src/a/a_test.cpp", "std::mt19937 g;\n"), [])
        self.assertEqual(len(self.check("src/a/a_test.cpp", "std::endl\n")), 1)

    def test_a_browser_test_may_inject_what_the_page_must_refuse(self):
        self.assertEqual(self.check("web/test/browser/policy.test.mjs", "page.innerHTML = '<style>'\n"), [])

    def test_script_words(self):
        for word in ("a.innerHTML = x", "<div dangerouslySetInnerHTML={x}>", "<style>", 'a.setAttribute("style", x)',
                     "eval(x)", "// @ts-ignore", "x as any"):
            expected = 0 if word.startswith("//") else 1
            self.assertEqual(len(self.check("web/src/a.tsx", word + "\n")), expected, word)
        self.assertEqual(self.check("web/src/a.tsx", "<p style={{ width }}>company: anywhere</p>\n"), [])

    def test_ownership(self):
        bad = "auto* a = new Thing; delete a;\n"
        good = "std::unique_ptr<Thing> a(new Thing); Thing(const Thing&) = delete; new_thing(a); delete_thing(a);\n"
        self.assertEqual(len(list(words.check_ownership([Source("a.cpp", bad)]))), 2)
        self.assertEqual(list(words.check_ownership([Source("a.cpp", good)])), [])

    def test_banners(self):
        self.assertEqual(len(list(words.check_banners([Source("a.cpp", "// ----\n"), Source("a.sql", "-- =====\n")]))), 2)
        self.assertEqual(list(words.check_banners([Source("a.md", "----\n"), Source("a.cpp", "// a - b\n--i;\n")])), [])


class Shape(unittest.TestCase):
    def test_names_and_sizes(self):
        sizes = {"a.exe": 1, "a.cpp": 600_000, "docs/screens/a.png": 600_000, "src/a/utils.cpp": 1, "src/a/a.cpp": 1}
        found = [finding.path for finding in shape.check_names(sizes, sizes.get)]
        self.assertEqual(found, ["a.exe", "a.cpp", "src/a/utils.cpp"])

    def test_migrations(self):
        good = ["src/db/migrations/0001_walls.sql", "src/db/migrations/0002_more.sql", "src/x/migrations/0001_x.sql"]
        self.assertEqual(list(shape.check_migrations(good)), [])
        self.assertEqual(len(list(shape.check_migrations(["a/migrations/0002_x.sql"]))), 1)
        self.assertEqual(len(list(shape.check_migrations(["a/migrations/1_x.sql"]))), 1)

    def test_lines(self):
        self.assertEqual(len(list(shape.check_lines([Source("a.cpp", "x" * 101 + "\n")]))), 1)
        self.assertEqual(len(list(shape.check_lines([Source("a.cpp", "int a; \n\tint b;\nint c;")]))), 3)
        self.assertEqual(list(shape.check_lines([Source("a.cpp", "x" * 100 + "\n"), Source("a.md", "x" * 200 + "  \n")])), [])

    def test_file_length(self):
        self.assertEqual(len(list(shape.check_file_lengths([Source("a.cpp", "\n" * 401)]))), 1)
        self.assertEqual(list(shape.check_file_lengths([Source("a.cpp", "\n" * 400), Source("a.md", "\n" * 900)])), [])

    def test_header_comment(self):
        self.assertEqual(len(list(shape.check_header_comments([Source("a.hpp", "#include <x>\n")]))), 2)
        self.assertEqual(list(shape.check_header_comments([Source("a.hpp", "// What.\n#pragma once\n")])), [])

    def function(self, path, head, lines):
        return list(shape.check_function_lengths([Source(path, head + " {\n" + "x();\n" * (lines - 2) + "}\n")]))

    def test_function_length(self):
        heads = ["void f(int a)", "Thing::Thing(int a) : a_(a), b_(1)", "auto f() -> int", "int f() const noexcept",
                 "template <class T> requires std::integral<T>\nT f(T a)", "TEST(A, b)", "static void f(std::vector<int>& a)"]
        for head in heads:
            self.assertEqual(len(self.function("a.cpp", head, 71)), 1, head)
            self.assertEqual(self.function("a.cpp", head, 70), [], head)
        for head in ("namespace a", "class A : public B", "const std::array a =", 'extern "C"', "enum class E"):
            self.assertEqual(self.function("a.cpp", head, 200), [], head)
        for head in ("function f(a: number): string", "export const f = (a: number) =>", "export default function F()"):
            self.assertEqual(len(self.function("a.ts", head, 71)), 1, head)
            self.assertEqual(self.function("a.tsx", head, 120), [], head)
            self.assertEqual(len(self.function("a.tsx", head, 121)), 1, head)

    def test_methods_are_measured_inside_a_class_and_lambdas_are_not_twice(self):
        body = "class A {\n void f() {\n" + "x([] {\n y();\n});\n" * 30 + "}\n};\n"
        self.assertEqual(len(list(shape.check_function_lengths([Source("a.cpp", body)]))), 1)


class Floors(unittest.TestCase):
    LISTED = "floor 0: base\nfloor 1: wire\nfloor 2: db net\nfloor 5: modules/*\n"
    HOUSE = [Source(f"src/{room}/{room}.hpp", "") for room in ("base", "wire", "db", "net")]

    def check(self, path, include, listed=None):
        extra = [Source("src/modules/site/site.hpp", ""), Source("src/modules/host/host.hpp", "")]
        files = self.HOUSE + extra + [Source(path, f'#include "{include}"\n')]
        return texts(floors.check_floors(files, listed or self.LISTED))

    def test_only_lower_floors(self):
        self.assertEqual(self.check("src/db/a.cpp", "base/base.hpp"), [])
        self.assertEqual(self.check("src/db/a.cpp", "db/db.hpp"), [])
        self.assertEqual(len(self.check("src/base/a.cpp", "db/db.hpp")), 1)
        self.assertEqual(len(self.check("src/db/a.cpp", "net/net.hpp")), 1)
        self.assertEqual(self.check("apps/server/main.cpp", "net/net.hpp"), [])
        self.assertEqual(len(self.check("src/db/a.cpp", "tests/support/x.hpp")), 1)
        self.assertEqual(len(self.check("src/db/a.cpp", "support/x.hpp")), 1)
        for path in ("src/db/a_pgtest.cpp", "src/db/test_notes.hpp"):
            self.assertEqual(self.check(path, "support/x.hpp"), [])

    def test_modules_need_an_edge_and_use_it(self):
        path, header = "src/modules/site/a.cpp", "modules/host/host.hpp"
        self.assertEqual(len(self.check(path, header)), 1)
        listed = self.LISTED + "edge site -> host\n"
        self.assertEqual(self.check(path, header, listed), [])
        self.assertEqual(len(self.check(path, "modules/host/inside.hpp", listed)), 1)
        self.assertEqual(len(self.check(path, "base/base.hpp", listed)), 1)

    def test_the_list_itself(self):
        self.assertEqual(len(self.check("src/db/a.cpp", "base/base.hpp", self.LISTED + "floor 3: ghost\n")), 1)
        self.assertEqual(len(self.check("src/new/a.cpp", "base/base.hpp")), 1)
        self.assertEqual(len(self.check("src/db/a.cpp", "base/base.hpp", self.LISTED + "nonsense\n")), 1)

    def test_libraries(self):
        def check(path, include):
            return texts(floors.check_libraries([Source(path, f"#include <{include}>\n")]))
        self.assertEqual(len(check("src/api/a.cpp", "boost/asio/post.hpp")), 1)
        self.assertEqual(check("src/net/a.cpp", "boost/asio/post.hpp"), [])
        self.assertEqual(len(check("src/net/a.hpp", "boost/asio/post.hpp")), 1)
        self.assertEqual(len(check("src/audit/a.cpp", "libpq-fe.h")), 1)
        self.assertEqual(len(check("src/api/a.hpp", "boost/json.hpp")), 1)
        self.assertEqual(check("src/api/a.cpp", "boost/json.hpp"), [])


class Coroutines(unittest.TestCase):
    def check(self, text, path="src/net/a.cpp"):
        return len(list(floors.check_coroutines([Source(path, text)])))

    def test_only_in_net(self):
        self.assertEqual(self.check("co_await f();\n", "src/api/a.cpp"), 1)
        self.assertEqual(self.check("co_return;\n", "src/api/a.cpp"), 1)
        self.assertEqual(self.check("// co_await\n", "src/api/a.cpp"), 0)

    def test_nothing_made_beside_an_await(self):
        for bad in ("x = co_await f(P{a, b});", "co_await f([a] { g(a); });", "co_await P{a};", "co_await f({a, b});",
                    "plain(P{a}) + co_await x;", "f(P{a}, co_await x);", "if (co_await f(P{a})) { g(); }"):
            self.assertEqual(self.check("void f() { " + bad + " }\n"), 1, bad)
        for good in ("co_await f(std::move(a));", "if (co_await f(a)) { g(); }", "while (co_await f()) { g(); }",
                     "P p{a}; co_await f(p);", "if (a) { b(); } else { c(); }\nco_await f();", "for (auto& x : co_await f(a)) { P{x}; }", "auto [a, b] = co_await f(x);"):
            self.assertEqual(self.check("void f() { " + good + " }\n"), 0, good)


class Headers(unittest.TestCase):
    def test_a_header_that_needs_its_includer_is_named(self):
        with tempfile.TemporaryDirectory() as root:
            base = pathlib.Path(root, "src/base")
            base.mkdir(parents=True)
            (base / "bad.hpp").write_text("#pragma once\nstd::string name();\n")
            (base / "good.hpp").write_text("#pragma once\n#include <string>\nstd::string name();\n")
            files = [Source(f"src/base/{name}.hpp", "") for name in ("bad", "good")]
            self.assertEqual([finding.path for finding in headers.check_headers(root, files)], ["src/base/bad.hpp"])
            # The build compiles it alone, so this rule need not.
            files.append(Source("src/base/bad.cpp", '#include "base/bad.hpp"\n#include <string>\n'))
            self.assertEqual(headers.check_headers(root, files), [])
            files[-1] = Source("src/base/bad.cpp", '#include <string>\n#include "base/bad.hpp"\n')
            self.assertEqual(len(headers.check_headers(root, files)), 1)


class Controls(unittest.TestCase):
    README = "| `walls` | the rules hold |\n<!-- table of controls -->\n<!-- end of table -->\n"

    def check(self, control):
        """One control H1 in a small catalogue; findings about other promises are left out."""
        sources = [Source("docs/controls/README.md", self.README), Source("docs/controls/H1.md", control),
                   Source("src/a_test.cpp", "TEST_F(Suite, Case) {\n}\n"),
                   Source("tests/test_b.py", "class B:\n    def test_it(self):\n        pass\n"),
                   Source("web/c.test.mjs", 'test("a thing; and another", () => {});\n')]
        found = list(controls.check_controls(sources, [source.path for source in sources]))
        return [finding.text for finding in found if finding.path == "docs/controls/H1.md"], found

    def control(self, state="kept", checks="walls", tests="src/a_test.cpp Suite.Case", how="By `src/a_test.cpp`."):
        return (f"# H1 Title\n\n> Claim.\n\n- state: {state}\n- checks: {checks}\n- tests: {tests}\n- maps: none\n\n"
                f"## How it is kept\n{how}\n\n## How it is checked\nSo.\n")

    def test_every_promise_has_its_file(self):
        _, found = self.check(self.control())
        missing = [finding.path for finding in found if "has no file" in finding.text]
        self.assertEqual(len(missing), 110)
        self.assertIn("docs/controls/B10.md", missing)
        self.assertNotIn("docs/controls/H1.md", missing)

    def test_what_a_control_names_has_to_exist(self):
        good = "src/a_test.cpp Suite.Case; tests/test_b.py test_it;\n  web/c.test.mjs a thing; and another"
        self.assertEqual(self.check(self.control(tests=good))[0], [])
        for tests in ("src/a_test.cpp Suite.Other", "src/b_test.cpp Suite.Case", "tests/test_b.py test_i",
                      "web/c.test.mjs a thing"):
            self.assertEqual(len(self.check(self.control(tests=tests))[0]), 1, tests)
        self.assertEqual(len(self.check(self.control(checks="wall"))[0]), 1)
        self.assertEqual(len(self.check(self.control(how="By `src/b.cpp` and `src/`."))[0]), 1)

    def test_the_form_and_the_name_of_a_file(self):
        self.assertEqual(len(self.check(self.control(state="perhaps"))[0]), 1)
        self.assertEqual(self.check(self.control().replace("# H1", "# H2"))[0], ["the title says H2"])

    def test_the_table_is_that_of_the_files(self):
        _, found = self.check(self.control())
        self.assertIn(("docs/controls/README.md", "the table is old: tools/embed_controls.py --table docs/controls"),
                      [(finding.path, finding.text) for finding in found])
        self.README = controls.embed_controls.with_table(
            self.README, [controls.embed_controls.parse_control(self.control())])
        self.assertNotIn("docs/controls/README.md", [finding.path for finding in self.check(self.control())[1]])


class Exceptions(unittest.TestCase):
    def test_an_exception_silences_one_rule_of_one_file_and_a_stale_one_fails(self):
        found = {"words": [tidy.Finding("a.cpp", 1, "x"), tidy.Finding("b.cpp", 1, "x")]}
        kept = tidy.apply_exceptions(found, "# why\nwords a.cpp it must\n")
        self.assertEqual([finding.path for finding in kept["words"]], ["b.cpp"])
        self.assertEqual(kept["exceptions"], [])
        kept = tidy.apply_exceptions(found, "words c.cpp it did\nwords a.cpp\n")
        self.assertEqual(len(kept["exceptions"]), 2)
        self.assertEqual(len(kept["words"]), 2)


if __name__ == "__main__":
    unittest.main()
