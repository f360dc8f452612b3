/** What goes wrong around people: a line that is lost, a second press, another tab, a link that is over, blocked cookies, and names of any length and script. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Locator, Page, Route } from "@playwright/test";

import { PASSWORD, Producer } from "../house/api";
import { Dashboard } from "../house/dashboard";
import { BeatPage, Checkout, OrderPage, Shop } from "../house/guests";
import { width } from "../house/look";
import { beat } from "../house/sound";
import { expect, test } from "../house/test";
import type { World } from "../house/world";

/** As much of a file as is sent at a time. */
const PART_BYTES = 8 * 1024 * 1024;

/** How many orders the shop has of somebody. */
async function ordersOf({ base, owner, studio }: World, email: string): Promise<number> {
  const query = "query ($studio: ID!) { orders(studio: $studio, first: 100) { nodes { buyerEmail } } }";
  const { orders } = await (await Producer.of(base, owner)).ask(query, { studio: studio.id });
  return orders.nodes.filter(({ buyerEmail }: { buyerEmail: string }) => buyerEmail === email).length;
}

/** Holds a page to its window. */
async function expectFits(page: Page): Promise<void> {
  const { wide, window, widest } = await width(page);
  expect(wide, `${page.url()} scrolls sideways: ${widest.join(", ")}`).toBeLessThanOrEqual(window);
}

test("an upload that loses its network in the middle goes on where it stopped", async ({
  page,
  context,
  person,
  troubles,
}, info) => {
  const folder = mkdtempSync(join(tmpdir(), "beats-"));
  const file = join(folder, "Long Haul 96bpm.wav");
  // More than is sent at a time, so that there is a middle.
  writeFileSync(file, beat("Long Haul", { seconds: 55 }));
  const dashboard = new Dashboard(page);
  await dashboard.signUp({ ...person("Ines Falk"), password: PASSWORD }, `Long haul ${info.project.name}`);
  await dashboard.area("Beats");

  troubles.expectNoNetwork();
  const begun: number[] = [];
  await page.route(/\/uploads\/[^/]+$/, async (route) => {
    const request = route.request();
    const isPart = request.method() === "PATCH";
    if (isPart) begun.push(Number(request.headers()["upload-offset"]));
    if (!isPart || begun.length !== 2) return route.continue();
    await context.setOffline(true);
    await route.abort("internetdisconnected");
  });
  await dashboard.hand("Choose files", file);
  const offline = page.getByText("You are offline.");
  await expect(offline).toBeVisible();
  expect(begun).toEqual([0, PART_BYTES]);

  await context.setOffline(false);
  await expect(offline).toBeHidden();
  const row = page
    .getByRole("region", { name: "Coming in" })
    .getByRole("listitem")
    .filter({ hasText: "Long Haul" });
  await expect(row.getByText("Ready", { exact: true })).toBeVisible({ timeout: 90_000 });
  expect(begun).toEqual([0, PART_BYTES, PART_BYTES]);
});

test("a checkout that loses its network keeps what was typed, and ends in one order", async ({
  page,
  context,
  world,
  person,
  troubles,
}) => {
  const [checkout, buyer] = [new Checkout(page), person("Jo Winter")];
  const shop = `/s/${world.studio.slug}`;
  await page.goto(`${shop}/${world.beats[1].slug}`);
  await new BeatPage(page).intoCart(/WAV/);
  await checkout.fill(buyer);

  troubles.expectNoNetwork();
  await context.setOffline(true);
  await checkout.key.click();
  await expect(page.getByRole("alert")).toContainText("You are offline, so nothing was sent");
  await checkout.says(buyer);
  await context.setOffline(false);

  // The order arrives, and its answer does not.
  const lose = async (route: Route) => {
    await route.fetch({ maxRedirects: 0 });
    await route.abort("internetdisconnected");
  };
  await page.route("**/checkout", lose, { times: 1 });
  await checkout.key.click();
  await expect(page).toHaveURL(/^chrome-error:/);
  await page.goto(`${shop}/cart`);
  await checkout.says(buyer);
  await checkout.key.click();
  await checkout.pay();
  await new OrderPage(page).ready();
  expect(await ordersOf(world, buyer.email)).toBe(1);
});

