// Every page in both themes: no violation that axe can find, overlays open as well, and no
// sideways scrolling down to 320 px.
import { after, before, test } from "node:test";
import {
  addServer,
  checkAxe,
  checkReflow,
  closePage,
  enter,
  launch,
  loaded,
  openPage,
  press,
} from "./browser.mjs";
import { sendSamples } from "./samples.mjs";
import { isReal, startSite } from "./server.mjs";

let browser;
let site;
let serverName = "web-03.fra";
before(async () => {
  browser = await launch();
  site = await startSite({ fresh: false });
  if (!isReal) return;
  // A real server starts empty: give it the account, one reporting server, and samples.
  const page = await openPage(browser, site);
  await enter(page, site);
  site.setupLink = null;
  serverName = "web-01";
  const token = await addServer(page, serverName);
  await site.startAgent({ token, name: serverName });
  await page.getByText("First report received").waitFor();
  const team = new URL(page.url()).pathname.split("/")[2];
  await sendSamples(page, site, team, 900);
  await closePage(page);
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

const nav = (page, name) =>
  page.getByRole("navigation", { name: "Main" }).getByRole("link", { name });

/** Goes to each page and calls `check` there; overlays are opened in between. */
async function visitAll(page, check) {
  const look = async (what) => {
    await loaded(page);
    await check(what);
  };
  const narrow = page.viewportSize().width <= 900;
  const goTo = async (name) => {
    if (narrow) await page.getByRole("button", { name: "Open navigation" }).click();
    await nav(page, name).click();
    await page.getByRole("heading", { level: 1, name }).waitFor();
  };
  await page.goto("/login");
  await page.getByRole("button", { name: "Log in" }).waitFor();
  await look("log-in");
  await enter(page, { ...site, setupLink: null });
  await look("overview");
  await goTo("Servers");
  await page.getByRole("row").nth(1).waitFor();
  await look("servers");
  await page.getByRole("row").filter({ hasText: serverName }).click();
  await page.locator(".u-over").first().waitFor();
  await look("server");
  await page.getByRole("button", { name: "Show CPU as table" }).click();
  await page.getByRole("region", { name: "CPU, values" }).waitFor();
  await page.getByRole("button", { name: /^More for/ }).click();
  await page.getByRole("menuitem").first().waitFor();
  await look("server with table and menu");
  await page.getByRole("menuitem", { name: "Replace token" }).click();
  await page.getByRole("alertdialog").waitFor();
  await look("question");
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("alertdialog").waitFor({ state: "detached" });
  await goTo("Metrics");
  await page.getByRole("row").nth(1).click();
  await page.locator(".u-over").waitFor();
  await page.getByRole("button", { name: "Table" }).click();
  await page.getByText(/^Read .* series in .* ms\.$/).waitFor();
  await page.getByRole("textbox", { name: "Expression" }).fill("rate(no");
  await page.getByRole("listbox").getByRole("option", { name: "node_cpu_seconds_total" }).waitFor();
  await look("metrics");
  await page.getByRole("link", { name: "Usage" }).click();
  await page.getByRole("link", { name: "node_cpu_seconds_total" }).waitFor();
  await look("usage");
  await goTo("Dashboards");
  await look("dashboards");
  await page.getByRole("button", { name: "New dashboard" }).click();
  await page.getByRole("textbox", { name: "Name" }).press("Enter");
  await page.getByRole("heading", { level: 1, name: "This server" }).waitFor();
  await page.getByRole("article", { name: "Load", exact: true }).scrollIntoViewIfNeeded();
  await look("dashboard");
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  await page.getByRole("button", { name: "Edit Load", exact: true }).click();
  await page.getByRole("dialog", { name: "Load", exact: true }).waitFor();
  await look("panel in the editor");
  await press(page, "Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await goTo("Audit log");
  await page.getByRole("row").nth(2).waitFor();
  await look("audit log");
  await page.getByRole("row").nth(1).click();
  await page.getByText("Recomputed in your browser").waitFor();
  await look("audit record");
  await page.getByRole("tab", { name: "Raw record" }).click();
  await page.getByRole("tabpanel").getByText('"row_hash"').waitFor();
  await look("raw audit record");
  await press(page, "Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await goTo("Team");
  await page.getByRole("rowheader").first().waitFor();
  await look("team");
  await page.getByRole("link", { name: "Roles and permissions" }).click();
  await page.getByRole("row").nth(4).waitFor();
  await look("roles");
  await goTo("API keys");
  await look("API keys");
  await page.getByRole("button", { name: "Create key" }).click();
  await page.getByRole("dialog", { name: "Create an API key" }).waitFor();
  await look("new key");
  await press(page, "Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await goTo("Account");
  await page.getByRole("rowheader").first().waitFor();
  await look("account");
  await press(page, "Control+k");
  await page.getByRole("option").first().waitFor();
  await look("palette");
  await press(page, "Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await press(page, "?");
  await page.getByRole("dialog", { name: "Keys" }).waitFor();
  await look("keys");
}

for (const theme of ["light", "dark"]) {
  test(`each page passes axe, ${theme}`, async () => {
    const page = await openPage(browser, site, { theme });
    await visitAll(page, (what) => checkAxe(page, `${what}, ${theme}`));
    await closePage(page);
  });
}

for (const width of [390, 320]) {
  test(`each page fits ${width} px`, async () => {
    const page = await openPage(browser, site, { width, height: 844 });
    await visitAll(page, async (what) => {
      await checkReflow(page, what);
      if (width === 390) await checkAxe(page, `${what}, ${width} px`);
    });
    await closePage(page);
  });
}
