// Who may come in, as people live it: invitations, the second factor, recovery, keys.
// They need the stand-in, whose clocks and people they can reach.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  alert,
  bringNewcomer,
  button,
  check,
  dialog,
  draftKey,
  forgetProofs,
  goTo,
  heading,
  keepAndRevokeKey,
  logInAs,
  newcomer,
  onSite,
  setUpFactor,
  told,
} from "./access.mjs";
import { freshCode } from "./app.mjs";
import { closePage, logIn } from "./browser.mjs";
import { account } from "./server.mjs";

test("a key asks who sits there first", async () => {
  await onSite({}, async (site, open) => {
    const { eva } = await bringNewcomer(site, open);
    forgetProofs(site);
    await draftKey(eva);
    await dialog(eva, "Please confirm that it is you").waitFor();
    await check(eva, "step-up");
    await button(eva, "Use the password").click();
    await dialog(eva, "Please confirm that it is you").getByRole("textbox").fill(newcomer.password);
    await button(eva, "Confirm").click();
    await keepAndRevokeKey(eva);
    await closePage(eva);
  });
});

test("a team that requires a second factor locks out, and lets in", async () => {
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
    assert.deepEqual(await places.allInnerTexts(), ["Trust", "Account"]);
    await setUpFactor(cleo, account.password);
    await heading(cleo, "Servers");
    await closePage(cleo);
  });
});

test("a wrong code says so; a recovery code lets in, once", async () => {
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

test("a forgotten password is set anew; an address changes with two consents", async () => {
  await onSite({}, async (site, open) => {
    const page = await open();
    await page.goto("/login");
    await page.getByRole("link", { name: "Forgot your password?" }).click();
    await heading(page, "Set a new password");
    await page.getByLabel("E-mail").fill(account.email);
    await button(page, "Send the link").click();
    await heading(page, "Look into your mail");
    await check(page, "forgotten password");
    site.state.mailless = true;
    await page.goto("/forgot");
    await told(page, "This instance sends no mail.");
    await check(page, "forgotten password without mail");
    site.state.mailless = false;
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
