import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { PASSWORD } from "../house/api";
import { Dashboard, Shop } from "../house/pages";
import { beat } from "../house/sound";
import { expect, test } from "../house/test";

test("a folder of beats is published", async ({ page, person }, info) => {
  const folder = join(mkdtempSync(join(tmpdir(), "beats-")), "My beats");
  mkdirSync(folder);
  writeFileSync(join(folder, "Paper Moon 120bpm Cm.wav"), beat("Paper Moon", { bpm: 120 }));
  writeFileSync(join(folder, "Glass Hour 84bpm Em.wav"), beat("Glass Hour", { bpm: 84 }));

  const dashboard = new Dashboard(page);
  const studio = `Harbour ${info.project.name}`;
  await dashboard.signUp({ ...person("Ines Falk"), password: PASSWORD }, studio);
  await dashboard.area("Beats");
  await dashboard.hand("Choose a folder", folder);
  await page.getByLabel("Put each on sale as soon as it is entered").check();
  const coming = page.getByRole("region", { name: "Coming in" });
  for (const title of ["Paper Moon", "Glass Hour"]) {
    const row = coming.getByRole("listitem").filter({ hasText: title });
    const publish = row.getByRole("button", { name: `Put ${title} on sale` });
    // Where the tick came after a beat was entered, it is put on sale by its own button.
    const onSale = row.getByText("On sale", { exact: true });
    await expect(onSale.or(publish).first()).toBeVisible({ timeout: 60_000 });
    if (await publish.isVisible()) await publish.click();
    await expect(onSale).toBeVisible();
    await expect(row).toContainText(title === "Paper Moon" ? "120" : "84");
  }

  const slug = new URL(page.url()).pathname.split("/")[2] ?? "";
  const shop = new Shop(page);
  await shop.open(slug);
  await expect(page.getByRole("heading", { level: 1, name: studio })).toBeVisible();
  for (const title of ["Paper Moon", "Glass Hour"]) await expect(shop.beat(title)).toBeVisible();
});

test("a newcomer signs up, and a price that is none is told by its field", async ({ page, person }, info) => {
  await page.goto("/dashboard");
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await page.getByRole("button", { name: "I am new here: sign up" }).click();
  await expect(page.getByRole("heading", { name: "Sign up and open your studio" })).toBeVisible();

  const owner = { ...person("Noor Vale"), password: PASSWORD };
  await new Dashboard(page).signUp(owner, `First day ${info.project.name}`);
  await page.getByRole("radio", { name: /^I make beats/ }).check();
  const price = page.getByRole("textbox", { name: /, [A-Z]{3}$/ }).first();
  await price.fill("cheap");
  await price.press("Tab");
  await expect(price).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByText(/^This is no price\. Write it as \d/)).toBeVisible();
  await price.fill("31");
  await price.press("Tab");
  await expect(price).not.toHaveAttribute("aria-invalid", "true");
});
