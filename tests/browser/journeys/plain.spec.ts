/** The same without a single script: what is sold, signed and downloaded hangs on none. */
import { Producer } from "../house/api";
import { BeatPage, Checkout, OrderPage, Shop, Signing, Verify } from "../house/guests";
import { expect, test } from "../house/test";

test.use({ javaScriptEnabled: false });

test("without JavaScript a beat is heard, bought and downloaded", async ({ page, world, person }) => {
  const [shop, beat, checkout, order] = [
    new Shop(page),
    new BeatPage(page),
    new Checkout(page),
    new OrderPage(page),
  ];
  await shop.open(world.studio.slug);
  await shop.find("night");
  await expect(shop.beat("Copper Sky")).toBeHidden();
  const preview = shop.preview("Night Drive");
  await expect(preview).toBeVisible();
  await expect(preview).toHaveAttribute("controls");
  const heard = await page.request.get((await preview.locator("source").getAttribute("src")) ?? "");
  expect(heard.headers()["content-type"]).toMatch(/^audio\//);

  await shop.beat("Night Drive").click();
  await beat.intoCart(/MP3/);
  await checkout.say(person("Ada Kern"));
  await checkout.pay();
  await order.ready();
  await order.fetch("MP3, 320 kbit/s");
});

test("without JavaScript an agreement is signed, and its sealed file fetched and verified", async ({
  page,
  world,
  person,
}) => {
  const [owner, writer] = [person("Nils Ek"), person("Iva Novak")];
  const producer = await Producer.open(world.base, owner, `Plain ${owner.email}`);
  await producer.sendSheet(await producer.sell("Bare Wire"), [
    { person: owner, role: "producer", percent: 50 },
    { person: writer, role: "writer", percent: 50 },
  ]);
  for (const signer of [owner, writer]) {
    const signing = new Signing(page, signer);
    await signing.open();
    await signing.sign();
  }
  const sealed = await new Signing(page, writer).fetch();
  await new Verify(page).judge("agreement.pdf", sealed, "Unchanged");
});
