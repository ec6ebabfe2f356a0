// Holds the built page to its weight budgets. Run after the build; fails with the sums it found.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const dist = fileURLToPath(new URL("../dist/", import.meta.url));
const manifest = JSON.parse(readFileSync(`${dist}.vite/manifest.json`, "utf8"));
const limits = { entry: 120, route: 60, editor: 110, serverPage: 170, css: 20, fonts: 90 };

/** A chunk with everything it needs at once. */
function withImports(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const next of manifest[key].imports ?? []) withImports(next, seen);
  return seen;
}

function kilobytes(paths) {
  return paths.reduce((sum, path) => sum + statSync(path).size, 0) / 1024;
}

function gzipped(keys) {
  return kilobytes([...keys].map((key) => `${dist}${manifest[key].file}.gz`));
}

const entryKey = Object.keys(manifest).find((key) => manifest[key].isEntry);
const entry = withImports(entryKey);
const shell = withImports("src/shell/Shell.tsx", new Set(entry));
// These stand alone; whatever else is loaded later finds the frame of the signed-in pages there.
const standAlone = /\/(Shell|(Login|Signup|Setup|Forgot|Reset|ConfirmEmail|Invite)Page)\.tsx$/;
const found = [["entry JS", gzipped(entry), limits.entry]];
for (const key of Object.keys(manifest).filter((one) => manifest[one].isDynamicEntry)) {
  const before = standAlone.test(key) ? entry : shell;
  const added = [...withImports(key)].filter((one) => !before.has(one));
  const name = key.replace(/^.*\//, "");
  // The editor counts with the page that it stands in.
  const limit = name === "DashboardEditor.tsx" ? limits.editor : limits.route;
  found.push([`${name} adds`, gzipped(added), limit]);
  if (key.endsWith("/ServerPage.tsx")) {
    found.push(["JS for the server page", gzipped([...shell, ...added]), limits.serverPage]);
  }
}
const assets = readdirSync(`${dist}assets`).map((name) => `${dist}assets/${name}`);
found.push(["all CSS", kilobytes(assets.filter((name) => name.endsWith(".css.gz"))), limits.css]);
found.push(["fonts", kilobytes(assets.filter((name) => name.endsWith(".woff2"))), limits.fonts]);

let over = 0;
for (const [what, size, limit] of found) {
  const verdict = size > limit ? "  OVER" : "";
  if (size > limit) over += 1;
  console.log(`${what.padEnd(32)} ${size.toFixed(1).padStart(6)} of ${limit} KiB${verdict}`);
}
process.exit(over > 0 ? 1 : 0);
