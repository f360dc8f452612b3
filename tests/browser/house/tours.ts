/** Ways through all that there is to see: every public page and every area of the dashboard, empty, filled, and when something is wrong. */
import type { Page } from "@playwright/test";

import { buy, changed, contractOf, order, Producer } from "./api";
import { Dashboard } from "./dashboard";
import { BeatPage, Booking, Checkout, OrderPage, Portal, Review, Signing, Verify } from "./guests";
import type { Reader } from "./mail";
import { ofAreas, ofBooking, ofDashboard, ofOrders, ofOthers, ofShop, type Places } from "./places";
import { expect, type Troubles } from "./test";
import { ELSEWHERE, STATEMENT, tinRoof } from "./tin-roof";
import { until } from "./until";
import type { World } from "./world";

export interface Tour {
  name: string;
  /** Shows what differs little from window to window: it is judged in the smallest alone. */
  small?: boolean;
  walk: (tourist: Tourist) => Promise<void>;
}
export interface Tourist {
  page: Page;
  world: World;
  troubles: Troubles;
  person: (name: string) => Reader;
  /** A page is there as it is to be seen, under this name. */
  see: (name: string) => Promise<void>;
}

/** Pages that are only opened, one after another. */
async function visit({ page, see }: Tourist, places: Places): Promise<void> {
  for (const [name, place] of Object.entries(places)) {
    await page.goto(place);
    await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
    await see(name);
  }
}

/** Addresses under which there is nothing: what is said there. */
async function miss(tourist: Tourist, places: Places): Promise<void> {
  for (const place of Object.values(places)) tourist.troubles.expectAnswer(404, place);
  await visit(tourist, places);
}

/** Places of a studio, to which its owner goes from one to the next. */
async function places(
  { page, see }: Tourist,
  { login, studio }: Pick<Producer, "login" | "studio">,
  these: Places,
): Promise<Dashboard> {
  const dashboard = new Dashboard(page);
  await dashboard.signIn(login);
  await dashboard.settled();
  for (const [name, place] of Object.entries(these)) {
    await dashboard.turn(studio.slug, place);
    await see(`dashboard ${name}`);
  }
  return dashboard;
}

const shop: Tour = {
  name: "shop",
  walk: async (tourist) => {
    const { page, world, see } = tourist;
    const { slug } = world.studio;
    await visit(tourist, ofShop(world));
    await page.goto(`/s/${slug}/${world.beats[0].slug}`);
    await page
      .getByRole("button", { name: /^Play / })
      .first()
      .click();
    await expect(page.getByRole("region", { name: "Player" })).toBeVisible();
    await see("beat heard");
    await miss(tourist, { "not there": `/s/${slug}/nothing-like-that` });
  },
};

const cart: Tour = {
  name: "cart",
  walk: async ({ page, world, troubles, person, see }) => {
    const { slug } = world.studio;
    await page.goto(`/s/${slug}/${world.beats[0].slug}`);
    await new BeatPage(page).intoCart(/MP3/);
    await see("cart");
    await page.getByRole("link", { name: "Read the contract" }).click();
    await expect(page).toHaveURL(/\/contract$/);
    await see("cart contract");
    await page.goto(`/s/${slug}/cart`);
    troubles.expectAnswer(422, `/s/${slug}/cart/coupon`);
    await page.getByLabel("Coupon").fill("NO-SUCH-CODE");
    await page.getByRole("button", { name: "Apply" }).click();
    await expect(page.getByRole("alert").first()).toBeVisible();
    await see("cart wrong");
    await page.goto(`/s/${slug}/cart`);
    const checkout = new Checkout(page);
    await checkout.say(person("Jo Winter"));
    await expect(page.getByText("No real money moves here")).toBeVisible();
    await see("payment");
    await checkout.pay();
    await new OrderPage(page).ready();
    await see("order");
  },
};

const orders: Tour = {
  name: "orders",
  walk: async (tourist) => {
    await visit(tourist, ofOrders(tourist.world));
    await miss(tourist, {
      "order not there": "/orders/nothing-like-that",
      "quote not there": "/quotes/nothing-like-that",
      "invoice not there": "/invoices/nothing-like-that",
    });
  },
};

