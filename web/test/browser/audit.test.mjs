// The audit log against the stand-in: writing a query, its slips, finds that lie far below, what is
// around a record, and the export.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { startMock } from "../mock/serve.mjs";
import { atRest, checkAxe, closePage, launch, listFaults, logIn, openPage } from "./browser.mjs";
import { scrollThrough } from "./scroll.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

async function onAudit(run, options = {}) {
  const site = await startMock({ tickMs: 5000 });
  options.fill?.(site);
  const page = await openPage(browser, site, options);
  try {
    await logIn(page);
    await page.goto(`${new URL(page.url()).pathname}/audit`);
    await rows(page).first().waitFor();
    await run(page, site);
    await closePage(page);
  } finally {
    await site.stop();
  }
}

const rows = (page) => page.locator("[role=row][data-index]");
const field = (page) => page.getByRole("combobox", { name: "Query" });

test("a query is written with the keyboard and lives in the address", async () => {
  await onAudit(async (page) => {
    await page.keyboard.press("/");
    await page.waitForFunction(() => document.activeElement.getAttribute("role") === "combobox");
    await page.keyboard.type("-acti");
    await page.getByRole("option", { name: /^action:/ }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.activeElement.value === "-action:");
    await page.keyboard.type("serv");
    await page.getByRole("option", { name: "server.*" }).waitFor();
    assert.deepEqual(await listFaults(page), []);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Tab");
    await page.waitForFunction(() => document.activeElement.value === "-action:server.* ");
    await page.keyboard.press("Enter");
    await page.waitForURL(/q=-action%3Aserver\.\*|q=-action:server/);
    await page.waitForFunction(() => {
      const actions = [...document.querySelectorAll("[data-index] > :nth-child(4)")];
      return actions.length > 0 && actions.every((cell) => !cell.textContent.startsWith("server."));
    });
    await page.getByRole("button", { name: "Clear the query" }).click();
    await page.waitForURL((url) => !url.searchParams.has("q"));
  });
});

test("a slip is marked where it stands and told what would be right", async () => {
  await onAudit(async (page) => {
    await field(page).fill("nope:x door");
    await field(page).press("Enter");
    await page.getByRole("alert").getByText("There is no key nope.").waitFor();
    await page.waitForFunction(
      () =>
        getComputedStyle(document.querySelector("search [class*=wrong]")).textDecorationStyle ===
        "wavy",
    );
    assert.equal(await page.locator("search [class*=wrong]").innerText(), "nope:x");
    assert.equal(await field(page).getAttribute("aria-invalid"), "true");
    assert.deepEqual(await listFaults(page), []);
    await field(page).fill("");
    await field(page).press("Enter");
    await rows(page).first().waitFor();
  });
});

test("a find that lies far below is come to without a hand", async () => {
  await onAudit(async (page, site) => {
    const oldest = site.state.chain.events[0].event;
    await field(page).fill(oldest.row_hash);
    await field(page).press("Enter");
    await rows(page)
      .filter({ hasText: oldest.row_hash.slice(0, 8) })
      .waitFor();
    // Itself, and the one after it, which is linked to it.
    await page.getByText("2 records", { exact: true }).waitFor();
  });
});

test("what is around a record can be walked and searched from it", async () => {
  await onAudit(async (page) => {
    await rows(page).nth(4).click();
    const around = page.getByRole("region", { name: "Around this record" });
    await around.getByRole("listitem").nth(4).waitFor();
    const shown = Number(new URL(page.url()).searchParams.get("seq"));
    assert.equal(await around.locator("[aria-current=true]").count(), 1);
    await page.keyboard.press("j");
    await page.waitForURL(new RegExp(`seq=${shown - 1}\\b`));
    await page.keyboard.press("k");
    await page.waitForURL(new RegExp(`seq=${shown}\\b`));
    assert.deepEqual(await listFaults(page), []);
    await around.getByRole("button", { name: "All of this actor" }).click();
    await page.waitForURL(/q=actor/);
    await page.getByRole("dialog").waitFor({ state: "detached" });
    assert.match(await field(page).inputValue(), /^actor:/);
  });
});

