// Merges what a page needs into few files: node scripts/merge-chunks.mjs DIRECTORY
//
// DIRECTORY is the `pkg` that `cargo leptos build --split` has written. cargo-leptos makes a chunk for each set of pages
// that share code, which is up to fifteen requests for a page, most of them for a kilobyte. A document only ever shows
// one page, so each page gets all of its chunks as one, `split_PAGE.wasm`, which compresses better, too. The script that
// loads chunks becomes part of the program's. What nobody calls is taken out before, and a release is optimised after that.
// A view that is opened within a page (`src/lazy.rs`) is a file for each page that may open it, `split_VIEW.PAGE.wasm`, with what that
// page does not have yet; what several views of a page share is a second, `split_lazy.PAGE.wasm`. So no chunk is ever loaded
// twice, which would set its variables back.
// Knows the output of the wasm_split_cli_support inside cargo-leptos, and dies where it is not as expected.

import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { withoutIdleCode } from "./idle-code.mjs";
import { namedByCode } from "./order-code.mjs";
import { writeSiteFile } from "./site-file.mjs";
import { scriptFor, withShortNames, withoutIdle } from "./trim-program.mjs";
import { EXPORTS, FUNCTION, HEADER, IMPORTS, Reader, number, section, text } from "./wasm-format.mjs";

/** The module that chunks import from: what the main program shares with them. */
const SHARED = "__wasm_split";
/** Its name in a merged module, where `SHARED` is one of the parts. */
const MAIN = "main";
/** The page that is not split off. */
const HOME = "dashboard";
/** Features that rustc uses by default, and all that the tools may use. */
const FEATURES = ["bulk-memory", "mutable-globals", "nontrapping-float-to-int", "sign-ext", "reference-types", "multivalue"];

/**
 * The compressed size counts: functions that are alike compress well as long as they are not inlined into their only
 * caller, and stand side by side. That is 10 kB less than with -Oz, for a tenth more bytes unpacked.
 */
const OPTIMISED = ["-Os", "--one-caller-inline-max-function-size=20", "--debuginfo"];

const directory = process.argv[2] ?? fail("usage: merge-chunks.mjs DIRECTORY");
const at = (name) => join(directory, name);

function fail(why) {
  console.error(`merge-chunks: ${why}`);
  process.exit(1);
}

/** A chunk's imports: each type by its name. All of them come from the main program. */
function importsOf(file) {
  return new Reader(readFileSync(file)).imports().map(({ module, name, type }) => {
    if (module !== SHARED) fail(`a chunk imports ${name} from ${module}`);
    if (type[0] === FUNCTION) fail(`a chunk imports the function ${name}`);
    return [name, type];
  });
}

/**
 * A module that only passes on what the main program shares. wasm-merge does not join equal imports: without it, the
 * merged module would import one memory many times, which few browsers know.
 */
function hub(imports) {
  const count = {};
  const entries = [...imports].map(([name, type]) => {
    const index = (count[type[0]] = (count[type[0]] ?? -1) + 1);
    return { imported: [...text(MAIN), ...text(name), ...type], exported: [...text(name), type[0], ...number(index)] };
  });
  const parts = [section(IMPORTS, entries.map((entry) => entry.imported)), section(EXPORTS, entries.map((entry) => entry.exported))];
  return Buffer.from([...HEADER, ...parts.flat()]);
}

const manifestName = "__wasm_split_manifest.json";
/** A release has compressed copies of its files; a debug build has the names of its functions. */
const isRelease = existsSync(at(`${manifestName}.br`));

const run = promisify(execFile);

const write = (name, content) => writeSiteFile(at(name), content, isRelease);

/** Does the same for each item, as many at a time as there are processors, and returns the outcomes in their order. */
async function forEach(items, work) {
  const [left, outcomes] = [items.entries(), []];
  const worker = async () => {
    for (const [place, item] of left) outcomes[place] = await work(item);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return outcomes;
}

const manifest = JSON.parse(readFileSync(at(manifestName), "utf8"));
const isShared = (chunk) => chunk.startsWith("chunk_");
if (!Object.values(manifest).flat().some(isShared)) process.exit(0);
const isLazy = (name) => name.startsWith("lazy_");
const pages = Object.keys(manifest).filter((name) => !isLazy(name));
/** Each lazy view with the pages that may open it, as their table says. */
const table = readFileSync(new URL("../src/lazy.rs", import.meta.url), "utf8").matchAll(/^\s*(lazy_\w+) .* on ([\w, ]+);$/gm);
const onPages = (on) => (on === "all" ? [HOME, ...pages] : on.split(", "));
const lazy = Object.fromEntries([...table].map(([, view, on]) => [view, onPages(on)]));
const undeclared = Object.keys(manifest).find((name) => isLazy(name) && !lazy[name]);
if (undeclared) fail(`${undeclared} is not in the table of src/lazy.rs`);

const scratch = mkdtempSync(join(tmpdir(), "runboard-merge."));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));
const features = FEATURES.map((feature) => `--enable-${feature}`);

/** Copies of all parts of the program, without the functions that nobody calls. */
const parts = join(scratch, "parts");
mkdirSync(parts);
const part = (name) => join(parts, name);
let emptied = 0;
for (const name of readdirSync(directory).filter((entry) => entry.endsWith(".wasm"))) {
  const [bytes, count] = withoutIdleCode(readFileSync(at(name)), fail);
  writeFileSync(part(name), bytes);
  emptied += count;
}
if (emptied === 0) fail("no function is known by its name: has Leptos changed?");

