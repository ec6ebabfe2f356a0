"""What proves who somebody is lies nowhere as it is: not in lists, log, record, exports, dump, data directory."""

import base64
import io
import json
import unittest
import zipfile

import client
import programs
from authenticator import enrol


class Secrets(unittest.TestCase):
    def setUp(self):
        directory = self.enterContext(programs.temporary_directory())
        self.server = programs.Server(directory / "data", ATALAYA_LOG_LEVEL="debug")
        self.addCleanup(lambda: self.server.stop())
        self.ada = client.Client(self.server.https_port, self.server.ca).sign_up(setup_token=self.server.setup_token)

    def gather(self):
        """Makes one secret of each kind and uses it; {what: text}."""
        ada = self.ada
        found = {"password": client.PASSWORD}
        made = ada.call("POST", ada.in_team("/api-keys"), {
            "name": "Grafana", "env": "live", "scopes": ["servers:read", "audit:export"]}, 201)
        ada.call("POST", ada.in_team(f"/api-keys/{made['id']}/ack"), status=200)
        self.prefix = made["prefix"]
        found["key"] = made["key"]
        found["secret of the key"] = made["key"].split("_")[3]
        holder = client.Client(self.server.https_port, self.server.ca,
                               headers={"Authorization": f"Bearer {made['key']}"})
        holder.call("GET", ada.in_team("/servers"))
        holder.send("GET", ada.in_team("/members"))  # refused, on the record
        found["agent token"] = ada.call("POST", ada.in_team("/servers"), {"name": "web-1"}, 201)["agent_token"]
        invited = ada.call("POST", ada.in_team("/invitations"), {"email": "eve@example.com", "role": "viewer"}, 201)
        found["invitation"] = invited["link"].split("#")[1]
        printed = programs.run("admin", "reset-link", "ada@example.com", "--data", self.server.data).stdout
        self.assertTrue(printed.startswith(self.server.url + "/"), printed)
        found["reset link"] = printed.strip().split("#")[1]
        app, codes = enrol(ada)
        found["TOTP secret"] = app.secret
        found |= {f"recovery code {number}": code for number, code in enumerate(codes)}
        again = client.Client(self.server.https_port, self.server.ca)
        again.send("POST", "login", {"email": "ada@example.com", "password": client.PASSWORD})
        again.call("POST", "login/recovery", {"code": codes[2]})
        found["session"] = ada.cookie.split("=", 1)[1]
        return found

    def search(self, place, data, secrets):
        for what, secret in secrets.items():
            self.assertFalse(secret.encode() in data, f"{what} in {place}")

    def test_no_secret_is_anywhere(self):
        secrets = self.gather()
        ada = self.ada
        lists = b""
        for path in ("/api-keys", "/api-keys?format=csv", "/servers", "/servers?format=csv", "/members?format=csv",
                     "/invitations", "/audit/events?limit=100", "/audit/events?format=csv&limit=100"):
            answer = ada.send("GET", ada.in_team(path))
            self.assertEqual(answer.status, 200, f"{path} {answer}")
            lists += answer.body
        lists += ada.send("GET", "sessions").body + ada.send("GET", "me").body
        self.assertTrue(self.prefix.encode() in lists, "or the search would find nothing")
        self.search("lists", lists, secrets)

        bundle = ada.send("POST", ada.in_team("/audit/bundle"), {})
        self.assertEqual(bundle.status, 200, bundle)
        with zipfile.ZipFile(io.BytesIO(bundle.body)) as members:
            texts = b"".join(members.read(name) for name in members.namelist())
            for line in members.read("events.ndjson").splitlines():
                event = json.loads(line)
                for text in [event["header"]] + [part["body"] for part in event["parts"] if "body" in part]:
                    texts += base64.b64decode(text)
        self.assertTrue(b"api_key.create" in texts and b"Grafana" in texts, "or the search would find nothing")
        self.search("bundle", texts, secrets)

        log = self.server.log().encode()
        self.assertTrue(b"migration ran" in log)
        self.search("log", log, secrets)

        self.assertEqual(programs.psql(self.server.data, "checkpoint").returncode, 0)
        dump = self.dump()
        self.assertTrue(made_public(self.prefix) in dump)
        self.search("dump", dump, secrets)
        files = [path for path in self.server.data.rglob("*") if path.is_file() and not path.is_symlink()]
        self.assertGreater(len(files), 100)
        for path in files:
            self.search(path.name, path.read_bytes(), secrets)
        self.assertTrue(any(made_public(self.prefix) in path.read_bytes() for path in files))

    def dump(self):
        """All rows of all tables, as COPY writes them."""
        tables = programs.psql(self.server.data,
                               "select format('%I.%I', schemaname, tablename) from pg_tables "
                               "where schemaname not in ('pg_catalog', 'information_schema')").stdout.split()
        self.assertGreater(len(tables), 20)
        copies = "".join(f"copy (select * from {table}) to stdout;\n" for table in tables)
        done = programs.psql(self.server.data, copies)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.encode()


def made_public(prefix):
    """The public part of a key, which the database knows it by."""
    return prefix.split("_")[2].encode()


if __name__ == "__main__":
    unittest.main()
