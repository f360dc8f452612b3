import { Producer } from "../house/api";
import { Dashboard, Selling } from "../house/dashboard";
import { BeatPage, Checkout, Shop } from "../house/guests";
import { expect, test } from "../house/test";

test("a coupon and a bulk deal are set, and the cart honours both until the coupon ends", async ({
  page,
  world,
  person,
  visitor,
}, info) => {
  const owner = person("Ines Falk");
  const producer = await Producer.open(world.base, owner, `Corner Shop ${info.project.name}`);
  for (const title of ["Blue Hour", "Long Way"]) await producer.sell(title);
  const { slug } = producer.studio;
  await new Dashboard(page).signIn(producer.login, `/dashboard/${slug}/settings/selling`);
  const selling = new Selling(page);
  await selling.makeCoupon("spring-20", "20");
  await expect(selling.line("Coupons", "SPRING-20")).toContainText("Given out");
  await selling.addDeal("1", "1", /WAV/);

  const buyer = await visitor();
  const [shop, beat, checkout] = [new Shop(buyer), new BeatPage(buyer), new Checkout(buyer)];
  for (const title of ["Blue Hour", "Long Way"]) {
    await shop.open(slug);
    await shop.beat(title).click();
    await beat.intoCart(/WAV/);
  }
  const cart = buyer.getByRole("main");
  await expect(cart).toContainText("Buy 1, get 1 free");
  await checkout.enterCoupon("Spring-20");
  await expect(cart).toContainText("Coupon SPRING-20");
  // Two at 60, of which one is free, and a fifth off what is left.
  const pay = buyer.getByRole("button", { name: /^Pay / });
  await expect(pay).toHaveText("Pay EUR 48.00");

  await selling.endCoupon("SPRING-20");
  await expect(selling.line("Coupons", "SPRING-20")).toContainText("Ended");
  await buyer.goto(`/s/${slug}/cart`);
  await expect(pay).toHaveText("Pay EUR 60.00");
});

test("a beat has its own price, takes offers and is given away", async ({ page, world, person }, info) => {
  const owner = person("Noor Vale");
  const producer = await Producer.open(world.base, owner, `Open Ear ${info.project.name}`);
  const { id } = await producer.sell("Blue Hour");
  const { slug } = producer.studio;
  await new Dashboard(page).signIn(producer.login, `/dashboard/${slug}/beats/${id}`);
  const selling = new Selling(page);
  await selling.setPrice("MP3 lease", "25");
  await selling.takeOffers("WAV lease", "20");
  await expect(selling.line("Offers", "WAV lease")).toContainText("set for this beat");
  // However much is told of a tier, its key stands where those of the others do.
  expect(new Set(await selling.keysAt("Offers")).size).toBe(1);
  await selling.giveAway();

  const [shop, beat] = [new Shop(page), new BeatPage(page)];
  await shop.open(slug);
  await shop.beat("Blue Hour").click();
  await expect(page.getByRole("heading", { name: "Free download" })).toBeVisible();
  await expect(beat.tier(/MP3/)).toContainText("EUR 25.00");
  await expect(beat.offer(/MP3/)).toHaveCount(0);
  await beat.offer(/WAV/).click();
  await expect(page.getByRole("heading", { level: 1, name: "Make an offer" })).toBeVisible();
});
