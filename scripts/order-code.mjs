// Has functions stand side by side that begin alike, which compress better: by 4 kB what every page loads.
//
// The tools can order functions, but only by their names. So each is named after its code first.

import { CODE, CUSTOM, HEADER, OF_FUNCTIONS, Reader, number, text } from "./wasm-format.mjs";

/** How many bytes of its code a function is named after. */
const LENGTH = 200;

/** Returns the module with each function that has code named after that, and no other names. */
export function namedByCode(bytes) {
  const reader = new Reader(bytes);
  const first = reader.importedCount();
  const sections = reader.sections();
  const code = sections.find(({ id }) => id === CODE)?.entries ?? [];
  const names = code.map((body, at) => Buffer.from([...number(first + at), ...text(body.toString("hex", 0, LENGTH))]));
  const list = Buffer.concat([Buffer.from(number(names.length)), ...names]);
  const head = Buffer.from([...text("name"), OF_FUNCTIONS, ...number(list.length)]);
  const section = Buffer.from([CUSTOM, ...number(head.length + list.length)]);
  const others = sections.filter(({ id }) => id !== CUSTOM).map((one) => one.bytes);
  return Buffer.concat([Buffer.from(HEADER), ...others, section, head, list]);
}
