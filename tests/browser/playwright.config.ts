import { defineConfig, type PlaywrightTestConfig } from "@playwright/test";

import { chromium, flags } from "./house/program";
import { sizes } from "./house/sizes";

/** What the tests, the pictures and the figures have in common. */
export const house: PlaywrightTestConfig = {
  globalSetup: "./house/setup.ts",
  workers: 1,
  forbidOnly: true,
  retries: 0,
  timeout: 120_000,
  // Rendering has the same two cores.
  expect: { timeout: 30_000 },
  reporter: [["list"]],
  use: {
    browserName: "chromium",
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    trace: "off",
    screenshot: "only-on-failure",
    // What moves is waited for by nobody.
    contextOptions: { reducedMotion: "reduce" },
    launchOptions: { executablePath: chromium(), args: flags },
  },
};

export default defineConfig({
  ...house,
  outputDir: "results/tests",
  // While one waits for what is rendered, the other looks.
  workers: 2,
  fullyParallel: true,
  // A tour shows each page in both windows by itself. The longest comes first.
  projects: [
    { name: "tours", use: sizes.phone, testMatch: "access/*.spec.ts" },
    ...Object.entries(sizes).map(([name, use]) => ({ name, use, testMatch: "journeys/*.spec.ts" })),
  ],
});
