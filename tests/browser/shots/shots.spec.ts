/** Pictures of all that there is to see. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "../house/test";
import { dashboardTours, publicTours } from "../house/tours";

const folder = process.env.LEDGERLINE_TEST_SHOTS ?? "";

for (const { name, says = [], walk } of [...publicTours, ...dashboardTours]) {
  test(`pictures: ${name}`, async ({ page, world, person, troubles }, info) => {
    test.setTimeout(240_000);
    expect(folder, "a folder for the pictures").not.toBe("");
    troubles.expect(...says);
    mkdirSync(folder, { recursive: true });
    const see = async (what: string) => {
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        const file = `${what.replaceAll(" ", "-")}-${info.project.name}-${colorScheme}.png`;
        await page.screenshot({ path: join(folder, file), fullPage: true });
      }
    };
    await walk({ page, world, person, see });
  });
}
