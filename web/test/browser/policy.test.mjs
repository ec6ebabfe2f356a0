// The page lives under a strict Content Security Policy with Trusted Types. The other tests fail
// on the first violation; here the alarm itself is tried.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { closePage, launch, listFaults, openPage } from "./browser.mjs";
import { startSite } from "./server.mjs";

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

test("an injected style element is blocked and reported", async () => {
  const page = await openPage(browser, site);
  await page.goto("/login");
  await page.getByRole("button", { name: "Log in" }).waitFor();
  assert.deepEqual(await listFaults(page), []);
  await page.evaluate(() => {
    const style = document.createElement("style");
    style.textContent = "body { background: red }";
    document.head.append(style);
  });
  const faults = await listFaults(page);
  const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  assert.notEqual(background, "rgb(255, 0, 0)");
  assert.equal(faults.filter((fault) => fault.startsWith("policy: style-src")).length, 1);
  await assert.rejects(closePage(page), assert.AssertionError);
});

test("markup from text is refused by Trusted Types", async () => {
  const page = await openPage(browser, site);
  await page.goto("/login");
  const refused = await page.evaluate(() => {
    try {
      document.createElement("div").innerHTML = "<b>x</b>";
      return "allowed";
    } catch (error) {
      return error.name;
    }
  });
  assert.equal(refused, "TypeError");
  await page.context().close();
});

test("nothing is inline in the page's own file", async () => {
  const page = await openPage(browser, site);
  const html = await (await page.request.get("/")).text();
  assert.doesNotMatch(html, /<style|style=|<script(?![^>]*src=)[^>]*>/);
  await page.context().close();
});