test("whoever presses twice to pay has ordered once", async ({ page, world, person }) => {
  const [checkout, buyer] = [new Checkout(page), person("Ada Kern")];
  await page.goto(`/s/${world.studio.slug}/${world.beats[2].slug}`);
  await new BeatPage(page).intoCart(/MP3/);
  await checkout.fill(buyer);
  await checkout.key.dblclick();
  await checkout.pay();
  await new OrderPage(page).ready();
  expect(await ordersOf(world, buyer.email)).toBe(1);
});

test("of two tabs that change one split the second is told, and loses nothing", async ({
  page,
  context,
  world,
  person,
}) => {
  const [owner, writer] = [person("Nils Ek"), person("Iva Novak")];
  const producer = await Producer.open(world.base, owner, `Two tabs ${owner.email}`);
  const sheet = await producer.draftSheet(await producer.sell("Paper Boat"), [
    { person: owner, role: "producer", percent: 60 },
    { person: writer, role: "writer", percent: 40 },
  ]);
  const place = `agreements/${sheet.id}`;
  const share = (tab: Page) => tab.getByRole("textbox", { name: `Percent of ${writer.name}: The song` });
  const write = async (tab: Page, percent: string) => {
    await share(tab).fill(percent);
    await share(tab).press("Tab");
  };
  const save = (tab: Page) => tab.getByRole("button", { name: "Save the draft" }).click();

  await new Dashboard(page).signIn(producer.login, `/dashboard/${producer.studio.slug}/${place}/edit`);
  await expect(share(page)).toHaveValue("40");
  const other = await context.newPage();
  await new Dashboard(other).open(producer.studio.slug, `${place}/edit`);
  await expect(share(other)).toHaveValue("40");

  await write(page, "50");
  await write(other, "30");
  await save(page);
  await expect(page).toHaveURL(new RegExp(`/${place}$`));
  await save(other);
  const told = other.getByRole("alert").filter({ hasText: "has changed while you read" });
  await expect(told).toBeVisible();
  await expect(share(other)).toHaveValue("30");

  const opened = context.waitForEvent("page");
  await told.getByRole("link", { name: "See what stands there now" }).click();
  const newest = await opened;
  await expect(newest.getByRole("main")).toContainText(/50\s?%/);
  await expect(share(other)).toHaveValue("30");
});

test("a link that is over says so, and leads to a new one", async ({ page, world, person, troubles }) => {
  const owner = person("Noor Vale");
  await Producer.open(world.base, owner, `Over ${owner.email}`);
  const ask = async () => {
    await page.getByLabel("E-mail address").fill(owner.email);
    await page.getByRole("button", { name: "Send the link" }).click();
    await expect(page.getByRole("heading", { name: "Look into your mail" })).toBeVisible();
    return owner.mail.next("a link to set a password", /(\/account\/reset\?token=\S+)/);
  };
  await page.goto("/account/forgotten");
  const link = await ask();
  await page.goto(link);
  await page.getByLabel("New password").fill("another sentence of mine");
  await page.getByRole("button", { name: "Set the password" }).click();
  await expect(page.getByRole("heading", { name: "Your new password is set" })).toBeVisible();

  troubles.expectAnswer(409, link);
  await page.goto(link);
  await expect(page.getByRole("heading", { name: "This link has been used" })).toBeVisible();
  await page.getByRole("link", { name: "Ask for a new link" }).click();
  await page.goto(await ask());
  await expect(page.getByRole("heading", { name: "Set a new password" })).toBeVisible();
});

