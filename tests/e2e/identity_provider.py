"""The OpenID provider of tests/oidc as a child process, and a browser that goes through its log-in form."""

import html.parser
import http.client
import http.cookies
import json
import re
import select
import shutil
import ssl
import urllib.parse

import node_packages
import programs
from mail_sink import make_certificate

FOLDER = programs.ROOT / "tests/oidc"
SECRET = "the secret of the client"
HOPS_MAX = 20


def connect(owner, provider, **changed):
    """Gives the owner's team a connection to the provider."""
    settings = {"issuer": provider.issuer, "client_id": "atalaya", "allowed_domains": ["Example.com"],
                "groups_claim": "groups", "default_role": None, "create_members": True, "trust_second_factor": False,
                "only": False,
                "role_mapping": [{"group": "staff", "role": "viewer"}, {"group": "ops", "role": "member"}]} | changed
    return owner.call("PUT", owner.in_team("/sso"), {"settings": settings, "client_secret": SECRET})


def come(url, agent, subject, **body):
    """Signs in by the provider, from the button on; gives where the browser is sent in the end."""
    _, text = agent.request("POST", f"{url}/api/v1/login/sso", json.dumps(body), {"Content-Type": "application/json"})
    response, _ = agent.request("GET", agent.sign_in(json.loads(text)["location"], subject, url))
    return response.headers["Location"]


class _Forms(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.action, self.fields = None, {}

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "form" and self.action is None:
            self.action = given["action"]
        if tag == "input" and "name" in given:
            self.fields.setdefault(given["name"], given.get("value", ""))


class Provider(programs.Child):
    def __init__(self, directory, redirect_uri, accounts):
        node_packages.install(FOLDER)
        self.certificate, key = make_certificate(directory)
        self.accounts_path = directory / "accounts.json"
        self.write_accounts(accounts)
        super().__init__([shutil.which("node", path=node_packages.PATH), FOLDER / "provider.mjs", self.certificate, key, redirect_uri, self.accounts_path],
                         directory / "provider.log", {})
        answers, _, _ = select.select([self.process.stdout], [], [], programs.PATIENCE_S)
        line = self.process.stdout.readline() if answers else ""
        if not line.startswith("ready "):
            raise AssertionError(f"the provider does not start ({self.process.poll()}, {line!r}):\n{self.log()}")
        self.issuer = line.split()[1]

    def write_accounts(self, accounts):
        self.accounts_path.write_text(json.dumps(accounts))

    def lie(self, **lies):
        """What its tokens say from now on; nothing: the truth."""
        UserAgent(self.certificate).request("POST", f"{self.issuer}/test", json.dumps(lies))


class UserAgent:
    """A browser as far as a log-in needs one: cookies for each site, redirects, forms."""

    def __init__(self, *authorities):
        self.context = ssl.create_default_context()
        for path in authorities:
            self.context.load_verify_locations(path)
        self.cookies = {}

    def request(self, method, url, body=None, headers=None):
        parts = urllib.parse.urlsplit(url)
        jar = self.cookies.setdefault(parts.netloc, {})
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in jar.items()), **(headers or {})}
        connection = http.client.HTTPSConnection(parts.netloc, timeout=programs.PATIENCE_S, context=self.context)
        connection.request(method, parts._replace(scheme="", netloc="", fragment="").geturl(), body, sent)
        response = connection.getresponse()
        text = response.read().decode()
        connection.close()
        for value in response.headers.get_all("Set-Cookie") or ():
            for name, morsel in http.cookies.SimpleCookie(value).items():
                jar[name] = morsel.value
                if morsel["max-age"] == "0" or re.search(r"expires=Thu, 01 Jan 1970", value, re.I):
                    jar.pop(name)
        return response, text

    def sign_in(self, location, subject, stop_at):
        """Follows from `location` through the provider's forms, up to a place that begins with `stop_at`; gives that
        place, which is not visited."""
        method, body, headers = "GET", None, {}
        for _ in range(HOPS_MAX):
            if location.startswith(stop_at):
                return location
            response, text = self.request(method, location, body, headers)
            method, body, headers = "GET", None, {}
            if response.status in (302, 303):
                location = urllib.parse.urljoin(location, response.headers["Location"])
                continue
            forms = _Forms()
            forms.feed(text)
            if response.status != 200 or forms.action is None:
                raise AssertionError(f"{location}: {response.status} {text[:600]}")
            fields = forms.fields | ({"login": subject, "password": "any"} if "login" in forms.fields else {})
            location = urllib.parse.urljoin(location, forms.action)
            method, body = "POST", urllib.parse.urlencode(fields)
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
        raise AssertionError(f"no end at {location}")
