// What the tests of dashboards touch on the page.

export const panel = (page, name) => page.getByRole("article", { name, exact: true });
export const button = (page, name) => page.getByRole("button", { name, exact: true });
export const dialogGone = (page) => page.getByRole("dialog").waitFor({ state: "detached" });
/** Id, x, y, w and h of each panel. */
export const places = (dashboard) =>
  dashboard.body.panels.map(({ id, x, y, w, h }) => [id, x, y, w, h]);

/** Saves what the editor holds, which then closes. */
export async function save(page, note) {
  await button(page, "Save").click();
  const dialog = page.getByRole("dialog", { name: "Save changes" });
  await dialog.getByRole("textbox", { name: "Note" }).fill(note);
  await dialog.getByRole("button", { name: "Save" }).click();
  await button(page, "Edit").waitFor();
}

/** Drags something with the pointer, so many pixels to the right and down. */
export async function drag(page, thing, [right, down]) {
  const box = await thing.boundingBox();
  const [x, y] = [box.x + 8, box.y + 8];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + right / 2, y + down / 2);
  await page.mouse.move(x + right, y + down);
  await page.mouse.up();
}

const panels = [
  { type: "timeseries", title: "Up", targets: [{ expr: "up" }] },
  { type: "piechart", title: "Pie" },
];

/** A dashboard as Grafana exports one, of which a panel has nothing like it here. */
export const grafanaFile = {
  name: "grafana.json",
  mimeType: "application/json",
  buffer: Buffer.from(JSON.stringify({ title: "Brought along", panels })),
};
