// Who may come in and what they may do, as people live it: invitations, the second factor, keys,
// roles, operators. The first also against the real programs; the others need a stand-in whose
// clocks and people they can reach.
import assert from "node:assert/strict";
import { test } from "node:test";
import { freshCode } from "../totp.mjs";
import { checkAxe, closePage, enter, launch, loaded, logIn, openPage, press } from "./browser.mjs";
import { account, isReal, startSite } from "./server.mjs";

const newcomer = { name: "Eva Example", email: "eva@example.com", password: "another fine secret" };
const skip = isReal;

/** Runs with a site of its own, and ends what it opened. */
async function onSite(options, run) {
  const browser = await launch();
  const site = await startSite(options);
  try {
    await run(site, (look) => openPage(browser, site, look));
  } finally {
    await browser.close();
    await site.stop();
  }
}

const heading = (page, name) => page.getByRole("heading", { level: 1, name }).waitFor();
const button = (page, name) => page.getByRole("button", { name, exact: true });
const dialog = (page, name) => page.getByRole("dialog", { name });
const alert = (page, name) => page.getByRole("alertdialog", { name });
const gone = (locator) => locator.waitFor({ state: "detached" });
const told = (page, text) => page.getByText(text).first().waitFor();

async function goTo(page, name) {
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name }).click();
  await heading(page, name);
}

async function check(page, what) {
  await loaded(page);
  await checkAxe(page, what);
}

/** From now on every session must prove anew that somebody is there. */
function forgetProofs(site) {
  for (const session of site.state.sessions.values()) session.proved = 0;
}

/** Sets the second factor up from where its button stands; gives the app and the codes. */
async function setUpFactor(page, password) {
  await button(page, "Set up the second factor").click();
  await dialog(page, "Set up the second factor").getByRole("textbox").fill(password);
  await check(page, "second factor, password");
  await button(page, "Continue").click();
  await page.getByRole("img", { name: "QR code of the secret" }).waitFor();
  await check(page, "second factor, QR code");
  const shown = page.getByRole("form", { name: "Authenticator app" }).locator("p").nth(1);
  const app = { secret: (await shown.innerText()).replace(/\s/g, "") };
  await page.getByLabel("Six-digit code").fill(await freshCode(app));
  await button(page, "Turn on").click();
  await alert(page, "Store your recovery codes").waitFor();
  await check(page, "recovery codes");
  const codes = await page
    .getByRole("list", { name: "Recovery codes" })
    .locator("li")
    .allInnerTexts();
  assert.equal(codes.length, 10);
  await press(page, "Escape");
  assert.equal(await button(page, "Done").isDisabled(), true);
  await page.getByLabel("I have stored these codes in a safe place").check();
  await button(page, "Done").click();
  await gone(alert(page));
  return { app, codes };
}

async function logInAs(page, { email, password }) {
  await page.goto("/login");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await button(page, "Log in").click();
}

async function invite(page, email, role) {
  await goTo(page, "Team");
  await button(page, "Invite").click();
  await dialog(page, "Invite to the team").waitFor();
  await check(page, "invite");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Role", { exact: true }).selectOption(role);
  await dialog(page).getByRole("button", { name: "Invite" }).click();
  await dialog(page, "Hand this link on").waitFor();
  await check(page, "link of an invitation");
  const link = await page.getByRole("region", { name: "Invitation link" }).innerText();
  await dialog(page).getByText("Close", { exact: true }).click();
  await gone(dialog(page));
  return link.trim();
}

