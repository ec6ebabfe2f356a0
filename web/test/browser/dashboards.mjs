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
