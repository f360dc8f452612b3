import { BeatPage, Checkout, Shop } from "../house/guests";
import { expect, test } from "../house/test";

test("a beat is bought in German, and its order read in English", async ({
  page,
  world,
  person,
  troubles,
}) => {
  const lang = () => page.locator("html").getAttribute("lang");
  await page.goto(`/s/${world.studio.slug}`);
  expect(await lang()).toBe("en");
  await page.getByRole("button", { name: "Deutsch" }).click();
  await expect(page).toHaveURL(new RegExp(`/s/${world.studio.slug}$`));
  expect(await lang()).toBe("de");

  await page.getByRole("heading", { name: "Copper Sky" }).getByRole("link").click();
  await expect(page.getByText("Fis-Dur").first()).toBeVisible();
  const tier = page.getByRole("row").filter({ has: page.getByRole("rowheader", { name: "WAV-Lease" }) });
  await expect(tier).toContainText(/\d,\d\d\sEUR/);
  await tier.getByRole("button", { name: /^In den Warenkorb/ }).click();
  await expect(page.getByRole("heading", { name: "Dein Warenkorb" })).toBeVisible();
  troubles.expectAnswer(422, "/cart/coupon");
  await page.getByLabel("Gutschein").fill("NONSENSE");
  await page.getByRole("button", { name: "Einlösen" }).click();
  await expect(page.getByText("Einen Gutschein mit diesem Code gibt es nicht.")).toBeVisible();
  // What has no German words is said in English, and whoever listens is told so.
  troubles.expectAnswer(422, "/checkout");
  await page.getByLabel("Name des Lizenznehmers").fill("김민수");
  await page.getByLabel("E-Mail-Adresse").fill("jana@example.com");
  await page.getByRole("button", { name: /bezahlen$/ }).click();
  await expect(page.locator('[lang="en"]').filter({ hasText: "U+AE40" })).toBeVisible();
  const buyer = person("Jana Sommer");
  await page.getByLabel("Name des Lizenznehmers").fill(buyer.name);
  await page.getByLabel("E-Mail-Adresse").fill(buyer.email);
  await page.getByRole("button", { name: /bezahlen$/ }).click();
  await new Checkout(page).pay();
  await expect(page.getByRole("heading", { name: "Deine Dateien sind fertig" })).toBeVisible({
    timeout: 60_000,
  });
  await expect(page.getByRole("link", { name: /^Herunterladen/ }).first()).toBeVisible();

  const order = page.url();
  await page.getByRole("button", { name: "English" }).click();
  await expect(page.getByRole("heading", { name: "Your files are ready" })).toBeVisible();
  expect(page.url()).toBe(order);
});

test("what somebody has typed stays when they choose another language", async ({ page, world, person }) => {
  const [shop, buyer] = [new Shop(page), person("Mara Lenz")];
  await shop.open(world.studio.slug);
  await shop.beat("Copper Sky").click();
  await new BeatPage(page).intoCart(/WAV/);
  await page.getByLabel("Name of the licensee").fill(buyer.name);
  await page.getByLabel("E-mail address").fill(buyer.email);
  await page.getByRole("button", { name: "Deutsch" }).click();
  await expect(page.getByLabel("Name des Lizenznehmers")).toHaveValue(buyer.name);
  await expect(page.getByLabel("E-Mail-Adresse")).toHaveValue(buyer.email);
});

test.describe("whose browser asks for German", () => {
  test.use({ locale: "de-AT" });

  test("reads an agreement's rules around it, and gets a German answer to a wrong address", async ({
    page,
    world,
    troubles,
  }) => {
    await page.goto(world.links.sign);
    await expect(page.locator("html")).toHaveAttribute("lang", "de");
    await expect(page.getByRole("button", { name: "Vertrag öffnen" })).toBeVisible();
    troubles.expectAnswer(404, "/nothing-like-that");
    await page.goto("/nothing-like-that");
    await expect(page.getByRole("heading", { name: "Hier ist nichts" })).toBeVisible();
  });

  test("takes each of a comment's two places by the key beside its field", async ({ page, world }) => {
    const keys = page.getByRole("button", { name: "Hier", exact: true });
    // They are there once what is reviewed can be heard.
    await expect(async () => {
      await page.goto(world.links.review);
      await expect(keys.first()).toBeVisible({ timeout: 1_000 });
    }).toPass({ timeout: 60_000 });
    for (const [at, label] of ["Bei, etwa 1:23", "Bis, wenn es ein Abschnitt ist"].entries()) {
      const field = (await page.getByLabel(label).boundingBox())!;
      const key = (await keys.nth(at).boundingBox())!;
      expect(key.x, label).toBeGreaterThan(field.x + field.width);
      expect(Math.abs(key.y + key.height - field.y - field.height), label).toBeLessThan(field.height);
    }
  });
});