/** A newcomer with a second factor, from the invitation to the log-in with a code. */
async function bringNewcomer(site, open) {
  const ada = await open();
  await enter(ada, site);
  const link = await invite(ada, newcomer.email, "admin");
  await closePage(ada);

  const eva = await open();
  const asked = [];
  eva.on("request", (request) => asked.push(request.url()));
  const { pathname, hash } = new URL(link);
  await eva.goto(pathname + hash);
  await heading(eva, "Join Example Works");
  await check(eva, "invitation of a newcomer");
  const token = hash.slice(1);
  assert.equal(new URL(eva.url()).hash, "");
  await eva.getByLabel("Your name").fill(newcomer.name);
  await eva.getByLabel("Password").fill(newcomer.password);
  await button(eva, "Create account and join").click();
  await heading(eva, "Overview");
  assert.deepEqual(
    asked.filter((url) => url.includes(token)),
    [],
  );

  await goTo(eva, "Account");
  const { app } = await setUpFactor(eva, newcomer.password);
  await eva.getByText("10 of 10 recovery codes left").waitFor();
  await check(eva, "account with a second factor");
  await button(eva, "Log out").click();
  await logInAs(eva, newcomer);
  await heading(eva, "Enter your code");
  await check(eva, "code of the app");
  await eva.getByLabel("Six-digit code").fill(await freshCode(app));
  await button(eva, "Continue").click();
  await heading(eva, "Overview");
  return { eva };
}

test("invite, accept, set the second factor up, log in with it", async () => {
  await onSite({ fresh: isReal }, async (site, open) => {
    const { eva } = await bringNewcomer(site, open);
    await closePage(eva);
  });
});

test("invite, accept, second factor, key, revoke", { skip }, async () => {
  await onSite({}, async (site, open) => {
    const { eva } = await bringNewcomer(site, open);
    await goTo(eva, "API keys");
    forgetProofs(site);
    await button(eva, "Create key").click();
    await dialog(eva, "Create an API key").waitFor();
    await check(eva, "new key");
    await eva.getByLabel("Name", { exact: true }).fill("Grafana of Eva");
    await eva.getByLabel("metrics:read").check();
    await eva.getByLabel("Allowed addresses").fill("192.0.2.0/24, 2001:db8::/32");
    await dialog(eva).getByRole("button", { name: "Create key" }).click();
    await dialog(eva, "Please confirm that it is you").waitFor();
    await check(eva, "step-up");
    await button(eva, "Use the password").click();
    await dialog(eva, "Please confirm that it is you").getByRole("textbox").fill(newcomer.password);
    await button(eva, "Confirm").click();
    await alert(eva, /^Store the key/).waitFor();
    await check(eva, "key shown once");
    const key = await eva.getByRole("region", { name: "The new key" }).innerText();
    assert.match(key, /^atl_live_/);
    await press(eva, "Escape");
    await eva.mouse.click(5, 5);
    assert.equal(await button(eva, "Activate the key").isDisabled(), true);
    assert.equal(site.state.rooms.values().next().value.keys[0].state, "pending");
    await eva.getByLabel("I have stored the key in a safe place").check();
    await button(eva, "Activate the key").click();
    await gone(alert(eva));
    const row = eva.getByRole("row").filter({ hasText: "Grafana of Eva" });
    await row.getByText("Active").waitFor();
    assert.ok(!(await eva.content()).includes(key.trim()));

    await row.click();
    await dialog(eva, "Grafana of Eva").getByText("192.0.2.0/24, 2001:db8::/32").waitFor();
    await check(eva, "one key");
    await button(eva, "Revoke key").click();
    await alert(eva, "Revoke Grafana of Eva?").waitFor();
    await alert(eva).getByRole("button", { name: "Revoke key" }).click();
    await gone(alert(eva));
    await press(eva, "Escape");
    await gone(dialog(eva));
    await row.getByText("Revoked").waitFor();
    await closePage(eva);
  });
});

test("a team that requires a second factor locks out, and lets in", { skip }, async () => {
  await onSite({}, async (_, open) => {
    const cleo = await open();
    await logInAs(cleo, { email: "cleo@example.com", password: account.password });
    await heading(cleo, "Overview");

    const ada = await open();
    await logIn(ada);
    await goTo(ada, "Team");
    const require = ada.getByLabel("Require a second factor of every member");
    await require.check();
    await button(ada, "Save security").click();
    await ada.getByRole("alert").getByText("Set up a second factor").waitFor();
    await goTo(ada, "Account");
    await setUpFactor(ada, account.password);
    await goTo(ada, "Team");
    await require.check();
    await button(ada, "Save security").click();
    await told(ada, "Team security changed");
    await closePage(ada);

    await cleo.getByRole("link", { name: "Servers" }).first().click();
    await heading(cleo, "Example Works is locked for you");
    await check(cleo, "locked team");
    const places = cleo.getByRole("navigation", { name: "Main" }).getByRole("link");
    assert.deepEqual(await places.allInnerTexts(), ["Account"]);
    await setUpFactor(cleo, account.password);
    await heading(cleo, "Servers");
    await closePage(cleo);
  });
});

