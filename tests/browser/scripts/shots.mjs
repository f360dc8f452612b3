/** `npm run shots -- FOLDER`: pictures of every page, by day and by night, on a phone and at a desk. */
import { resolve } from "node:path";

import { run } from "./run.mjs";

const [folder] = process.argv.slice(2);
if (!folder) {
  console.error("say where the pictures are to lie: npm run shots -- FOLDER");
  process.exit(2);
}
run("shots.config.ts", { LEDGERLINE_TEST_SHOTS: resolve(process.env.INIT_CWD ?? ".", folder) });