const booking: Tour = {
  name: "booking",
  walk: async (tourist) => {
    const { page, world, person, see, troubles } = tourist;
    await visit(tourist, ofBooking(world));
    const book = new Booking(page);
    await book.choose(world.studio.slug, "Room A");
    await see("time");
    await book.ask(person("Jonas Weber"), "Vocals");
    await new Checkout(page).pay();
    await expect(page.getByRole("heading", { name: "Your booking is confirmed" })).toBeVisible();
    await see("booking");
    const own = page.url();
    // Whether it can still be moved depends on how soon the first free hour is.
    troubles.expectAnswer(409, `${own}/move`);
    await visit(tourist, { "booking moved": `${own}/move`, "booking cancelled": `${own}/cancel` });
    await miss(tourist, { "booking not there": "/bookings/nothing-like-that" });
  },
};

const signing: Tour = {
  name: "signing",
  walk: async (tourist) => {
    const { page, world, troubles, person, see } = tourist;
    const [owner, writer] = [person("Nils Ek"), person("Iva Novak")];
    const producer = await Producer.open(world.base, owner, `Paper Boat ${owner.email}`);
    await producer.sendSheet(await producer.sell("Paper Boat"), [
      { person: owner, role: "producer", percent: 60 },
      { person: writer, role: "writer", percent: 40 },
    ]);
    await page.goto(await writer.mail.link("sign"));
    await page.getByRole("button", { name: "Open the agreement" }).click();
    await expect(page).toHaveURL(/\/code$/);
    const own = page.url().replace(/\/code$/, "");
    troubles.expectAnswer(422, `${own}/code`);
    await page.getByLabel("Six digits").fill("000000");
    await page.getByRole("button", { name: "Go on" }).click();
    await expect(page.getByRole("alert").first()).toBeVisible();
    await see("sign code wrong");
    await page.getByLabel("Six digits").fill(await writer.mail.code());
    await page.getByRole("button", { name: "Go on" }).click();
    await expect(page.getByRole("heading", { name: "The agreement", exact: true })).toBeVisible();
    await see("sign agreement");
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
    troubles.expectAnswer(422, `${own}/signature`);
    await page.getByLabel("Type your full name").fill("Somebody Else");
    await page.getByRole("button", { name: "Sign", exact: true }).click();
    await expect(page.getByRole("alert").first()).toBeVisible();
    await see("signature wrong");
    await page.goto(own);
    await signs.sign();
    await see("signed");
    await miss(tourist, { "sign not there": "/sign/nothing-like-that" });
  },
};

