// The steps that the tests of accounts and teams share.

import assert from "node:assert/strict";
import { freshCode } from "./app.mjs";
import { checkAxe, closePage, enter, launch, loaded, openPage, press } from "./browser.mjs";
import { startSite } from "./server.mjs";

export const newcomer = {
  name: "Eva Example",
  email: "eva@example.com",
  password: "another fine secret",
};

/** Runs with a site of its own, and ends what it opened. */
export async function onSite(options, run) {
  const browser = await launch();
  const site = await startSite(options);
  try {
    await run(site, (look) => openPage(browser, site, look));
  } finally {
    await browser.close();
    await site.stop();
  }
}

export const heading = (page, name) => page.getByRole("heading", { level: 1, name }).waitFor();
export const button = (page, name) => page.getByRole("button", { name, exact: true });
export const dialog = (page, name) => page.getByRole("dialog", { name });
export const alert = (page, name) => page.getByRole("alertdialog", { name });
export const gone = (locator) => locator.waitFor({ state: "detached" });
export const told = (page, text) => page.getByText(text).first().waitFor();

export async function goTo(page, name) {
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name }).click();
  await heading(page, name);
}

export async function check(page, what) {
  await loaded(page);
  await checkAxe(page, what);
}

/** From now on every session must prove anew that somebody is there. */
export function forgetProofs(site) {
  for (const session of site.state.sessions.values()) session.proved = 0;
}

/** Sets the second factor up from where its button stands; gives the app and the codes. */
export async function setUpFactor(page, password) {
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

export async function logInAs(page, { email, password }) {
  await page.goto("/login");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await button(page, "Log in").click();
}

export async function invite(page, email, role) {
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
export async function bringNewcomer(site, open) {
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
  return { eva, app };
}

/** Opens the form of a new key and fills it in. */
export async function draftKey(page) {
  await goTo(page, "API keys");
  await button(page, "Create key").click();
  await dialog(page, "Create an API key").waitFor();
  await check(page, "new key");
  await page.getByLabel("Name", { exact: true }).fill("Grafana of Eva");
  await page.getByLabel("metrics:read").check();
  await page.getByLabel("Allowed addresses").fill("192.0.2.0/24, 2001:db8::/32");
  await dialog(page).getByRole("button", { name: "Create key" }).click();
}

/** Takes the key that is shown once into use; gives it and its row. */
export async function keepKey(page) {
  await alert(page, /^Store the key/).waitFor();
  await check(page, "key shown once");
  const key = await page.getByRole("region", { name: "The new key" }).innerText();
  assert.match(key, /^atl_live_/);
  await press(page, "Escape");
  await page.mouse.click(5, 5);
  assert.equal(await button(page, "Activate the key").isDisabled(), true);
  await page.getByLabel("I have stored the key in a safe place").check();
  await button(page, "Activate the key").click();
  await gone(alert(page));
  const row = page.getByRole("row").filter({ hasText: "Grafana of Eva" });
  await row.getByText("Active").waitFor();
  assert.ok(!(await page.content()).includes(key.trim()));
  return { key: key.trim(), row };
}

/** From the key that is shown once to the end of it; gives the key. */
export async function keepAndRevokeKey(page) {
  const { key, row } = await keepKey(page);
  await row.click();
  await dialog(page, "Grafana of Eva").getByText("192.0.2.0/24, 2001:db8::/32").waitFor();
  await check(page, "one key");
  await button(page, "Revoke key").click();
  await alert(page, "Revoke Grafana of Eva?").waitFor();
  await alert(page).getByRole("button", { name: "Revoke key" }).click();
  await gone(alert(page));
  await press(page, "Escape");
  await gone(dialog(page));
  await row.getByText("Revoked").waitFor();
  return key;
}
