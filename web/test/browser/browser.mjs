// Chromium for the tests. Every page listens for violations of the Content Security Policy and
// for errors, and `closePage` fails the test on the first one.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { account, patienceMs } from "./server.mjs";

const axeSource = readFileSync(
  fileURLToPath(new URL("../../node_modules/axe-core/axe.min.js", import.meta.url)),
  "utf8",
);
// With ATALAYA_THROTTLE=6 the pages run six times slower, as on a weak or busy machine.
const throttle = Number(process.env.ATALAYA_THROTTLE ?? 1);
const axeTags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    timeout: patienceMs,
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

/** A page in a context of its own, which remembers what went wrong on it. `as` is who is signed in. */
export async function openPage(browser, site, options = {}) {
  const { width = 1440, height = 900, theme = "light", scale = 1, as } = options;
  const context = await browser.newContext({
    baseURL: site.url,
    storageState: as,
    viewport: { width, height },
    deviceScaleFactor: scale,
    colorScheme: theme,
    ignoreHTTPSErrors: true,
    reducedMotion: "reduce",
  });
  context.setDefaultTimeout(patienceMs);
  const page = await context.newPage();
  if (throttle > 1) {
    const devTools = await context.newCDPSession(page);
    await devTools.send("Emulation.setCPUThrottlingRate", { rate: throttle });
  }
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

/** Gives the first true value of `condition`; every wait of the tests is for a condition. */
export async function waitUntil(what, condition) {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const value = await condition();
    if (value) return value;
    assert.ok(performance.now() < deadline, `waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Until the page has nothing left to do: what it drew also listens now. */
export async function atRest(page) {
  await page.evaluate(() => scheduler.postTask(() => {}, { priority: "background" }));
}

/** Until nothing of the page is on its way from the server any more. */
export async function loaded(page) {
  await page.waitForFunction(() => !/^Loading .*…$/m.test(document.body.innerText));
  await atRest(page);
}

const probe = "https://probe.invalid/";

/**
 * All that went wrong so far. Reports arrive in order, so that a violation made here on purpose
 * tells when those before it are in; it also shows that the alarm works on this very page.
 */
export async function listFaults(page) {
  const isProbe = (fault) => fault.includes(probe);
  await page.evaluate((address) => {
    new Image().src = address;
  }, probe);
  await waitUntil("the alarm", () => page.faults.some((f) => f.startsWith("policy") && isProbe(f)));
  return page.faults.filter((fault) => !isProbe(fault));
}

export async function closePage(page) {
  const faults = await listFaults(page);
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

/** Presses keys at a page that listens, as fast as a person does who knows them. */
export async function press(page, ...keys) {
  await atRest(page);
  // A sequence such as "g s" has its time limit: the second key does not wait for the first.
  await Promise.all(keys.map((key) => page.keyboard.press(key)));
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
  const command = page.getByRole("region", { name: "Install command" }).getByText(/token = "/);
  return /token = "([^"]+)"/.exec(await command.innerText())[1];
}
