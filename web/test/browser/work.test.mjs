// Daily work against the stand-in: lists, live data, acts on a server, rights.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fillDashboards } from "../mock/dashboards.mjs";
import { startMock } from "../mock/serve.mjs";
import { closePage, launch, listFaults, logIn, openPage, press, waitUntil } from "./browser.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

/** A site of its own for each test, so that none sees another's changes. */
async function onSite(options, run) {
  const site = await startMock({ tickMs: 300, ...options });
  const page = await openPage(browser, site);
  try {
    await logIn(page);
    await run(page, site);
    await closePage(page);
  } finally {
    await site.stop();
  }
}

const rows = (page) => page.locator("[role=row][data-index]");
const openServers = async (page, search = "") => {
  await page.goto(`${new URL(page.url()).pathname}/servers${search}`);
  await rows(page).first().waitFor();
};

test("5,000 servers draw a screenful of rows and load as one scrolls", async () => {
  await onSite({ servers: 5000, tickMs: 5000 }, async (page) => {
    await openServers(page);
    await page.getByText("100 servers loaded, more below").waitFor();
    assert.ok((await rows(page).count()) <= 60);
    await page.getByRole("grid").hover();
    await page.mouse.wheel(0, 3000);
    await page.getByText(/^[23]00 servers loaded/).waitFor();
    assert.ok((await rows(page).count()) <= 60);
  });
});

test("sorting, filtering and counting happen on the server and live in the address", async () => {
  await onSite({}, async (page) => {
    await openServers(page);
    const names = () => rows(page).locator("> :nth-child(2)").allInnerTexts();
    await page.getByRole("button", { name: "Name" }).click();
    await page.waitForURL(/sort=-name/);
    await page.getByRole("row").nth(1).filter({ hasText: "web-03.fra" }).waitFor();
    await page.locator("[role=columnheader][aria-sort=descending]", { hasText: "Name" }).waitFor();
    await page.getByRole("button", { name: "Down 1" }).click();
    await page.waitForURL(/status=down/);
    await page.waitForFunction(() => document.querySelectorAll("[data-index]").length === 1);
    await page.getByRole("button", { name: "All 12" }).click();
    await page.getByLabel("Filter servers by name").fill("edge");
    await page.waitForURL(/q=edge/);
    await page.waitForFunction(() => document.querySelectorAll("[data-index]").length === 2);
    assert.deepEqual((await names()).sort(), ["edge-01.mad", "edge-02.mad"]);
    await page.getByLabel("Filter servers by name").fill("nothing like it");
    await page.getByText("No server matches").waitFor();
  });
});

test("charts go on by themselves, and stand still when paused", async () => {
  await onSite({}, async (page, site) => {
    await openServers(page);
    await rows(page).filter({ hasText: "web-01.fra" }).click();
    await page.locator(".u-over").first().waitFor();
    await page.getByRole("button", { name: "Show CPU as table" }).click();
    const count = () => page.locator("section[aria-label='CPU, values'] tbody tr").count();
    const newest = () =>
      page.locator("section[aria-label='CPU, values'] tbody td").first().innerText();
    const before = await newest();
    await page.waitForFunction(
      (text) =>
        document.querySelector("section[aria-label='CPU, values'] tbody td").textContent !== text,
      before,
    );
    assert.ok((await count()) > 300);
    await press(page, "p");
    await page.getByText(/Paused at \d\d:\d\d:\d\d/).waitFor();
    const frozen = await newest();
    await page.getByText(/[2-9] newer reports held back/).waitFor();
    assert.equal(await newest(), frozen);
    await press(page, "p");
    await page.waitForFunction(
      (text) =>
        document.querySelector("section[aria-label='CPU, values'] tbody td").textContent !== text,
      frozen,
    );
    await waitUntil("one stream for each tab", () => site.state.streams.size === 1);
  });
});

test("a lost stream is shown and comes back", async () => {
  await onSite({}, async (page, site) => {
    await page.getByRole("status").getByText("Live").waitFor();
    site.state.streamsRefused = true;
    for (const { response } of site.state.streams) response.destroy();
    await page.getByRole("status").getByText("Offline").waitFor();
    site.state.streamsRefused = false;
    await page.getByRole("status").getByText("Live").waitFor();
    // The browser itself reports the cut connection.
    page.faults = (await listFaults(page)).filter((fault) => !fault.includes("ERR_"));
  });
});

test("a taken name is told at its field", async () => {
  await onSite({}, async (page) => {
    await page.goto(`${new URL(page.url()).pathname}/servers/new`);
    const name = page.getByRole("textbox", { name: "Name" });
    await name.fill("taken");
    await page.getByRole("button", { name: "Add server" }).click();
    await page.getByText("A server of this name exists already.").waitFor();
    assert.equal(await name.getAttribute("aria-invalid"), "true");
    assert.ok(await name.evaluate((element) => element === document.activeElement));
  });
});

