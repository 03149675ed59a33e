// Takes off the program that every page loads what weighs and is of no use, once it is compiled: long names that
// compression can do nothing about, since each ends in a hash, and exports that nobody calls.
// Knows the output of wasm-bindgen as cargo-leptos minifies it. What is not as it knows it stays as it is.

import { EXPORTS, HEADER, IMPORTS, Reader, section, text } from "./wasm-format.mjs";

/** The module that the script's functions are imported from. */
const SCRIPT = "./runboard_bg.js";
/** Classes for streams between the browser and Rust (of the crate wasm-streams), which only the program could create. */
const STREAMS = ["IntoUnderlyingByteSource", "IntoUnderlyingSink", "IntoUnderlyingSource"];

/** Whether an export is a method of a class that is never created: then nobody calls it. */
function isIdle(name, imports) {
  const method = /^(?:__wbg_)?(intounderlying\w+?)_/.exec(name)?.[1];
  return method && !imports.some((entry) => entry.name.startsWith(`__wbg_${method}_`));
}

/** Writes a program's imports and exports afresh. */
function rewrite(program, change) {
  const parts = new Reader(program).sections().map(({ id, bytes, entries }) => {
    if (id !== IMPORTS && id !== EXPORTS) return bytes;
    const all = entries.map(change).filter(Boolean);
    const written = all.map(({ module, name, type, target }) =>
      id === IMPORTS ? [...text(module), ...text(name), ...type] : [...text(name), ...target],
    );
    return Buffer.from(section(id, written));
  });
  return Buffer.concat([Buffer.from(HEADER), ...parts]);
}

/** Returns the program without the exports that nobody calls; what only they lead to is still in it. */
export function withoutIdle(program) {
  const imports = new Reader(program).imports();
  return rewrite(program, (entry) => (entry.target && isIdle(entry.name, imports) ? undefined : entry));
}

/** Returns the script without the functions that this program does not import, and without classes it has no code for. */
export function scriptFor(program, script) {
  const reader = new Reader(program);
  const used = new Set(reader.imports().map(({ name }) => name));
  const begin = script.indexOf(`"${SCRIPT}":{`);
  const end = script.indexOf('}},"./', begin) + 1;
  if (begin < 0 || end === 0) return script;
  const key = /(?<=[{,])(?=__wb\w+:function\()/;
  const [head, ...functions] = script.slice(begin, end).split(key);
  const kept = functions.filter((entry) => used.has(entry.slice(0, entry.indexOf(":"))));
  // The last of them has no comma after it.
  const body = [head, ...kept].join("").replace(/,$/, "");
  const trimmed = script.slice(0, begin) + body + script.slice(end);
  const idle = STREAMS.filter((name) => !reader.exports().some((entry) => entry.name.startsWith(`${name.toLowerCase()}_`)));
  return idle.reduce((left, name) => {
    const tail = `Symbol.dispose&&(${name}.prototype[Symbol.dispose]=${name}.prototype.free);`;
    const [from, to] = [left.indexOf(`export class ${name}{`), left.indexOf(tail)];
    return from < 0 || to < from ? left : left.slice(0, from) + left.slice(to + tail.length);
  }, trimmed);
}

/** Gives what program and script have of each other short names. */
export function withShortNames(program, script) {
  const short = new Map();
  const count = (name) => script.split(new RegExp(String.raw`\b${name}\b`)).length - 1;
  for (const { id, entries } of new Reader(program).sections()) {
    if (id !== IMPORTS && id !== EXPORTS) continue;
    for (const { module, name } of entries) {
      const isTheirs = id === IMPORTS ? module === SCRIPT : name.startsWith("_ZN");
      if (isTheirs && !short.has(name) && count(name) > 0) short.set(name, `$${short.size.toString(36)}`);
    }
  }
  const renamed = rewrite(program, ({ name, ...entry }) => ({ ...entry, name: short.get(name) ?? name }));
  return [renamed, script.replace(/\b(__wb|_ZN)\w+\b/g, (name) => short.get(name) ?? name)];
}
