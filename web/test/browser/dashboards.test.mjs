// Dashboards against the stand-in: reading, editing with keys and pointer, drafts, versions, conflicts,
// import and trash.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { fillDashboards, makeBody } from "../mock/dashboards.mjs";
import { startMock } from "../mock/serve.mjs";
import {
  checkAxe,
  checkReflow,
  closePage,
  launch,
  listFaults,
  logIn,
  openPage,
  press,
  waitUntil,
} from "./browser.mjs";
import { button, dialogGone, drag, grafanaFile, panel, places, save } from "./dashboards.mjs";

let browser;
let site;
let room;
let home;
let ada;
before(async () => {
  browser = await launch();
  site = await startMock({ tickMs: 5000 });
  room = site.state.rooms.get(site.state.team.id);
  const page = await openPage(browser, site);
  await logIn(page);
  home = new URL(page.url()).pathname;
  ada = await page.context().storageState();
  await closePage(page);
});
beforeEach(() => {
  room.dashboards = [];
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

async function onDashboard(search, run, options = {}) {
  const [dashboard] = fillDashboards(room, site.state.user, ["Shop"]);
  const page = await openPage(browser, site, { as: ada, ...options });
  await page.goto(`${home}/dashboards/${dashboard.id}?${new URLSearchParams(search)}`);
  await page.getByRole("heading", { level: 1, name: "Shop" }).waitFor();
  await run(page, dashboard);
  await closePage(page);
}

test("a first dashboard is made by keys, and its panels say what they lack", async () => {
  const page = await openPage(browser, site, { as: ada });
  await page.goto(home);
  await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
  await press(page, "g", "d");
  await page.getByText("No dashboards yet").waitFor();
  await button(page, "New dashboard").press("Enter");
  await page.getByRole("dialog", { name: "New dashboard" }).waitFor();
  await checkAxe(page, "new dashboard");
  await page.getByRole("textbox", { name: "Name" }).press("Enter");
  await page.getByRole("heading", { level: 1, name: "This server" }).waitFor();
  // The stand-in's agents send no metrics.
  await panel(page, "Memory").getByText("nothing to choose for $server").first().waitFor();
  assert.deepEqual(await listFaults(page), []);
  await closePage(page);
});

test("variables and range stand in the address and in what is asked", async () => {
  await onDashboard({ "var-host": "web-01:9100", range: "6h" }, async (page) => {
    const asked = [];
    page.on("request", (request) => asked.push(new URL(request.url()).searchParams.get("query")));
    await panel(page, "CPU of web-01:9100").getByRole("application").waitFor();
    await page.locator("summary").click();
    await page.getByRole("checkbox", { name: "web-02:9100" }).check();
    await page.waitForURL((url) => url.searchParams.get("var-host").includes("web-02"));
    await page.keyboard.press("Escape");
    const both = panel(page, "CPU of web-01:9100, web-02:9100");
    await both.getByRole("application").waitFor();
    await waitUntil("the expression", () =>
      asked.includes(
        'rate(node_cpu_seconds_total{instance=~"(web-01:9100|web-02:9100)", mode!="idle"}[240s])',
      ),
    );
    await page.reload();
    await both.getByText("web-02:9100 user 1").waitFor();
    await checkAxe(page, "a dashboard");
    await page.getByRole("link", { name: "View Memory in explorer" }).click();
    await page.waitForURL((url) => url.pathname === `${home}/metrics`);
    const { searchParams } = new URL(page.url());
    assert.match(searchParams.get("expr"), /instance=~"\(web-01:9100\|web-02:9100\)"/);
    assert.equal(searchParams.get("range"), "6h");
  });
});

test("graphs share their cursor, and a panel asks once it is in view", async () => {
  await onDashboard({}, async (page) => {
    const cpu = panel(page, "CPU of All");
    const memory = panel(page, "Memory");
    await cpu.locator(".u-over").hover();
    await memory.getByRole("columnheader", { name: /UTC$/ }).waitFor();
    await cpu.getByRole("application").focus();
    await press(page, "ArrowLeft");
    await page
      .locator("p[aria-live=polite]")
      .filter({ hasText: /^\d{4}-.*web-01/ })
      .waitFor();
  });
  await onDashboard(
    {},
    async (page) => {
      await panel(page, "Requests by code").getByText("404").waitFor();
      const table = panel(page, "CPU seconds");
      assert.equal(await table.getByRole("grid").count(), 0);
      const gone = page.waitForEvent("requestfailed", (request) => /query\?/.test(request.url()));
      await page.route(/metrics\/query\?/, () => {}); // no answer comes
      await table.scrollIntoViewIfNeeded();
      await table.getByText("Loading").waitFor();
      await panel(page, "Errors").scrollIntoViewIfNeeded();
      await gone;
      await page.unroute(/metrics\/query\?/);
      await table.scrollIntoViewIfNeeded();
      await table.getByRole("grid").waitFor();
      await page.getByRole("button", { name: "Machines" }).click();
      await table.waitFor({ state: "detached" });
    },
    { height: 600 },
  );
});

test("what a panel cannot show it explains, and the others go on", async () => {
  const body = makeBody();
  body.panels[0].queries[0].expr = "up{instance=$nope}";
  body.panels[1].queries[0].expr = "slow";
  body.variables.push({ ...body.variables[0], name: "odd", label: "Odd", match: "up{" });
  const [dashboard] = fillDashboards(room, site.state.user, ["Broken"], body);
  await onDashboard({}, async (page) => {
    await page.goto(`${home}/dashboards/${dashboard.id}`);
    await panel(page, "Targets up").getByText("There is no variable $nope").waitFor();
    await panel(page, "Errors").getByText("The query took too long").waitFor();
    await panel(page, "Errors").getByRole("button", { name: "Ask again" }).waitFor();
    await page.getByText("The values of $odd cannot be read").waitFor();
    await panel(page, "Requests by code").getByText("404").waitFor();
    await checkAxe(page, "panels with faults");
  });
});

test("panels are moved and resized by keys, and every step is taken back", async () => {
  await onDashboard({ edit: "true" }, async (page, dashboard) => {
    const handle = page.getByRole("button", { name: "Move or resize Memory" });
    const spoken = (text) => page.locator("p[aria-live=polite]", { hasText: text }).waitFor();
    await handle.press("ArrowLeft");
    await spoken("Memory: column 6, row 6, 6 wide, 8 high");
    await page.waitForFunction(() => document.activeElement.ariaLabel === "Move or resize Memory");
    await page.keyboard.press("Shift+ArrowDown");
    await spoken("Memory: column 6, row 6, 6 wide, 9 high");
    await page.keyboard.press("Control+z");
    await page.keyboard.press("Control+z");
    await button(page, "Done").waitFor();
    await page.keyboard.press("Control+Shift+z");
    await page.getByRole("button", { name: "More for Read me" }).click();
    await page.getByRole("menuitem", { name: "Shorter" }).click();
    await spoken("Read me: column 9, row 14, 4 wide, 7 high");
    await save(page, "Memory to the left");
    const moved = places(dashboard).find(([id]) => id === 6);
    assert.deepEqual(moved, [6, 5, 5, 6, 8]);
    assert.equal(dashboard.versions.at(-1).note, "Memory to the left");
  });
});

test("panels are dragged and resized with the pointer", async () => {
  await onDashboard({ edit: "true" }, async (page, dashboard) => {
    await panel(page, "Errors").getByText("/s").waitFor();
    const width = (await panel(page, "Errors").boundingBox()).width + 8;
    const handle = page.getByRole("button", { name: "Move or resize Errors" });
    await drag(page, handle, [-width, 0]);
    await button(page, "Save").waitFor();
    await drag(page, panel(page, "Errors").locator("xpath=following-sibling::span"), [0, 96]);
    await save(page, "");
    const [first, second] = places(dashboard);
    assert.deepEqual(first, [2, 0, 0, 3, 6]);
    assert.deepEqual(second.slice(0, 2), [3, 6]);
    assert.deepEqual(
      places(dashboard).find(([id]) => id === 1),
      [1, 0, 6, 3, 4],
    );
  });
});

test("a panel is added, written with help, copied and removed", async () => {
  await onDashboard({ edit: "true" }, async (page, dashboard) => {
    await button(page, "Add panel").click();
    await page.getByRole("menuitem", { name: "Stat" }).click();
    const drawer = page.getByRole("dialog", { name: "Stat 9" });
    const field = drawer.getByRole("textbox", { name: "Expression of query A" });
    await field.pressSequentially("node_mem");
    await drawer.getByRole("option", { name: "node_memory_MemAvailable_bytes" }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    await drawer.getByRole("region", { name: "Preview" }).getByText("web-02").first().waitFor();
    await drawer.getByRole("combobox", { name: "Unit" }).selectOption("bytes");
    await drawer.getByRole("region", { name: "Preview" }).getByText("GiB").first().waitFor();
    await drawer.getByRole("button", { name: "Add threshold" }).click();
    await drawer.getByRole("textbox", { name: "Title" }).fill("Free");
    await checkAxe(page, "the drawer of a panel");
    await page.keyboard.press("Escape");
    await dialogGone(page);
    await page.getByRole("button", { name: "More for Free" }).click();
    await page.getByRole("menuitem", { name: "Copy" }).click();
    await page.getByRole("button", { name: "More for Read me" }).click();
    await page.getByRole("menuitem", { name: "Remove" }).click();
    await panel(page, "Read me").waitFor({ state: "detached" });
    await save(page, "Free memory");
    const { panels } = dashboard.body;
    assert.deepEqual(
      panels.filter((one) => one.title === "Free").map((one) => [one.unit, one.thresholds]),
      [9, 10].map(() => ["bytes", [{ from: 80, tone: "warn" }]]),
    );
    assert.equal(panels.length, 9);
    await checkAxe(page, "after saving");
  });
});

test("variables are made in the editor, and settings take the present view over", async () => {
  await onDashboard({ edit: "true", range: "24h" }, async (page, dashboard) => {
    await button(page, "Variables").click();
    const drawer = page.getByRole("dialog", { name: "Variables" });
    await drawer.getByRole("button", { name: "Add variable" }).click();
    const added = drawer.getByRole("group", { name: "Variable variable1" });
    await added.getByRole("combobox", { name: "Kind" }).selectOption("list");
    await added.getByRole("textbox", { name: "Values" }).fill("200, 404");
    await added.getByRole("textbox", { name: "Name" }).fill("code");
    await checkAxe(page, "variables");
    await drawer.getByRole("button", { name: "Done" }).click();
    await dialogGone(page);
    await page.getByRole("combobox", { name: "code" }).selectOption("404");
    await button(page, "Settings").click();
    await checkAxe(page, "settings");
    await button(page, "Begin as shown now").click();
    await dialogGone(page);
    await save(page, "");
    const { range, variables } = dashboard.body;
    assert.deepEqual(range, { from: "now-24h", to: "now" });
    const { name, options, chosen } = variables[1];
    assert.deepEqual([name, options, chosen], ["code", ["200", "404"], ["404"]]);
  });
});

test("changes survive a closed tab, and leaving asks first", async () => {
  await onDashboard({ edit: "true" }, async (page, dashboard) => {
    await page.getByRole("button", { name: "Move or resize Memory" }).press("ArrowLeft");
    await page.getByRole("link", { name: "Overview" }).click();
    const question = page.getByRole("alertdialog", { name: "Leave without saving?" });
    await question.getByRole("button", { name: "Stay" }).click();
    await question.waitFor({ state: "detached" });
    await page.getByRole("link", { name: "Overview" }).click();
    await question.getByRole("button", { name: "Leave" }).click();
    await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
    await page.goBack();
    await page.getByText("This continues with changes").waitFor();
    await checkAxe(page, "a continued draft");
    await button(page, "Discard changes").click();
    await button(page, "Edit").waitFor();
    await page.reload();
    await panel(page, "Memory").waitFor();
    assert.equal(await page.getByText("not saved").count(), 0);
    assert.equal(dashboard.revision, 1);
  });
});

test("two who change the same are told, and nothing is lost", async () => {
  await onDashboard({ edit: "true" }, async (page, dashboard) => {
    await page.getByRole("button", { name: "Move or resize Memory" }).press("ArrowLeft");
    Object.assign(dashboard, { name: "Shop of Ben", revision: 2, updated_by: { name: "Ben" } });
    dashboard.versions.push({ ...dashboard.versions[0], version: 2, name: "Shop of Ben" });
    await button(page, "Save").click();
    await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
    const conflict = page.getByRole("dialog", { name: "Somebody else saved meanwhile" });
    await conflict.getByText("Ben saved version 2").waitFor();
    await conflict.getByText("+ Shop", { exact: true }).waitFor();
    await checkAxe(page, "a conflict");
    await conflict.getByRole("button", { name: "Save mine over theirs" }).click();
    await page.getByRole("heading", { level: 1, name: "Shop", exact: true }).waitFor();
    assert.equal(dashboard.revision, 3);
    await page.getByRole("button", { name: "More for Shop" }).click();
    await page.getByRole("menuitem", { name: "Versions" }).click();
    const drawer = page.getByRole("dialog", { name: "Versions" });
    await drawer.getByRole("region", { name: "Memory, changed" }).getByText("place").waitFor();
    await checkAxe(page, "versions");
    await drawer.getByRole("button", { name: /^2/ }).click();
    await drawer.getByRole("button", { name: "Restore version 2" }).click();
    await page.getByRole("heading", { level: 1, name: "Shop of Ben" }).waitFor();
    assert.equal(dashboard.revision, 4);
  });
});

test("a dashboard of Grafana is looked at before it is imported", async () => {
  await onDashboard({}, async (page) => {
    await page.goto(`${home}/dashboards`);
    await button(page, "New dashboard").click();
    await button(page, "From Grafana").click();
    const text = page.getByRole("textbox", { name: "Or its text" });
    await text.fill("no JSON");
    await button(page, "Check").click();
    await page.getByText("This is not the JSON of a dashboard").waitFor();
    await page.getByLabel("JSON file").setInputFiles(grafanaFile);
    await waitUntil("the file", async () => /Brought/.test(await text.inputValue()));
    await button(page, "Check").click();
    await page.getByRole("cell", { name: "kind piechart" }).waitFor();
    await checkAxe(page, "an import");
    assert.equal(room.dashboards.length, 1);
    await button(page, "Import").click();
    await page.getByRole("heading", { level: 1, name: "Brought along" }).waitFor();
    await panel(page, "Up").getByRole("application").waitFor();
  });
});

test("what is deleted can be undone at once, and restored from the trash later", async () => {
  await onDashboard({}, async (page, dashboard) => {
    const remove = async () => {
      await page.getByRole("button", { name: "More for Shop" }).click();
      await page.getByRole("menuitem", { name: "Delete dashboard" }).click();
      await page.getByText("No dashboards yet").waitFor();
    };
    await remove();
    await button(page, "Undo").click();
    await page.getByRole("row").filter({ hasText: "Shop" }).click();
    await remove();
    assert.ok(dashboard.deleted_at);
    await button(page, "Trash").click();
    await checkAxe(page, "the trash");
    await button(page, "Restore Shop").click();
    await page.getByText("The trash is empty").waitFor();
    assert.equal(dashboard.deleted_at, null);
  });
});

test("ten thousand dashboards are scrolled through, searched and sorted", async () => {
  const total = 10_000;
  const body = { ...makeBody(), panels: [] };
  fillDashboards(
    room,
    site.state.user,
    Array.from({ length: total }, (_, i) => `Board ${i}`),
    body,
  );
  await onDashboard({}, async (page) => {
    await page.goto(`${home}/dashboards`);
    const grid = page.getByRole("grid", { name: "Dashboards" });
    await grid.locator("[data-index='0']").filter({ hasText: "Board 0" }).waitFor();
    await grid.getByRole("button", { name: "Name" }).click();
    await grid.locator("[data-index='0']").filter({ hasText: "Shop" }).waitFor();
    for (let pages = 1; pages <= 3; pages += 1) {
      await grid.evaluate((viewport) => viewport.scrollTo(0, viewport.scrollHeight));
      await page.getByText(`${((pages + 1) * 200).toLocaleString("en")} dashboards`).waitFor();
      assert.ok((await grid.locator("[data-index]").count()) < 100);
    }
    await page.getByRole("searchbox", { name: "Filter dashboards by name" }).fill("Board 999");
    await page.getByText("11 dashboards").waitFor();
    await checkAxe(page, "a list of many");
  });
});

test("the explorer's expression becomes a panel", async () => {
  await onDashboard({}, async (page, dashboard) => {
    await page.goto(`${home}/metrics?expr=up`);
    await button(page, "Add to dashboard").click();
    const dialog = page.getByRole("dialog", { name: "Add to dashboard" });
    await dialog.getByRole("combobox", { name: "Dashboard" }).selectOption("Shop");
    await dialog.getByRole("textbox", { name: "Title of the panel" }).fill("Who is up");
    await checkAxe(page, "add to dashboard");
    await dialog.getByRole("button", { name: "Add panel" }).click();
    await panel(page, "Who is up").waitFor();
    assert.equal(dashboard.body.panels.at(-1).queries[0].expr, "up");
    assert.equal(dashboard.revision, 2);
  });
});

test("on a narrow dark screen nothing scrolls sideways", async () => {
  const options = { width: 390, height: 844, theme: "dark" };
  await onDashboard(
    {},
    async (page) => {
      await panel(page, "Requests by code").getByText("404").waitFor();
      await checkReflow(page, "a dashboard");
      await checkAxe(page, "a narrow dashboard");
      await button(page, "Edit").click();
      await button(page, "Done").waitFor();
      await checkReflow(page, "the editor");
      await checkAxe(page, "a narrow editor");
      await page.goto(`${home}/dashboards`);
      await page.getByRole("row").filter({ hasText: "8 panels" }).waitFor();
      await checkReflow(page, "the list");
    },
    options,
  );
});
