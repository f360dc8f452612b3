/** `npm run lighthouse`: how fast and how accessible the pages are on a simulated phone. It is installed apart, for it is large: `npm --prefix lighthouse ci`. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";

import { here, run } from "./run.mjs";

if (!existsSync(resolve(here, "lighthouse/node_modules/lighthouse"))) {
  console.error("install it first: npm --prefix lighthouse ci");
  process.exit(2);
}
run("lighthouse.config.ts", {});