test("a wrong code says so; a recovery code lets in, once", { skip }, async () => {
  await onSite({}, async (site, open) => {
    const page = await open();
    await logIn(page);
    await goTo(page, "Account");
    const { app, codes } = await setUpFactor(page, account.password);
    await button(page, "Log out").click();

    await logInAs(page, account);
    await page.getByLabel("Six-digit code").fill("000 000");
    await button(page, "Continue").click();
    await page
      .getByRole("alert")
      .getByText(/wrong or was used/)
      .waitFor();
    await button(page, "Use a recovery code").click();
    await heading(page, "Use a recovery code");
    await check(page, "recovery code");
    site.state.pending.clear();
    await page.getByLabel("Recovery code").fill(codes[3]);
    await button(page, "Continue").click();
    await told(page, "That took too long");
    await logInAs(page, account);
    await button(page, "Use a recovery code").click();
    await page.getByLabel("Recovery code").fill(codes[3].toLowerCase());
    await button(page, "Continue").click();
    await heading(page, "Overview");
    await goTo(page, "Account");
    await page.getByText("9 of 10 recovery codes left").waitFor();

    await button(page, "New recovery codes").click();
    await alert(page, "Make new recovery codes?").waitFor();
    forgetProofs(site);
    await button(page, "Make new codes").click();
    await dialog(page, "Please confirm that it is you").waitFor();
    await page.getByLabel("Six-digit code").fill(await freshCode(app));
    await button(page, "Confirm").click();
    await alert(page, "Store your recovery codes").waitFor();
    await page.getByLabel("I have stored these codes in a safe place").check();
    await button(page, "Done").click();
    await page.getByText("10 of 10 recovery codes left").waitFor();

    await button(page, "Turn off").click();
    await alert(page).getByRole("button", { name: "Turn off" }).click();
    await page.getByText("Off: your password alone").waitFor();
    await closePage(page);
  });
});

test("a forgotten password is set anew; an address changes with two consents", {
  skip,
}, async () => {
  await onSite({}, async (site, open) => {
    const page = await open();
    await page.goto("/login");
    await page.getByRole("link", { name: "Forgot your password?" }).click();
    await heading(page, "Set a new password");
    await page.getByLabel("E-mail").fill(account.email);
    await button(page, "Send the link").click();
    await heading(page, "Look into your mail");
    await check(page, "forgotten password");
    await page.goto(`/reset#${site.state.reset.token}`);
    await heading(page, "Choose a new password");
    assert.equal(new URL(page.url()).hash, "");
    await page.getByLabel("New password", { exact: true }).fill("a wholly new secret");
    await check(page, "new password");
    await button(page, "Set password").click();
    await heading(page, "Your password is changed");
    await logInAs(page, { ...account, password: "a wholly new secret" });
    await heading(page, "Overview");

    await goTo(page, "Account");
    await button(page, "Change e-mail").click();
    await page.getByLabel("New e-mail").fill("ada@example.org");
    await dialog(page).getByLabel("Password").fill("a wholly new secret");
    await check(page, "change of the address");
    await button(page, "Send the links").click();
    await dialog(page, "Look into both mailboxes").waitFor();
    await page.goto("/confirm-email#old");
    await button(page, "Confirm").click();
    await heading(page, "One more to go");
    await page.goto("/login");
    await page.goto("/confirm-email#new");
    await button(page, "Confirm").click();
    await heading(page, "Your address is changed");
    await closePage(page);
  });
});

