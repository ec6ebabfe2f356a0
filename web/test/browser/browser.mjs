// Chromium for the tests. Every page listens for violations of the Content Security Policy and
// for errors, and `closePage` fails the test on the first one.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { account } from "./server.mjs";

const axeSource = readFileSync(
  fileURLToPath(new URL("../../node_modules/axe-core/axe.min.js", import.meta.url)),
  "utf8",
);
const axeTags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** A page in a context of its own, which remembers what went wrong on it. */
export async function openPage(browser, site, options = {}) {
  const { width = 1440, height = 900, theme = "light", scale = 1 } = options;
  const context = await browser.newContext({
    baseURL: site.url,
    viewport: { width, height },
    deviceScaleFactor: scale,
    colorScheme: theme,
    ignoreHTTPSErrors: true,
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  page.faults = [];
  await page.exposeFunction("tellViolation", (text) => page.faults.push(`policy: ${text}`));
  await page.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) => {
      globalThis.tellViolation(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
    });
  });
  page.on("pageerror", (error) => page.faults.push(`error: ${error.message}`));
  page.on("console", (message) => {
    // The browser logs each refused request by itself; those are part of the tests.
    if (message.type() !== "error" || /status of (4\d\d|503)/.test(message.text())) return;
    page.faults.push(`console: ${message.text()}`);
  });
  return page;
}

export async function closePage(page) {
  await page.waitForTimeout(50);
  const { faults } = page;
  await page.context().close();
  assert.deepEqual(faults, []);
}

export async function logIn(page) {
  await page.goto("/login");
  await page.getByLabel("E-mail").fill(account.email);
  await page.getByLabel("Password").fill(account.password);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
}

/** Runs axe on what is shown now and fails with the rule, the element and the reason. */
export async function checkAxe(page, what) {
  // The test's own evaluate is outside the page's policy; the page itself never loads axe.
  await page.evaluate(`${axeSource};0`);
  const found = await page.evaluate(async (tags) => {
    const result = await globalThis.axe.run(document, { runOnly: tags });
    return result.violations.flatMap((violation) =>
      violation.nodes.map((node) => {
        const reason = node.any[0]?.message ?? node.all[0]?.message ?? "";
        return `${violation.id}: ${node.target} ${reason}`;
      }),
    );
  }, axeTags);
  assert.deepEqual(found, [], `axe on ${what}`);
}

/** Nothing but tables and charts made for it may scroll sideways. */
export async function checkReflow(page, what) {
  const wide = await page.evaluate(() => {
    const main = document.querySelector("main") ?? document.body;
    return [document.documentElement, main]
      .filter((element) => element.scrollWidth > element.clientWidth + 1)
      .map((element) => `${element.tagName} ${element.scrollWidth} > ${element.clientWidth}`);
  });
  assert.deepEqual(wide, [], `${what} scrolls sideways`);
}

/** Signs up through the set-up link on a fresh site, else logs in. */
export async function enter(page, site) {
  if (!site.setupLink) return logIn(page);
  await page.goto(site.setupLink);
  await page.getByLabel("Your name").fill(account.name);
  await page.getByLabel("E-mail").fill(account.email);
  await page.getByLabel("Password").fill(account.password);
  await page.getByLabel("Team name").fill(account.team);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
}

/** Adds a server through the page and gives the token out of the install command. */
export async function addServer(page, name) {
  await page.getByRole("link", { name: "Add server" }).first().click();
  await page.getByRole("textbox", { name: "Name" }).fill(name);
  await page.getByRole("button", { name: "Add server" }).click();
  const command = await page.getByRole("region", { name: "Install command" }).innerText();
  return /token = "([^"]+)"/.exec(command)[1];
}