test("a new token is closed only by its own button; deletion asks first", async () => {
  await onSite({}, async (page, site) => {
    await openServers(page);
    await rows(page).filter({ hasText: "mail-01.fra" }).click();
    const menu = page.getByRole("button", { name: "More for mail-01.fra" });
    await menu.click();
    await page.getByRole("menuitem", { name: "Replace token" }).click();
    await page.getByRole("button", { name: "Replace token" }).click();
    await page.getByText("This is the only time the new token is shown").waitFor();
    const close = page.getByRole("button", { name: "Close for good" });
    assert.ok(await close.isDisabled());
    await press(page, "Escape");
    await page.mouse.click(5, 5);
    await page.getByRole("alertdialog").getByText(/ata_/).waitFor();
    await page.getByLabel("I have copied the command").check();
    await close.click();
    await page.getByRole("alertdialog").waitFor({ state: "detached" });

    await menu.click();
    await page.getByRole("menuitem", { name: "Delete server" }).click();
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("alertdialog").waitFor({ state: "detached" });
    assert.equal(site.state.servers.length, 12);
    await menu.click();
    await page.getByRole("menuitem", { name: "Delete server" }).click();
    // The word about it stays for some seconds only, so somebody watches from the start.
    const told = page.getByText("Server deleted").waitFor();
    await page.getByRole("button", { name: "Delete server" }).click();
    await told;
    await page.getByText("11 servers").waitFor();
  });
});

test("new audit records wait behind a button", async () => {
  await onSite({}, async (page, site) => {
    await page.goto(`${new URL(page.url()).pathname}/audit`);
    await rows(page).first().waitFor();
    const top = await rows(page).first().innerText();
    await page.getByRole("status").getByText("Live").waitFor();
    site.state.record("server.update", "server", site.state.servers[0]);
    await page.getByRole("button", { name: "1 new record: show" }).click();
    await page.waitForFunction(
      (text) => document.querySelector("[data-index='0']").innerText !== text,
      top,
    );
    await page.getByRole("button", { name: /new record/ }).waitFor({ state: "detached" });
  });
});

test("a record that does not fit its hash is called out", async () => {
  await onSite({}, async (page, site) => {
    const { event, secrets } = site.state.chain.events.at(-5);
    secrets.header = Buffer.from("another header").toString("base64");
    await page.goto(`${new URL(page.url()).pathname}/audit?seq=${event.seq}`);
    await page.getByText("The hash does not follow from the record").waitFor();
    // The way to the neighbours is open once the list behind the record is there.
    await page.locator("button[aria-label='Older record']:enabled").waitFor();
    await press(page, "]");
    await page.waitForURL(new RegExp(`seq=${event.seq - 1}\\b`));
    await page.getByText("Recomputed in your browser: same hash").waitFor();
  });
});

test("a viewer sees no audit log and no acts", async () => {
  await onSite({ role: "viewer" }, async (page, { state }) => {
    const links = await page
      .getByRole("navigation", { name: "Main" })
      .getByRole("link")
      .allInnerTexts();
    assert.deepEqual(
      links.map((text) => text.split("\n")[0]),
      ["Overview", "Servers", "Metrics", "Dashboards", "Trust", "Team", "Account"],
    );
    await openServers(page);
    assert.equal(await page.getByRole("link", { name: "Add server" }).count(), 0);
    await rows(page).first().click();
    await page.locator(".u-over").first().waitFor();
    assert.equal(await page.getByRole("button", { name: /^More for/ }).count(), 0);
    const [shop] = fillDashboards(state.rooms.get(state.team.id), state.user, ["Shop"]);
    await page.getByRole("link", { name: "Dashboards" }).click();
    await rows(page).first().waitFor();
    assert.equal(await page.getByRole("button", { name: "New dashboard" }).count(), 0);
    await page.goto(`${new URL(page.url()).pathname}/${shop.id}?edit=true`);
    await page.getByRole("article", { name: "Memory" }).waitFor();
    for (const act of ["Edit", "Add panel", "Save"]) {
      assert.equal(await page.getByRole("button", { name: act, exact: true }).count(), 0);
    }
  });
});

test("one clock switch turns every time", async () => {
  await onSite({}, async (page) => {
    await page.goto(`${new URL(page.url()).pathname}/audit`);
    await page.getByRole("columnheader", { name: "Time (UTC)" }).waitFor();
    await page.getByRole("button", { name: /^\d\d:\d\d:\d\d UTC$/ }).click();
    await page.getByRole("columnheader", { name: /Time \(UTC[+−]/ }).waitFor();
  });
});
