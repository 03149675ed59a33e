// Writes a file of the built site, with its compressed copies in a release.

import { writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const [brotli, zip] = [brotliCompress, gzip].map((begin) => promisify(begin));

/** Writes a file; those that the server sends compressed stand beside it as `.br` and `.gz`. */
export async function writeSiteFile(path, content, isRelease) {
  const bytes = Buffer.from(content);
  writeFileSync(path, bytes);
  if (!isRelease) return;
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  writeFileSync(`${path}.br`, await brotli(bytes, { params }));
  writeFileSync(`${path}.gz`, await zip(bytes, { level: 9 }));
}
