import { defineConfig } from "@playwright/test";

import { house } from "./playwright.config";

export default defineConfig({ ...house, testMatch: "shots/*.spec.ts" });
