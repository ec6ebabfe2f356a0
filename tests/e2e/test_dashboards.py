"""Dashboards through the real server, over TLS: made, changed, brought back, thrown away, and who may."""

import contextlib
import unittest

import client
import programs


def body(*titles):
    return {
        "range": {"from": "now-1h", "to": "now"}, "refresh_s": 30,
        "variables": [{"name": "host", "label": "", "kind": "label_values", "match": "up", "values_of": "instance",
                       "options": [], "many": True, "all": True, "chosen": []}],
        "panels": [{"id": number, "title": title, "description": "", "kind": "graph", "x": 0, "y": 8 * number, "w": 12, "h": 8,
                    "unit": "percent", "decimals": None, "min": 0, "max": 100.5, "stacked": False, "legend": "table",
                    "thresholds": [{"from": 80, "tone": "bad"}],
                    "queries": [{"ref": "A", "expr": 'up{instance=~"$host"}', "legend": "{{instance}}", "instant": False,
                                 "hidden": False}],
                    "text": ""} for number, title in enumerate(titles, 1)],
    }


class Dashboards(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with contextlib.ExitStack() as stack:
            directory = stack.enter_context(programs.temporary_directory())
            cls.server = programs.Server(directory / "data", ATALAYA_SIGNUP_MODE="open")
            stack.callback(cls.server.stop)
            cls.ada = client.Client(cls.server.https_port, cls.server.ca)
            cls.ada.sign_up(setup_token=cls.server.setup_token)
            cls.root = cls.ada.in_team("/dashboards")
            cls.keep = stack.pop_all()

    @classmethod
    def tearDownClass(cls):
        cls.keep.close()

    def make(self, name, *titles):
        made = self.ada.call("POST", self.root, {"name": name, "description": None, "body": body(*titles)}, 201)
        return f"{self.root}/{made['id']}"

    def named(self, name, query=""):
        return [row for row in self.ada.list_all(self.root + query) if row["name"] == name]

    def invited(self, role):
        email = f"{role}@example.com"
        invitation = self.ada.call("POST", self.ada.in_team("/invitations"), {"email": email, "role": role}, 201)
        guest = client.Client(self.server.https_port, self.server.ca)
        guest.call("POST", "invitations/sign-up", {"token": invitation["link"].split("#")[1], "name": f"A {role}",
                                                   "password": client.PASSWORD}, 201)
        guest.csrf = guest.call("GET", "me")["csrf_token"]
        return guest

    def test_what_is_written_is_read(self):
        path = self.make("Load", "CPU", "Memory")
        answer = self.ada.send("GET", path)
        self.assertEqual(answer.headers["ETag"], '"1"')
        self.assertEqual(answer.json()["body"], body("CPU", "Memory"))
        [row] = self.named("Load")
        self.assertEqual((row["panel_count"], row["updated_by"]["name"]), (2, "Ada Example"))

    def test_who_was_slower_overwrites_nothing(self):
        path = self.make("Race", "CPU")
        self.ada.call("PATCH", path, {"body": body("CPU", "Disk"), "note": "one more"}, 200, {"If-Match": '"1"'})
        late = self.ada.send("PATCH", path, {"body": body()}, {"If-Match": '"1"'})
        self.assertEqual((late.status, late.json()["code"]), (412, "stale_revision"))
        self.assertEqual(len(self.ada.call("GET", path)["body"]["panels"]), 2)

    def test_versions_come_back(self):
        path = self.make("Versions", "CPU")
        self.ada.call("PATCH", path, {"body": body("CPU", "Disk"), "note": "one more"})
        self.ada.call("PATCH", path, {"name": "Renamed"})
        versions = self.ada.list_all(path + "/versions")
        self.assertEqual([(each["version"], each["note"], each["panel_count"]) for each in versions],
                         [(3, None, 2), (2, "one more", 2), (1, None, 1)])
        self.assertEqual(self.ada.call("GET", path + "/versions/1")["body"], body("CPU"))
        back = self.ada.call("POST", path + "/versions/1/restore", headers={"If-Match": '"3"'})
        self.assertEqual((back["revision"], back["name"], back["body"]), (4, "Versions", body("CPU")))

    def test_the_trash_gives_back(self):
        path = self.make("Thrown away")
        self.ada.call("DELETE", path, headers={"If-Match": '"1"'})
        self.ada.call("GET", path, status=404)
        self.assertEqual(self.named("Thrown away"), [])
        [row] = self.named("Thrown away", "?deleted=true")
        self.assertEqual(row["deleted_by"]["name"], "Ada Example")
        self.ada.call("POST", path + "/restore", status=200)
        self.assertEqual(len(self.named("Thrown away")), 1)

    def test_a_grafana_dashboard_is_taken_over(self):
        grafana = {"title": "From elsewhere", "time": {"from": "now-6h", "to": "now"}, "refresh": "30s", "panels": [
            {"type": "timeseries", "title": "Busy", "gridPos": {"x": 12, "y": 0, "w": 12, "h": 8},
             "fieldConfig": {"defaults": {"unit": "percent"}, "overrides": [{}]},
             "targets": [{"refId": "A", "expr": 'busy{host=~"$host"}', "legendFormat": "{{host}}"}]},
            {"type": "heatmap", "title": "Warm"}],
            "templating": {"list": [{"type": "query", "name": "host", "query": "label_values(busy, host)"}]}}
        tried = self.ada.call("POST", self.root + "/import", {"grafana": grafana, "dry_run": True}, 200)
        self.assertEqual((tried["dashboard"], self.named("From elsewhere")), (None, []))
        made = self.ada.call("POST", self.root + "/import", {"grafana": {"dashboard": grafana, "meta": {}}}, 200)
        self.assertEqual([(each["panel"], each["what"]) for each in made["left_out"]],
                         [("Busy", "overrides"), ("Warm", "panel of the kind heatmap")])
        stored = self.ada.call("GET", f"{self.root}/{made['dashboard']}")
        self.assertEqual((stored["name"], stored["body"]), ("From elsewhere", tried["body"]))
        [panel] = stored["body"]["panels"]
        self.assertEqual((panel["x"], panel["w"], panel["unit"], panel["queries"][0]["expr"]),
                         (6, 6, "percent", 'busy{host=~"$host"}'))
        # What was imported is changed like any other.
        self.ada.call("PATCH", f"{self.root}/{made['dashboard']}", {"body": stored["body"], "name": "Ours"}, 200)

    def test_a_hostile_document_is_refused(self):
        deep = {}
        for _ in range(40):
            deep = {"panels": [deep]}
        for document, status in ((deep, 400), ({"panels": 7}, 422), ([], 422),
                                 ({"panels": [{"type": "text", "content": "x" * 19_000}] * 20}, 422)):
            answer = self.ada.send("POST", self.root + "/import", {"grafana": document, "dry_run": True})
            self.assertEqual(answer.status, status, answer)
        many = self.ada.call("POST", self.root + "/import", {"grafana": {"panels": [1] * 200_000}, "dry_run": True}, 200)
        self.assertEqual((many["body"]["panels"], len(many["left_out"])), ([], 501))

    def test_faults_say_where(self):
        wrong = body("CPU", "CPU")
        wrong["panels"][1].update(id=1, x=1)
        wrong["variables"][0]["name"] = "9"
        answer = self.ada.send("POST", self.root, {"name": "x", "body": wrong})
        self.assertEqual(answer.status, 422)
        self.assertEqual({fault["pointer"] for fault in answer.json()["errors"]},
                         {"/body/variables/0/name", "/body/panels/1/id", "/body/panels/1/w"})

    def test_viewers_read_and_members_write(self):
        path = self.make("Roles", "CPU")
        viewer = self.invited("viewer")
        viewer.call("GET", path)
        viewer.call("PATCH", path, {"name": "Taken"}, 403)
        viewer.call("DELETE", path, status=403)
        viewer.call("POST", self.root, {"name": "x", "body": body()}, 403)
        viewer.call("POST", self.root + "/import", {"grafana": {"panels": []}, "dry_run": True}, 403)
        self.invited("member").call("PATCH", path, {"name": "Changed"}, 200)
        bob = client.Client(self.server.https_port, self.server.ca)
        bob.sign_up("Bob Example", "bob@example.com", "Bob's")
        bob.call("GET", path, status=404)
        other = path.replace(self.ada.team, bob.team)
        bob.call("GET", other, status=404)

    def test_the_record_says_who_changed_which_panel(self):
        path = self.make("On record", "CPU", "Disk")
        self.ada.call("PATCH", path, {"body": body("CPU of all", "Disk")})
        [event] = [each for each in self.ada.list_all(self.ada.in_team("/audit/events?action=dashboard.update"))
                   if each["resource_name"] == "On record"]
        self.assertEqual(event["changes"], [{"field": "panels_changed", "before": None, "after": ["CPU of all"]}])


if __name__ == "__main__":
    unittest.main()
