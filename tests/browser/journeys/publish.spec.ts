import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { PASSWORD } from "../house/api";
import { Dashboard } from "../house/dashboard";
import { Shop } from "../house/guests";
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
    await expect(row).toContainText(/(On|Put on) sale/, { timeout: 60_000 });
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

test("a broken file is told by its name, another takes its place, and stems and a second maker follow", async ({
  page,
  person,
}, info) => {
  const folder = mkdtempSync(join(tmpdir(), "beats-"));
  const written = (name: string, content: Buffer) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const whole = beat("Cracked Bell", { bpm: 90 });
  // It says that it is a WAV, and nothing that one is.
  const broken = written(
    "Cracked Bell 90bpm.wav",
    Buffer.concat([whole.subarray(0, 12), Buffer.alloc(4_096, 7)]),
  );

  const dashboard = new Dashboard(page);
  await dashboard.signUp({ ...person("Ines Falk"), password: PASSWORD }, `Bell ${info.project.name}`);
  await dashboard.area("Beats");
  await dashboard.hand("Choose files", broken);
  const row = page
    .getByRole("region", { name: "Coming in" })
    .getByRole("listitem")
    .filter({ hasText: "Cracked Bell" });
  await expect(row.getByRole("alert")).toContainText("Cracked Bell 90bpm.wav cannot be used.", {
    timeout: 60_000,
  });
  await expect(row.getByRole("button", { name: "Go on" })).toHaveCount(0);
  await dashboard.hand("Choose another file", written("The bell.wav", whole));
  await expect(row.getByText("Ready", { exact: true })).toBeVisible({ timeout: 60_000 });

  await row.getByRole("link", { name: "Cracked Bell" }).click();
  await dashboard.hand("Add stems", written("Clapper.wav", beat("Clapper", { bpm: 90 })));
  const stems = page.getByRole("region", { name: "Stems" });
  await expect(stems.getByText("Clapper", { exact: true })).toBeVisible({ timeout: 60_000 });

  await page.getByRole("button", { name: "Change who made it" }).click();
  const table = page.getByRole("dialog", { name: "Who made Cracked Bell" });
  await table.getByRole("combobox", { name: "Somebody more" }).fill("Mara Lind");
  await table.getByRole("option", { name: "Enter “Mara Lind” as somebody new" }).click();
  await table.getByRole("textbox", { name: "What Mara Lind did" }).fill("co-producer");
  await table.getByRole("button", { name: "Save" }).click();
  const makers = page.getByRole("region", { name: "Who made it" });
  await expect(makers).toContainText("co-producer");
  await expect(makers.getByText("50%", { exact: true })).toHaveCount(2);
});

test("who signs up a second time is led to their mail, and signs in", async ({
  page,
  person,
  visitor,
}, info) => {
  const owner = { ...person("Noor Vale"), password: PASSWORD };
  await new Dashboard(page).signUp(owner, `Once ${info.project.name}`);
  const other = await visitor();
  await new Dashboard(other).signUpAgain(owner, `Twice ${info.project.name}`);
  await owner.mail.next("what to do with an account that is there", /\/account\/forgotten/);
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
