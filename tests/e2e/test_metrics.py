"""Metrics through the real server: in by remote write and OTLP, out by what Grafana's data source and promtool ask."""

import concurrent.futures
import contextlib
import csv
import datetime
import gzip
import io
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time
import unittest
import urllib.parse

import client
import programs
import remote_write
from remote_write import make_key, series, snappy

PROMTOOL = shutil.which("promtool") or str(programs.ROOT / "build/promtool/usr/bin/promtool")
FORM = "application/x-www-form-urlencoded"


class Metrics(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with contextlib.ExitStack() as stack:
            directory = stack.enter_context(programs.temporary_directory())
            cls.server = programs.Server(directory / "data", ATALAYA_SIGNUP_MODE="open")
            stack.callback(cls.server.stop)
            cls.ada = client.Client(cls.server.https_port, cls.server.ca)
            cls.ada.sign_up(setup_token=cls.server.setup_token)
            cls.bob = client.Client(cls.server.https_port, cls.server.ca)
            cls.bob.sign_up("Bob Example", "bob@example.com", "Bob's")
            cls.writer = make_key(cls.ada, "metrics:write")
            cls.reader = make_key(cls.ada, "metrics:read")
            cls.now = int(time.time()) // 15 * 15
            cls.times = range(cls.now - 600, cls.now, 15)
            cls.write_counters()
            cls.keep = stack.pop_all()

    @classmethod
    def tearDownClass(cls):
        cls.keep.close()

    @classmethod
    def send(cls, method, path, body=b"", key=None, headers=None):
        return remote_write.send(cls.ada, key or cls.reader, method, path, body, headers)

    @classmethod
    def write(cls, block, key=None, headers=None):
        return remote_write.write(cls.ada, key or cls.writer, block, headers)

    @classmethod
    def write_counters(cls):
        message = b"".join(
            series([("__name__", "http_requests_total"), ("instance", instance), ("job", "api")],
                   [(time * 1000, float(speed * (time - cls.times[0]))) for time in cls.times])
            for speed, instance in ((1, "one"), (2, "two")))
        answer = cls.write(snappy(message))
        if answer.status != 204:
            raise AssertionError(str(answer))

    def ask(self, path, key=None, **parameters):
        answer = self.send("GET", f"{path}?{urllib.parse.urlencode(parameters, doseq=True)}", key=key)
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(answer.json()["status"], "success")
        return answer.json()["data"]

    def post(self, path, parameters):
        answer = self.send("POST", path, urllib.parse.urlencode(parameters, doseq=True), headers={"Content-Type": FORM})
        self.assertEqual(answer.status, 200, answer)
        return answer.json()["data"]

    def refuse(self, answer, status, error_type, words=""):
        self.assertEqual(answer.status, status, answer)
        body = answer.json()
        self.assertEqual((body["status"], body["errorType"]), ("error", error_type))
        self.assertIn(words, body["error"])

    def test_what_was_written_comes_back(self):
        data = self.ask("query_range", query='http_requests_total{instance="two"}',
                        start=self.times[0], end=self.times[-1], step=15)
        self.assertEqual(data["resultType"], "matrix")
        [found] = data["result"]
        self.assertEqual(found["metric"], {"__name__": "http_requests_total", "instance": "two", "job": "api"})
        self.assertEqual(found["values"], [[at, str(2 * (at - self.times[0]))] for at in self.times])
        rates = self.ask("query", query="sum(rate(http_requests_total[5m]))", time=self.times[-1])
        self.assertEqual([one["value"][1] for one in rates["result"]], ["3"])

    def test_writing_it_again_changes_nothing(self):
        before = self.ask("query", query="count_over_time(http_requests_total[10m])", time=self.now)
        self.write_counters()
        self.assertEqual(self.ask("query", query="count_over_time(http_requests_total[10m])", time=self.now), before)

    def test_a_restart_loses_nothing(self):
        question = {"query": "http_requests_total", "start": self.times[0], "end": self.times[-1], "step": 15}
        before = self.ask("query_range", **question)
        self.server.kill()
        self.ada.close()
        self.bob.close()
        type(self).server = self.server.again()
        self.keep.callback(self.server.stop)
        self.assertEqual(self.ask("query_range", **question), before)

    def test_bad_writes(self):
        at = self.now * 1000
        good = [("__name__", "kept_beside_bad")], [(at, 1.0)]
        self.refuse(self.write(b"no snappy"), 400, "bad_data", "Snappy")
        self.refuse(self.write(snappy(b"no protobuf")), 400, "bad_data", "Protocol Buffers")
        self.refuse(self.write(snappy(series(*good))[:-1]), 400, "bad_data", "Snappy")
        self.refuse(self.write(remote_write.snappy_bomb()), 413, "too_large", "16 MiB")
        self.refuse(self.write(b"\0", headers={"Content-Encoding": "gzip"}), 415, "unsupported_media_type")
        self.refuse(self.write(b"\0", headers={
            "Content-Type": "application/x-protobuf;proto=io.prometheus.write.v2.Request"}),
            415, "unsupported_media_type", "2.0 is not supported")
        for labels, when in (
                ([("b", "1"), ("a", "1")], at),
                ([("a", "1"), ("a", "2")], at),
                ([], at),
                ([("__name__", "x" * 100_000)], at),
                ([(f"label{number:05}", "x") for number in range(5_000)], at),
                ([("__name__", "late")], 1_000),
                ([("__name__", "late")], -(1 << 63)),
                ([("__name__", "early")], at + 365 * 86_400_000),
                ([("__name__", "early")], (1 << 63) - 1)):
            with self.subTest(labels=str(labels)[:60], when=when):
                answer = self.write(snappy(series(labels, [(when, 1.0)]) + series(*good)))
                self.refuse(answer, 400, "bad_data", "1 were taken")
        self.assertEqual(len(self.ask("query", query="kept_beside_bad", time=self.now)["result"]), 1)
        self.assertEqual(self.ask("series", **{"match[]": '{__name__=~"late|early|x+"}'}), [])

    def test_keys_open_what_their_scope_says(self):
        self.refuse(self.write(b"\0", key=self.reader), 403, "forbidden")
        self.refuse(self.send("GET", "labels", key=self.writer), 403, "forbidden")
        self.refuse(self.send("GET", "labels", key="atl_test_unknown"), 401, "unauthenticated")
        # A browser that is signed in is nobody here.
        self.assertEqual(self.ada.send("GET", "/prometheus/api/v1/labels").status, 401)
        self.assertIn("__name__", self.ada.call("GET", self.ada.in_team("/metrics/labels"))["data"])

    def test_another_team_sees_nothing(self):
        theirs = make_key(self.bob, "metrics:read", "metrics:write")
        self.assertEqual(self.write(snappy(series([("__name__", "of_bob")], [(self.now * 1000, 1.0)])),
                                    key=theirs).status, 204)
        everything = '{__name__=~".+"}'
        self.assertEqual(self.ask("label/__name__/values", key=theirs), ["of_bob"])
        self.assertEqual(self.ask("series", key=theirs, **{"match[]": everything}), [{"__name__": "of_bob"}])
        self.assertEqual(len(self.ask("query", key=theirs, query=everything, time=self.now)["result"]), 1)
        self.assertNotIn("of_bob", self.ask("label/__name__/values"))
        self.assertEqual(self.bob.send("GET", f"teams/{self.ada.team}/metrics/labels").status, 404)

    def test_the_questions_of_grafana(self):
        """The shapes of its data source's requests, as its documentation and Prometheus' describe them."""
        span = {"start": self.times[0], "end": self.times[-1]}
        self.assertEqual(self.post("query", {"query": "1+1", "time": self.now}),
                         {"resultType": "scalar", "result": [self.now, "2"]})
        ranges = self.post("query_range", span | {"query": 'rate(http_requests_total{job=~"api|web"}[1m0s])', "step": 15})
        self.assertEqual(len(ranges["result"]), 2)
        self.assertEqual(self.post("labels", span | {"match[]": "http_requests_total"}), ["__name__", "instance", "job"])
        self.assertEqual(self.ask("label/instance/values", **span, **{"match[]": "http_requests_total"}), ["one", "two"])
        self.assertIn("http_requests_total", self.ask("label/__name__/values", **span))
        self.assertEqual(len(self.post("series", span | {"match[]": ['{job="api"}', "http_requests_total"]})), 2)
        self.assertEqual(self.ask("metadata", limit=1), {})
        self.assertEqual(self.ask("rules"), {"groups": []})
        self.assertEqual(self.ask("query_exemplars", query="http_requests_total", **span), [])
        self.assertRegex(self.ask("status/buildinfo")["version"], r"^3\.")

    def test_bad_questions(self):
        for path, error_type, words in (
                ("query?query=sum(", "bad_data", "parse error"),
                ("query?query=up&time=noon", "bad_data", "valid timestamp"),
                ("query_range?query=up&start=1&end=2&step=-1", "bad_data", "zero or negative"),
                ("query_range?query=up&start=1&end=2e9&step=1", "bad_data", "11,000 points"),
                ("series", "bad_data", "match[]"),
                ("series?match[]={}", "bad_data", "non-empty")):
            with self.subTest(path):
                self.refuse(self.send("GET", path), 400, error_type, words)

    def send_otlp(self, request, headers=None):
        headers = {"Authorization": f"Bearer {self.writer}", "Content-Type": "application/json"} | (headers or {})
        connection = self.ada.copy().connect()
        connection.request("POST", "/otlp/v1/metrics", request, headers)
        answer = client.Answer(connection.getresponse())
        connection.close()
        return answer

    def test_opentelemetry(self):
        def metric(name, **data):
            return {"name": name, "unit": "s"} | data

        def points(*values, temporality=None):
            data = {"dataPoints": [{"timeUnixNano": str(self.now * 10**9), "asDouble": value} for value in values]}
            return data if temporality is None else data | {"aggregationTemporality": temporality, "isMonotonic": True}

        request = json.dumps({"resourceMetrics": [{
            "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "otel"}},
                                        {"key": "host.name", "value": {"stringValue": "example"}}]},
            "scopeMetrics": [{"metrics": [metric("process.uptime", gauge=points(4.5)),
                                          metric("work", sum=points(7, temporality=2)),
                                          metric("unclear", sum=points(1, 2, temporality=0))]}]}]}).encode()
        answer = self.send_otlp(request)
        self.assertEqual(answer.status, 200, answer)
        partial = answer.json()["partialSuccess"]
        self.assertEqual(partial["rejectedDataPoints"], "2")
        self.assertIn("temporality", partial["errorMessage"])
        packed = self.send_otlp(gzip.compress(request), {"Content-Encoding": "gzip"})
        self.assertEqual((packed.status, packed.json()), (200, answer.json()))
        found = self.ask("query", query='{job="otel"}', time=self.now)["result"]
        self.assertEqual(sorted((one["metric"]["__name__"], one["value"][1]) for one in found),
                         [("process_uptime_seconds", "4.5"), ("target_info", "1"), ("work_seconds_total", "7")])
        # An empty request in the binary form is answered by an empty message of the same form.
        binary = self.send_otlp(b"", {"Content-Type": "application/x-protobuf"})
        self.assertEqual((binary.status, binary.body, binary.headers["Content-Type"]),
                         (200, b"", "application/x-protobuf"))
        bomb = gzip.compress(b"\0" * (64 << 20))
        for body, headers, status in (
                (b"{", {}, 400), (b"[]", {}, 400), (b"x", {"Content-Type": "application/x-protobuf"}, 400),
                (request, {"Content-Type": "text/plain"}, 415), (request, {"Content-Encoding": "zstd"}, 415),
                (request, {"Content-Encoding": "gzip"}, 400), (bomb, {"Content-Encoding": "gzip"}, 400),
                (request, {"Authorization": f"Bearer {self.reader}"}, 403)):
            self.assertEqual(self.send_otlp(body, headers).status, status, headers)

    def add(self, name, *values, **data):
        """Sends what was added at each of the times, by delta temporality."""
        points = [{"timeUnixNano": str(at * 10**9), "asDouble": value} for at, value in values]
        metric = {"name": name} | (data or {"sum": {
            "aggregationTemporality": 1, "isMonotonic": True, "dataPoints": points}})
        answer = self.send_otlp(json.dumps({"resourceMetrics": [{"scopeMetrics": [{"metrics": [metric]}]}]}).encode())
        self.assertEqual((answer.status, answer.json()), (200, {}))

    def values_of(self, name):
        [found] = self.ask("query", query=f"{name}[10m]", time=self.now)["result"]
        return [(at, float(value)) for at, value in found["values"]]

    def test_what_is_added_is_added_up(self):
        start = self.now - 300
        self.add("added", (start, 5), (start + 60, 3))
        wanted = [(start, 5), (start + 60, 8)]
        self.assertEqual(self.values_of("added_total"), wanted)
        self.add("added", (start, 5), (start + 60, 3))
        self.add("added", (start + 30, 100))
        self.assertEqual(self.values_of("added_total"), wanted, "what is repeated or late was counted")
        # Senders that do not wait for each other: whatever comes in time counts once.
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda second: self.add("added", (start + 61 + second, 1)), range(40)))
        values = self.values_of("added_total")
        self.assertEqual([value for _, value in values], [5, 8, *range(9, 7 + len(values))])
        counts = {"aggregationTemporality": 1, "dataPoints": [{
            "timeUnixNano": str((start + 90) * 10**9), "count": "3", "sum": 1.5, "bucketCounts": [1, 2],
            "explicitBounds": [0.5]}]}
        later = json.loads(json.dumps(counts).replace(str(start + 90), str(start + 150)))
        self.add("sized", histogram=counts)
        self.add("sized", histogram=later)
        for name, wanted in (('sized_bucket{le="0.5"}', [1, 2]), ('sized_bucket{le="+Inf"}', [3, 6]),
                             ("sized_count", [3, 6]), ("sized_sum", [1.5, 3])):
            self.assertEqual([value for _, value in self.values_of(name)], wanted, name)

    def test_an_exponential_histogram_is_asked_like_any_other(self):
        # 100 values evenly between 1 and 2, at the finest scale that is kept.
        at = {"timeUnixNano": str(self.now * 10**9), "count": "100", "sum": 150, "scale": 2,
              "positive": {"offset": 0, "bucketCounts": [19, 22, 27, 32]}}
        self.add("wide", exponentialHistogram={"aggregationTemporality": 2, "dataPoints": [at]})
        [median] = self.ask("query", query="histogram_quantile(0.5, wide_bucket)", time=self.now)["result"]
        self.assertAlmostEqual(float(median["value"][1]), 1.5, delta=0.02)

    def test_an_export_ends_when_its_client_leaves(self):
        labels = [("__name__", "long"), *((f"l{number}", "x" * 100) for number in range(5))]
        samples = [(self.now * 1000 - number * 100, float(number)) for number in range(20_000, 0, -1)]
        self.assertEqual(self.write(snappy(series(labels, samples))).status, 204)
        path = "/api/v1/" + self.ada.in_team("/metrics/export?format=csv&match[]=long")
        statuses = []
        for _ in range(9):  # one more than may run at a time
            connection = self.ada.copy().connect()
            connection.request("GET", path, headers=self.ada.request_headers("GET", None))
            answer = connection.getresponse()
            statuses.append(answer.status)
            answer.read(1000)
            connection.close()
        self.assertEqual(statuses[0], 200)
        self.assertLessEqual(set(statuses), {200, 503})
        programs.wait_until("an export after those that were left",
                            lambda: self.ada.send("GET", path.replace("=long", "=nothing")).status == 200)

    def promtool(self, *arguments):
        url = f"https://any:{self.reader}@127.0.0.1:{self.server.https_port}/prometheus"
        words = [url if word == "URL" else word for word in arguments]
        done = subprocess.run([PROMTOOL, "query", *words], text=True, capture_output=True, timeout=programs.PATIENCE_S,
                              env=dict(os.environ, SSL_CERT_FILE=str(self.server.ca)))
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def export(self, form, **parameters):
        answer = self.ada.send("GET", self.ada.in_team("/metrics/export?") + urllib.parse.urlencode(
            {"format": form, "match[]": "http_requests_total"} | parameters))
        self.assertEqual(answer.status, 200, answer)
        return answer.body.decode()

    def test_exports_are_read_back(self):
        wanted = {(instance, at): float(speed * (at - self.times[0])) for at in self.times
                  for speed, instance in ((1, "one"), (2, "two"))}
        rows = list(csv.DictReader(io.StringIO(self.export("csv"))))
        self.assertEqual({(json.loads(row["labels"])["instance"],
                           datetime.datetime.fromisoformat(row["time"].replace("Z", "+00:00")).timestamp()):
                          float(row["value"]) for row in rows}, wanted)
        found = json.loads(self.export("json"))["data"]["result"]
        self.assertEqual({(series["metric"]["instance"], at): float(value)
                          for series in found for at, value in series["values"]}, wanted)
        # As a second reader has it: Prometheus' own blocks.
        with tempfile.TemporaryDirectory() as directory:
            text = os.path.join(directory, "metrics.openmetrics")
            os.mkdir(os.path.join(directory, "wal"))  # `dump` wants one
            pathlib.Path(text).write_text(self.export("openmetrics", start=self.times[0], end=self.times[-1]))
            for words in (["create-blocks-from", "openmetrics", text, directory], ["dump", directory]):
                done = subprocess.run([PROMTOOL, "tsdb", *words], text=True, capture_output=True,
                                      timeout=programs.PATIENCE_S)
                self.assertEqual(done.returncode, 0, done.stderr)
        dumped = re.findall(r'\{__name__="http_requests_total", instance="(.*?)", job="api"\} (\S+) (\d+)', done.stdout)
        self.assertEqual({(instance, int(time_ms) // 1000): float(value) for instance, value, time_ms in dumped}, wanted)

    def test_promtool(self):
        instant = json.loads(self.promtool("instant", "-o", "json", f"--time={self.times[-1]}", "URL",
                                           "sum by (job) (rate(http_requests_total[5m]))"))
        self.assertEqual([(one["metric"], one["value"][1]) for one in instant], [({"job": "api"}, "3")])
        ranges = json.loads(self.promtool("range", "-o", "json", f"--start={self.times[0]}", f"--end={self.times[-1]}",
                                          "--step=15s", "URL", 'http_requests_total{instance="one"}'))
        self.assertEqual(len(ranges[0]["values"]), len(self.times))
        found = self.promtool("series", "--match=http_requests_total", f"--start={self.times[0]}", f"--end={self.now}",
                              "URL")
        self.assertEqual(len(found.splitlines()), 2)
        self.assertEqual(self.promtool("labels", f"--start={self.times[0]}", f"--end={self.now}", "URL",
                                       "instance").split(), ["one", "two"])


if __name__ == "__main__":
    unittest.main()