test("a long title fits everywhere, and one that is too long is told at its field", async ({
  page,
  world,
  person,
}) => {
  const owner = person("Ines Falk");
  const producer = await Producer.open(world.base, owner, `Long names ${owner.email}`);
  const { id } = await producer.sell("Short");
  const dashboard = new Dashboard(page);
  await dashboard.signIn(producer.login, `/dashboard/${producer.studio.slug}/beats/${id}`);
  const title = page.getByRole("textbox", { name: "Title", exact: true });
  await title.fill("W".repeat(500));
  await expect(title).toHaveAttribute("aria-invalid", "true");
  await expect(title).toHaveAccessibleDescription(
    "A title has 200 characters at most. This one has 500: shorten it.",
  );
  await expect(title).toHaveValue("W".repeat(500));
  await expect(dashboard.keeper).toBeDisabled();

  const longest = "W".repeat(200);
  await title.fill(longest);
  await expect(title).not.toHaveAttribute("aria-invalid", "true");
  await dashboard.keeper.click();
  await expect(page.getByRole("heading", { level: 1, name: longest })).toBeVisible();
  await expectFits(page);
  await dashboard.open(producer.studio.slug, "beats");
  await expect(page.getByRole("link", { name: longest })).toBeVisible();
  await expectFits(page);

  const [shop, beatPage] = [new Shop(page), new BeatPage(page)];
  await shop.open(producer.studio.slug);
  await expectFits(page);
  await shop.beat(longest).click();
  await expect(page.getByRole("heading", { level: 1, name: longest })).toBeVisible();
  await expectFits(page);
  await beatPage.contract(/WAV/).click();
  await expect(page).toHaveURL(/\/contract/);
  await expectFits(page);
  await page.goBack();
  await expect(page).not.toHaveURL(/\/contract/);
  await beatPage.intoCart(/WAV/);
  await expectFits(page);
});

test("names that are written from right to left stand so, from the shop to the order", async ({
  page,
  world,
  person,
}) => {
  const [owner, guest] = [person("Samira Nasr"), person("Noa Levi")];
  const [title, buyer] = ["ليل طويل", { ...guest, name: "נועה לוי" }];
  const producer = await Producer.open(world.base, owner, `Right to left ${owner.email}`);
  await producer.sell(title);
  const [shop, checkout] = [new Shop(page), new Checkout(page)];
  const leads = (of: Locator) => expect(of).toHaveCSS("direction", "rtl");

  await shop.open(producer.studio.slug);
  await leads(page.getByRole("heading", { name: title }));
  await expect(page.getByRole("heading", { level: 1 })).toHaveCSS("direction", "ltr");
  await shop.beat(title).click();
  await leads(page.getByRole("heading", { level: 1, name: title }));
  await new BeatPage(page).intoCart(/WAV/);
  await leads(page.getByRole("heading", { name: title }));
  await checkout.fill(buyer);
  await leads(page.getByLabel("Name of the licensee"));
  await checkout.key.click();
  await checkout.pay();
  const order = new OrderPage(page);
  await order.ready();
  await leads(page.getByRole("definition").filter({ hasText: buyer.name }));
  await expectFits(page);
  expect((await order.fetch("Licence contract")).toString("latin1", 0, 5)).toBe("%PDF-");

  await new Dashboard(page).signIn(producer.login, `/dashboard/${producer.studio.slug}/orders`);
  await leads(page.getByText(buyer.name, { exact: true }));
  await expectFits(page);
});

test("a browser that cannot play a preview says so where it would sound, and offers the file", async ({
  page,
  world,
}) => {
  // No codec for what comes: it is no music.
  await page.route("**/*", (route) =>
    route.request().resourceType() === "media"
      ? route.fulfill({ contentType: "audio/mpeg", body: "no music" })
      : route.fallback(),
  );
  const shop = new Shop(page);
  const told = shop.bar.getByRole("alert");
  await shop.open(world.studio.slug);
  await shop.play("Copper Sky").click();
  await expect(told).toContainText("This browser cannot play it.");
  await expect(told).toBeInViewport();
  await expect(told.getByRole("link", { name: "Get the file instead" })).toHaveAttribute("href", /./);

  const dashboard = new Dashboard(page);
  await dashboard.signIn(world.owner);
  await dashboard.open(world.studio.slug, "beats");
  await shop.play("Copper Sky").click();
  await expect(told).toContainText("This browser cannot play it.");
  await expect(told).toBeInViewport();
});

