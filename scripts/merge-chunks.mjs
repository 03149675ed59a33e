// Merges what a page needs into few files: node scripts/merge-chunks.mjs DIRECTORY
//
// DIRECTORY is the `pkg` that `cargo leptos build --split` has written. cargo-leptos makes a chunk for each set of pages
// that share code, which is up to fifteen requests for a page, most of them for a kilobyte. A document only ever shows
// one page, so each page gets all of its chunks as one, `split_PAGE.wasm`, which compresses better, too. The script that
// loads chunks becomes part of the program's.
// What is opened within a page (`src/lazy.rs`) is one file for each page that may open it, `split_VIEW.PAGE.wasm`, with what that
// page does not have yet; what several views of a page share is a second, `split_lazy.PAGE.wasm`. So no chunk is ever loaded
// twice, which would set its variables back.
// Knows the output of the wasm_split_cli_support inside cargo-leptos, and dies where it is not as expected.

import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
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

function write(name, content) {
  const bytes = Buffer.from(content);
  writeFileSync(at(name), bytes);
  if (!isRelease) return;
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  writeFileSync(at(`${name}.br`), brotliCompressSync(bytes, { params }));
  writeFileSync(at(`${name}.gz`), gzipSync(bytes, { level: 9 }));
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
const hubFile = join(scratch, "hub.wasm");
const features = FEATURES.map((feature) => `--enable-${feature}`);
/** Merges files into one that imports from the main program alone. Returns the path of the output. */
function merge(name, files) {
  writeFileSync(hubFile, hub(new Map(files.flatMap(importsOf))));
  const output = join(scratch, `${name}.wasm`);
  const parts = files.flatMap((file) => [file, basename(file)]);
  const flags = [...features, "--skip-export-conflicts", ...(isRelease ? [] : ["--debuginfo"])];
  execFileSync("wasm-merge", [hubFile, SHARED, ...parts, "--output", output, ...flags], { stdio: "pipe" });
  const module = new WebAssembly.Module(readFileSync(output));
  const stray = WebAssembly.Module.imports(module).find((entry) => entry.module !== MAIN);
  if (stray) fail(`the merged ${name} still imports ${stray.name} from ${stray.module}`);
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
const merged = [...pages.map((page) => [`split_${page}`, manifest[page]]), ...ofPages].map(([name, chunks]) =>
  merge(name, chunks.map((chunk) => at(`${chunk}.wasm`))),
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

/** Makes the program smaller, and returns the script for it. */
function trim(script) {
  const name = programName.replace(/\.js$/, ".wasm");
  const [input, output] = [join(scratch, "idle.wasm"), join(scratch, "trimmed.wasm")];
  writeFileSync(input, withoutIdle(readFileSync(at(name))));
  execFileSync("wasm-opt", [input, "--remove-unused-module-elements", "--output", output, ...features], { stdio: "pipe" });
  const trimmed = readFileSync(output);
  const [renamed, shortened] = withShortNames(trimmed, scriptFor(trimmed, script));
  const missing = new Reader(renamed).imports().find((entry) => !shortened.includes(`${entry.name}:`) && entry.module.endsWith("_bg.js"));
  if (missing) fail(`the script lost ${missing.name}`);
  write(name, renamed);
  return shortened;
}

for (const file of merged) write(basename(file), readFileSync(file));
const script = `${program}\n${loader}`;
write(programName, isRelease ? trim(script) : script);
write(manifestName, JSON.stringify(Object.fromEntries(pages.map((page) => [page, [`split_${page}`]])), null, 2));
const gone = (name) => /^(chunk_\d+|split_lazy_[^.]*)\.wasm/.test(name) || name.startsWith(loaderName);
for (const name of readdirSync(directory).filter(gone)) rmSync(at(name));
