// Single sign-on in the page: setting a team's connection up, coming by it, and being locked out
// without it. The provider is one page that says so.

import assert from "node:assert/strict";
import { test } from "node:test";
import { alert, button, check, goTo, heading, logInAs, onSite, told } from "./access.mjs";
import { logIn } from "./browser.mjs";
import { account } from "./server.mjs";

const provider = "https://login.example.com";

/** Where the page leaves for, without leaving this machine. */
async function standIn(page) {
  await page.route(`${provider}/**`, (route) =>
    route.fulfill({ contentType: "text/html", body: "<h1>The provider</h1>" }),
  );
}

async function setUp(page) {
  await logIn(page);
  await goTo(page, "Team");
  await page.getByRole("link", { name: "Single sign-on" }).click();
  await heading(page, "Single sign-on");
}

test("a connection is set up, refused where nobody answers, and removed", async () => {
  await onSite({}, async (site, open) => {
    const page = await open();
    await setUp(page);
    await check(page, "single sign-on, empty");
    await told(page, "/api/v1/login/sso/callback");
    await page.getByLabel("Issuer").fill("https://nobody.example.com");
    await page.getByLabel("Client ID").fill("atalaya");
    await page.getByLabel("Client secret").fill("a secret");
    await page.getByLabel("Domains").fill("example.com\nexample.org");
    await page.getByLabel("Claim with the groups").fill("groups");
    await button(page, "Map a group").click();
    await page.getByLabel("Group 1", { exact: true }).fill("staff");
    await page.getByLabel("Role of group 1").selectOption("member");
    await button(page, "Save").click();
    await page.getByRole("alert").getByText("Nothing answers at the address.").waitFor();
    await check(page, "single sign-on, refused");
    await page.getByLabel("Issuer").fill(provider);
    await button(page, "Save").click();
    await told(page, "Single sign-on saved");
    const [room] = site.state.rooms.values();
    assert.deepEqual(room.sso.settings.allowed_domains, ["example.com", "example.org"]);
    assert.deepEqual(room.sso.settings.role_mapping, [{ group: "staff", role: "member" }]);
    assert.equal(room.sso.secret, "a secret");
    // Saved once more without a secret, it keeps the one it has.
    await told(page, "There is one. It is never shown again");
    await button(page, "Save").click();
    await told(page, "Single sign-on saved");
    await button(page, "Remove").click();
    await alert(page, "Remove single sign-on?").waitFor();
    await button(page, "Remove single sign-on").click();
    await told(page, "Single sign-on removed");
    assert.equal(room.sso, undefined);
  });
});

test("the log-in page leads to the provider, and says why somebody came back", async () => {
  await onSite({}, async (site, open) => {
    const page = await open();
    await standIn(page);
    await page.goto("/login?sso=link_required");
    await page.getByRole("alert").getByText("connect it").waitFor();
    await check(page, "log-in, refused by single sign-on");
    assert.equal(await page.getByRole("button", { name: "Continue with" }).count(), 0);
    await button(page, "Single sign-on of your team").click();
    await heading(page, "Single sign-on");
    await check(page, "log-in, single sign-on");
    await page.getByLabel("E-mail").fill("ada@elsewhere.example");
    await button(page, "Continue with single sign-on").click();
    await page.getByRole("alert").waitFor();
    await page.getByLabel("E-mail").fill("ada@example.com");
    await button(page, "Continue with single sign-on").click();
    await heading(page, "The provider");

    await page.goto("/login?team=7b8e1f0a-5c4d-4e3f-9a2b-1c0d9e8f7a6b");
    await heading(page, "Single sign-on");
    assert.equal(await page.getByLabel("E-mail").count(), 0);
    await button(page, "Continue with single sign-on").click();
    await heading(page, "The provider");

    site.state.ssoLabel = "the house";
    await page.goto("/login");
    await button(page, "Continue with the house").click();
    await heading(page, "The provider");
    await page.goto("/login?sso=code");
    await heading(page, "Enter your code");
  });
});

test("an account is connected with a provider, and closed to a team's own", async () => {
  await onSite({}, async (site, open) => {
    const page = await open();
    await standIn(page);
    site.state.ssoLabel = "the house";
    await logIn(page);
    await page.goto("/account");
    await page.getByLabel("Provider").selectOption("the house");
    await check(page, "account with single sign-on");
    await button(page, "Connect").click();
    await heading(page, "The provider");
    site.state.user.sso_team = site.state.team.id;
    await page.goto("/account");
    await heading(page, "Account");
    await told(page, "opens that team and not your account");
    assert.equal(await button(page, "Save profile").count(), 0);
    await check(page, "account, closed");
  });
});

test("a team that is entered by single sign-on only leads its members there", async () => {
  await onSite({ role: "admin" }, async (site, open) => {
    const page = await open();
    await standIn(page);
    const [room] = site.state.rooms.values();
    room.sso = { settings: { only: true }, revision: 1 };
    await logInAs(page, account);
    await heading(page, /is locked for you/);
    await check(page, "locked by single sign-on");
    await button(page, "Continue with single sign-on").click();
    await heading(page, "The provider");
  });
});