test("where cookies are blocked, dashboard and cart say what to do", async ({
  page,
  context,
  world,
  troubles,
}) => {
  // Scripts are told so, and no answer's cookie is kept.
  const window = await context.newCDPSession(page);
  await window.send("Emulation.setDocumentCookieDisabled", { disabled: true });
  await page.route("**/*", async (route) => {
    const response = await route.fetch({ maxRedirects: 0 });
    await context.clearCookies();
    const headers = Object.fromEntries(
      Object.entries(response.headers()).filter(([name]) => name !== "set-cookie"),
    );
    await route.fulfill({ response, headers });
  });

  await page.goto("/dashboard");
  expect(await page.evaluate(() => navigator.cookieEnabled)).toBe(false);
  await expect(page.getByRole("heading", { name: "Cookies are blocked" })).toBeVisible();
  await expect(page.getByRole("main")).toContainText(`Allow cookies for ${new URL(world.base).host}`);
  await expect(page.getByRole("button", { name: "Load the page again" })).toBeVisible();

  const shop = `/s/${world.studio.slug}`;
  troubles.expectAnswer(409, `${shop}/cart?added=1`);
  await page.goto(`${shop}/${world.beats[1].slug}`);
  await new BeatPage(page).intoCart(/WAV/);
  await expect(page.getByRole("alert")).toContainText("Allow cookies for this site");
});

test("an address under which there is nothing leads on", async ({ page, world, troubles }) => {
  const nowhere = "/nothing-like-that";
  troubles.expectAnswer(404, nowhere);
  const answer = await page.goto(nowhere);
  expect(answer?.status()).toBe(404);
  await expect(page.getByRole("heading", { level: 1, name: "Nothing here" })).toBeVisible();
  await expect(page.getByRole("main")).toContainText("Check the address");
  await page.getByRole("link", { name: "Go to the start" }).click();
  await expect(page.getByRole("link", { name: world.studio.name }).first()).toBeVisible();

  const inside = `/dashboard/${world.studio.slug}`;
  await new Dashboard(page).signIn(world.owner, inside + nowhere);
  await expect(page.getByRole("heading", { name: "Nothing here" })).toBeVisible();
  await page.getByRole("link", { name: "Go to Today" }).click();
  await expect(page).toHaveURL(new RegExp(`${inside}/today$`));
});

test("a sign-in that ends while somebody types costs them a password, and nothing else", async ({
  page,
  context,
  world,
  person,
  troubles,
}) => {
  const owner = person("Kenji Mori");
  const producer = await Producer.open(world.base, owner, `Night shift ${owner.email}`);
  const { id } = await producer.sell("Night Shift");
  const dashboard = new Dashboard(page);
  await dashboard.signIn(producer.login, `/dashboard/${producer.studio.slug}/beats/${id}`);
  const about = page.getByLabel("What it is about");
  const words = "The last train, and nobody on it but the driver and me.";
  await about.fill(words);

  // Whatever the page asks for first is refused first: the key, or a list that was still on its way.
  const sheet = page.getByRole("dialog", { name: "Your sign-in has ended" });
  let asked = 0;
  await page.addLocatorHandler(sheet, async () => {
    asked += 1;
    await sheet.getByLabel("Password").fill(PASSWORD);
    await sheet.getByRole("button", { name: "Sign in", exact: true }).click();
  });
  troubles.expectAnswer(401, "/graphql");
  await context.clearCookies();
  await dashboard.keeper.click();
  await expect(page.getByText("Saved", { exact: true }).first()).toBeVisible();
  expect(asked).toBe(1);
  await expect(about).toHaveValue(words);
  await page.reload();
  await expect(about).toHaveValue(words);
});
