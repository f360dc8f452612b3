/** Everybody can use every page, in every state, by day and by night, on a phone as at a desk. */
import { Dashboard } from "../house/dashboard";
import { look, violations, width } from "../house/look";
import { ofDashboard, ofPublic } from "../house/places";
import { expect, test } from "../house/test";
import { tours } from "../house/tours";

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

for (const { name, small = false, walk } of tours) {
  test(`everybody can use: ${name}`, async ({ page, world, person, troubles }) => {
    // Dozens of pages, each looked at in both windows, by day and by night.
    test.setTimeout(600_000);
    const see = (what: string) =>
      test.step(what, () => look(page, what, small ? ["phone"] : ["phone", "desktop"]));
    await walk({ page, world, person, troubles, see });
  });
}

test.describe("in German, whose words are longer", () => {
  test.use({ locale: "de-DE" });

  test("everybody can use the public pages", async ({ page, world }) => {
    test.setTimeout(600_000);
    for (const [what, place] of Object.entries(ofPublic(world))) {
      await test.step(what, async () => {
        await page.goto(place);
        await expect(page.locator("html")).toHaveAttribute("lang", "de");
        await look(page, `${what} in German`, ["phone"]);
      });
    }
  });

  test("everybody can use the dashboard", async ({ page, world }) => {
    test.setTimeout(600_000);
    const dashboard = new Dashboard(page);
    await dashboard.enter(world.owner);
    await dashboard.open(world.studio.slug, "today");
    await expect(page.locator("html")).toHaveAttribute("lang", "de");
    for (const [what, place] of Object.entries(ofDashboard(world))) {
      await test.step(what, async () => {
        await dashboard.turn(world.studio.slug, place);
        await look(page, `dashboard ${what} in German`, ["phone"]);
      });
    }
  });
});
