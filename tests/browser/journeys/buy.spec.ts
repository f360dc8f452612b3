import { BeatPage, Checkout, OrderPage, Shop, Verify } from "../house/guests";
import { expect, test } from "../house/test";

test("a beat is found, heard, bought and downloaded", async ({ page, world, person }) => {
  const [shop, beat, checkout, order] = [
    new Shop(page),
    new BeatPage(page),
    new Checkout(page),
    new OrderPage(page),
  ];
  await page.goto("/");
  await page.getByRole("link", { name: world.studio.name }).first().click();
  await shop.find("copper");
  await expect(shop.beat("Copper Sky")).toBeVisible();
  await expect(shop.beat("Night Drive")).toBeHidden();
  await shop.play("Copper Sky").click();
  await expect.poll(() => shop.heard()).toBeGreaterThan(0);

  // What is heard stays while somebody looks closer.
  await shop.beat("Copper Sky").click();
  await expect(page.getByRole("heading", { level: 1, name: "Copper Sky" })).toBeVisible();
  await expect(shop.bar.getByRole("link", { name: "Copper Sky", exact: true })).toBeVisible();
  expect(await shop.heard()).toBeGreaterThan(0);
  await beat.contract(/WAV/).click();
  await expect(page).toHaveURL(/\/contract/);
  await expect(page.getByRole("main")).toContainText("Nova Reyes");
  await page.goBack();
  await expect(page).not.toHaveURL(/\/contract/);
  await beat.intoCart(/WAV/);

  const buyer = person("Jo Winter");
  await checkout.say(buyer);
  await checkout.pay();
  await order.ready();
  const music = await order.fetch("WAV, 24 bit");
  expect(music.toString("latin1", 0, 4)).toBe("RIFF");
  const contract = await order.fetch("Licence contract");
  await new Verify(page).judge("contract.pdf", contract, "Unchanged");
  await buyer.mail.next("the files", /\/orders\/\S+/);
});

test("who turns back at the pay page finds what they typed", async ({ page, world, person }) => {
  const [shop, beat, checkout, order] = [
    new Shop(page),
    new BeatPage(page),
    new Checkout(page),
    new OrderPage(page),
  ];
  await page.goto(`/s/${world.studio.slug}`);
  await shop.beat("Copper Sky").click();
  await beat.intoCart(/WAV/);

  const buyer = person("Jo Winter");
  await checkout.say(buyer);
  await checkout.turnBack();
  await checkout.says(buyer);

  await checkout.key.click();
  await checkout.pay();
  await order.ready();
});