/** What is agreed on, asked for and answered by links in mails. */
const mailed: Tour = {
  name: "mailed",
  walk: async (tourist) => {
    const { page, world, person, see } = tourist;
    const [owner, guest] = [person("Rana Okafor"), person("Jo Winter")];
    const producer = await Producer.open(world.base, owner, `Mailed ${owner.email}`);
    await producer.nameSeller();
    const { id: studio, slug, currency } = producer.studio;

    const member = person("Ines Falk");
    const invite = `mutation ($studio: ID!, $email: String!) {
      inviteMember(studio: $studio, email: $email, role: ENGINEER) { userErrors { code } } }`;
    const { inviteMember } = await producer.ask(invite, { studio, email: member.email });
    expect(inviteMember.userErrors).toEqual([]);
    const invitation = /\/account\/invitation\?token=\S+/;
    await visit(tourist, { invitation: await member.mail.next("an invitation", invitation) });

    await page.goto(`/s/${world.studio.slug}/${world.beats[2].slug}`);
    await page.getByLabel("E-mail address").fill(guest.email);
    await page.getByRole("button", { name: "Send me the link" }).click();
    await expect(page.getByRole("heading", { name: "Look into your mail" })).toBeVisible();
    await see("free asked");
    await visit(tourist, { "free to confirm": await guest.mail.link("free") });
    await page.getByRole("button", { name: "Confirm and download" }).click();
    await expect(page.getByRole("link", { name: "Download the MP3" })).toBeVisible();
    await see("free confirmed");
    await page.getByRole("link", { name: "Unsubscribe" }).click();
    await expect(page.getByRole("heading", { name: "Unsubscribe?" })).toBeVisible();
    await see("unsubscribe");
    await page.getByRole("button", { name: "Unsubscribe" }).click();
    await expect(page.getByRole("heading", { name: "You are unsubscribed" })).toBeVisible();
    await see("unsubscribed");

    const beat = await producer.sell("Paper Boat");
    const takes = { studio, tier: "WAV", takesOffers: true };
    await producer.change("setOffers", "SetOffersInput", takes, "setting { takesOffers }");
    await page.goto(`/s/${slug}/${beat.slug}/wav/offer`);
    await page.getByLabel(/^What would you pay/).fill("20");
    await page.getByLabel("E-mail address").fill(guest.email);
    await page.getByRole("button", { name: "Make the offer" }).click();
    await expect(page.getByRole("heading", { name: "Your offer is on its way" })).toBeVisible();
    await see("offer made");
    const offers = "query ($studio: ID!) { buyerOffers(studio: $studio, first: 1) { nodes { id } } }";
    const [offer] = (await producer.ask(offers, { studio })).buyerOffers.nodes;
    const asks = { offer: offer.id, amount: { minor: 2_500, currency }, words: "A little more." };
    await producer.change("counterOffer", "CounterOfferInput", asks, "offer { id }");
    await visit(tourist, { "offer to answer": await guest.mail.link("offers") });

    const [holder, stranger] = [person("Lena Brandt"), person("Ivo Marin")];
    await producer.change("setFirstRefusal", "SetFirstRefusalInput", { studio, on: true }, "on");
    await buy(producer, beat, holder, "MP3");
    await expect(order(producer, beat, stranger, "EXCLUSIVE")).rejects.toThrow("FIRST_REFUSAL");
    await visit(tourist, { "first refusal": await holder.mail.link("first-refusal") });

    await producer.openRoom("Room B", 0);
    const book = new Booking(page);
    await book.choose(slug, "Room B");
    await book.keep(guest, "Vocals");
    await see("booking asked");
    await visit(tourist, { "booking to confirm": await guest.mail.link("bookings") });

    const writer = person("Iva Novak");
    await producer.sendSheet(beat, [
      { person: owner, role: "producer", percent: 60 },
      { person: writer, role: "writer", percent: 40 },
    ]);
    const signing = new Signing(page, writer);
    await signing.open();
    await signing.propose({ [owner.name]: "50", [writer.name]: "50" }, "I wrote the bridge, too.");
    await see("sign other shares proposed");
    await visit(tourist, { "counter proposal": await owner.mail.link("proposal") });

    const artist = person("Mara Lindqvist");
    const { project, song, client } = await producer.openRecord("Slow Train", artist);
    const billed = {
      client,
      billTo: { address: "Kanalstraße 5\n80538 München" },
      currency,
      title: "Slow Train, mix",
      lines: [{ what: "Mix", unitPrice: { minor: 40_000, currency } }],
    };
    await producer.change("issueInvoice", "IssueInvoiceInput", billed, "invoice { reference }");
    await visit(tourist, { invoice: await artist.mail.link("invoices") });
    await producer.openReview(song, artist);
    await producer.sendForReview(await producer.mix(song, "Slow Train, mix 1"));
    await page.goto(await artist.mail.link("review"));
    await new Review(page).approve(1);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Version 1 is approved");
    await see("review approved");
    await producer.change("orderMasters", "OrderMastersInput", { song }, "delivery { id }");
    const send = `mutation ($project: ID!) {
      sendMasters(input: { project: $project }) { userErrors { code } } }`;
    await until("the masters to be ready", async () => {
      const { sendMasters } = await producer.ask(send, { project });
      return sendMasters.userErrors.length === 0;
    });
    await visit(tourist, { masters: await artist.mail.link("masters") });
  },
};

