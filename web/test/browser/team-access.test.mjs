// Who is in a team and with which rights: members, invitations, operators, keys.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  button,
  check,
  dialog,
  forgetProofs,
  gone,
  goTo,
  heading,
  invite,
  onSite,
  told,
} from "./access.mjs";
import { closePage, logIn } from "./browser.mjs";
import { account } from "./server.mjs";

test("members: another role, removal, handing over, and the view of a role", async () => {
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

test("an invitation waits while its reader logs in", async () => {
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

test("operators have a page, which for others is not there", async () => {
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

test("operators publish the agreement, and a team's owner accepts it", async () => {
  await onSite({}, async (site, open) => {
    const page = await open();
    await logIn(page);
    site.state.user.is_operator = true;
    await page.goto("/operator");
    const row = page.getByRole("row", { name: /Data processing agreement/ });
    await row.getByText("not written yet").waitFor();
    await row.getByRole("button", { name: "Edit" }).click();
    await page.getByLabel("Text").fill("We process what you tell us to.");
    await check(page, "editing a public text");
    await button(page, "Publish").click();
    await told(page, "Published");
    await goTo(page, "Team");
    await page.getByText("The team has not accepted it.").waitFor();
    await page.getByText("The team was made under version 0").waitFor();
    await page.getByRole("link", { name: "Download version 0" }).waitFor();
    await page.getByText("Read it").click();
    await page.getByText("We process what you tell us to.").waitFor();
    await check(page, "the agreement of a team");
    await button(page, "Accept for the team").click();
    await told(page, "Agreement accepted");
    await gone(page.getByRole("button", { name: "Accept for the team" }));
    await closePage(page);
  });
});

test("operators record an incident and take it step by step to its end", async () => {
  await onSite({}, async (site, open) => {
    const page = await open();
    await logIn(page);
    site.state.user.is_operator = true;
    await page.goto("/operator");
    await page.getByText("None is recorded.").waitFor();
    await button(page, "Record an incident").click();
    await page.getByLabel("What happened").fill("A key in a log");
    await check(page, "recording an incident");
    await button(page, "Record").click();
    const row = page.getByRole("row", { name: /A key in a log/ });
    for (const step of ["Contain", "Assess", "Notify", "Remediate", "Review"]) {
      await row.getByRole("cell", { name: step, exact: true }).waitFor();
      await row.getByRole("button", { name: "Open" }).click();
      await page.getByLabel(`${step}: what was done`).fill("As agreed");
      await button(page, "Done").click();
      await gone(dialog(page));
    }
    await row.getByRole("button", { name: "Show" }).click();
    await page.getByText("It is closed.").waitFor();
    await check(page, "an incident that is closed");
    await closePage(page);
  });
});

test("10,000 keys scroll with a screenful of rows", async () => {
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
