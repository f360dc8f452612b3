import { defineConfig } from "@playwright/test";

import { house } from "./playwright.config";

// It measures on a phone of its own.
const projects = house.projects?.slice(0, 1);

export default defineConfig({ ...house, projects, testMatch: "lighthouse/*.spec.ts" });
