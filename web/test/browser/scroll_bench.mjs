// For tools/bench: scrolls through the whole record of a running server, and prints what each round saw as JSON.
//
//     node scroll_bench.mjs URL EMAIL PASSWORD ROUNDS
import { launch, openPage } from "./browser.mjs";
import { scrollThrough } from "./scroll.mjs";

const [url, email, password, rounds] = process.argv.slice(2);
const at = (sorted, part) => sorted[Math.floor((sorted.length - 1) * part)];

const browser = await launch();
try {
  const page = await openPage(browser, { url });
  await page.goto("/login");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
  const root = new URL(page.url()).pathname;
  const seen = [];
  for (let round = 0; round < Number(rounds); round += 1) {
    await page.goto(`${root}/audit`);
    await page.locator("[role=row][data-index]").first().waitFor();
    const { frames, rowCount } = await scrollThrough(page, "Audit records");
    const sorted = frames.toSorted((a, b) => a - b);
    seen.push({ records: rowCount - 1, p95: at(sorted, 0.95), longest: sorted.at(-1) });
  }
  console.log(JSON.stringify(seen));
} finally {
  await browser.close();
}
