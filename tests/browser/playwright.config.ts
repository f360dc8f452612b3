import { defineConfig, type PlaywrightTestConfig } from "@playwright/test";

import { chromium, flags } from "./house/program";

/** A phone in a hand, and a window on a desk. */
const sizes = {
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
  desktop: { viewport: { width: 1280, height: 800 } },
};

/** What the tests and the pictures have in common. */
export const house: PlaywrightTestConfig = {
  outputDir: "results",
  globalSetup: "./house/setup.ts",
  // The program renders on the same two cores.
  workers: 1,
  fullyParallel: false,
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
  projects: Object.entries(sizes).map(([name, use]) => ({ name, use })),
};

export default defineConfig({ ...house, testMatch: ["journeys/*.spec.ts", "access/*.spec.ts"] });
