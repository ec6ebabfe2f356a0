"""An auditor's side: bundles of a running server, and broken ones made of them, judged by both verifiers, which share no
code and must agree on every one."""

import io
import json
import subprocess
import sys
import unittest
import uuid
import zipfile

import judging
import programs
from bundles import Bundle, b64, encode_header, flip, unb64, verify_bundle


class Encoding(unittest.TestCase):
    """The published vectors."""

    def test_vectors(self):
        chain = uuid.UUID("11111111-1111-1111-1111-111111111111").bytes
        previous = verify_bundle.genesis(chain)
        self.assertEqual(previous.hex(), "fbe14bc5b20a1e55163ed7d9d3d555f43d5ccb4ee036983fd0ac11fd9dd470bf")
        bodies = (b'{"actor":"u1","email":"a@example.com","ip":"203.0.113.45"}',
                  b'{"before":{"threshold":85},"after":{"threshold":90}}')
        for seq, first, row in (
                (1, "9d92e794d1f46b5a", "2a805939be8eb259f41f199625ff315d443686cb0068c0a482896d2ccb0eff12"),
                (2, "61e2398627492d49", "4b1fed6530496d5d93d805609101bc311452767c94651bfea8a6c62924b0ec79"),
                (3, "2af9036ba75f8f61", "18eb34d9e225e2bfbd960608e7598921307ee8cb7f3d4e6b73f240f802884b31")):
            header = encode_header(chain, seq, uuid.UUID(int=seq), 1767225600000000 + seq, "monitor.update")
            self.assertEqual(len(header), 139)
            self.assertEqual(verify_bundle.read_header(header), (chain, seq, "monitor.update"))
            commits = [verify_bundle.commitment(bytes([16 * seq + part]) * 32, part, chain, seq, bodies[part])
                       for part in (0, 1)]
            self.assertEqual(commits[0].hex()[:16], first)
            previous = verify_bundle.row_hash(previous, header, commits)
            self.assertEqual(previous.hex(), row)

    def test_headers_that_are_not_canonical(self):
        good = encode_header(bytes(16), 7, uuid.UUID(int=7), 0, "a.b")
        self.assertIsNotNone(verify_bundle.read_header(good))
        bad = [good[:size] for size in range(len(good))] + [good + b"\0", good.replace(b"a.b", b"A.b")]
        for header in bad:
            self.assertIsNone(verify_bundle.read_header(header), header)


