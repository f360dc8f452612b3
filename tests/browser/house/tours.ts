/** Ways through all that there is to see: every public page and every area of the dashboard, empty, filled, and when something is wrong. */
import type { Page } from "@playwright/test";

import { buy, contractOf, Producer, type Person } from "./api";
import type { Mailbox } from "./mail";
import { Booking, Checkout, Dashboard, OrderPage, Signing, Verify } from "./pages";
import { expect } from "./test";
import type { World } from "./world";

export interface Tour {
  name: string;
  /** What a browser says in its console of what is shown on purpose. */
  says?: RegExp[];
  /** Shows what differs little from window to window: it is judged in the smallest alone. */
  small?: boolean;
  walk: (tourist: Tourist) => Promise<void>;
}
export interface Tourist {
  page: Page;
  world: World;
  person: (name: string) => Person & { mail: Mailbox };
  /** A page is there as it is to be seen, under this name. */
  see: (name: string) => Promise<void>;
}

/** Pages that are only opened, one after another. */
async function visit({ page, see }: Tourist, places: Record<string, string>): Promise<void> {
  for (const [name, place] of Object.entries(places)) {
    await page.goto(place);
    await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
    await see(name);
  }
}

const missing = [/status of 40[0-9]/, /status of 422/];

const shop: Tour = {
  name: "shop",
  says: missing,
  walk: async (tourist) => {
    const { slug } = tourist.world.studio;
    const [first, , third] = tourist.world.beats;
    const beat = `/s/${slug}/${first?.slug}`;
    await visit(tourist, {
      home: "/",
      shop: `/s/${slug}`,
      "shop empty": `/s/${tourist.world.newcomer.studio.slug}`,
      "shop nothing fits": `/s/${slug}?q=nothing+like+that`,
      beat,
      "beat free": `/s/${slug}/${third?.slug}`,
      contract: `${beat}/wav/contract`,
      offer: `${beat}/wav/offer`,
      portfolio: `/portfolio/${slug}`,
      "not there": `/s/${slug}/nothing-like-that`,
    });
    const { page, see } = tourist;
    await page.goto(beat);
    await page
      .getByRole("button", { name: /^Play / })
      .first()
      .click();
    await expect(page.getByRole("region", { name: "Player" })).toBeVisible();
    await see("beat heard");
  },
};

const cart: Tour = {
  name: "cart",
  says: missing,
  walk: async ({ page, world, person, see }) => {
    const { slug } = world.studio;
    await page.goto(`/s/${slug}/cart`);
    await see("cart empty");
    await page.goto(`/s/${slug}/${world.beats[0]?.slug}`);
    await page
      .getByRole("button", { name: /^Add to cart/ })
      .first()
      .click();
    await expect(page.getByRole("heading", { name: "Your cart" })).toBeVisible();
    await see("cart");
    await page.getByLabel("Coupon").fill("NO-SUCH-CODE");
    await page.getByRole("button", { name: "Apply" }).click();
    await expect(page.getByRole("alert").first()).toBeVisible();
    await see("cart wrong");
    await page.goto(`/s/${slug}/cart`);
    await new Checkout(page).say(person("Jo Winter"));
    await expect(page.getByText("No real money moves here")).toBeVisible();
    await see("payment");
    await new Checkout(page).pay();
    await new OrderPage(page).ready();
    await see("order");
  },
};

const orders: Tour = {
  name: "orders",
  says: missing,
  walk: (tourist) => {
    const { links } = tourist.world;
    return visit(tourist, {
      "order unpaid": links.unpaid,
      claim: `${links.licence}/claim-release`,
      upgrade: `${links.licence}/upgrade`,
      "order not there": "/orders/nothing-like-that",
      quote: links.quote,
      "quote not there": "/quotes/nothing-like-that",
      "invoice not there": "/invoices/nothing-like-that",
    });
  },
};

