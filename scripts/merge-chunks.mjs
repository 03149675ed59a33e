// Merges what a page needs into few files: node scripts/merge-chunks.mjs DIRECTORY
//
// DIRECTORY is the `pkg` that `cargo leptos build --split` has written. cargo-leptos makes a chunk for each set of pages
// that share code, which is up to fifteen requests for a page, most of them for a kilobyte. A document only ever shows
// one page, so each page gets all of its chunks as one, `split_PAGE.wasm`, which compresses better, too. The script that
// loads chunks becomes part of the program's.
// Knows the output of the wasm_split_cli_support inside cargo-leptos, and dies where it is not as expected.

import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

/** The module that chunks import from: what the main program shares with them. */
const SHARED = "__wasm_split";
/** Its name in a merged module, where `SHARED` is one of the parts. */
const MAIN = "main";
/** Features that rustc uses by default, and all that the tools may use. */
const FEATURES = ["bulk-memory", "mutable-globals", "nontrapping-float-to-int", "sign-ext", "reference-types", "multivalue"];

const directory = process.argv[2] ?? fail("usage: merge-chunks.mjs DIRECTORY");
const at = (name) => join(directory, name);

function fail(why) {
  console.error(`merge-chunks: ${why}`);
  process.exit(1);
}

/** Reads the binary format of WebAssembly (https://webassembly.github.io/spec/core/binary/), as far as imports need it. */
class Reader {
  constructor(bytes, offset = 0) {
    Object.assign(this, { bytes, offset });
  }

  byte() {
    return this.bytes[this.offset++];
  }

  /** An unsigned LEB128 number. */
  number() {
    for (let value = 0, scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte % 128) * scale;
      if (byte < 128) return value;
    }
  }

  text() {
    const length = this.number();
    this.offset += length;
    return this.bytes.toString("utf8", this.offset - length, this.offset);
  }

  limits() {
    const flags = this.number();
    this.number();
    if (flags % 2) this.number();
  }

  /** The bytes that say what is imported: its kind and its type. */
  type(name) {
    const start = this.offset;
    const kind = this.byte();
    if (kind === 1) this.byte();
    if (kind === 1 || kind === 2) this.limits();
    else if (kind === 3) this.offset += 2;
    else fail(`${name} is neither a table, a memory nor a global`);
    return this.bytes.subarray(start, this.offset);
  }

  /** A module's imports: each type by its name. All of them come from the main program. */
  imports() {
    const found = new Map();
    this.offset = 8;
    while (this.offset < this.bytes.length) {
      const section = this.byte();
      const size = this.number();
      const end = this.offset + size;
      for (let left = section === 2 ? this.number() : 0; left > 0; left -= 1) {
        const [module, name] = [this.text(), this.text()];
        if (module !== SHARED) fail(`a chunk imports ${name} from ${module}`);
        found.set(name, this.type(name));
      }
      this.offset = end;
    }
    return found;
  }
}

const number = (value) => (value < 128 ? [value] : [128 + (value % 128), ...number(Math.floor(value / 128))]);
const text = (value) => [...number(Buffer.byteLength(value)), ...Buffer.from(value)];
const section = (id, entries) => [id, ...number(number(entries.length).length + entries.flat().length), ...number(entries.length), ...entries.flat()];

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
  const header = [...Buffer.from("\0asm"), 1, 0, 0, 0];
  const parts = [section(2, entries.map((entry) => entry.imported)), section(7, entries.map((entry) => entry.exported))];
  return Buffer.from([...header, ...parts.flat()]);
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

const scratch = mkdtempSync(join(tmpdir(), "runboard-merge."));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));
const hubFile = join(scratch, "hub.wasm");
const features = FEATURES.map((feature) => `--enable-${feature}`);
const merged = Object.entries(manifest).map(([page, chunks]) => {
  const files = chunks.map((chunk) => at(`${chunk}.wasm`));
  writeFileSync(hubFile, hub(new Map(files.flatMap((file) => [...new Reader(readFileSync(file)).imports()]))));
  const output = join(scratch, `split_${page}.wasm`);
  const parts = files.flatMap((file) => [file, basename(file)]);
  const flags = [...features, "--skip-export-conflicts", ...(isRelease ? [] : ["--debuginfo"])];
  execFileSync("wasm-merge", [hubFile, SHARED, ...parts, "--output", output, ...flags], { stdio: "pipe" });
  const module = new WebAssembly.Module(readFileSync(output));
  const stray = WebAssembly.Module.imports(module).find((entry) => entry.module !== MAIN);
  if (stray) fail(`the merged ${page} still imports ${stray.name} from ${stray.module}`);
  return output;
});

// The loader gets a page's chunk alone, and hands over what the main program shares under the new name.
const loaderName = readdirSync(directory).find((name) => /^__wasm_split\..*\.js$/.test(name)) ?? fail("there is no loader");
const chunk = String.raw`/\*[^*]*\*/\nconst __chunk_\d+ = makeLoad\([^;]*;[^;]*;\n}\n, \[\]\);\n`;
const loader = readFileSync(at(loaderName), "utf8")
  .replace(new RegExp(chunk, "g"), "")
  .replace(/\[__chunk_[^\]]*\]/g, "[]")
  .replace(new RegExp(String.raw`\b${SHARED}\b`, "g"), MAIN)
  .replaceAll("initSync(", "mainProgram(")
  .replace("{ initSync }", "{ initSync as mainProgram }");
const programName = /^import { initSync as mainProgram } from "\.\/(.+)";$/m.exec(loader)?.[1];
if (!programName || loader.includes("chunk_") || !loader.includes(`${MAIN}:`)) fail(`${loaderName} is not as expected`);
// A module may import from itself. The name of the loader stays where the compiled program asks for it.
const imports = new RegExp(String.raw`(from ?)"\./${loaderName.replaceAll(".", "\\.")}"`, "g");
const program = readFileSync(at(programName), "utf8").replace(imports, `$1"./${programName}"`);

for (const file of merged) write(basename(file), readFileSync(file));
write(programName, `${program}\n${loader}`);
write(manifestName, JSON.stringify(Object.fromEntries(Object.keys(manifest).map((page) => [page, [`split_${page}`]])), null, 2));
const gone = (name) => /^chunk_\d+\.wasm/.test(name) || name.startsWith(loaderName);
for (const name of readdirSync(directory).filter(gone)) rmSync(at(name));
