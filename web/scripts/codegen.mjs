// Typed operations out of the committed schema: for each `src/**/*.graphql` a module of the same name under `src/generated`, with its operations' types
// and documents, and with nothing else, so that a page that is loaded later brings its own operations alone. An operation that does not fit the
// schema ends this with an error, and with it the build.
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { codegen } from "@graphql-codegen/core";
import * as documents from "@graphql-codegen/typed-document-node";
import * as operations from "@graphql-codegen/typescript-operations";
import { buildSchema, parse, validate } from "graphql";

const web = fileURLToPath(new URL("..", import.meta.url));
const schemaFile = path.join(web, "..", "openapi", "schema.graphql");
const out = path.join(web, "src", "generated");

const sdl = await readFile(schemaFile, "utf8");
const [schema, schemaDocument] = [buildSchema(sdl), parse(sdl)];
await rm(out, { recursive: true, force: true });

let failed = false;
const names = await readdir(path.join(web, "src"), { recursive: true });
for (const name of names.filter((name) => name.endsWith(".graphql")).sort()) {
  const document = parse(await readFile(path.join(web, "src", name), "utf8"));
  const faults = validate(schema, document);
  for (const fault of faults) {
    const place = fault.locations?.[0];
    console.error(`src/${name}:${place?.line ?? 0}:${place?.column ?? 0}: ${fault.message}`);
  }
  failed ||= faults.length > 0;
  if (failed) continue;
  const filename = path.join(out, name.replace(/\.graphql$/, ".ts"));
  const text = await codegen({
    filename,
    schema: schemaDocument,
    schemaAst: schema,
    documents: [{ location: name, document }],
    plugins: [{ operations: {} }, { documents: {} }],
    pluginMap: { operations, documents },
    config: {
      // As they come over the wire.
      scalars: { DateTime: "string", Int64: "number", NaiveDate: "string", JSON: "unknown" },
      useTypeImports: true,
      strictScalars: true,
      arrayInputCoercion: false,
      disableDescriptions: true,
    },
  });
  await mkdir(path.dirname(filename), { recursive: true });
  await writeFile(filename, text);
}
if (failed) process.exit(1);
