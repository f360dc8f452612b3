/** Pictures of all that there is to see. */
import { inEach } from "../house/sizes";
import { test } from "../house/test";
import { tours } from "../house/tours";

for (const { name, walk } of tours) {
  test(`pictures: ${name}`, async ({ page, world, person, troubles }, info) => {
    test.setTimeout(600_000);
    const see = (what: string) =>
      inEach(page, ["phone", "desktop"], async (size) => {
        for (const colorScheme of ["light", "dark"] as const) {
          await page.emulateMedia({ colorScheme });
          const file = `${what.replaceAll(" ", "-")}-${size}-${colorScheme}.png`;
          await page.screenshot({ path: info.outputPath(file), fullPage: true });
        }
      });
    await walk({ page, world, person, troubles, see });
  });
}
