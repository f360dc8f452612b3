import { readdirSync } from "node:fs";
import { appendFile, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

import { svelte } from "@sveltejs/vite-plugin-svelte";
import { type Plugin } from "vite";
import { defineConfig } from "vitest/config";

const here = import.meta.dirname;
const server = process.env.LEDGERLINE_SERVER ?? "http://127.0.0.1:8080";

/** Puts a packed copy beside each file that gains by it: the server hands out what it finds, and packs nothing. */
function packed(): Plugin {
  return {
    name: "packed",
    apply: "build",
    async writeBundle(options, bundle) {
      const files = Object.keys(bundle).filter((name) => /\.(js|css|svg)$/.test(name));
      await Promise.all(
        files.map(async (name) => {
          const file = path.join(options.dir ?? "dist", name);
          const bytes = await readFile(file);
          const params = { [constants.BROTLI_PARAM_QUALITY]: 11 };
          await writeFile(`${file}.br`, await promisify(brotliCompress)(bytes, { params }));
          await writeFile(`${file}.gz`, await promisify(gzip)(bytes, { level: 9 }));
        }),
      );
    },
  };
}

/** The fonts' licences go along with those of the scripts. */
function fontLicences(part: string): Plugin {
  return {
    name: "font-licences",
    apply: "build",
    async writeBundle(options) {
      const fonts = path.join(here, "node_modules/@fontsource-variable");
      const texts = readdirSync(fonts).map((name) => readFile(path.join(fonts, name, "LICENSE"), "utf8"));
      await appendFile(
        path.join(options.dir ?? "dist", `licences-${part}.md`),
        `\n${(await Promise.all(texts)).join("\n")}`,
      );
    },
  };
}

/**
 * The two builds, each with its own copy of the runtime, so that public pages do not carry what only the dashboard needs: one entry for each island and for
 * what public pages look like, and one for the dashboard. The server finds them by these paths in the two manifests.
 */
const islands = readdirSync(path.join(here, "src/islands"), { withFileTypes: true }).filter((entry) =>
  entry.isDirectory(),
);
const inputs: Record<string, Record<string, string>> = {
  islands: {
    public: "src/styles/public.css",
    ...Object.fromEntries(islands.map(({ name }) => [name, `src/islands/${name}/main.ts`])),
  },
  dashboard: { dashboard: "src/dashboard/main.ts" },
};

export default defineConfig(({ command, mode }) => ({
  root: here,
  base: command === "build" ? "/assets/" : "/",
  plugins: [svelte(), packed(), fontLicences(mode)],
  resolve: {
    alias: {
      $generated: path.join(here, "src/generated"),
      $lib: path.join(here, "src/lib"),
      $ui: path.join(here, "src/ui"),
    },
  },
  build: {
    outDir: "dist",
    emptyOutDir: mode === "islands",
    // All files in one folder, for the server knows them by their names alone.
    assetsDir: "",
    manifest: `${mode}.json`,
    license: { fileName: `licences-${mode}.md` },
    modulePreload: { polyfill: false },
    rolldownOptions: { input: inputs[mode] ?? {} },
  },
  server: {
    // A test reads what the API offers.
    fs: { allow: [here, path.join(here, "../openapi")] },
    // The development server answers for the pages, the program for everything else.
    proxy: Object.fromEntries(
      [
        "/graphql",
        "/uploads",
        "/media",
        "/covers/",
        "/account",
        "/s/",
        "/studios/",
        "/book/",
        "/bookings/",
        "/mailbox",
        "/favicon.ico",
        "/portfolio/",
        "/registrations/",
        "/releases/",
        "/royalty-runs/",
        "/payee-statements/",
        "/letters-of-direction/",
        "/sessions/",
      ].map((prefix) => [prefix, { target: server, ws: prefix === "/graphql" }]),
    ),
  },
  // Style sheets are read as they are: one test holds the colours against each other.
  // What a test waits for is no measure of time: a busy machine may take as long as it likes.
  test: { include: ["src/**/*.test.ts"], environment: "node", css: true, testTimeout: 60_000 },
}));
