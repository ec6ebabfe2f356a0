"""The signer changes its key: the old key vouches for the new one, and whoever knows one of them needs no other."""

import os
import unittest

import client
import judging
import programs
from bundles import Bundle, Log, b64, make_vkey, unb64
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519


class Rotation(unittest.TestCase):
    say, judge = judging.Judging.say, judging.Judging.judge

    @classmethod
    def setUpClass(cls):
        cls.directory = cls.enterClassContext(programs.temporary_directory())
        cls.data = cls.directory / "data"
        cls.server = programs.Server(cls.data, ATALAYA_SIGNER_INTERVAL_S="1")
        cls.addClassCleanup(lambda: cls.server.stop())
        cls.ada = client.Client(cls.server.https_port, cls.server.ca).sign_up(setup_token=cls.server.setup_token)
        cls.old = cls.await_signed()["vkey"]
        cls.rotate()
        cls.ada.call("POST", cls.ada.in_team("/servers"), {"name": "one"})
        cls.new = cls.await_signed()["vkey"]
        cls.bundle = Bundle(cls.ada.call("POST", cls.ada.in_team("/audit/bundle"), {}).body)

    @classmethod
    def await_signed(cls):
        """The checkpoint of all that happened until now."""
        head = cls.ada.call("GET", cls.ada.in_team("/audit/head"))["seq"]
        return programs.wait_until("it is signed for", lambda: next(
            (one for one in cls.ada.call("GET", cls.ada.in_team("/audit/checkpoints"))["data"] if one["size"] >= head), None))

    @classmethod
    def rotate(cls):
        answer = programs.run("signer", "rotate", "--data", cls.data)
        assert answer.returncode == 0 and "from now on" in answer.stdout, answer
        return answer.stdout.split()[-1]

    def test_both_keys_are_accepted_and_shown(self):
        self.assertNotEqual(self.old, self.new)
        self.assertEqual(self.old.split("+")[0], self.new.split("+")[0])
        self.assertIn("rotations.txt", self.bundle.more)
        for key in (self.old, self.new):
            self.assertEqual(self.judge(self.bundle.pack(), more=("--vkey", key)), (0, None))
        without = self.bundle.copy()
        del without.more["rotations.txt"]
        without.put("keys.txt", without.more["keys.txt"])
        for key in (self.old, self.new):
            self.assertEqual(self.judge(without.pack(), more=("--vkey", key)), (40, None))
        shown = self.ada.call("GET", self.ada.in_team("/audit/keys"))["data"]
        self.assertEqual([one["vkey"] for one in shown], [self.new, self.old])
        self.assertEqual((shown[0]["until"], shown[0]["since"]), (None, shown[1]["until"]))
        self.assertEqual(shown[0]["rotation"].encode(), self.bundle.more["rotations.txt"])

    def test_a_forged_change_of_keys_is_refused(self):
        text = self.bundle.more["rotations.txt"].decode()
        body, _, lines = text.partition("\n\n")
        lines = lines.splitlines()
        instance = body.splitlines()[1].split()[1].split("+")[0]
        thief = ed25519.Ed25519PrivateKey.generate()
        public = thief.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        vkey, key_id = make_vkey(instance, 1, public)
        forged = body.replace(body.splitlines()[2], "after " + vkey) + "\n"

        def line(signed_as):
            return f"\u2014 {instance} {b64(signed_as + thief.sign(forged.encode()))}"

        old_id = unb64(lines[0].split()[-1])[:4]
        origin, rows = self.old.split("+")[0], self.bundle.rows()
        signed = f"{origin}\n{len(rows)}\n{b64(Log.root(rows))}\n"
        theirs = (f"{signed}\n\u2014 {origin} "
                  f"{b64(make_vkey(origin, 1, public)[1] + thief.sign(signed.encode()))}\n").encode()
        bent = text[:-20] + "AAAA" + text[-16:]
        for what, content, codes in (
                ("only the new key signed", "\n".join([forged, line(key_id), ""]), (40, None)),
                ("the old one's line is of another text", "\n".join([forged, lines[0], line(key_id), ""]), (40, None)),
                ("the thief signs as the old one", "\n".join([forged, line(old_id), line(key_id), ""]), (40, None)),
                ("a bent signature", bent, (40, None)), ("another time", text.replace("\nat 2", "\nat 3", 1), (40, None)),
                ("no note", "hello\n", (2, None))):
            with self.subTest(what):
                bundle = self.bundle.copy().put("rotations.txt", content.encode()).put("checkpoints.txt", theirs)
                self.assertEqual(self.judge(bundle.pack(), more=("--vkey", self.old)), codes)

    def test_a_key_that_was_changed_signs_no_more(self):
        """Of a log of Python's own, whose old key fell into somebody's hands."""
        before, after = Log(self.bundle), Log(self.bundle)
        instance = before.origin.rsplit("/", 2)[0]
        publics = [one.private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
                   for one in (before, after)]
        (vkey_before, id_before), (vkey_after, id_after) = [make_vkey(instance, 1, public) for public in publics]
        text = (f"atalaya-signer-rotation@v1\nbefore {vkey_before}\nafter {vkey_after}\n"
                "at 2026-11-23T12:00:00.000000Z\nlog 3\n")
        note = text + "".join(f"{gap}\u2014 {instance} {b64(key_id + one.private.sign(text.encode()))}\n" for gap, key_id, one in (
            ("\n", id_before, before), ("", id_after, after)))
        rows = self.bundle.rows()
        for what, notes, code in (("in their order", (before.note(rows[:2]), after.note(rows[:4])), 0),
                                  ("both at the change", (before.note(rows[:3]), after.note(rows[:3])), 0),
                                  ("the old one later", (after.note(rows[:2]), before.note(rows[:4])), 40)):
            with self.subTest(what):
                bundle = self.bundle.bare().put("checkpoints.txt", "\n".join(notes).encode())
                bundle.put("keys.txt", (before.vkey + "\n").encode()).put("rotations.txt", note.encode())
                self.assertEqual(self.judge(bundle.pack())[0], code)

    def test_what_a_crash_left_is_finished_or_forgotten(self):
        signer = self.data / "signer"
        self.server.stop()
        kept = (signer / "key").read_bytes()
        (signer / "key.next").write_text(b64(os.urandom(32)) + "\n")  # before its note was written
        type(self).server = self.server.again()
        self.ada.close()
        programs.wait_until("it is forgotten", lambda: not (signer / "key.next").exists())
        self.assertEqual((signer / "key").read_bytes(), kept)
        newest = self.rotate()
        self.server.stop()
        (signer / "key").rename(signer / "key.next")  # behind the note, before the rename
        (signer / "key").write_bytes(kept)
        type(self).server = self.server.again()
        self.ada.close()
        programs.wait_until("it is finished", lambda: not (signer / "key.next").exists())
        self.assertNotEqual((signer / "key").read_bytes(), kept)
        self.ada.call("POST", self.ada.in_team("/servers"), {"name": "two"})
        self.assertEqual(self.await_signed()["vkey"].split("+")[2], newest.split("+")[2])

    def test_no_signer_was_ever_there(self):
        answer = programs.run("signer", "rotate", "--data", self.directory / "nowhere")
        self.assertEqual((answer.returncode, "no signer ever" in answer.stderr), (1, True), answer)


if __name__ == "__main__":
    unittest.main()
