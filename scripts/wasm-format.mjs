// The binary format of WebAssembly (https://webassembly.github.io/spec/core/binary/), as far as imports, exports and the names
// of functions need it.

export const HEADER = [...Buffer.from("\0asm"), 1, 0, 0, 0];
export const CUSTOM = 0;
export const IMPORTS = 2;
export const EXPORTS = 7;
export const CODE = 10;
/** The part of the section of names that has those of functions. */
export const OF_FUNCTIONS = 1;
/** Kinds of what is imported and exported. */
export const FUNCTION = 0;
const TABLE = 1;
const MEMORY = 2;
const GLOBAL = 3;

/** Reads a module. */
export class Reader {
  constructor(bytes) {
    Object.assign(this, { bytes, offset: 0 });
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
  type() {
    const start = this.offset;
    const kind = this.byte();
    if (kind === FUNCTION) this.number();
    else if (kind === GLOBAL) this.offset += 2;
    else if (kind === TABLE || kind === MEMORY) {
      if (kind === TABLE) this.byte();
      this.limits();
    } else throw new Error(`an import is of the unknown kind ${kind}`);
    return this.bytes.subarray(start, this.offset);
  }

  /** Bytes with their length before them. */
  block() {
    const length = this.number();
    this.offset += length;
    return this.bytes.subarray(this.offset - length, this.offset);
  }

  /**
   * The sections: id, bytes, and the entries of imports, { module, name, type }, of exports, { name, target }, and of code, which
   * are bytes.
   */
  sections() {
    const sections = [];
    for (this.offset = HEADER.length; this.offset < this.bytes.length; ) {
      const start = this.offset;
      const id = this.byte();
      const size = this.number();
      const end = this.offset + size;
      const entries = [];
      for (let left = [IMPORTS, EXPORTS, CODE].includes(id) ? this.number() : 0; left > 0; left -= 1) {
        if (id === IMPORTS) entries.push({ module: this.text(), name: this.text(), type: this.type() });
        else if (id === EXPORTS) entries.push({ name: this.text(), target: this.target() });
        else entries.push(this.block());
      }
      this.offset = end;
      sections.push({ id, bytes: this.bytes.subarray(start, end), entries });
    }
    return sections;
  }

  /** The bytes that say what is exported: its kind and its index. */
  target() {
    const start = this.offset;
    this.byte();
    this.number();
    return this.bytes.subarray(start, this.offset);
  }

  imports() {
    return this.sections().find(({ id }) => id === IMPORTS)?.entries ?? [];
  }

  exports() {
    return this.sections().find(({ id }) => id === EXPORTS)?.entries ?? [];
  }

  /** How many functions are imported: those that have code are numbered after them. */
  importedCount() {
    return this.imports().filter(({ type }) => type[0] === FUNCTION).length;
  }

  /** The names of the functions that have code, by their place in its section. */
  names() {
    const imported = this.importedCount();
    const names = new Map();
    for (const { bytes } of this.sections().filter((one) => one.id === CUSTOM)) {
      const section = new Reader(bytes.subarray(1));
      section.number();
      if (section.text() !== "name") continue;
      while (section.offset < section.bytes.length) {
        const part = section.byte();
        const entries = new Reader(section.block());
        for (let left = part === OF_FUNCTIONS ? entries.number() : 0; left > 0; left -= 1) names.set(entries.number() - imported, entries.text());
      }
    }
    return names;
  }
}

export const number = (value) => (value < 128 ? [value] : [128 + (value % 128), ...number(Math.floor(value / 128))]);
export const text = (value) => [...number(Buffer.byteLength(value)), ...Buffer.from(value)];

/** A section of these entries, each as its bytes. */
export function section(id, entries) {
  const content = [...number(entries.length), ...entries.flat()];
  return [id, ...number(content.length), ...content];
}