const booking: Tour = {
  name: "booking",
  says: missing,
  walk: async (tourist) => {
    const { page, world, person, see } = tourist;
    const { slug } = world.studio;
    await visit(tourist, {
      rooms: `/book/${slug}`,
      "rooms none": `/book/${world.newcomer.studio.slug}`,
      room: `/book/${slug}/${world.room}`,
    });
    const book = new Booking(page);
    await book.choose(slug, "Room A");
    await see("time");
    await book.ask(person("Jonas Weber"), "Vocals");
    await new Checkout(page).pay();
    await expect(page.getByRole("heading", { name: "Your booking is confirmed" })).toBeVisible();
    await see("booking");
    const own = page.url();
    await visit(tourist, { "booking moved": `${own}/move`, "booking cancelled": `${own}/cancel` });
    await visit(tourist, { "booking not there": "/bookings/nothing-like-that" });
  },
};

const signing: Tour = {
  name: "signing",
  says: missing,
  walk: async (tourist) => {
    const { page, world, person, see } = tourist;
    const [nova, writer] = [await Producer.of(world.base, world.owner), person("Iva Novak")];
    await nova.sendSheet(await nova.sell("Paper Boat"), [
      { person: world.owner, role: "producer", percent: 60 },
      { person: writer, role: "writer", percent: 40 },
    ]);
    await page.goto(await writer.mail.link("sign"));
    await see("sign");
    await page.getByRole("button", { name: "Open the agreement" }).click();
    await page.getByLabel("Six digits").fill("000000");
    await page.getByRole("button", { name: "Go on" }).click();
    await expect(page.getByRole("alert").first()).toBeVisible();
    await see("sign code wrong");
    await page.getByLabel("Six digits").fill(await writer.mail.code());
    await page.getByRole("button", { name: "Go on" }).click();
    await expect(page.getByRole("heading", { name: "The agreement", exact: true })).toBeVisible();
    await see("sign agreement");
    const own = page.url();
    await visit(tourist, {
      "sign other shares": `${own}/counter`,
      "sign handed on": `${own}/delegate`,
      "sign declined": `${own}/decline`,
      "sign on paper": `${own}/paper`,
      "sign consent": `${own}/consent`,
    });
    await page.goto(own);
    const signs = new Signing(page, writer);
    await signs.consent();
    await page.getByLabel("Type your full name").fill("Somebody Else");
    await page.getByRole("button", { name: "Sign", exact: true }).click();
    await expect(page.getByRole("alert").first()).toBeVisible();
    await see("signature wrong");
    await page.goto(own);
    await signs.sign();
    await see("signed");
    await visit(tourist, { "sign not there": "/sign/nothing-like-that" });
  },
};

const others: Tour = {
  name: "others",
  says: missing,
  walk: async (tourist) => {
    const { page, world, see } = tourist;
    const { links } = world;
    await visit(tourist, {
      review: links.review,
      "review not there": "/review/nothing-like-that",
      portal: links.portal,
      "portal not there": "/royalties/nothing-like-that",
      "payee not there": "/payee/nothing-like-that",
      verify: "/verify",
      "password forgotten": "/account/forgotten",
      "link expired": "/account/reset?token=nothing-like-that",
      mailbox: "/mailbox",
    });
    await page.getByRole("main").getByRole("listitem").getByRole("link").first().click();
    await see("letter");

    const nova = await Producer.of(world.base, world.owner);
    const placed = await buy(nova, world.beats[2]!, { name: "Finn Berg", email: "finn@example.com" }, "MP3");
    const contract = await contractOf(nova, placed);
    const verify = new Verify(page);
    await page.goto("/verify");
    await verify.judge("contract.pdf", contract);
    await expect(verify.verdict).toBeVisible();
    await see("verify unchanged");
    contract.writeUInt8(contract.readUInt8(2_000) ^ 1, 2_000);
    await page.goto("/verify");
    await verify.judge("changed.pdf", contract);
    await expect(verify.verdict).toBeVisible();
    await see("verify changed");
    await visit(tourist, { "verify reference": `/verify/${placed.reference}-1` });
  },
};

/** Every public page. */
export const publicTours: Tour[] = [shop, cart, orders, booking, signing, others];

