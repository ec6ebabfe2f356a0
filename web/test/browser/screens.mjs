// Run by `npm run screens`: writes the pictures of each page into docs/screens.
import { mkdirSync } from "node:fs";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { fillDashboards, makeBody } from "../mock/dashboards.mjs";
import { addServer, closePage, enter, launch, loaded, openPage, press } from "./browser.mjs";
import { makeDashboard, sendSamples } from "./samples.mjs";
import { isReal, startSite } from "./server.mjs";

const folder = fileURLToPath(new URL("../../../docs/screens/", import.meta.url));
// Charts of a real machine need some minutes before they show anything.
const warmUpMs = Number(process.env.ATALAYA_SCREENS_WAIT_S ?? 90) * 1000;

let browser;
let site;
let serverName = "web-03.fra";
let dashboard;
before(async () => {
  mkdirSync(folder, { recursive: true });
  browser = await launch();
  site = await startSite();
  if (!isReal) {
    const { state } = site;
    const room = state.rooms.get(state.team.id);
    dashboard = fillDashboards(room, state.user, ["Machines of the shop"])[0].id;
    return;
  }
  const page = await openPage(browser, site);
  await enter(page, site);
  site.setupLink = null;
  serverName = "web-01";
  const token = await addServer(page, serverName);
  await site.startAgent({ token, name: serverName });
  await page.getByText("First report received").waitFor();
  const team = new URL(page.url()).pathname.split("/")[2];
  await sendSamples(page, site, team, 2 * 3600);
  dashboard = await makeDashboard(page, team, "Machines of the shop", makeBody());
  await page.waitForTimeout(warmUpMs);
  await closePage(page);
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

const looks = [
  { name: "light", theme: "light", width: 1440, height: 900 },
  { name: "dark", theme: "dark", width: 1440, height: 900 },
  { name: "390", theme: "light", width: 390, height: 844, scale: 2 },
];

for (const look of looks) {
  test(`pictures, ${look.name}`, async () => {
    const page = await openPage(browser, site, look);
    const shoot = async (name) => {
      await loaded(page);
      await page.evaluate(() => document.fonts.ready);
      await page.screenshot({ path: `${folder}${name}-${look.name}.png` });
    };
    await page.goto("/login");
    await page.getByRole("button", { name: "Log in" }).waitFor();
    await shoot("login");
    await enter(page, { ...site, setupLink: null });
    await shoot("overview");
    const home = new URL(page.url()).pathname;
    await page.goto(`${home}/servers`);
    await page.getByRole("row").nth(1).waitFor();
    await shoot("servers");
    await page.getByRole("row").filter({ hasText: serverName }).click();
    await page.locator(".u-over").first().waitFor();
    if (look.width > 900) await page.mouse.move(700, 420);
    await shoot("server");
    const expr = encodeURIComponent('rate(node_cpu_seconds_total{mode!="idle"}[5m])');
    await page.goto(`${home}/metrics?expr=${expr}`);
    await page.getByRole("rowheader").first().waitFor();
    await shoot("metrics");
    await page.goto(`${home}/metrics?view=table&expr=node_cpu_seconds_total`);
    await page.getByText(/^\d+ rows/).waitFor();
    await page.getByRole("textbox", { name: "Expression" }).press("End");
    await page.keyboard.type('{mode="');
    await page.getByRole("option", { name: "iowait" }).waitFor();
    await shoot("metrics-table");
    await page.goto(`${home}/metrics/usage`);
    await page.getByRole("link", { name: "node_cpu_seconds_total" }).waitFor();
    await shoot("metrics-usage");
    const board = `${home}/dashboards/${dashboard}`;
    await page.goto(board);
    await page.getByRole("article", { name: "Read me" }).waitFor();
    await shoot("dashboard");
    await page.goto(`${board}?edit=true`);
    await page.getByRole("button", { name: "Edit Memory" }).click();
    await page.getByRole("dialog").getByRole("application").waitFor();
    await shoot("dashboard-panel");
    await page.goto(`${home}/audit`);
    await page.getByRole("row").nth(2).waitFor();
    await shoot("audit");
    await page.getByRole("row").filter({ hasText: "server.create" }).first().click();
    await page.getByText("Recomputed in your browser").waitFor();
    await shoot("audit-record");
    await page.goto(`${home}/audit?q=${encodeURIComponent("actor:me action:server.*")}`);
    await page.getByRole("row").nth(1).waitFor();
    await shoot("audit-query");
    await page.getByRole("button", { name: "Check these in this browser" }).click();
    await page.getByRole("button", { name: "Check", exact: true }).click();
    await page.getByText("Signed by").waitFor();
    await shoot("audit-check");
    await page.goto(`${home}/audit/streams`);
    await page.getByRole("button", { name: "Add stream" }).first().waitFor();
    await shoot("streams");
    await page.goto(`${home}/single-sign-on`);
    await page.getByRole("textbox").first().waitFor();
    await shoot("single-sign-on");
    await page.goto(`${home}/settings`);
    await page.getByRole("rowheader").first().waitFor();
    await shoot("team");
    await page.goto(`${home}/roles`);
    await page.getByRole("row").nth(4).waitFor();
    await shoot("roles");
    await page.goto(`${home}/api-keys`);
    await page.getByRole("button", { name: "Create key" }).click();
    await page.getByRole("textbox", { name: "Name" }).fill("Grafana");
    await page.getByLabel("metrics:read").check();
    await shoot("new-key");
    await page.goto("/account");
    await page.getByRole("row").nth(1).waitFor();
    await shoot("account");
    await press(page, "Control+k");
    await page.getByRole("option").first().waitFor();
    await shoot("palette");
    await press(page, "Escape");
    await page.goto("/trust");
    await page.getByRole("heading").first().waitFor();
    await page.screenshot({ path: `${folder}trust-${look.name}.png` });
    await page.goto(`${home}/servers/new`);
    await page.getByRole("textbox", { name: "Name" }).fill(`shown-${look.name}`);
    await page.getByRole("button", { name: "Add server" }).click();
    await page.getByText("Waiting for the first report").waitFor();
    await shoot("add-server");
    await closePage(page);
  });
}
