// Runs the unit tests and closes with one plain line that a build server can count.
import { startVitest } from "vitest/node";

const vitest = await startVitest("test", [], { watch: false });
const files = vitest?.state.getTestModules() ?? [];
let passed = 0;
let failed = 0;
for (const file of files) {
  if (file.state() === "failed" && file.children.size === 0) failed += 1;
  for (const test of file.children.allTests()) {
    if (test.result().state === "passed") passed += 1;
    else failed += 1;
  }
}
await vitest?.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