test("members: another role, removal, handing over, and the view of a role", { skip }, async () => {
  await onSite({}, async (site, open) => {
    const page = await open();
    await logIn(page);
    await goTo(page, "Team");
    forgetProofs(site);
    await button(page, "More for Cleo Example").click();
    await page.getByRole("menuitem", { name: "Change role" }).click();
    await page.getByLabel("Role", { exact: true }).selectOption("member");
    await button(page, "Change role").click();
    await dialog(page, "Please confirm that it is you").waitFor();
    const asked = dialog(page, "Please confirm that it is you").getByRole("textbox");
    await asked.fill("not the password");
    await button(page, "Confirm").click();
    await page.getByRole("alert").getByText("The password is wrong.").waitFor();
    await asked.fill(account.password);
    await button(page, "Confirm").click();
    await gone(dialog(page));
    await page.getByRole("row", { name: /Cleo Example.*member/ }).waitFor();
    assert.equal(await button(page, "More for Ada Example").count(), 0);

    await button(page, "More for Cleo Example").click();
    await page.getByRole("menuitem", { name: "Remove" }).click();
    await button(page, "Remove from team").click();
    await gone(page.getByRole("row", { name: /Cleo Example/ }));

    await page.getByRole("link", { name: "Roles and permissions" }).click();
    await heading(page, "Roles and permissions");
    await check(page, "roles");
    await button(page, "viewer").click();
    const banner = page.getByRole("region", { name: "Seen as another role" });
    await banner.waitFor();
    await check(page, "seen as a viewer");
    const nav = page.getByRole("navigation", { name: "Main" });
    assert.equal(await nav.getByRole("link", { name: "API keys" }).count(), 0);
    await goTo(page, "Team");
    assert.equal(await button(page, "Invite").count(), 0);
    await banner.getByRole("button").click();
    await button(page, "Invite").waitFor();

    await button(page, "More for Ben Example").click();
    await page.getByRole("menuitem", { name: "Hand the team over" }).click();
    const over = button(page, "Hand the team over");
    await check(page, "handing over");
    assert.equal(await over.isDisabled(), true);
    await page.getByLabel(/^Type/).fill("Example Works");
    await over.click();
    await page.getByRole("row", { name: /Ada Example.*admin/ }).waitFor();
    assert.equal(await page.getByText("Require a second factor").count(), 0);
    assert.equal(await button(page, "More for Ben Example").count(), 0);

    await button(page, "Team Example Works. Switch team").click();
    await page.getByRole("menuitem", { name: "New team" }).click();
    await dialog(page, "New team").getByRole("textbox").fill("Second Works");
    await check(page, "new team");
    await button(page, "Create team").click();
    await button(page, "Team Second Works. Switch team").waitFor();
    await heading(page, "Overview");
    await closePage(page);
  });
});

test("an invitation waits while its reader logs in", { skip }, async () => {
  await onSite({}, async (site, open) => {
    const page = await open();
    await logIn(page);
    await button(page, "Team Example Works. Switch team").click();
    await page.getByRole("menuitem", { name: "New team" }).click();
    await dialog(page, "New team").getByRole("textbox").fill("Second Works");
    await button(page, "Create team").click();
    await button(page, "Team Second Works. Switch team").waitFor();
    const link = await invite(page, "ben@example.com", "viewer");

    await page.goto(link);
    await page.getByText(`You are logged in as ${account.email}`).waitFor();
    await check(page, "invitation of somebody else");
    site.state.people.forEach((person) => {
      if (person.email === "ben@example.com") person.totp = null;
    });
    await button(page, "Log out and go on as ben@example.com").click();
    await page.getByRole("link", { name: "Log in to join" }).click();
    await heading(page, "Log in");
    await page.getByLabel("E-mail").fill("ben@example.com");
    await page.getByLabel("Password").fill(account.password);
    await button(page, "Log in").click();
    await heading(page, "Join Second Works");
    await button(page, "Join Second Works").click();
    await button(page, "Team Second Works. Switch team").waitFor();
    await page.goto(link);
    await heading(page, "This invitation cannot be used");
    await closePage(page);
  });
});