test("the export holds all that the query finds", async () => {
  await onAudit(async (page, site) => {
    await field(page).fill("action:server.*");
    await field(page).press("Enter");
    await page.waitForURL(/q=action/);
    await page.getByRole("button", { name: "Export" }).click();
    const coming = page.waitForEvent("download");
    await page.getByRole("menuitem", { name: /NDJSON/ }).click();
    const file = await coming;
    assert.equal(file.suggestedFilename(), "audit.ndjson");
    const events = site.state.chain.events.map((entry) => entry.event);
    const wanted = events.filter((event) => event.action.startsWith("server.")).length;
    assert.equal(JSON.parse(readFileSync(await file.path(), "utf8")).length, wanted);
    await page.getByText("The export is complete").waitFor();
  });
});

test("a stream is added, tested, paused and deleted", async () => {
  await onAudit(async (page) => {
    await page.getByRole("link", { name: "Streams" }).click();
    await page.getByText("The record is sent nowhere").waitFor();
    await page.getByRole("button", { name: "Add stream" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("siem");
    await dialog.getByLabel("Address").fill("http://siem.example.com/in");
    await dialog.getByRole("button", { name: "Add stream" }).click();
    await dialog.getByText("Write https://HOST.").waitFor();
    await dialog.getByLabel("Address").fill("https://siem.example.com/in");
    await dialog.getByRole("button", { name: "Add stream" }).click();
    const secret = page.getByRole("alertdialog");
    await secret.getByText(/^whsec_/).waitFor();
    assert.deepEqual(await listFaults(page), []);
    await secret.getByLabel("I have stored the secret").check();
    await secret.getByRole("button", { name: "Done" }).click();
    await page.getByRole("rowheader", { name: "siem" }).waitFor();
    await page.getByRole("button", { name: "Test" }).click();
    await page.getByText("Nothing answers at the address.").waitFor();
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByText("paused", { exact: true }).waitFor();
    assert.deepEqual(await listFaults(page), []);
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("button", { name: "Delete stream" }).click();
    await page.getByText("The record is sent nowhere").waitFor();
  });
});

test("ten thousand records are scrolled through with few of them drawn", async () => {
  const total = 10_000;
  const fill = ({ state }) => {
    const actor = { kind: "user", id: state.user.id, name: state.user.name };
    while (state.chain.events.length < total) {
      const number = state.chain.events.length;
      state.chain.append({
        action: "server.update",
        actor,
        resource_type: "server",
        resource_name: `web-${number}.example.com`,
        changes: [{ field: "note", before: null, after: `note ${number}` }],
      });
    }
  };
  await onAudit(
    async (page) => {
      const grid = page.getByRole("grid", { name: "Audit records" });
      const { drawnMost, rowCount } = await scrollThrough(page, "Audit records");
      assert.equal(rowCount, total + 1); // its header is a row too
      assert.ok(drawnMost < 150, `${drawnMost} rows drawn at once`);
      await checkAxe(page, "the end of a long record");
      const focused = (index) =>
        page.waitForFunction(
          (wanted) => document.activeElement?.getAttribute("aria-rowindex") === wanted,
          String(index),
        );
      await rows(page).last().focus();
      await atRest(page);
      await page.keyboard.press("Home");
      await focused(2);
      await page.keyboard.press("ArrowDown");
      await focused(3);
      await page.keyboard.press("End");
      await focused(total + 1);
      assert.match(await grid.locator(":focus").innerText(), /^1\s/);
      await page.keyboard.press("Enter");
      await page.getByRole("dialog").waitFor();
    },
    { fill },
  );
});

test("a narrow screen in the dark has room for it all", async () => {
  await onAudit(
    async (page) => {
      await field(page).fill("outcome:");
      await page.getByRole("option", { name: "denied" }).waitFor();
      assert.deepEqual(await listFaults(page), []);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(width <= 390, `${width} px wide`);
    },
    { width: 390, height: 844, theme: "dark" },
  );
});
