"""Single sign-on against a real OpenID provider over TLS: what is let in, and every lie that is not."""

import json
import threading
import time
import unittest
import urllib.parse

import client
import identity_provider
import programs
from authenticator import App

ACCOUNTS = {
    "ada": {"email": "ada@example.com", "email_verified": True, "name": "Ada Example"},
    "bob": {"email": "bob@example.com", "email_verified": True, "name": "Bob Example", "groups": ["staff", "ops"]},
    "cyn": {"email": "cyn@example.com", "email_verified": False, "name": "Cyn Example", "groups": ["staff"]},
    "dan": {"email": "dan@elsewhere.example", "email_verified": True, "name": "Dan Example", "groups": ["ops"]},
    "eve": {"email": "eve@example.com", "email_verified": True, "name": "Eve Example", "groups": ["strangers"]},
}


class _House(unittest.TestCase):
    """A server and a provider that know each other."""

    settings = {}

    def setUp(self):
        self.directory = self.enterContext(programs.temporary_directory())
        port = programs.free_port()
        self.url = f"https://127.0.0.1:{port}"
        self.provider = identity_provider.Provider(self.directory, f"{self.url}/api/v1/login/sso/callback", ACCOUNTS)
        self.addCleanup(self.provider.stop)
        self.server = programs.Server(
            self.directory / "data", https=port, ATALAYA_SIGNUP_MODE="open", ATALAYA_EGRESS_ALLOW="127.0.0.1",
            ATALAYA_EGRESS_CA_FILE=str(self.provider.certificate), **self.provider_settings())
        self.addCleanup(lambda: self.server.stop())
        self.ada = self.stranger().sign_up(setup_token=self.server.setup_token)

    def provider_settings(self):
        return {}

    def stranger(self):
        return client.Client(self.server.https_port, self.server.ca)

    def user_agent(self, signed_in=None):
        agent = identity_provider.UserAgent(self.provider.certificate, self.server.ca)
        if signed_in:
            name, value = signed_in.cookie.split("=", 1)
            agent.cookies[f"127.0.0.1:{self.server.https_port}"] = {name: value}
            agent.csrf = signed_in.csrf
        return agent

    def post(self, agent, path, body):
        headers = {"Content-Type": "application/json", "X-CSRF-Token": getattr(agent, "csrf", None) or "none"}
        response, text = agent.request("POST", f"{self.url}/api/v1/{path}", json.dumps(body), headers)
        return response.status, json.loads(text)

    def callback(self, agent, subject, path="login/sso", **body):
        """From the button up to our own address, which is not visited yet."""
        status, answer = self.post(agent, path, body)
        self.assertEqual(status, 200, answer)
        return agent.sign_in(answer["location"], subject, self.url)

    def arrive(self, agent, url):
        """Where the browser is sent in the end. Failures are forgotten: those of many tries slow the next one down."""
        programs.psql(self.server.data, "delete from idn.attempts")
        response, text = agent.request("GET", url)
        self.assertEqual(response.status, 303, text)
        return response.headers["Location"]

    def come(self, subject, agent=None, path="login/sso", **body):
        agent = agent or self.user_agent()
        return agent, self.arrive(agent, self.callback(agent, subject, path, **body))

    def client_of(self, agent):
        jar = agent.cookies[f"127.0.0.1:{self.server.https_port}"]
        one = self.stranger()
        one.cookie = "__Host-atalaya_session=" + jar["__Host-atalaya_session"]
        one.csrf = one.call("GET", "me")["csrf_token"]
        return one

    def refused(self, subject, code, **body):
        agent, place = self.come(subject, **body)
        self.assertEqual(place, f"/login?sso={code}")
        self.assertNotIn("__Host-atalaya_session", agent.cookies[f"127.0.0.1:{self.server.https_port}"])

    def platform_events(self, action):
        return int(programs.psql(self.server.data, "select count(*) from aud.events where team_id = "
                                 f"'00000000-0000-0000-0000-000000000000' and action = '{action}'").stdout)


