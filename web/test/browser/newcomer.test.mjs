// The way of a newcomer into a team, and of a member whom the team locks out, also against the real
// programs.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  bringNewcomer,
  button,
  check,
  draftKey,
  goTo,
  heading,
  invite,
  keepAndRevokeKey,
  onSite,
  setUpFactor,
  told,
} from "./access.mjs";
import { closePage, enter } from "./browser.mjs";
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
