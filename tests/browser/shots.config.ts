import { defineConfig } from "@playwright/test";

import { sizes } from "./house/sizes";
import { house } from "./playwright.config";

export default defineConfig({
  ...house,
  outputDir: "results/shots",
  testMatch: "shots/*.spec.ts",
  use: { ...house.use, ...sizes.phone },
});