const royalties: Tour = {
  name: "royalties",
  walk: async (tourist) => {
    const { page, world, person, see } = tourist;
    const [owner, payee] = [person("Vera Stone"), person("Orson Vale")];
    const producer = await tinRoof(world.base, page, owner, payee);
    const statement = await producer.takeStatement("January.tsv", STATEMENT);
    const { run, told } = await producer.postRun("2025-12-31");
    const own = told.find(({ partyName }) => partyName === payee.name);
    if (!own) throw new Error(`${payee.name} was told nothing`);

    const executed = await payee.mail.link("agreement");
    await visit(tourist, {
      "agreement signed": executed,
      "agreement consent withdrawn": `${executed}/consent/withdraw`,
    });
    const invited = { studio: producer.studio.id, party: own.partyId, country: "DE" };
    await producer.change("invitePayee", "InvitePayeeInput", invited, "account { state }");
    await visit(tourist, { payee: await payee.mail.link("payee") });

    await visit(tourist, { "portal filled": await producer.openPortal(own.partyId) });
    const portal = new Portal(page);
    await portal.newest();
    await see("portal statement");
    await portal.title("Tin Roof");
    await see("portal lines");
    await portal.dispute("I count more streams than that.");
    await see("portal line disputed");

    await places(tourist, producer, {
      "royalties earned": "royalties?span=3y",
      "royalties statements taken": "royalties/statements",
      "royalties statement": `royalties/statements/${statement}`,
      "royalties runs posted": "royalties/runs",
      "royalties run": `royalties/runs/${run}`,
      "royalties payees told": "royalties/payees",
      "royalties payee": `royalties/payees/${own.id}`,
      "royalties line disputed": "royalties/disputes",
      "payouts due": "payouts",
      "today busy": "today",
    });
    const unknown = await producer.takeStatement("Elsewhere.tsv", ELSEWHERE, "QUARANTINED");
    await visit(tourist, { "statement format": `/statements/${unknown}/format` });
  },
};

const others: Tour = {
  name: "others",
  walk: async (tourist) => {
    const { page, world, troubles, see } = tourist;
    await visit(tourist, ofOthers(world));
    await miss(tourist, {
      "review not there": "/review/nothing-like-that",
      "portal not there": "/royalties/nothing-like-that",
      "payee not there": "/payee/nothing-like-that",
    });
    const expired = "/account/reset?token=nothing-like-that";
    troubles.expectAnswer(422, expired);
    await visit(tourist, { "link expired": expired });

    await page.goto("/mailbox");
    await page.getByRole("main").getByRole("listitem").getByRole("link").first().click();
    await expect(page).toHaveURL(/\/mailbox\/./);
    await see("letter");

    const contract = await contractOf(world.base, world.bought);
    const verify = new Verify(page);
    await verify.judge("contract.pdf", contract, "Unchanged");
    await see("verify unchanged");
    await verify.judge("changed.pdf", changed(contract), "Do not rely on this file");
    await see("verify changed");
  },
};

const filled: Tour = {
  name: "filled",
  walk: async (tourist) => {
    const { page, world, see } = tourist;
    const { owner: login, studio } = world;
    const dashboard = await places(tourist, { login, studio }, ofDashboard(world));
    await dashboard.turn(studio.slug, "today");
    await page.keyboard.press("Control+k");
    await expect(page.getByRole("dialog")).toBeVisible();
    await see("dashboard palette");
    await page.goto("/dashboard/nothing-like-that");
    await expect(page.getByRole("heading", { name: "Nothing here" })).toBeVisible();
    await see("dashboard studio not there");
  },
};

const empty: Tour = {
  name: "empty",
  small: true,
  walk: async (tourist) => {
    const { page, world, see } = tourist;
    await page.goto("/dashboard");
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await see("dashboard sign in");
    await page.goto("/dashboard?new");
    await expect(page.getByLabel("Your name")).toBeVisible();
    await see("dashboard sign up");
    const { owner: login, studio } = world.newcomer;
    // What is shown one by one is not there; the lists are empty.
    const ids = Object.values(world.ids);
    const lists = Object.entries(ofDashboard(world))
      .filter(([, place]) => !ids.some((id) => place.includes(id)))
      .map(([name, place]) => [`empty ${name}`, place]);
    await places(tourist, { login, studio }, Object.fromEntries(lists));
  },
};

const broken: Tour = {
  name: "broken",
  small: true,
  walk: async ({ page, world, troubles, see }) => {
    const dashboard = new Dashboard(page);
    await dashboard.signIn(world.owner);
    // The line breaks for all but the question who is signed in.
    troubles.expectFailure("net::ERR_INTERNET_DISCONNECTED", "/graphql");
    await page.route("**/graphql", async (route) => {
      const asked = route.request().postData() ?? "";
      await (/query Me\b/.test(asked) ? route.continue() : route.abort("internetdisconnected"));
    });
    for (const [name, place] of Object.entries(ofAreas(ofDashboard(world)))) {
      await dashboard.open(world.studio.slug, place);
      await see(`dashboard broken ${name}`);
    }
  },
};

/** The public pages, and the areas of the dashboard. */
export const tours: Tour[] = [
  filled,
  empty,
  broken,
  shop,
  cart,
  orders,
  booking,
  signing,
  mailed,
  royalties,
  others,
];
