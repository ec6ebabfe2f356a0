"""The API as a browser uses it: a cookie, a CSRF token, JSON. One Client for each thread."""

import contextlib
import datetime
import http.client
import json
import socket
import ssl
import threading

from programs import PATIENCE_S

PASSWORD = "a long enough passphrase 47"


def utc(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).isoformat().replace("+00:00", "Z")


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    def json(self):
        return json.loads(self.body)

    def __str__(self):
        return f"{self.status} {self.body[:400]!r}"


class Client:
    def __init__(self, port, ca, tls=True, headers=None):
        self.port = port
        self.tls = tls
        self.context = ssl.create_default_context(cafile=str(ca)) if tls else None
        self.headers = dict(headers or {})
        self.cookie = None
        self.csrf = None
        self.team = None
        self._connection = None

    def __del__(self):
        self.close()

    def connect(self):
        if self.tls:
            return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=PATIENCE_S, context=self.context)
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)

    def copy(self):
        """The same session on a connection of its own, for another thread."""
        other = Client(self.port, None, False, self.headers)
        other.tls, other.context = self.tls, self.context
        other.cookie, other.csrf, other.team = self.cookie, self.csrf, self.team
        return other

    def request_headers(self, method, body):
        headers = dict(self.headers)
        if self.cookie:
            headers["Cookie"] = self.cookie
        if self.csrf and method not in ("GET", "HEAD"):
            headers["X-CSRF-Token"] = self.csrf
        if body is not None:
            headers["Content-Type"] = "application/json"
        return headers

    def send(self, method, path, body=None, headers=None):
        """A path without a leading slash lies under the API. Raises what the connection raises."""
        if not path.startswith("/"):
            path = "/api/v1/" + path
        if self._connection is None:
            self._connection = self.connect()
        text = None if body is None else json.dumps(body)
        try:
            self._connection.request(method, path, text, self.request_headers(method, body) | (headers or {}))
            answer = Answer(self._connection.getresponse())
        except BaseException:
            self.close()
            raise
        for value in answer.headers.get_all("Set-Cookie") or ():
            name = value.split("=")[0]
            if "Max-Age=0" not in value or (self.cookie or "").startswith(name + "="):
                self.cookie = value.split(";")[0]
        return answer

    def call(self, method, path, body=None, status=(200, 201, 204), headers=None):
        """As send(), but any other status is a failure of the test."""
        answer = self.send(method, path, body, headers)
        wanted = status if isinstance(status, tuple) else (status,)
        if answer.status not in wanted:
            raise AssertionError(f"{method} {path}: {answer}")
        return answer.json() if answer.body and "json" in answer.headers.get("Content-Type", "") else answer

    def close(self):
        if self._connection:
            self._connection.close()
        self._connection = None

    def sign_up(self, name="Ada Example", email="ada@example.com", team="Example", setup_token=None):
        body = {"name": name, "email": email, "password": PASSWORD, "team_name": team}
        if setup_token:
            body["setup_token"] = setup_token
        answer = self.call("POST", "signup", body, 201)
        return self._take(answer["team"]["id"])

    def log_in(self, email="ada@example.com"):
        self.call("POST", "login", {"email": email, "password": PASSWORD}, 200)
        return self._take(None)

    def _take(self, team):
        me = self.call("GET", "me")
        self.csrf = me["csrf_token"]
        self.team = team or me["teams"][0]["id"]
        return self

    def in_team(self, path=""):
        return f"teams/{self.team}{path}"

    def list_all(self, path):
        """Every page of a list."""
        mark = "&" if "?" in path else "?"
        found, cursor = [], ""
        while cursor is not None:
            page = self.call("GET", f"{path}{mark}limit=100{cursor and '&cursor=' + cursor}")
            found += page["data"]
            cursor = page["next"]
        return found

    def series(self, server, name, first, last):
        """{unix second: value} of one series, from the second `first` up to before `last`."""
        answer = self.call("GET", self.in_team(
            f"/servers/{server}/series?name={name}&max_points=2000&from={utc(first)}&to={utc(last)}"))
        if not answer["series"]:
            return {}
        values = answer["series"][0]["avg"]
        return {time: value for time, value in zip(answer["times"], values) if value is not None}


class EventStream:
    """Reads server-sent events in a thread of its own, until close()."""

    def __init__(self, client, path):
        self.events = []
        self._client = client.copy()
        self._connection = self._client.connect()
        self._connection.request("GET", "/api/v1/" + path, headers=self._client.request_headers("GET", None))
        self._socket = self._connection.sock  # an answer without an end takes it over
        self._response = self._connection.getresponse()
        if self._response.status != 200:
            raise AssertionError(f"GET {path}: {Answer(self._response)}")
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self):
        kind = None
        with contextlib.suppress(OSError, ValueError, http.client.HTTPException, AttributeError):
            for line in self._response:
                text = line.decode().rstrip("\n")
                if text.startswith("event: "):
                    kind = text[7:]
                elif text.startswith("data: "):
                    self.events.append((kind, json.loads(text[6:])))

    def of_kind(self, kind):
        return [data for its_kind, data in list(self.events) if its_kind == kind]

    def close(self):
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(PATIENCE_S)
        self._response.close()
        self._connection.close()
