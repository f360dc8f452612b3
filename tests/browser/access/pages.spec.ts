/** Everybody can use every page, in every state, by day and by night, on a phone as at a desk. */
import { look, violations, width } from "../house/look";
import { expect, test } from "../house/test";
import { dashboardTours, publicTours } from "../house/tours";

test("whoever judges the pages sees what is wrong with one", async ({ page }) => {
  await page.goto("/verify");
  await page.evaluate(() => {
    const wrong = document.createElement("p");
    wrong.textContent = "Hardly to be read, and far too wide";
    wrong.style.cssText = "color: #aaa; background: #bbb; width: 200vw";
    document.querySelector("main")?.append(wrong, document.createElement("input"));
  });
  const found = await violations(page);
  for (const rule of ["color-contrast", "label"])
    expect(
      found.some((one) => one.startsWith(rule)),
      rule,
    ).toBe(true);
  const { wide, window } = await width(page);
  expect(wide).toBeGreaterThan(window);
});

for (const { name, says = [], small = false, walk } of [...publicTours, ...dashboardTours]) {
  test(`everybody can use: ${name}`, async ({ page, world, person, troubles }, info) => {
    test.skip(small && info.project.name !== "phone", "looked at where the least fits");
    // Dozens of pages, each looked at twice.
    test.setTimeout(300_000);
    troubles.expect(...says);
    await walk({ page, world, person, see: (what) => test.step(what, () => look(page, what)) });
  });
}
