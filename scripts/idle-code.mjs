// Empties functions that the program contains and never calls, each a place in a table of functions that the compiler cannot
// see through.
//
// Leptos keeps the ways of a view whose type is erased as pointers to functions, all of them, used or not. What nobody calls,
// by Leptos' own source, is a tenth of the program. Knows functions by their mangled names; an empty one traps.

import { CODE, HEADER, Reader, number } from "./wasm-format.mjs";

/** An `async` block of a function, and no function within it. */
const BLOCK = String.raw`28_\$u7b\$\$u7b\$closure\$u7d\$\$u7d\$17h`;
/**
 * Functions by their name, and the name of the only one that leads to them. The compiler joins functions of equal code under one
 * of their names, so these are such as no other can equal: each has something of its own, the place in the source of which an
 * `async` block would complain, a table of functions, or the number of a type.
 */
const IDLE = [
  // Waits, while it takes over the page's elements, for parts that are still to be loaded. Ours are loaded before.
  {
    name: new RegExp(`8into_any13hydrate_async17h|(?:13hydrate_async|27new_with_async_value_erased)${BLOCK}`),
    caller: /5mount(?:12hydrate_lazy|18hydrate_from_async)/,
  },
  // Copies an attribute for each of the elements that a component consists of. Ours get none from outside.
  { name: /13into_any_attr5clone17h/, caller: /16AnyViewWithAttrs/ },
];
/** No locals; `unreachable`; `end`. */
const EMPTY = Buffer.from([0, 0x00, 0x0b]);

const sized = (bytes) => Buffer.concat([Buffer.from(number(bytes.length)), bytes]);

/** Returns the program or chunk without the code of idle functions, and how many those are. `fail` gets why it cannot be. */
export function withoutIdleCode(bytes, fail) {
  const reader = new Reader(bytes);
  const names = reader.names();
  for (const { caller } of IDLE) {
    const found = [...names.values()].find((name) => caller.test(name));
    if (found) fail(`${found} leads to what scripts/idle-code.mjs holds for idle`);
  }
  const isIdle = (name) => name && IDLE.some((one) => one.name.test(name));
  let count = 0;
  const parts = reader.sections().map((section) => {
    if (section.id !== CODE) return section.bytes;
    const bodies = section.entries.map((body, at) => {
      if (!isIdle(names.get(at))) return body;
      count += 1;
      return EMPTY;
    });
    const code = Buffer.concat([Buffer.from(number(bodies.length)), ...bodies.map(sized)]);
    return Buffer.concat([Buffer.from([CODE]), sized(code)]);
  });
  return [Buffer.concat([Buffer.from(HEADER), ...parts]), count];
}
