// The way of a newcomer into a team, also against the real programs.
import { test } from "node:test";
import { bringNewcomer, onSite } from "./access.mjs";
import { closePage } from "./browser.mjs";
import { isReal } from "./server.mjs";

test("invite, accept, set the second factor up, log in with it", async () => {
  await onSite({ fresh: isReal }, async (site, open) => {
    const { eva } = await bringNewcomer(site, open);
    await closePage(eva);
  });
});
