// The way of a newcomer into a team, and of a member whom the team locks out, also against the real
// programs.
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
  gone,
  goTo,
  heading,
  invite,
  keepAndRevokeKey,
  keepKey,
  onSite,
  setUpFactor,
  told,
} from "./access.mjs";
import { closePage, enter, press } from "./browser.mjs";
import { account, isReal } from "./server.mjs";

test("invite, accept, second factor, key, revoke", async () => {
  await onSite({ fresh: isReal }, async (site, open) => {
    const { eva } = await bringNewcomer(site, open);
    await draftKey(eva);
    await keepAndRevokeKey(eva);
    await closePage(eva);
  });
});

test("a team that requires a second factor locks out, and lets in", async () => {
  await onSite({ fresh: isReal }, async (site, open) => {
    const ada = await open();
    await enter(ada, site);
    const link = await invite(ada, "fay@example.com", "member");
    const fay = await open();
    const { pathname, hash } = new URL(link);
    await fay.goto(pathname + hash);
    await fay.getByLabel("Your name").fill("Fay Example");
    await fay.getByLabel("Password").fill(account.password);
    await button(fay, "Create account and join").click();
    await heading(fay, "Overview");

    await goTo(ada, "Account");
    await setUpFactor(ada, account.password);
    await goTo(ada, "Team");
    await ada.getByLabel("Require a second factor of every member").check();
    await button(ada, "Save security").click();
    await told(ada, "Team security changed");

    await fay.getByRole("link", { name: "Servers" }).first().click();
    await heading(fay, "Example Works is locked for you");
    await check(fay, "locked team");
    const places = fay.getByRole("navigation", { name: "Main" }).getByRole("link");
    assert.deepEqual(await places.allInnerTexts(), ["Trust", "Account"]);
    await setUpFactor(fay, account.password);
    await heading(fay, "Servers");
    await closePage(fay);
    await closePage(ada);
  });
});

test("the key of who was removed is handed over, and works again", async () => {
  await onSite({ fresh: isReal }, async (site, open) => {
    const ada = await open();
    await enter(ada, site);
    const link = await invite(ada, "gus@example.com", "admin");
    const gus = await open();
    const { pathname, hash } = new URL(link);
    await gus.goto(pathname + hash);
    await gus.getByLabel("Your name").fill("Gus Example");
    await gus.getByLabel("Password").fill(account.password);
    await button(gus, "Create account and join").click();
    await heading(gus, "Overview");
    await draftKey(gus);
    await keepKey(gus);
    await closePage(gus);

    await ada.reload();
    await goTo(ada, "Team");
    await button(ada, "More for Gus Example").click();
    await ada.getByRole("menuitem", { name: "Remove" }).click();
    await button(ada, "Remove from team").click();
    await gone(ada.getByRole("row", { name: /Gus Example/ }));
    await goTo(ada, "API keys");
    const row = ada.getByRole("row").filter({ hasText: "Grafana of Eva" });
    await row.getByText("Suspended").waitFor();
    await row.click();
    await dialog(ada, "Grafana of Eva").getByText("somebody who is gone").waitFor();
    await button(ada, "Hand over").click();
    const form = ada.getByRole("form", { name: "Hand Grafana of Eva over" });
    await form.waitFor();
    await check(ada, "handing a key over");
    const heirs = await form.getByLabel("New owner of the key").locator("option").allInnerTexts();
    assert.ok(heirs.includes("Ada Example (owner)"), heirs);
    assert.ok(!heirs.some((name) => name.startsWith("Gus")), heirs);
    await form.getByLabel("New owner of the key").selectOption("Ada Example (owner)");
    await form.getByRole("button", { name: "Hand over" }).click();
    await told(ada, "Key handed over");
    await gone(form);
    await dialog(ada, "Grafana of Eva").getByText("Ada Example").waitFor();
    await press(ada, "Escape");
    await gone(dialog(ada));
    await row.getByText("Active").waitFor();
    await closePage(ada);
  });
});

/** Gives the question up once; then answers it. */
async function proveByKeyboard(page) {
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
}

test("a key by the keyboard alone", async () => {
  await onSite({ fresh: isReal }, async (site, open) => {
    const page = await open();
    await enter(page, site);
    const focused = (name) => page.locator(":focus", { hasText: name }).waitFor();
    const typeInto = async (label, text) => {
      await page.getByLabel(label, { exact: true }).waitFor();
      await page.keyboard.type(text);
    };
    await press(page, "g", "k");
    await heading(page, "API keys");
    const create = button(page, "Create key");
    await create.focus();
    // On the real programs the proof of the log-in cannot be taken back within ten minutes.
    if (!isReal) forgetProofs(site);
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
    if (!isReal) await proveByKeyboard(page);
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