class Verifying(judging.Judging):
    def test_what_the_server_exports_is_valid(self):
        self.assertEqual(self.answer.headers["Content-Type"], "application/zip")
        self.assertIn(f'filename="audit-1-{self.last}.zip"', self.answer.headers["Content-Disposition"])
        self.assertEqual(self.good.manifest["from_seq"], 1)
        self.assertEqual(self.receipt, self.good.receipt(self.last))  # the export is the bundle's own last event
        self.assertIn("audit.export", verify_bundle.read_header(unb64(self.good.at(self.last)["header"])))
        self.assertEqual(self.judge(self.data), (0, None))
        self.assertEqual(self.judge(self.data, self.receipt), (0, None))
        self.assertEqual(self.judge(self.data, *(self.good.receipt(seq) for seq in range(1, self.last + 1))), (0, None))
        self.assertEqual(self.judge(self.good.pack()), (0, None))  # whoever packs it
        texts = b"".join(unb64(event["parts"][1]["body"]) for event in self.good.events)
        for word in (b"web-0", b"a note"):
            self.assertIn(word, texts)

    def test_a_part_of_the_chain(self):
        part = self.ada.call("POST", self.ada.in_team("/audit/bundle"), {"from_seq": 4, "to_seq": 7}).body
        self.assertEqual([event["seq"] for event in Bundle(part).events], [4, 5, 6, 7])
        self.assertEqual(self.judge(part, self.good.receipt(3), self.good.receipt(7)), (0, None))
        self.assertEqual(self.judge(part, self.good.receipt(2)), (2, None))
        self.assertEqual(self.judge(part, self.good.receipt(8)), (20, None))

    def test_wishes_that_cannot_be_met(self):
        path = self.ada.in_team("/audit/bundle")
        for wish, pointer in (({"from_seq": 0}, "/from_seq"), ({"from_seq": 5, "to_seq": 4}, "/to_seq"),
                              ({"to_seq": 9999}, "/to_seq"), ({"from_seq": 9999}, "/from_seq"),
                              ({"to_seq": 20001}, "/to_seq"), ({"from_seq": "1"}, "/from_seq")):
            with self.subTest(wish):
                answer = self.ada.send("POST", path, wish)
                self.assertEqual((answer.status, answer.json()["errors"][0]["pointer"]), (422, pointer), str(answer))
                if wish.get("to_seq") == 20001:
                    self.assertIn("One bundle holds 20000 events, and these are 20001", answer.json()["detail"])

    def test_altered_bundles(self):
        def cut_out(b):
            del b.events[4]

        def swap(b):
            b.events[4], b.events[5] = b.events[5], b.events[4]

        def set_part(seq, part, value):
            return lambda b: b.at(seq)["parts"].__setitem__(part, value)

        for what, edit, first_bad in (
                ("header", lambda b: b.at(5).update(header=flip(b.at(5)["header"])), 5),
                ("header cut off", lambda b: b.at(5).update(header=b64(unb64(b.at(5)["header"])[:-1])), 5),
                ("body", lambda b: b.at(5)["parts"][1].update(body=flip(b.at(5)["parts"][1]["body"], 3)), 5),
                ("salt", lambda b: b.at(5)["parts"][0].update(salt=flip(b.at(5)["parts"][0]["salt"])), 5),
                ("commitment", lambda b: b.at(5)["commits"].__setitem__(0, flip(b.at(5)["commits"][0])), 5),
                ("body with its commitment", lambda b: b.edit_body(5), 5),
                ("link", lambda b: b.at(5).update(prev=flip(b.at(5)["prev"])), 5),
                ("hash", lambda b: b.at(5).update(row=flip(b.at(5)["row"])), 5),
                ("number", lambda b: b.at(5).update(seq=6), 5),
                ("deleted", cut_out, 5), ("first deleted", lambda b: b.events.pop(0), 1), ("swapped", swap, 5),
                ("doubled", lambda b: b.events.insert(5, b.events[4]), 6),
                ("broken part", set_part(5, 0, {"state": "broken"}), 5),
                ("erased by no tombstone", set_part(5, 0, {"state": "erased", "erased_by": 6}), 5),
                ("erased by the past", set_part(5, 0, {"state": "erased", "erased_by": 5}), 5),
                ("erased beyond the head", set_part(5, 0, {"state": "erased", "erased_by": 999}), 5),
                ("other start", lambda b: b.manifest.update(previous_hash="00" * 32), 1),
                ("other head", lambda b: b.manifest["head"].update(hash="00" * 32), self.last),
                ("more than promised", lambda b: b.manifest.update(to_seq=self.last - 1), self.last)):
            with self.subTest(what):
                broken = self.good.copy()
                edit(broken)
                self.assertEqual(self.judge(broken.pack()), (30, first_bad))
                self.assertEqual(self.judge(broken.pack(), self.receipt), (30, first_bad))

    def test_what_only_a_receipt_tells(self):
        cut = self.good.copy()
        del cut.events[-2:]
        self.assertEqual(self.judge(cut.pack()), (20, None))
        cut = cut.fit_manifest().bare()
        self.assertEqual(self.judge(cut.pack()), (0, None))
        self.assertEqual(self.judge(cut.pack(), self.good.receipt(3)), (0, None))
        self.assertEqual(self.judge(cut.pack(), self.receipt), (20, None))
        empty = self.good.copy()
        empty.events.clear()
        self.assertEqual(self.judge(empty.pack()), (20, None))

        rewritten = self.good.bare().edit_body(5).rechain(5)
        self.assertEqual(self.judge(rewritten.pack()), (0, None))
        self.assertEqual(self.judge(rewritten.pack(), self.good.receipt(4)), (0, None))
        self.assertEqual(self.judge(rewritten.pack(), self.receipt), (30, self.last))
        self.assertEqual(self.judge(rewritten.pack(), f"{self.good.receipt(7)}, {self.receipt}"), (30, 7))

        other = self.receipt.replace(self.receipt[:8], "00000000")
        self.assertEqual(self.judge(self.data, other), (2, None))
        self.assertEqual(self.judge(self.data, f"{other}, {self.receipt}"), (0, None))
        for text in ("", "hello", self.receipt[:-1], self.receipt + ",", self.receipt.replace("/0/", "/")):
            for program in ([programs.VERIFY], [sys.executable, str(judging.SCRIPT)]):
                answer = subprocess.run([*program, str(judging.SCRIPT), "--head", text], capture_output=True, text=True)
                self.assertEqual(answer.returncode, 2, (program, text))

    def test_erasures(self):
        erased = self.good.copy().append("audit.tombstone")
        self.assertEqual(self.judge(erased.pack()), (0, None))
        erased.at(3)["parts"][0] = {"state": "erased", "erased_by": self.last + 1}
        self.assertEqual(self.judge(erased.pack()), (10, None))
        self.assertEqual(self.judge(erased.pack(), self.receipt), (10, None))
        erased.at(4)["parts"][1] = {"state": "unopened"}
        self.assertEqual(self.judge(erased.pack()), (10, None))
        erased.at(6)["commits"][0] = flip(erased.at(6)["commits"][0])
        self.assertEqual(self.judge(erased.pack()), (30, 6))

    def test_files_beside_the_events(self):
        more = self.good.copy()
        more.more["notes.txt"] = "of a later version"
        self.assertEqual(self.judge(more.pack()), (2, None))
        more.manifest["files"].append("notes.txt")
        self.assertEqual(self.judge(more.pack()), (0, None))
        more.manifest["files"].append("tombstones.ndjson")
        self.assertEqual(self.judge(more.pack()), (2, None))

    def test_what_is_no_bundle(self):
        def changed(**members):
            out = self.good.copy()
            out.manifest.update(members)
            return out.pack()

        def without(name):
            out = self.good.copy()
            del out.manifest[name]
            return out.pack()

        def with_event(**members):
            out = self.good.copy()
            out.at(5).update(members)
            return out.pack()

        bomb = io.BytesIO()
        with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as files:
            files.writestr("manifest.json", json.dumps(self.good.manifest))
            with files.open("events.ndjson", "w") as events:
                for _ in range(300):
                    events.write(bytes(1 << 20))
        stored = io.BytesIO()
        with zipfile.ZipFile(stored, "w", zipfile.ZIP_BZIP2) as files:
            files.writestr("manifest.json", "{}")
        team = self.good.manifest["team_id"]
        for what, data in (
                ("nothing", b""), ("garbage", bytes(range(256)) * 40), ("zip bomb", bomb.getvalue()),
                ("cut off", self.data[:-30]), ("half", self.data[:len(self.data) // 2]),
                ("something before", b"#!" + self.data), ("another packing", stored.getvalue()),
                ("another format", changed(format="x")), ("another version", changed(version=2)),
                ("an unknown member", changed(more=1)), ("a missing member", without("head")),
                ("another team", changed(team_id="0" * 8 + team[8:])), ("another lane", changed(lane=1)),
                ("a number as text", changed(from_seq="1")), ("a fraction", changed(to_seq=float(self.last))),
                ("backwards", changed(from_seq=3, to_seq=2)), ("a huge number", changed(to_seq=2**53)),
                ("no zone", changed(exported_at="2026-11-22T12:00:00.000000")),
                ("no day", changed(exported_at="2026-02-30T12:00:00.000000Z")),
                ("a name that is not ASCII", changed(instance={"name": "\u00e4", "version": "1"})),
                ("upper-case hex", changed(previous_hash="AB" * 32)), ("short hash", changed(previous_hash="ab")),
                ("one commitment", with_event(commits=self.good.at(5)["commits"][:1])),
                ("loose base64", with_event(header=self.good.at(5)["header"] + "\n")),
                ("an unknown state", with_event(parts=[{"state": "lost"}] * 2)),
                ("an event's unknown member", with_event(more=1)), ("true as a number", with_event(seq=True))):
            with self.subTest(what):
                self.assertEqual(self.judge(data), (2, None))

    def test_it_needs_no_database(self):
        needed = subprocess.run(["ldd", programs.VERIFY], capture_output=True, text=True, check=True).stdout
        self.assertIn("libzip", needed)
        self.assertNotIn("libpq", needed)
        for words in ([], ["--dance"], ["a", "b"], [str(self.directory / "absent")], [str(self.directory)]):
            answer = subprocess.run([programs.VERIFY, *words], capture_output=True, text=True)
            self.assertEqual(answer.returncode, 2, words)


if __name__ == "__main__":
    unittest.main()
