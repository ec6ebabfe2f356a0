// The metrics explorer against the stand-in: writing an expression, its slips, charts and tables of
// many series, and giving up what is no longer wanted.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fillMetrics } from "../mock/explorer.mjs";
import { startMock } from "../mock/serve.mjs";
import { checkAxe, closePage, launch, listFaults, logIn, openPage, press } from "./browser.mjs";

let browser;
let site;
before(async () => {
  browser = await launch();
  site = await startMock({ tickMs: 5000 });
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

async function onMetrics(query, run, options = {}) {
  const page = await openPage(browser, site, options);
  await logIn(page);
  const address = `${new URL(page.url()).pathname}/metrics`;
  await page.goto(`${address}?${new URLSearchParams(query)}`);
  await page.getByRole("heading", { level: 1, name: "Metrics" }).waitFor();
  await run(page, address);
  await closePage(page);
}

const field = (page) => page.getByRole("textbox", { name: "Expression" });
const legend = (page) => page.getByRole("region", { name: "Legend" }).getByRole("rowheader");
const written = (page, text) =>
  page.waitForFunction((wanted) => document.activeElement.value === wanted, text);
/** What the address says the page shows. */
const shownBy = (page, search) =>
  page.waitForURL((url) =>
    Object.entries(search).every(([name, value]) => url.searchParams.get(name) === value),
  );

test("an expression is written, run and shared by keys alone", async () => {
  const page = await openPage(browser, site);
  await logIn(page);
  await press(page, "g", "m");
  await page.getByText("Ask for something").waitFor();
  await press(page, "/");
  await page.waitForFunction(() => document.activeElement.tagName === "TEXTAREA");
  await page.keyboard.type("rat");
  await page.getByRole("option", { name: /^rate / }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Tab");
  await written(page, "rate(");
  await page.keyboard.type("node_c");
  await page.getByRole("option", { name: "node_cpu_seconds_total" }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await written(page, "rate(node_cpu_seconds_total");
  await page.keyboard.type("{mo");
  await page.getByRole("option", { name: "mode" }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await written(page, 'rate(node_cpu_seconds_total{mode="');
  await page.getByRole("option", { name: "idle" }).waitFor();
  await checkAxe(page, "values of a label");
  await page.keyboard.press("ArrowDown");
  const active = await field(page).getAttribute("aria-activedescendant");
  assert.equal(await page.locator(`[id="${active}"]`).getAttribute("aria-selected"), "true");
  await page.keyboard.press("Escape");
  assert.equal(await page.getByRole("listbox").count(), 0);
  await page.keyboard.type('idle"}[5m])');
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.press("Enter");
  const expr = 'rate(node_cpu_seconds_total{mode="idle"}[5m])';
  await shownBy(page, { expr });
  await legend(page).nth(5).waitFor();
  assert.equal(await legend(page).count(), 6);
  await page.getByText(/^Read 1,440 samples of 6 series in 4\.2 ms\.$/).waitFor();
  const spoken = page.locator("p[aria-live=polite]").filter({ hasText: /^\d{4}-.*cpu="0"/ });
  await page.getByRole("application").focus();
  await press(page, "ArrowLeft");
  await spoken.first().waitFor();
  assert.deepEqual(await listFaults(page), []);
  await page.reload();
  await legend(page).nth(5).waitFor();
  assert.equal(await field(page).inputValue(), expr);
  await closePage(page);
});

test("a slip is told and marked where the server found it", async () => {
  await onMetrics({}, async (page) => {
    await field(page).fill("sum(\nup");
    await field(page).press("Enter");
    await page.getByRole("alert").getByText("Line 2, column 3: unclosed").waitFor();
    assert.equal(await field(page).getAttribute("aria-invalid"), "true");
    const mark = page.locator("search [class*=wrong]");
    const line = await mark.evaluate((element) => getComputedStyle(element).textDecorationStyle);
    assert.equal(line, "wavy");
    await checkAxe(page, "a slip");
    await field(page).press("End");
    await field(page).pressSequentially(")");
    await page.getByRole("alert").waitFor({ state: "detached" });
    await page.getByText("The expression cannot be read").waitFor();
    await field(page).press("Enter");
    await legend(page).nth(2).waitFor();
  });
});

test("a metric is chosen from the list, which tells its labels", async () => {
  await onMetrics({}, async (page) => {
    const list = page.getByRole("region", { name: "Metrics of the team" });
    await list.getByRole("searchbox").fill("cpu");
    await list.getByText("1 metric", { exact: true }).waitFor();
    await list.getByRole("row").nth(1).click();
    await shownBy(page, { expr: "node_cpu_seconds_total" });
    const labels = page.getByRole("region", { name: "Labels of node_cpu_seconds_total" });
    await labels.getByText("24 series").waitFor();
    assert.match(await labels.innerText(), /mode\s+4 values/);
    await list.getByRole("searchbox").fill("");
    await field(page).fill("sum()");
    await field(page).press("ArrowLeft");
    await list.getByRole("row").filter({ hasText: "http_requests_total" }).click();
    await written(page, "sum(http_requests_total)");
  });
});

test("one line is picked out, and the way back leads to the query before", async () => {
  await onMetrics({ expr: "up" }, async (page) => {
    const second = legend(page).nth(1).getByRole("button");
    await second.click();
    await page.locator('[aria-label^="Legend"] button[aria-pressed=true]').waitFor();
    assert.equal(await page.locator('[aria-label^="Legend"] tr[data-quiet=true]').count(), 2);
    await second.click();
    await page
      .locator('[aria-label^="Legend"] tr[data-quiet=true]')
      .first()
      .waitFor({ state: "detached" });
    await page.getByRole("button", { name: "6h" }).click();
    await page.getByRole("button", { name: "Earlier" }).click();
    await shownBy(page, { range: "6h", expr: "up" });
    await page.waitForURL(/end=\d{10}\b/);
    await page.getByRole("button", { name: "Now" }).click();
    await page.waitForURL((url) => !url.searchParams.has("end"));
    await page.getByRole("combobox", { name: "Step" }).selectOption("3600");
    await shownBy(page, { step: "3600" });
    await field(page).fill("http_requests_total");
    await field(page).press("Enter");
    await shownBy(page, { expr: "http_requests_total" });
    await page.goBack();
    await shownBy(page, { expr: "up" });
    await page.waitForFunction(() => document.querySelector("textarea").value === "up");
  });
});

test("of very many series some are drawn, and ten thousand rows are scrolled through", async () => {
  const total = 10_000;
  fillMetrics(site.state, total);
  await onMetrics({ expr: "queue_length" }, async (page, address) => {
    await page.getByText(/^50 series of 10,000 are shown/).waitFor();
    assert.equal(await legend(page).count(), 50);
    await page.getByRole("button", { name: "Show the 10 largest" }).click();
    await shownBy(page, { expr: "topk(10, queue_length)" });
    await page.waitForFunction(
      () => document.querySelectorAll("[aria-label^=Legend] tbody tr").length === 10,
    );
    assert.deepEqual(await listFaults(page), []);
    await page.goto(`${address}?expr=queue_length&view=table`);
    await page.getByText(/^10,000 rows/).waitFor();
    const grid = page.getByRole("grid", { name: "Values" });
    const first = grid.locator("[data-index='0']");
    assert.equal(await grid.getAttribute("aria-rowcount"), `${total + 1}`); // its header is a row too
    for (const part of [1, 2]) {
      await grid.evaluate((viewport, share) => {
        viewport.scrollTop = (viewport.scrollHeight * share) / 2;
      }, part);
      const index = part === 2 ? total - 1 : total / 2;
      await grid.locator(`[data-index='${index}']`).waitFor();
      const drawn = await grid.locator("[data-index]").count();
      assert.ok(drawn < 150, `${drawn} rows drawn at once`);
    }
    await grid.getByRole("button", { name: "queue" }).click();
    await first.filter({ hasText: /^queue-0/ }).waitFor();
    await grid.getByRole("button", { name: "queue" }).click();
    await first.filter({ hasText: /^queue-9999/ }).waitFor();
    await checkAxe(page, "a table of ten thousand rows");
  });
});

test("a query that is no longer wanted is given up", async () => {
  await onMetrics({}, async (page) => {
    await page.route(/query_range/, () => {}); // no answer comes
    const givenUp = () =>
      page.waitForEvent("requestfailed", (request) => /query_range/.test(request.url()));
    await field(page).fill("up");
    const first = givenUp();
    await field(page).press("Enter");
    await page.getByRole("button", { name: "Cancel" }).waitFor();
    await field(page).fill("http_requests_total");
    await field(page).press("Enter");
    assert.match((await first).url(), /query=up&/);
    const second = givenUp();
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByText("The query was cancelled").waitFor();
    assert.match((await second).url(), /query=http_requests_total/);
    const third = givenUp();
    await page.getByRole("button", { name: "Run" }).click();
    await page.getByRole("button", { name: "Cancel" }).waitFor();
    await page.getByRole("link", { name: "Overview" }).click();
    await third;
  });
});

test("the samples behind an expression leave as a file", async () => {
  await onMetrics({ expr: 'rate(node_cpu_seconds_total{mode="idle"}[5m]) / up' }, async (page) => {
    await page.getByRole("button", { name: "Export samples" }).click();
    const asked = page.waitForRequest(/metrics\/export/);
    const coming = page.waitForEvent("download");
    await page.getByRole("menuitem", { name: /OpenMetrics/ }).click();
    const { searchParams } = new URL((await asked).url());
    assert.deepEqual(searchParams.getAll("match[]"), ['node_cpu_seconds_total{mode="idle"}', "up"]);
    assert.equal(Number(searchParams.get("end")) - Number(searchParams.get("start")), 3600);
    assert.equal((await coming).suggestedFilename(), "samples.txt");
    await page.getByText("The export is complete").waitFor();
  });
});

test("usage names what makes the most series, and leads to it", async () => {
  await onMetrics({}, async (page) => {
    await page.getByRole("link", { name: "Usage" }).click();
    await page.getByRole("heading", { level: 1, name: "Retention and cardinality" }).waitFor();
    await page.getByText("120 samples").waitFor();
    const row = page.getByRole("row").filter({ hasText: "instance" }).first();
    assert.match(await row.innerText(), /instance\s+3/);
    await checkAxe(page, "usage");
    assert.deepEqual(await listFaults(page), []);
    await page.getByRole("link", { name: "node_cpu_seconds_total" }).click();
    await shownBy(page, { expr: "node_cpu_seconds_total", view: "table" });
    await page.getByText("24 rows").waitFor();
  });
});

test("some metrics are kept for a shorter time, and longer again", async () => {
  await onMetrics({}, async (page) => {
    await page.getByRole("link", { name: "Usage" }).click();
    await page.getByText("All metrics are kept for as long").waitFor();
    const save = async (act, prefix, days) => {
      const dialog = page.getByRole("dialog");
      await dialog.getByLabel("Metrics that begin with").fill(prefix);
      await dialog.getByLabel("Kept for, in days").fill(days);
      await dialog.getByRole("button", { name: act }).click();
    };
    await page.getByRole("button", { name: "Add rule" }).click();
    await save("Add rule", "node_", "7");
    const rule = page.getByRole("row").filter({ hasText: "node_" }).filter({ hasText: "7 days" });
    await rule.waitFor();
    await page.getByRole("button", { name: "Add rule" }).click();
    await save("Add rule", "node_", "9");
    await page.getByText("There is a rule for this prefix").waitFor();
    await checkAxe(page, "a rule that is there already");
    await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
    await rule.getByRole("button", { name: "Edit" }).click();
    await save("Save rule", "node_", "14");
    await page.getByText("14 days").waitFor();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByRole("button", { name: "Delete rule" }).click();
    await page.getByText("All metrics are kept for as long").waitFor();
  });
});

test("a team without samples is told how to send them", async () => {
  const kept = site.state.metrics;
  site.state.metrics = [];
  try {
    await onMetrics(
      {},
      async (page) => {
        await page.getByText("No samples yet").waitFor();
        const config = page.getByRole("region", { name: "Prometheus configuration" });
        assert.match(await config.innerText(), /url: http.*\/prometheus\/api\/v1\/write/);
        await checkAxe(page, "no samples yet");
        site.state.metrics = kept;
        // It follows by itself.
        await page.getByText("Ask for something").waitFor();
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(width <= 390, `${width} px wide`);
      },
      { width: 390, height: 844, theme: "dark" },
    );
  } finally {
    site.state.metrics = kept;
  }
});
