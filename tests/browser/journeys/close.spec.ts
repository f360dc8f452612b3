import { PASSWORD } from "../house/api";
import { Dashboard } from "../house/dashboard";
import { Shop } from "../house/guests";
import { expect, test } from "../house/test";

test("a studio is closed by its name, is read on, and is opened again", async ({
  page,
  person,
  visitor,
  troubles,
}, info) => {
  const dashboard = new Dashboard(page);
  const studio = `Last Light ${info.project.name}`;
  await dashboard.signUp({ ...person("Ines Falk"), password: PASSWORD }, studio);
  const slug = new URL(page.url()).pathname.split("/")[2] ?? "";
  await dashboard.open(slug, "settings");
  const sheet = await dashboard.askToClose();
  await dashboard.closeStudio(sheet, "Another studio");
  await expect(sheet.getByText("This is not the studio's name", { exact: false })).toBeVisible();
  await dashboard.closeStudio(sheet, studio, "Moving to the coast");
  await expect(sheet).toBeHidden();
  const banner = page.getByRole("status").filter({ hasText: "This studio has been closed since" });
  await expect(banner).toContainText("Reason: Moving to the coast");
  await expect(dashboard.keeper).toBeDisabled();
  await dashboard.open(slug, "money");
  await expect(banner).toBeVisible();
  await dashboard.open(slug, "clients");
  await expect(page.getByRole("button", { name: "Add a client" }).first()).toBeDisabled();

  const stranger = await visitor();
  const shop = new Shop(stranger);
  troubles.expectAnswer(410, `/s/${slug}`);
  expect((await shop.open(slug))?.status()).toBe(410);
  await expect(stranger.getByRole("heading", { name: "This studio is closed" })).toBeVisible();

  await dashboard.open(slug, "settings");
  await dashboard.reopenStudio();
  await expect(banner).toBeHidden();
  await expect(dashboard.keeper).toBeEnabled();
  expect((await shop.open(slug))?.status()).toBe(200);

  await dashboard.open(slug, "settings/record");
  await expect(dashboard.act("Studio opened again")).toContainText("Ines Falk");
  await expect(dashboard.act("Studio closed")).toBeVisible();
  await dashboard.showActs("Members");
  await expect(page.getByRole("heading", { name: "Nothing yet" })).toBeVisible();
});
