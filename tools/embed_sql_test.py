#!/usr/bin/env python3
"""What tools/embed_sql.py makes of SQL files."""

import hashlib
import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).with_name("embed_sql.py")


class EmbedSql(unittest.TestCase):
    def embed(self, files):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            paths = []
            for path, text in files.items():
                (folder / path).parent.mkdir(exist_ok=True)
                (folder / path).write_text(text)
                paths.append(str(folder / path))
            done = subprocess.run([sys.executable, SCRIPT, "room", folder / "out", *paths], capture_output=True,
                                  text=True, check=False)
            if done.returncode:
                return None, done.stderr
            return (folder / "out/room_sql.hpp").read_text(), (folder / "out/room_sql.cpp").read_text()

    def statement(self, body):
        return self.embed({"room.sql": "-- name: it\n" + body})[1]

    def test_numbers_parameters_in_order_of_first_occurrence(self):
        code = self.statement("select $b, $a::uuid, $b;")
        self.assertIn("select $1, $2::uuid, $1)sql", code)
        self.assertIn('params_of_it{"b", "a"}', code)

    def test_leaves_strings_names_bodies_and_comments_alone(self):
        code = self.statement("""select '$x''$x', "$x", $$ $x $$, $t$ $x $t$, $y -- $z\n/* $z */""")
        self.assertIn("""select '$x''$x', "$x", $$ $x $$, $t$ $x $t$, $1""", code)
        self.assertIn('params_of_it{"y"}', code)

    def test_knows_what_writes_and_what_owes_an_event(self):
        for body, marks in (("insert into t values (1)", "true, true"), ("UPDATE t SET a = 1", "true, true"),
                            ("with x as (delete from t returning 1) select 1", "true, true"),
                            ("-- unaudited\ninsert into t values (1)", "true, false"),
                            ("select updated_at from t", "false, false"), ("-- writes\nselect f()", "true, true"),
                            ("-- writes\n-- unaudited\nselect f()", "true, false")):
            self.assertIn(f"params_of_it, {marks}}}", self.statement(body), body)

    def test_refuses_a_mark_that_means_nothing(self):
        self.assertIn("writes nothing", self.statement("-- unaudited\nselect 1"))

    def test_documents_what_stands_below_the_name(self):
        header, _ = self.embed({"room.sql": "-- name: it\n-- Finds it.\nselect $id\n"})
        self.assertIn("/// Finds it.\n/// Parameters: id.\nextern const ::atalaya::db::Statement it;", header)

    def test_embeds_migrations_as_they_are(self):
        text = "create function f() returns int language sql as $$ select $1 $$; -- kept\n"
        _, code = self.embed({"migrations/0001_f.sql": text})
        self.assertIn(text, code)
        self.assertIn(hashlib.sha256(text.encode()).hexdigest(), code)
        self.assertIn('{"room.0001_f"', code)

    def test_cuts_sections(self):
        header, code = self.embed({"boot.sql": "-- section: a\nselect 1;\n-- section: b\nselect 2;\n"})
        self.assertIn("extern const std::string_view boot_a;", header)
        self.assertIn('boot_b =\nR"sql(select 2;\n)sql";', code)

    def test_refuses_what_it_cannot_name(self):
        for files, words in (({"a.sql": "select 1"}, "before the first"),
                             ({"a.sql": "-- name: Find It\nselect 1"}, "is not a name"),
                             ({"a.sql": "-- name: a\n-- only words\n"}, "is empty"),
                             ({"a.sql": "-- name: a\nselect 1", "b.sql": "-- name: a\nselect 1"}, "defined twice")):
            header, error = self.embed(files)
            self.assertIsNone(header)
            self.assertIn(words, error)


if __name__ == "__main__":
    unittest.main()
