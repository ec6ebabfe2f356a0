// The first ten minutes of a new instance, as one person lives them. Runs against the stand-in
// and, with ATALAYA_BIN, against the real server and agent.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { addServer, checkAxe, closePage, enter, launch, loaded, openPage } from "./browser.mjs";
import { account, startSite } from "./server.mjs";

let browser;
let site;
before(async () => {
  browser = await launch();
  site = await startSite({ fresh: true });
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

/** The server verifies each chain by itself within seconds, and the checklist would be done before
    anybody used it: until somebody asks for it, the page is told that nothing was verified. */
async function hideOwnVerifications(page) {
  let asked = false;
  await page.route(/\/audit\/verify$/, (route) => {
    asked = true;
    return route.continue();
  });
  await page.route(/\/audit\/head$/, async (route) => {
    const response = await route.fetch();
    const head = await response.json();
    await route.fulfill({ response, json: asked ? head : { ...head, last_verified: null } });
  });
}

test("from the set-up link to live charts and a verified chain", async (t) => {
  if (!site.setupLink) return t.skip("needs a fresh instance");
  const page = await openPage(browser, site);
  await hideOwnVerifications(page);

  await page.goto("/");
  await page.getByText("This instance has no account yet").waitFor();
  assert.match(page.url(), /\/login/);

  // The token leaves the address at once, and the server's word about a field stands at it.
  await page.goto(site.setupLink);
  await page.getByRole("heading", { name: "Set up Atalaya" }).waitFor();
  await page.waitForFunction(() => location.hash === "");
  await page.getByLabel("Your name").fill(account.name);
  await page.getByLabel("E-mail").fill(account.email);
  await page.getByLabel("Team name").fill(account.team);
  await page.getByLabel("Password").fill("passwordpassword");
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByRole("alert").waitFor();
  assert.equal(await page.getByLabel("Password").getAttribute("aria-invalid"), "true");
  await checkAxe(page, "sign-up with a refused field");
  await page.getByLabel("Password").fill(account.password);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByText("1 of 3 done").waitFor();
  await loaded(page);
  await checkAxe(page, "overview of a new team");

  const token = await addServer(page, "first-01");
  await page.getByText("Waiting for the first report").waitFor();
  await loaded(page);
  await checkAxe(page, "install command");
  await site.startAgent({ token, name: "first-01" });
  await page.getByText("First report received").waitFor();
  await page.getByRole("link", { name: "Open first-01" }).click();
  await page.getByRole("heading", { level: 1, name: "first-01" }).waitFor();
  await page.locator(".u-over").first().waitFor();
  await page.getByText("Up and reporting").waitFor();

  await page.getByRole("link", { name: "Overview" }).click();
  await page.getByText("2 of 3 done").waitFor();
  // The word about it stays for some seconds only, so somebody watches from the start.
  const told = page.getByText("The chain is whole").waitFor();
  await page.getByRole("button", { name: "Verify now" }).click();
  await told;
  await page.getByText("First steps").waitFor({ state: "detached" });
  await closePage(page);
});

test("the set-up link works once", async (t) => {
  if (!site.setupLink) return t.skip("needs a fresh instance");
  const page = await openPage(browser, site);
  await page.goto(site.setupLink);
  await page.getByLabel("Your name").fill("Eve Example");
  await page.getByLabel("E-mail").fill("eve@example.com");
  await page.getByLabel("Password").fill("another fine secret");
  await page.getByLabel("Team name").fill("Other Works");
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByRole("alert").getByText("Nothing is here").waitFor();
  await closePage(page);
});

test("log in says what is wrong, and leads on to where one wanted to go", async () => {
  const page = await openPage(browser, site);
  await page.goto("/account");
  await page.waitForURL(/\/login\?next=/);
  await page.getByLabel("E-mail").fill(account.email);
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Log in" }).click();
  const alert = page.getByRole("alert");
  await alert.getByText("E-mail or password is wrong").waitFor();
  assert.match(await alert.innerText(), /Request \S+/);
  await page.getByLabel("Password").fill(account.password);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByRole("heading", { level: 1, name: "Account" }).waitFor();
  assert.match(page.url(), /\/account$/);

  await page.getByRole("button", { name: "Log out" }).click();
  await page.getByRole("heading", { level: 1, name: "Log in" }).waitFor();
  await page.goto("/account");
  await page.waitForURL(/\/login/);
  await closePage(page);
});

// Last in this file: an unknown team must look like an address that does not exist.
test("another team's address says that nothing is here", async () => {
  const page = await openPage(browser, site);
  await enter(page, { ...site, setupLink: null });
  await page.goto("/teams/01938f3a-ffff-7000-8000-000000000001/servers");
  await page.getByText("Nothing is here").waitFor();
  await closePage(page);
});
