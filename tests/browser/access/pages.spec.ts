/** Everybody can use every page, in every state, by day and by night, on a phone as at a desk. */
import { look } from "../house/look";
import { test } from "../house/test";
import { dashboardTours, publicTours } from "../house/tours";

for (const { name, says = [], walk } of [...publicTours, ...dashboardTours]) {
  test(`everybody can use: ${name}`, async ({ page, world, person, troubles }) => {
    test.setTimeout(120_000);
    troubles.expect(...says);
    await walk({ page, world, person, see: (what) => test.step(what, () => look(page, what)) });
  });
}
