// The page without a mouse.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { closePage, launch, logIn, openPage, press } from "./browser.mjs";
import { isReal, startSite } from "./server.mjs";

let browser;
let site;
before(async () => {
  browser = await launch();
  site = await startSite();
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

const heading = (page, name) => page.getByRole("heading", { level: 1, name }).waitFor();

const focused = (page, selector) => page.locator(`${selector}:focus`).waitFor();

test("palette, lists, records and charts by keys alone", { skip: isReal }, async () => {
  const page = await openPage(browser, site);
  await logIn(page);

  await press(page, "Control+k");
  await page.getByRole("option").first().waitFor();
  await focused(page, "[role=dialog] input");
  await page.keyboard.type("db-02");
  await page.locator("[role=option][data-highlighted]", { hasText: "db-02" }).waitFor();
  await page.keyboard.press("Enter");
  await heading(page, "db-02.fra");

  const chart = page.getByRole("application").first();
  await chart.locator(".u-over").waitFor();
  await chart.focus();
  await press(page, "ArrowLeft");
  await press(page, "ArrowLeft");
  const spoken = page.locator("p[aria-live=polite]");
  await spoken
    .filter({ hasText: /^\d{4}-\d\d-\d\d .*busy \d.*user \d/ })
    .first()
    .waitFor();

  await press(page, "g", "s");
  await heading(page, "Servers");
  await page.getByRole("row").nth(3).waitFor();
  for (const [key, row] of [
    ["j", 2],
    ["j", 3],
    ["j", 4],
    ["k", 3],
  ]) {
    await press(page, key);
    await focused(page, `[aria-rowindex="${row}"]`);
  }
  const name = await page.evaluate(() => document.activeElement.children[1].textContent);
  await page.keyboard.press("Enter");
  await heading(page, name);

  await press(page, "g", "a");
  await heading(page, "Audit log");
  await page.getByRole("row").nth(3).waitFor();
  await press(page, "j");
  await focused(page, '[aria-rowindex="2"]');
  await press(page, "j");
  await focused(page, '[aria-rowindex="3"]');
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.waitForURL(/seq=\d/);
  const opened = Number(new URL(page.url()).searchParams.get("seq"));
  await press(page, "]");
  await page.waitForURL(new RegExp(`seq=${opened - 1}\\b`));
  await press(page, "[");
  await page.waitForURL(new RegExp(`seq=${opened}\\b`));
  await press(page, "Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await focused(page, "[role=row]");

  await press(page, "/");
  await focused(page, "input");
  await page.keyboard.type("action:server.create");
  await page.waitForURL(/q=action(%3A|:)server\.create/);
  await closePage(page);
});

test("letters rest while typing and when switched off", { skip: isReal }, async () => {
  const page = await openPage(browser, site);
  await logIn(page);
  await press(page, "g", "u");
  await heading(page, "Account");
  const visited = [];
  page.on("framenavigated", (frame) => visited.push(new URL(frame.url()).pathname));

  const name = page.getByRole("textbox", { name: "Name" });
  await name.focus();
  const before = await name.inputValue();
  await press(page, "g", "s");
  assert.equal((await name.inputValue()).length, before.length + 2);
  await page.getByLabel("Single-letter keys").uncheck();
  await page.getByRole("heading", { level: 1 }).click();
  await press(page, "g", "s");

  // Where one goes next shows that the keys before led nowhere.
  await page.getByLabel("Single-letter keys").check();
  await page.getByRole("heading", { level: 1 }).click();
  await press(page, "g", "o");
  await heading(page, "Overview");
  assert.deepEqual(
    visited.filter((path) => !/^\/teams\/[^/]+\/?$/.test(path)),
    [],
  );
  assert.notEqual(visited.length, 0);
  await closePage(page);
});

test("the skip link is first and every stop shows a focus ring", { skip: isReal }, async () => {
  const page = await openPage(browser, site);
  await logIn(page);
  await press(page, "Tab");
  const first = await page.evaluate(() => document.activeElement.textContent);
  assert.equal(first, "Skip to content");
  for (let i = 0; i < 25; i += 1) {
    await press(page, "Tab");
    const ring = await page.evaluate(() => {
      const element = document.activeElement;
      return [getComputedStyle(element).outlineWidth, element.outerHTML.slice(0, 80)];
    });
    if (ring[1].startsWith("<body")) break;
    assert.equal(ring[0], "2px", ring[1]);
  }
  await closePage(page);
});
