// Writes a .br and a .gz beside each text asset of dist/, so that the server never compresses.
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const dist = new URL("../dist/", import.meta.url).pathname;
const textual = /\.(js|css|html|svg|json|txt|webmanifest)$/;

// The build manifest serves the budget check only and is not part of the site.
const manifest = join(dist, ".vite", "manifest.json");
writeFileSync(
  new URL("../node_modules/.atalaya-manifest.json", import.meta.url),
  readFileSync(manifest),
);
rmSync(join(dist, ".vite"), { recursive: true });

let files = 0;
for (const name of readdirSync(dist, { recursive: true })) {
  if (!textual.test(name)) continue;
  const path = join(dist, name);
  const bytes = readFileSync(path);
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  const options = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
  writeFileSync(`${path}.br`, brotliCompressSync(bytes, options));
  files += 1;
}
console.log(`compressed ${files} files`);
