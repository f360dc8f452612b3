import { defineConfig } from "@playwright/test";

import { sizes } from "./house/sizes";
import { house } from "./playwright.config";

export default defineConfig({
  ...house,
  outputDir: "results/figures",
  testMatch: "figures/*.spec.ts",
  use: { ...house.use, ...sizes.desktop },
});
