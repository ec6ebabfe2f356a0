"""The template of modules, copied under another name, must leave nothing of its own name behind."""

import pathlib
import shutil
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import new_module


class NewModule(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.root = pathlib.Path(self.folder.name)
        modules = self.root / "src/modules"
        modules.mkdir(parents=True)
        shutil.copytree(ROOT / "src/modules/example", modules / "example")
        (modules / "CMakeLists.txt").write_text("add_subdirectory(example)\n")

    def test_everything_is_renamed(self):
        self.assertIsNone(new_module.make_module(self.root, "door_keys"))
        made = self.root / "src/modules/door_key"
        names = sorted(str(path.relative_to(made)) for path in made.rglob("*") if path.is_file())
        self.assertIn("door_key.hpp", names)
        self.assertIn("migrations/0001_door_key.sql", names)
        for name in names:
            self.assertNotIn("example", (made / name).read_text().lower(), name)
        header = (made / "door_key.hpp").read_text()
        self.assertIn("namespace atalaya::door_key", header)
        self.assertIn("struct DoorKeyDraft", header)
        self.assertIn("app.door_keys", (made / "door_key.sql").read_text())
        self.assertIn("/teams/{team}/door_keys/{door_key}", (made / "door_key_api.cpp").read_text())
        self.assertIn("add_subdirectory(door_key)", (self.root / "src/modules/CMakeLists.txt").read_text())

    def test_no_module_is_written_over_and_names_are_checked(self):
        self.assertIn("already", new_module.make_module(self.root, "examples"))
        for name in ("Things", "../things", "", "1things"):
            self.assertIn("no name", new_module.make_module(self.root, name))

    def test_singular(self):
        for plural, one in (("things", "thing"), ("policies", "policy"), ("boxes", "box"), ("access", "access"),
                            ("fleet", "fleet")):
            self.assertEqual(new_module.singular_of(plural), one)


if __name__ == "__main__":
    unittest.main()
