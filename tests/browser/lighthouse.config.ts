import { existsSync } from "node:fs";

import { defineConfig } from "@playwright/test";

import { house } from "./playwright.config";

// It is installed apart, for it is large.
if (!existsSync(`${import.meta.dirname}/lighthouse/node_modules/lighthouse`))
  throw new Error("install it first: npm --prefix lighthouse ci");

export default defineConfig({ ...house, outputDir: "results/lighthouse", testMatch: "lighthouse/*.spec.ts" });
