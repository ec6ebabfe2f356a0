// Writes a .br and a .gz beside each text asset of dist/, so that the server never compresses.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const dist = new URL("../dist/", import.meta.url).pathname;
const textual = /\.(js|css|html|svg|json|txt|webmanifest)$/;

let files = 0;
for (const name of readdirSync(dist, { recursive: true })) {
  // .vite holds the build's own manifest, which only tools/budget.mjs reads.
  if (!textual.test(name) || name.startsWith(".vite")) continue;
  const path = join(dist, name);
  const bytes = readFileSync(path);
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  const options = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
  writeFileSync(`${path}.br`, brotliCompressSync(bytes, options));
  files += 1;
}
console.log(`compressed ${files} files`);
