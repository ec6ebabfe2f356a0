// The record, recomputed in the reader's browser: only a real chain and a real signer can show it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { button, check, dialog, goTo, onSite, told } from "./access.mjs";
import { closePage, enter, waitUntil } from "./browser.mjs";
import { isReal } from "./server.mjs";

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
