// What each page costs that loads an island: its script with all that this imports, as it is sent. Fails beyond the limit.
import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** Of all islands of a public page together, packed by gzip. */
const LIMIT_BYTES = 45 * 1024;

const dist = fileURLToPath(new URL("../dist", import.meta.url));
const read = (part) => JSON.parse(readFileSync(path.join(dist, `${part}.json`), "utf8"));

/** The scripts of an entry and of what it imports at once. */
function scripts(manifest, source, found = new Set()) {
  const chunk = manifest[source];
  if (chunk.file.endsWith(".js")) found.add(chunk.file);
  for (const name of chunk.imports ?? []) scripts(manifest, name, found);
  return found;
}

const weigh = (files) =>
  [...files].reduce((sum, file) => sum + statSync(path.join(dist, `${file}.gz`)).size, 0);
const kilobytes = (bytes) => `${(bytes / 1024).toFixed(1)} KB`;

const together = new Set();
for (const part of ["islands", "dashboard"]) {
  const manifest = read(part);
  for (const [source, chunk] of Object.entries(manifest)) {
    if (!chunk.isEntry || !chunk.file.endsWith(".js")) continue;
    const files = scripts(manifest, source);
    if (part === "islands") files.forEach((file) => together.add(file));
    console.log(`${chunk.name}: ${kilobytes(weigh(files))}`);
  }
}
const all = weigh(together);
console.log(`all islands on one page: ${kilobytes(all)} of ${kilobytes(LIMIT_BYTES)}`);
if (all > LIMIT_BYTES) process.exit(1);
