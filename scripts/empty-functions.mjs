// Empties functions of a WebAssembly module: node scripts/empty-functions.mjs FILE WORD
//
// Every function with WORD in its name gets a body that only traps; its name and type stay, so whatever points at it still
// does. Meant for code that is compiled for each type it could be needed for and never called: Leptos keeps a pointer to
// each view's asynchronous hydration, and the pages hydrate in one go. That was 100 kB of the dashboard's program, 16 kB of
// them compressed.
// Reads the binary format (https://webassembly.github.io/spec/core/binary/) as far as that needs it.

import { readFileSync, writeFileSync } from "node:fs";

const [file, word] = process.argv.slice(2);
if (!word) fail("usage: empty-functions.mjs FILE WORD");
const module = readFileSync(file);
/** No locals; `unreachable`; `end`. With its size before it. */
const TRAP = Buffer.from([3, 0, 0x00, 0x0b]);
const [CUSTOM, IMPORTS, CODE] = [0, 2, 10];
const [FUNCTION, TABLE, MEMORY, GLOBAL, TAG] = [0, 1, 2, 3, 4];

function fail(why) {
  console.error(`empty-functions: ${file}: ${why}`);
  process.exit(1);
}

/** Reads from `at` on. */
function reader(at) {
  const number = () => {
    for (let value = 0, scale = 1; ; scale *= 128) {
      const byte = module[at++];
      value += (byte % 128) * scale;
      if (byte < 128) return value;
    }
  };
  const skip = (bytes) => ((at += bytes), at);
  const text = () => {
    const length = number();
    return module.toString("utf8", at, skip(length));
  };
  return { number, skip, text, byte: () => module[at++], at: () => at };
}

/** Every section: its id, and where its content begins and ends. */
function* sections() {
  for (let read = reader(8); read.at() < module.length; ) {
    const start = read.at();
    const id = read.byte();
    const size = read.number();
    const content = read.at();
    yield { id, start, content, end: read.skip(size) };
  }
}

/** How many of the functions are imported: their numbers come first. */
function imported({ content }) {
  const read = reader(content);
  const limits = () => {
    const flags = read.byte();
    read.number();
    if (flags % 2) read.number();
  };
  let functions = 0;
  for (let left = read.number(); left > 0; left -= 1) {
    read.text();
    read.text();
    const kind = read.byte();
    if (kind === FUNCTION) {
      functions += 1;
      read.number();
    } else if (kind === TABLE) {
      read.skip(1);
      limits();
    } else if (kind === MEMORY) limits();
    else if (kind === GLOBAL) read.skip(2);
    else if (kind === TAG) {
      read.skip(1);
      read.number();
    } else fail(`an import of the unknown kind ${kind}`);
  }
  return functions;
}

/** The numbers of the functions whose names contain the word. */
function named({ content, end }) {
  const read = reader(content);
  const found = new Set();
  if (read.text() !== "name") return found;
  while (read.at() < end) {
    const kind = read.byte();
    const size = read.number();
    const after = read.at() + size;
    if (kind === 1) {
      for (let left = read.number(); left > 0; left -= 1) {
        const index = read.number();
        if (read.text().includes(word)) found.add(index);
      }
    }
    read.skip(after - read.at());
  }
  return found;
}

const number = (value) => (value < 128 ? [value] : [128 + (value % 128), ...number(Math.floor(value / 128))]);

let first = 0;
let found = new Set();
for (const section of sections()) {
  if (section.id === IMPORTS) first = imported(section);
  if (section.id === CUSTOM) found = new Set([...found, ...named(section)]);
}
const parts = [module.subarray(0, 8)];
for (const section of sections()) {
  if (section.id !== CODE) {
    parts.push(module.subarray(section.start, section.end));
    continue;
  }
  const read = reader(section.content);
  const count = read.number();
  const bodies = [Buffer.from(number(count))];
  for (let index = first; index < first + count; index += 1) {
    const start = read.at();
    const size = read.number();
    const end = read.skip(size);
    bodies.push(found.has(index) ? TRAP : module.subarray(start, end));
  }
  const code = Buffer.concat(bodies);
  parts.push(Buffer.from([CODE, ...number(code.length)]), code);
}
writeFileSync(file, Buffer.concat(parts));
