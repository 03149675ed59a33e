// Splits the style sheet: node scripts/split-style.mjs DIRECTORY
//
// DIRECTORY is the `pkg` that `cargo leptos build` has written. `style/main.css` puts what only pages other than the dashboard
// need into the layer `pages`. Here `runboard.css` loses that layer, so that the page people open first does not load it, and
// `pages.css` is the whole sheet for the others: one request each. A site that is not split has the whole in `runboard.css`.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeSiteFile } from "./site-file.mjs";

const LAYER = "@layer pages";

const directory = process.argv[2] ?? fail("usage: split-style.mjs DIRECTORY");
const whole = join(directory, "runboard.css");
const part = join(directory, "pages.css");

function fail(reason) {
  console.error(`split-style.mjs: ${reason}`);
  process.exit(1);
}

/** Returns where the block ends that begins at `from`; braces within strings are text. */
function blockEnd(css, from) {
  let depth = 0;
  for (const { 0: token, index } of css.slice(from).matchAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\/\*[^]*?\*\/|[{}]/g)) {
    if (token === "{") depth += 1;
    if (token === "}" && (depth -= 1) === 0) return from + index + 1;
  }
  fail("runboard.css has a block that does not end");
}

const css = readFileSync(whole, "utf8");
let [rest, from] = ["", 0];
for (const { index } of css.matchAll(/@layer pages\s*{/g)) {
  const end = blockEnd(css, index);
  rest += css.slice(from, index) + (from === 0 ? `${LAYER};` : "");
  from = end;
}
if (from === 0) {
  // As it was left by the time before, where nothing of the style has changed since.
  if (!css.includes(`${LAYER};`) || !existsSync(part)) fail("runboard.css has no layer `pages`: has style/main.css changed?");
  process.exit(0);
}
const isRelease = existsSync(`${whole}.br`);
await writeSiteFile(whole, rest + css.slice(from), isRelease);
await writeSiteFile(part, css, isRelease);
