/** Around all tests: the program is started before, filled with what every test may look at, and ended behind them. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { start } from "./program";
import { fill } from "./world";

export default async function setup(): Promise<() => Promise<void>> {
  const running = await start();
  try {
    const world = await fill(running.base);
    const file = join(running.folder, "world.json");
    writeFileSync(file, JSON.stringify(world));
    process.env.LEDGERLINE_TEST_WORLD = file;
  } catch (cause) {
    await running.stop();
    throw cause;
  }
  return running.stop;
}
