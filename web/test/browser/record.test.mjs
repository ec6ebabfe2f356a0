// The record, recomputed in the reader's browser: only a real chain and a real signer can show it.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  alert,
  button,
  check,
  dialog,
  gone,
  goTo,
  heading,
  invite,
  newcomer,
  onSite,
  told,
} from "./access.mjs";
import { closePage, enter, waitUntil } from "./browser.mjs";
import { account, isReal } from "./server.mjs";

const newestNote = (page) =>
  page.evaluate(async () => {
    const team = location.pathname.split("/")[2];
    const answer = await fetch(`/api/v1/teams/${team}/audit/checkpoints?limit=1`);
    return (await answer.json()).data[0]?.note;
  });

test("the listed records are recomputed and lie under a signed checkpoint", async () => {
  assert.ok(isReal, "this test is for the real programs");
  await onSite({ fresh: true }, async (site, open) => {
    const ada = await open();
    await enter(ada, site);
    await waitUntil("a checkpoint", () => newestNote(ada));
    await ada.reload();
    await goTo(ada, "Audit log");
    await told(ada, "signed to record");
    await button(ada, "Check these in this browser").click();
    const drawer = dialog(ada, "Check in this browser");
    const findings = drawer.getByRole("listitem");
    await button(drawer, "Check").click();
    await waitUntil("three findings", async () => (await findings.count()) === 3);
    const [recomputed, lies, signed] = await findings.allInnerTexts();
    assert.match(recomputed, /^\d+ records recomputed, each following the one before$/);
    assert.match(lies, /^Up to record \d+ they lie under the checkpoint of \d+ records$/);
    assert.match(signed, /^Signed by \S+, key [0-9a-f]{8}$/);
    await check(ada, "check in this browser");

    const note = await newestNote(ada);
    const lines = note.split("\n");
    lines[2] = btoa("x".repeat(32));
    const kept = drawer.getByLabel("Checkpoint kept elsewhere");
    await kept.fill(lines.join("\n"));
    await button(drawer, "Check").click();
    await told(drawer, "does not lie under");
    await told(drawer, "Not signed by");
    await kept.fill("no checkpoint");
    await button(drawer, "Check").click();
    await told(drawer, "This is no signed checkpoint");
    await closePage(ada);
  });
});

test("what a record says is erased, and so is a person, with a receipt", async () => {
  assert.ok(isReal, "this test is for the real programs");
  await onSite({ fresh: true }, async (site, open) => {
    const ada = await open();
    await enter(ada, site);
    const link = await invite(ada, newcomer.email, "member");
    await goTo(ada, "Audit log");
    const invited = ada.locator("[role=row][data-index]").filter({ hasText: newcomer.email });
    await invited.first().click();
    await button(ada, "Erase what it says").click();
    const asked = dialog(ada, /^Erase what record \d+ says$/);
    await check(ada, "erasing what a record says");
    await asked.getByLabel("What goes").selectOption("what");
    await asked.getByLabel("Ground").selectOption("entered_by_mistake");
    await asked.getByLabel("Note").fill("a letter of today");
    await button(asked, "Erase for good").click();
    await told(ada, "What changed was erased; the chain holds without it");
    await told(ada, `By ${account.name}`);
    await told(ada, "Entered by mistake: a letter of today");
    await gone(invited);
    await check(ada, "an erased record");
    await button(ada, /^Record \d+ says so$/).click();
    await dialog(ada, "Record contents erased").waitFor();
    assert.equal(await button(ada, "Erase what it says").count(), 0);

    const eva = await open({ width: 390, height: 844 });
    const { pathname, hash } = new URL(link);
    await eva.goto(pathname + hash);
    await heading(eva, "Join Example Works");
    await eva.getByLabel("Your name").fill(newcomer.name);
    await eva.getByLabel("Password").fill(newcomer.password);
    await button(eva, "Create account and join").click();
    await heading(eva, "Overview");
    await eva.goto("/account");
    await button(eva, "Erase account").click();
    const sure = alert(eva, "Erase your account for good?");
    await check(eva, "erasing an account");
    assert.equal(await button(sure, "Erase for good").isDisabled(), true);
    await sure.getByRole("textbox").fill(newcomer.email);
    await button(sure, "Erase for good").click();
    await alert(eva, "Your account is erased").waitFor();
    await check(eva, "an erased account");
    const receipt = await eva.getByRole("link", { name: "The receipt" }).getAttribute("href");
    const read = (path) => fetch(path).then((answer) => answer.json());
    await waitUntil("the end of it", async () => {
      return (await eva.evaluate(read, receipt)).state === "done";
    });
    await ada.reload();
    await told(ada, "erased person");
    await closePage(ada);
  });
});
