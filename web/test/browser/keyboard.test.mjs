// The page without a mouse.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { closePage, launch, logIn, openPage } from "./browser.mjs";
import { isReal, startSite } from "./server.mjs";

let browser;
let site;
before(async () => {
  browser = await launch();
  site = await startSite();
});
after(async () => {
  await browser.close();
  await site.stop();
});

const heading = (page, name) => page.getByRole("heading", { level: 1, name }).waitFor();

test("palette, lists, records and charts by keys alone", { skip: isReal }, async () => {
  const page = await openPage(browser, site);
  await logIn(page);

  await page.keyboard.press("Control+k");
  await page.getByRole("option").first().waitFor();
  await page.keyboard.type("db-02");
  await page.getByRole("option", { name: /db-02/ }).waitFor();
  await page.keyboard.press("Enter");
  await heading(page, "db-02.fra");

  await page.getByRole("application").first().focus();
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  const spoken = page.locator("p[aria-live=polite]").filter({ hasText: "busy" });
  await spoken.first().waitFor();
  assert.match(await spoken.first().innerText(), /^\d{4}-\d\d-\d\d .*busy \d.*user \d/);

  await page.keyboard.press("g");
  await page.keyboard.press("s");
  await heading(page, "Servers");
  await page.getByRole("row").nth(3).waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  const active = await page.evaluate(() => document.activeElement.getAttribute("aria-rowindex"));
  assert.equal(active, "3");
  const name = await page.evaluate(() => document.activeElement.children[1].textContent);
  await page.keyboard.press("Enter");
  await heading(page, name);

  await page.keyboard.press("g");
  await page.keyboard.press("a");
  await heading(page, "Audit log");
  await page.getByRole("row").nth(3).waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  const record = async () => Number(new URL(page.url()).searchParams.get("seq"));
  await page.getByRole("dialog").waitFor();
  const opened = await record();
  await page.keyboard.press("]");
  await page.waitForURL(new RegExp(`seq=${opened - 1}`));
  await page.keyboard.press("[");
  await page.waitForURL(new RegExp(`seq=${opened}`));
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  const focused = await page.evaluate(() => document.activeElement.getAttribute("role"));
  assert.equal(focused, "row");

  await page.keyboard.press("/");
  await page.keyboard.type("server.create");
  await page.waitForURL(/action=server\.create/);
  await closePage(page);
});

test("letters rest while typing and when switched off", { skip: isReal }, async () => {
  const page = await openPage(browser, site);
  await logIn(page);
  await page.keyboard.press("g");
  await page.keyboard.press("u");
  await heading(page, "Account");
  await page.getByRole("textbox", { name: "Name" }).focus();
  await page.keyboard.press("g");
  await page.keyboard.press("s");
  await heading(page, "Account");
  await page.getByLabel("Single-letter keys").uncheck();
  await page.getByRole("heading", { level: 1 }).click();
  await page.keyboard.press("g");
  await page.keyboard.press("s");
  await page.waitForTimeout(200);
  await heading(page, "Account");
  await closePage(page);
});

test("the skip link is first and every stop shows a focus ring", { skip: isReal }, async () => {
  const page = await openPage(browser, site);
  await logIn(page);
  await page.keyboard.press("Tab");
  const first = await page.evaluate(() => document.activeElement.textContent);
  assert.equal(first, "Skip to content");
  for (let i = 0; i < 25; i += 1) {
    await page.keyboard.press("Tab");
    const ring = await page.evaluate(() => {
      const element = document.activeElement;
      return [getComputedStyle(element).outlineWidth, element.outerHTML.slice(0, 80)];
    });
    if (ring[1].startsWith("<body")) break;
    assert.equal(ring[0], "2px", ring[1]);
  }
  await closePage(page);
});