/** The places of the dashboard behind its studio, by name. */
function places({ ids }: Pick<World, "ids">): Record<string, string> {
  return {
    today: "today",
    beats: "beats",
    "beats none fit": "beats?q=nothing+like+that",
    beat: `beats/${ids.beat}`,
    clients: "clients",
    "client new": "clients?new=1",
    "clients import": "clients/import",
    client: `clients/${ids.client}`,
    projects: "projects",
    "project new": "projects?new=1",
    project: `projects/${ids.project}`,
    calendar: "calendar",
    "calendar rooms": "calendar/rooms",
    agreements: "agreements",
    "agreement new": "agreements/new",
    agreement: `agreements/${ids.sheet}`,
    orders: "orders",
    "orders offers": "orders/offers",
    order: `orders/${ids.order}`,
    money: "money",
    "money journals": "money/journals",
    "money proof": "money/proof",
    royalties: "royalties",
    "royalties statements": "royalties/statements",
    "royalties waiting": "royalties/waiting",
    "royalties terms": "royalties/terms",
    "royalties runs": "royalties/runs",
    "royalties payees": "royalties/payees",
    payouts: "payouts",
    "payouts history": "payouts/history",
    "payouts files": "payouts/files",
    roster: "roster",
    settings: "settings",
    "settings members": "settings/members",
    "settings licences": "settings/licences",
    "settings taxes": "settings/taxes",
    "settings rooms": "settings/rooms",
    "settings seals": "settings/seals",
    start: "start",
    "not there": "nothing-like-that",
  };
}

/** Waits until what a place asks for has been answered. */
async function settled(page: Page): Promise<void> {
  await expect(page.getByRole("main")).toBeVisible();
  await page.waitForLoadState("networkidle");
  await expect(page.getByRole("status").filter({ hasText: /…$/ })).toHaveCount(0);
}

const filled: Tour = {
  name: "filled",
  walk: async ({ page, world, see }) => {
    const dashboard = new Dashboard(page);
    await dashboard.signIn(world.owner);
    for (const [name, place] of Object.entries(places(world))) {
      await page.goto(`/dashboard/${world.studio.slug}/${place}`);
      await settled(page);
      await see(`dashboard ${name}`);
    }
    await page.goto(`/dashboard/${world.studio.slug}/today`);
    await settled(page);
    await page.keyboard.press("Control+k");
    await expect(page.getByRole("dialog")).toBeVisible();
    await see("dashboard palette");
  },
};

const empty: Tour = {
  name: "empty",
  small: true,
  walk: async ({ page, world, see }) => {
    await page.goto("/dashboard");
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await see("dashboard sign in");
    await page.goto("/dashboard?new");
    await expect(page.getByLabel("Your name")).toBeVisible();
    await see("dashboard sign up");
    const { owner, studio } = world.newcomer;
    await new Dashboard(page).signIn(owner);
    // What is shown one by one is not there; the lists are empty.
    for (const [name, place] of Object.entries(places(world))) {
      if (Object.values(world.ids).some((id) => place.endsWith(id))) continue;
      await page.goto(`/dashboard/${studio.slug}/${place}`);
      await settled(page);
      await see(`dashboard empty ${name}`);
    }
  },
};

const broken: Tour = {
  name: "broken",
  small: true,
  says: [/net::ERR_/, /status of 50/],
  walk: async ({ page, world, see }) => {
    await new Dashboard(page).signIn(world.owner);
    // The line breaks for all but the question who is signed in.
    await page.route("**/graphql", async (route) => {
      const asked = route.request().postData() ?? "";
      await (/query Me\b/.test(asked) ? route.continue() : route.abort("internetdisconnected"));
    });
    for (const place of [
      "today",
      "beats",
      "clients",
      "projects",
      "calendar",
      "agreements",
      "orders",
      "money",
      "royalties",
      "payouts",
      "roster",
      "settings",
    ]) {
      await page.goto(`/dashboard/${world.studio.slug}/${place}`);
      await settled(page);
      await see(`dashboard broken ${place}`);
    }
  },
};

/** Every area of the dashboard. */
export const dashboardTours: Tour[] = [filled, empty, broken];