test("operators have a page, which for others is not there", { skip }, async () => {
  await onSite({}, async (site, open) => {
    const page = await open();
    await logIn(page);
    await page.goto("/operator");
    await heading(page, "Nothing is here");
    site.state.user.is_operator = true;
    await page.goto("/operator");
    await heading(page, "Operator");
    await check(page, "operator");
    await button(page, "Break glass").click();
    await page.getByLabel("Reason").fill("Ticket 4712: look at the charts");
    await check(page, "breaking glass");
    await dialog(page).getByRole("button", { name: "Break glass" }).click();
    await page
      .getByRole("row", { name: /Ticket 4712/ })
      .getByText("End now")
      .click();
    await told(page, "Access ended");
    const cleo = page.getByRole("row", { name: /Cleo Example/ });
    await cleo.getByRole("button", { name: "Disable" }).click();
    await button(page, "Disable account").click();
    await cleo.getByText("Disabled").waitFor();
    await cleo.getByRole("button", { name: "Enable" }).click();
    await cleo.getByText("Active").waitFor();
    await goTo(page, "Team");
    await page.getByRole("row", { name: /Ticket 4712/ }).waitFor();
    await closePage(page);
  });
});

test("10,000 keys scroll with a screenful of rows", { skip }, async () => {
  await onSite({ keys: 10_000 }, async (_, open) => {
    const page = await open();
    await logIn(page);
    await goTo(page, "API keys");
    await page.getByRole("row").nth(5).waitFor();
    const grid = page.getByRole("grid", { name: "API keys" });
    for (let round = 0; round < 4; round += 1) {
      await grid.evaluate((element) => element.scrollTo(0, element.scrollHeight));
      await page.getByText(`${200 + 100 * round} keys loaded`).waitFor();
    }
    assert.ok((await page.getByRole("row").count()) < 60);
    await closePage(page);
  });
});

test("a key by the keyboard alone", { skip }, async () => {
  await onSite({}, async (site, open) => {
    const page = await open();
    await logIn(page);
    const focused = (name) => page.locator(":focus", { hasText: name }).waitFor();
    const typeInto = async (label, text) => {
      await page.getByLabel(label, { exact: true }).waitFor();
      await page.keyboard.type(text);
    };
    await press(page, "g", "k");
    await heading(page, "API keys");
    const create = button(page, "Create key");
    await create.focus();
    forgetProofs(site);
    await press(page, "Enter");
    await dialog(page, "Create an API key").waitFor();
    await page.locator("input[name=name]:focus").waitFor();
    await typeInto("Name", "By keys");
    const scope = page.getByLabel("servers:read");
    for (let i = 0; i < 60; i += 1) {
      if (await scope.evaluate((element) => element === document.activeElement)) break;
      await press(page, "Tab");
    }
    await press(page, "Space");
    await page.locator("input:checked").waitFor();
    await page.locator("input[name=name]").focus();
    await press(page, "Enter");
    await dialog(page, "Please confirm that it is you").waitFor();
    await page.locator("input[name=password]:focus").waitFor();
    // Escape gives only this question up; what was typed before stays.
    await press(page, "Escape");
    await dialog(page, "Create an API key").getByRole("alert").waitFor();
    await page.locator("input[name=name]").focus();
    await press(page, "Enter");
    await page.locator("input[name=password]:focus").waitFor();
    await page.keyboard.type(account.password);
    await press(page, "Enter");
    await alert(page, /^Store the key/).waitFor();
    const tick = page.getByLabel("I have stored the key in a safe place");
    for (let i = 0; i < 6; i += 1) {
      if (await tick.evaluate((element) => element === document.activeElement)) break;
      await press(page, "Tab");
    }
    await press(page, "Space");
    await page.locator("input:checked").waitFor();
    await press(page, "Tab");
    await focused("Activate the key");
    await press(page, "Enter");
    await gone(alert(page));
    await page.getByRole("row", { name: /Active By keys/ }).waitFor();
    await closePage(page);
  });
});