class Deployment(_House):
    def provider_settings(self):
        secret = self.directory / "client-secret"
        secret.write_text(identity_provider.SECRET + "\n")
        return {"ATALAYA_OIDC_ISSUER": self.provider.issuer, "ATALAYA_OIDC_CLIENT_ID": "atalaya",
                "ATALAYA_OIDC_CLIENT_SECRET_FILE": str(secret), "ATALAYA_OIDC_SIGN_UP": "yes",
                "ATALAYA_OIDC_ALLOWED_DOMAINS": "example.com"}

    def test_somebody_new_gets_an_account_and_comes_back_to_it(self):
        agent, place = self.come("bob")
        self.assertEqual(place, "/")
        me = self.client_of(agent).call("GET", "me")
        self.assertEqual((me["user"]["email"], me["user"]["name"]), ("bob@example.com", "Bob Example"))
        self.assertEqual((me["user"]["has_password"], me["user"]["sso_team"], me["teams"]), (False, None, []))
        # Another address changes nothing: who it is says the subject.
        self.provider.write_accounts(ACCOUNTS | {"bob": ACCOUNTS["bob"] | {"email": "robert@example.com"}})
        again = self.client_of(self.come("bob")[0]).call("GET", "me")
        self.assertEqual((again["user"]["id"], again["user"]["email"]), (me["user"]["id"], "bob@example.com"))
        self.assertEqual(self.platform_events("auth.sso"), 2)
        # Nothing is a password for who has none.
        for password in ("", "!", "any"):
            answer = self.stranger().send("POST", "login", {"email": "bob@example.com", "password": password or "x"})
            self.assertEqual(answer.status, 401)

    def test_an_account_is_not_taken_over_by_its_address(self):
        self.refused("ada", "link_required")
        self.assertEqual(self.platform_events("auth.sso_failed"), 1)
        agent, place = self.come("ada", self.user_agent(self.ada), path="me/sso")
        self.assertEqual(place, "/")
        self.assertEqual(self.ada.send("GET", "me").status, 401, "the session in which it was asked for")
        self.assertEqual(self.client_of(agent).call("GET", "me")["user"]["email"], "ada@example.com")
        self.assertEqual(self.client_of(self.come("ada")[0]).call("GET", "me")["teams"][0]["role"], "owner")
        # Nobody else's account can be connected with the same identity.
        other = self.stranger().sign_up("Ann Example", "ann@example.com", "Ann's")
        self.assertEqual(self.come("ada", self.user_agent(other), path="me/sso")[1], "/login?sso=taken")

    def test_only_verified_addresses_of_the_domains_come_in(self):
        self.refused("cyn", "unverified")
        self.refused("dan", "domain")
        self.assertEqual(self.post(self.user_agent(), "login/sso", {"email": "dan@elsewhere.example"})[0], 404)
        self.assertEqual(self.post(self.user_agent(), "login/sso", {"email": "anybody@example.com"})[0], 200)

    def test_no_lie_is_believed(self):
        for lies in ({"claims": {"nonce": "another"}}, {"claims": {"aud": "another"}},
                     {"claims": {"aud": ["atalaya", "another"], "azp": "another"}},
                     {"claims": {"iss": "https://127.0.0.1:1"}}, {"claims": {"exp": int(time.time()) - 61}},
                     {"claims": {"iat": int(time.time()) + 600}}, {"claims": {"sub": "ada"}},
                     {"header": {"alg": "none"}, "unsigned": True}, {"header": {"alg": "HS256"}},
                     {"header": {"alg": "none"}}, {"header": {"crit": ["exp"]}}, {"unsigned": True},
                     {"key": "next"}):
            with self.subTest(lies):
                self.provider.lie(**lies)
                self.refused("bob", "failed")
        self.provider.lie()
        self.assertEqual(self.come("bob")[1], "/")

    def test_keys_may_change(self):
        self.assertEqual(self.come("bob")[1], "/")
        self.provider.lie(key="next", publish=True)
        self.assertEqual(self.come("bob")[1], "/")

    def test_an_arrival_counts_once_and_in_its_own_browser(self):
        agent = self.user_agent()
        url = self.callback(agent, "bob")
        self.assertEqual(self.arrive(self.user_agent(), url), "/login?sso=expired", "another browser")
        parts = urllib.parse.urlsplit(url)
        forged = dict(urllib.parse.parse_qsl(parts.query)) | {"state": "another"}
        self.assertEqual(self.arrive(agent, parts._replace(query=urllib.parse.urlencode(forged)).geturl()),
                         "/login?sso=expired")

        agent = self.user_agent()
        url = self.callback(agent, "bob")
        kept = dict(agent.cookies[f"127.0.0.1:{self.server.https_port}"])
        places = []

        def arrive():
            one = self.user_agent()
            one.cookies[f"127.0.0.1:{self.server.https_port}"] = dict(kept)
            places.append(self.arrive(one, url))

        threads = [threading.Thread(target=arrive) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        # So many failures at once may slow the last ones down.
        self.assertEqual([place for place in places if place not in ("/login?sso=expired", "/login?sso=too_many")], ["/"])
        self.assertEqual(len(places), 20)

    def test_what_the_provider_answers_is_its_own(self):
        for changed, code in (({"iss": "https://127.0.0.1:1"}, "failed"), ({"iss": None}, "failed"),
                              ({"code": "another"}, "failed"), ({"code": None, "error": "access_denied"}, "denied")):
            with self.subTest(changed):
                agent = self.user_agent()
                parts = urllib.parse.urlsplit(self.callback(agent, "bob"))
                query = dict(urllib.parse.parse_qsl(parts.query)) | changed
                query = {name: value for name, value in query.items() if value is not None}
                self.assertEqual(self.arrive(agent, parts._replace(query=urllib.parse.urlencode(query)).geturl()),
                                 f"/login?sso={code}")

    def test_a_second_factor_is_asked_for_all_the_same(self):
        enrolment = self.ada.call("POST", "me/totp", {"password": client.PASSWORD})
        app = App(enrolment["secret"])
        self.ada.call("POST", "me/totp/confirm", {"code": app.code()})
        self.provider.lie(claims={"amr": ["pwd", "mfa"]})  # not trusted here
        agent, place = self.come("ada", self.user_agent(self.ada), path="me/sso")
        self.assertEqual(place, "/login?sso=code")
        jar = agent.cookies[f"127.0.0.1:{self.server.https_port}"]
        pending = self.stranger()
        pending.cookie = "__Host-atalaya_pending=" + jar["__Host-atalaya_pending"]
        self.assertEqual(pending.call("POST", "login/totp", {"code": app.code()})["user"]["email"], "ada@example.com")

    def test_presence_is_proved_at_the_provider(self):
        agent, _ = self.come("bob")
        self.provider.lie(claims={"auth_time": int(time.time()) - 3600})
        old = self.client_of(self.come("bob")[0])
        self.assertEqual(old.send("POST", "me/sso", {}).json()["code"], "step_up_required")
        self.refused("bob", "failed", fresh=True)
        self.provider.lie()
        fresh = self.client_of(self.come("bob", agent, fresh=True)[0])
        self.assertEqual(fresh.send("POST", "me/sso", {}).status, 200)


class Team(_House):
    def provider_settings(self):
        return {"ATALAYA_OIDC_TEAM_DOMAINS": "example.com"}

    def setUp(self):
        super().setUp()
        self.connect(self.ada)

    def connect(self, owner, **changed):
        return identity_provider.connect(owner, self.provider, **changed)

    def role_of(self, email):
        return {one["email"]: one["role"] for one in self.ada.list_all(self.ada.in_team("/members"))}.get(email)

    def test_groups_make_members_and_their_roles(self):
        agent, place = self.come("bob", team=self.ada.team)
        self.assertEqual(place, "/")
        me = self.client_of(agent).call("GET", "me")
        self.assertEqual([(one["id"], one["role"]) for one in me["teams"]], [(self.ada.team, "member")])
        self.assertEqual(me["user"]["sso_team"], self.ada.team)
        self.provider.write_accounts(ACCOUNTS | {"bob": ACCOUNTS["bob"] | {"groups": ["staff"]}})
        self.come("bob", team=self.ada.team)
        self.assertEqual(self.role_of("bob@example.com"), "viewer")
        self.refused("eve", "no_role", team=self.ada.team)
        self.assertIsNone(self.role_of("eve@example.com"))
        # The team answers for the addresses of its own domains, and for no others.
        self.assertEqual(self.come("cyn", team=self.ada.team)[1], "/")
        self.refused("dan", "domain", team=self.ada.team)
        actions = [event["action"] for event in self.ada.list_all(self.ada.in_team("/audit/events"))]
        for action in ("sso.update", "member.add", "member.role", "sso.connect", "auth.sso", "auth.sso_failed"):
            self.assertIn(action, actions)
        members = self.ada.list_all(self.ada.in_team("/members"))
        self.assertEqual({one["email"]: one["by_sso"] for one in members},
                         {"ada@example.com": False, "bob@example.com": True, "cyn@example.com": True})

    def test_where_sign_up_is_closed_a_team_makes_no_accounts(self):
        self.assertEqual(self.server.stop(), 0)
        self.server.settings["ATALAYA_SIGNUP_MODE"] = "closed"
        self.server = self.server.again()
        self.refused("bob", "no_account", team=self.ada.team)

    def test_the_addresses_of_listed_domains_find_the_team(self):
        status, answer = self.post(self.user_agent(), "login/sso", {"email": "anybody@EXAMPLE.com"})
        self.assertEqual(status, 200, answer)
        self.assertTrue(answer["location"].startswith(self.provider.issuer))
        for email in ("dan@elsewhere.example", "no address", "@example.com"):
            self.assertEqual(self.post(self.user_agent(), "login/sso", {"email": email})[0], 404)
        for team in ("x", "00000000-0000-0000-0000-000000000000", "7b8e1f0a-5c4d-4e3f-9a2b-1c0d9e8f7a6b"):
            self.assertEqual(self.post(self.user_agent(), "login/sso", {"team": team})[0], 404)
        # Of two that name a domain neither is believed.
        other = self.stranger().sign_up("Mal Example", "mal@example.com", "Mal's")
        self.connect(other)
        self.assertEqual(self.post(self.user_agent(), "login/sso", {"email": "anybody@example.com"})[0], 404)

    def test_a_teams_provider_opens_that_team_and_nothing_else(self):
        """Mal runs a provider that says to be anybody."""
        mal = self.stranger().sign_up("Mal Example", "mal@example.com", "Mal's")
        self.connect(mal, allowed_domains=["example.com"], role_mapping=[], groups_claim="", default_role="admin")
        self.refused("ada", "link_required", team=mal.team)
        self.provider.lie(claims={"sub": "ada"})
        self.refused("bob", "failed", team=mal.team)
        self.provider.lie()
        self.assertEqual(self.post(self.user_agent(self.ada), "me/sso", {"team": mal.team})[0], 404, "no member")
        # A session by Mal's provider sees neither other teams nor the account.
        bob = self.client_of(self.come("bob", team=mal.team)[0])
        self.assertEqual([one["id"] for one in bob.call("GET", "me")["teams"]], [mal.team])
        for method, path in (("GET", "sessions"), ("PATCH", "me"), ("POST", "teams"), ("POST", "me/sso"),
                             ("POST", "me/totp"), ("POST", "me/email"), ("POST", "invitations/accept"),
                             ("DELETE", "sessions")):
            answer = bob.send(method, path, {} if method != "GET" else None)
            self.assertEqual((answer.status, answer.json()["code"]), (403, "forbidden"), path)
        self.assertEqual(bob.send("GET", f"teams/{self.ada.team}").status, 404)

    def test_somebody_of_two_teams(self):
        bob = self.stranger().sign_up("Bob Example", "bob@example.com", "Bob's")
        self.refused("bob", "link_required", team=self.ada.team)
        link = self.ada.call("POST", self.ada.in_team("/invitations"), {"email": "bob@example.com", "role": "viewer"})
        bob.call("POST", "invitations/accept", {"token": link["link"].split("#")[1]})
        agent, place = self.come("bob", self.user_agent(bob), path="me/sso", team=self.ada.team)
        self.assertEqual(place, "/")
        by_sso = self.client_of(agent)
        self.assertEqual([one["id"] for one in by_sso.call("GET", "me")["teams"]], [self.ada.team])
        self.assertEqual(by_sso.send("GET", f"teams/{bob.team}").status, 404)
        self.assertEqual(self.role_of("bob@example.com"), "member", "as the groups say")
        self.assertEqual(len(self.stranger().log_in("bob@example.com").call("GET", "me")["teams"]), 2)

    def test_only_sso_keeps_the_owners_way_in(self):
        agent, _ = self.come("bob", team=self.ada.team)
        bob = self.client_of(agent)
        cat = self.stranger().sign_up("Cat Example", "cat@example.com", "Cat's")
        link = self.ada.call("POST", self.ada.in_team("/invitations"), {"email": "cat@example.com", "role": "admin"})
        cat.call("POST", "invitations/accept", {"token": link["link"].split("#")[1]})
        self.assertEqual(cat.send("GET", self.ada.in_team()).status, 200)
        view = self.connect(self.ada, only=True)
        self.assertNotIn(identity_provider.SECRET, json.dumps(view))
        refusal = cat.send("GET", self.ada.in_team())
        self.assertEqual((refusal.status, refusal.json()["code"]), (403, "sso_required"))
        self.assertEqual([one["sso_required"] for one in cat.call("GET", "me")["teams"] if one["id"] == self.ada.team],
                         [True])
        self.assertEqual(cat.send("GET", f"teams/{cat.team}").status, 200)
        self.assertEqual(bob.send("GET", self.ada.in_team()).status, 200)
        self.assertEqual(self.ada.send("GET", self.ada.in_team()).status, 200)
        # Gone is gone: who came by it is out, and the lock with it.
        self.ada.call("DELETE", self.ada.in_team("/sso"))
        self.assertEqual(bob.send("GET", "me").status, 401)
        self.assertEqual(cat.send("GET", self.ada.in_team()).status, 200)

    def test_a_connection_is_held_to_its_provider(self):
        view = self.ada.call("GET", self.ada.in_team("/sso"))
        self.assertEqual(view["redirect_uri"], f"{self.url}/api/v1/login/sso/callback")
        self.assertTrue(view["has_secret"])
        self.assertEqual(view["settings"]["allowed_domains"], ["example.com"])
        for issuer, words in ((self.provider.issuer + "/", "exactly as the provider does"),
                              ("https://127.0.0.1:1", "Nothing answers"),
                              ("https://169.254.169.254", "does not reach into"),
                              ("http://127.0.0.1:1", "https"), (self.url, "certificate")):
            with self.subTest(issuer):
                settings = view["settings"] | {"issuer": issuer}
                answer = self.ada.send("PUT", self.ada.in_team("/sso"), {"settings": settings, "client_secret": None})
                self.assertEqual(answer.status, 422, answer)
                self.assertRegex(json.dumps(answer.json()["errors"]), words)
        stale = self.ada.send("PUT", self.ada.in_team("/sso"), {"settings": view["settings"], "client_secret": None},
                              {"If-Match": '"7"'})
        self.assertEqual(stale.status, 412)
        for bad in ({"default_role": "owner"}, {"role_mapping": [{"group": "x", "role": "owner"}]},
                    {"allowed_domains": ["no domain"]}):
            answer = self.ada.send("PUT", self.ada.in_team("/sso"), {"settings": view["settings"] | bad})
            self.assertEqual(answer.status, 422, answer)
        # Without a word about the secret it stays.
        self.ada.call("PUT", self.ada.in_team("/sso"), {"settings": view["settings"], "client_secret": None})
        self.assertEqual(self.come("bob", team=self.ada.team)[1], "/")
        stored = programs.psql(self.server.data, "select encode(body, 'escape') from app.sso_connections").stdout
        self.assertGreater(len(stored), 100)
        self.assertNotIn("secret of", stored)

    def test_a_trusted_second_factor_counts(self):
        self.connect(self.ada, trust_second_factor=True)
        enrolment = self.ada.call("POST", "me/totp", {"password": client.PASSWORD})
        self.ada.call("POST", "me/totp/confirm", {"code": App(enrolment["secret"]).code()})
        self.ada.call("PATCH", self.ada.in_team("/security"), {"require_2fa": True})
        plain = self.client_of(self.come("bob", team=self.ada.team)[0])
        self.assertEqual(plain.send("GET", self.ada.in_team()).json()["code"], "mfa_enrolment_required")
        self.provider.lie(claims={"amr": ["pwd", "otp"]})
        strong = self.client_of(self.come("bob", team=self.ada.team)[0])
        self.assertEqual(strong.send("GET", self.ada.in_team()).status, 200)


if __name__ == "__main__":
    unittest.main()
