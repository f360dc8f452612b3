/** Starts the test runner of this folder with a configuration and settings for it, and ends as it ends. */
import { spawnSync } from "node:child_process";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const here = resolve(dirname(fileURLToPath(import.meta.url)), "..");

export function run(config, settings) {
  const runner = resolve(here, "node_modules/@playwright/test/cli.js");
  const { status } = spawnSync(process.execPath, [runner, "test", "--config", config], {
    cwd: here,
    env: { ...process.env, ...settings },
    stdio: "inherit",
  });
  process.exit(status ?? 1);
}