/** Makes a module smaller, and takes the names of its functions off it. */
async function optimise(file) {
  const work = (...options) => run("wasm-opt", [file, ...options, "--output", file, ...features]);
  await work(...OPTIMISED);
  writeFileSync(file, namedByCode(readFileSync(file)));
  await work("--reorder-functions-by-name");
}

/** Merges files into one that imports from the main program alone. Returns the path of the output. */
async function merge(name, files) {
  const hubFile = join(scratch, `${name}.hub.wasm`);
  writeFileSync(hubFile, hub(new Map(files.flatMap(importsOf))));
  const output = join(scratch, `${name}.wasm`);
  const named = files.flatMap((file) => [file, basename(file)]);
  const flags = [...features, "--skip-export-conflicts", "--debuginfo"];
  await run("wasm-merge", [hubFile, SHARED, ...named, "--output", output, ...flags]);
  const module = new WebAssembly.Module(readFileSync(output));
  const stray = WebAssembly.Module.imports(module).find((entry) => entry.module !== MAIN);
  if (stray) fail(`the merged ${name} still imports ${stray.name} from ${stray.module}`);
  if (isRelease) await optimise(output);
  return output;
}

/** Returns the files to merge into one for the views of a page: each view's own, and what they share. */
function lazyFiles(page) {
  const here = new Set(manifest[page] ?? []);
  const views = Object.keys(lazy).filter((view) => lazy[view].includes(page));
  const needs = views.map((view) => manifest[view].filter((chunk) => !here.has(chunk)));
  const all = needs.flat();
  const isCommon = (chunk) => all.indexOf(chunk) !== all.lastIndexOf(chunk);
  const own = views.map((view, at) => [`split_${view}.${page}`, needs[at].filter((chunk) => !isCommon(chunk))]);
  const common = [...new Set(all.filter(isCommon))];
  return common.length > 0 ? [...own, [`split_lazy.${page}`, common]] : own;
}

const lazyPages = [...new Set(Object.values(lazy).flat())];
const ofPages = lazyPages.flatMap(lazyFiles);
const merged = await forEach([...pages.map((page) => [`split_${page}`, manifest[page]]), ...ofPages], ([name, chunks]) =>
  merge(name, chunks.map((chunk) => part(`${chunk}.wasm`))),
);
const withCommon = ofPages.map(([name]) => name).filter((name) => name.startsWith("split_lazy.")).map((name) => name.slice("split_lazy.".length));

/** Loads what several views of this page share, once. */
const LAZY = `
const pageName = () => document.querySelector("[data-page]").dataset.page;
const common = makeLoad(() => {
    if (!${JSON.stringify(withCommon)}.includes(pageName())) return async () => {};
    const src = fetch(new URL(\`./split_lazy.\${pageName()}.wasm\`, import.meta.url));
    return async (imports) => WebAssembly.instantiateStreaming(src, imports);
}, []);
`;

// The loader gets a page's chunk alone, and hands over what the main program shares under the new name.
const loaderName = readdirSync(directory).find((name) => /^__wasm_split\..*\.js$/.test(name)) ?? fail("there is no loader");
const chunk = String.raw`/\*[^*]*\*/\nconst __chunk_\d+ = makeLoad\([^;]*(;[^;]*;\n}\n, \[\]\))?;\n`;
const loader = (readFileSync(at(loaderName), "utf8") + LAZY)
  .replace(new RegExp(chunk, "g"), "")
  .replace(/\[__chunk_[^\]]*\]/g, "[]")
  .replace(/"\.\/(split_lazy_\w+)\.wasm"([^[]*)\[\]/g, (_, view, rest) => `\`./${view}.\${pageName()}.wasm\`${rest}[() => common()]`)
  .replace(new RegExp(String.raw`\b${SHARED}\b`, "g"), MAIN)
  .replaceAll("initSync(", "mainProgram(")
  .replace("{ initSync }", "{ initSync as mainProgram }");
const programName = /^import { initSync as mainProgram } from "\.\/(.+)";$/m.exec(loader)?.[1];
if (!programName || loader.includes("chunk_") || !loader.includes(`${MAIN}:`)) fail(`${loaderName} is not as expected`);
// A module may import from itself. The name of the loader stays where the compiled program asks for it.
const imports = new RegExp(String.raw`(from ?)"\./${loaderName.replaceAll(".", "\\.")}"`, "g");
const program = readFileSync(at(programName), "utf8").replace(imports, `$1"./${programName}"`);

const mainName = programName.replace(/\.js$/, ".wasm");

/** Makes the program smaller, and returns the script for it. */
async function trim(script) {
  const file = join(scratch, mainName);
  writeFileSync(file, withoutIdle(readFileSync(part(mainName))));
  await optimise(file);
  const trimmed = readFileSync(file);
  const [renamed, shortened] = withShortNames(trimmed, scriptFor(trimmed, script));
  const missing = new Reader(renamed).imports().find((entry) => !shortened.includes(`${entry.name}:`) && entry.module.endsWith("_bg.js"));
  if (missing) fail(`the script lost ${missing.name}`);
  await write(mainName, renamed);
  return shortened;
}

await forEach(merged, (file) => write(basename(file), readFileSync(file)));
const script = `${program}\n${loader}`;
if (!isRelease) await write(mainName, readFileSync(part(mainName)));
await write(programName, isRelease ? await trim(script) : script);
await write(manifestName, JSON.stringify(Object.fromEntries(pages.map((page) => [page, [`split_${page}`]])), null, 2));
const gone = (name) => /^(chunk_\d+|split_lazy_[^.]*)\.wasm/.test(name) || name.startsWith(loaderName);
for (const name of readdirSync(directory).filter(gone)) rmSync(at(name));
