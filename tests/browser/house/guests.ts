/**
 * The pages of guests as people use them: shops, orders, bookings and what is signed, heard and paid by a link. What they are called by is what they
 * say and what they are (names and roles), and stands here alone: a page that is redrawn changes nothing of it, and one that is reworded changes a line.
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";

import type { Download, Page } from "@playwright/test";

import type { Person } from "./api";
import type { Reader } from "./mail";
import { expect } from "./test";

/** A shop: its beats, and what is heard of them. */
export class Shop {
  constructor(private readonly page: Page) {}

  open(slug: string) {
    return this.page.goto(`/s/${slug}`);
  }
  async find(title: string) {
    const narrow = this.page.getByRole("group", { name: /filter/i }).or(this.page.locator("summary"));
    const field = this.page.getByRole("searchbox", { name: "Title" });
    if (!(await field.isVisible())) await narrow.first().click();
    await field.fill(title);
    await this.page.getByRole("button", { name: "Show", exact: true }).click();
  }
  beat(title: string) {
    return this.page.getByRole("heading", { name: title }).getByRole("link");
  }
  play(title: string) {
    return this.page.getByRole("main").getByRole("button", { name: `Play ${title}` });
  }
  /** The browser's own player, where no script has taken its place. */
  preview(title: string) {
    return this.page.locator(`audio[aria-label="Preview of ${title}"]`);
  }
  /** The bar of what is heard, which stays from page to page. */
  get bar() {
    return this.page.getByRole("region", { name: "Player" });
  }
  /** How many seconds of it were heard. */
  async heard(): Promise<number> {
    const place = this.bar.getByRole("slider", { name: /^Place in/ });
    return Number(await place.getAttribute("aria-valuenow"));
  }
}

/** A studio's portfolio, as everybody sees it. */
export class Portfolio {
  constructor(private readonly page: Page) {}

  open(slug: string) {
    return this.page.goto(`/portfolio/${slug}`);
  }
  /** What the works are called, in their order. */
  get works() {
    return this.page.getByRole("main").getByRole("listitem").getByRole("heading");
  }
}

/** A beat, its licences, and what is read before one is bought. */
export class BeatPage {
  constructor(private readonly page: Page) {}

  tier(name: RegExp) {
    return this.page.getByRole("row").filter({ has: this.page.getByRole("rowheader", { name }) });
  }
  contract(name: RegExp) {
    return this.tier(name).getByRole("link", { name: /^Read the contract/ });
  }
  offer(name: RegExp) {
    return this.tier(name).getByRole("link", { name: /^Make an offer/ });
  }
  async intoCart(name: RegExp) {
    await this.tier(name)
      .getByRole("button", { name: /^Add to cart/ })
      .click();
    await expect(this.page.getByRole("heading", { name: "Your cart" })).toBeVisible();
  }
}

/** From a cart to the sandbox's page of payment, and back. */
export class Checkout {
  constructor(private readonly page: Page) {}

  async say(buyer: Person) {
    await this.fill(buyer);
    await this.key.click();
  }
  async fill(buyer: Person) {
    await this.page.getByLabel("Name of the licensee").fill(buyer.name);
    await this.page.getByLabel("E-mail address").fill(buyer.email);
  }
  /** What leads from the cart to the pay page. */
  get key() {
    return this.page.getByRole("button", { name: /^Pay / });
  }
  async enterCoupon(code: string) {
    await this.page.getByLabel("Coupon", { exact: true }).fill(code);
    await this.page.getByRole("button", { name: "Apply" }).click();
  }
  /** Pays with the test card that is typed in already. */
  async pay() {
    await expect(this.page.getByText("No real money moves here")).toBeVisible();
    await this.page.getByRole("button", { name: /^Pay .*\d/ }).click();
  }
  /** Turns back at the pay page. */
  async turnBack() {
    await this.page.getByRole("button", { name: "Cancel and go back" }).click();
  }
  /** Sees the cart's form as somebody has filled it. */
  async says(buyer: Person) {
    await expect(this.page.getByLabel("Name of the licensee")).toHaveValue(buyer.name);
    await expect(this.page.getByLabel("E-mail address")).toHaveValue(buyer.email);
  }
}

/** A file as it was fetched. */
async function contentOf(download: Download): Promise<Buffer> {
  return readFile(await download.path());
}

/** An order: waits for its files, and has them fetched. */
export class OrderPage {
  constructor(private readonly page: Page) {}

  get downloads() {
    return this.page.getByRole("link", { name: /^Download/ });
  }
  /** All files are there; without scripts the page is loaded again, as its own head asks the browser to. */
  async ready() {
    await expect(this.downloads.first()).toBeVisible({ timeout: 60_000 });
    await expect(this.page.getByText("Being made")).toHaveCount(0);
  }
  /** Fetches a file, and holds it against the checksum that the page tells. */
  async fetch(kind: string): Promise<Buffer> {
    const row = this.page
      .getByRole("listitem")
      .filter({ has: this.downloads, hasNot: this.page.getByRole("listitem"), hasText: kind });
    const sum = row.locator("code");
    if (!(await sum.isVisible())) await row.getByText("SHA-256").click();
    const told = (await sum.innerText()).trim();
    const coming = this.page.waitForEvent("download");
    await row.getByRole("link", { name: /^Download/ }).click();
    const content = await contentOf(await coming);
    expect(createHash("sha256").update(content).digest("hex"), kind).toBe(told);
    return content;
  }
}

/** Signing, from the link in a mail to the last page. */
export class Signing {
  constructor(
    readonly page: Page,
    private readonly signer: Reader,
  ) {}

  /** Opens the link, and proves by the code whose mailbox it was in. */
  async open(link?: string) {
    await this.page.goto(link ?? (await this.signer.mail.link("sign")));
    await this.page.getByRole("button", { name: "Open the agreement" }).click();
    await this.page.getByLabel("Six digits").fill(await this.signer.mail.code());
    await this.page.getByRole("button", { name: "Go on" }).click();
    await expect(this.page.getByRole("heading", { name: "The agreement", exact: true })).toBeVisible();
  }
  async consent() {
    await this.page.getByRole("link", { name: "Go on to sign" }).click();
    const consents = this.page.getByRole("button", { name: "I agree to sign electronically" });
    const name = this.page.getByLabel("Type your full name");
    await expect(consents.or(name).first()).toBeVisible();
    if (await consents.isVisible()) await consents.click();
  }
  private get pad() {
    return this.page.getByRole("img", { name: /^A field to draw in/ });
  }
  /** Draws a line across the field. */
  async draw() {
    await this.pad.scrollIntoViewIfNeeded();
    const { x, y, width, height } = (await this.pad.boundingBox())!;
    await this.page.mouse.move(x + width * 0.2, y + height * 0.8);
    await this.page.mouse.down();
    await this.page.mouse.move(x + width * 0.5, y + height * 0.2);
    await this.page.mouse.move(x + width * 0.8, y + height * 0.7);
    await this.page.mouse.up();
  }
  /** What is seen in the field, pixel by pixel. */
  drawn(): Promise<string> {
    return this.pad.evaluate((pad: HTMLCanvasElement) => pad.toDataURL());
  }
  /** Types a name and signs, be it accepted or not. */
  async type(name: string) {
    await this.page.getByLabel("Type your full name").fill(name);
    await this.press();
  }
  async press() {
    await this.page.getByRole("button", { name: "Sign", exact: true }).click();
  }
  async sign() {
    await this.consent();
    await this.type(this.signer.name);
    await expect(this.page.getByRole("heading", { name: /have signed|has signed/ })).toBeVisible();
  }
  /** Proposes other shares, of both sides, in per cent. */
  async propose(shares: Record<string, string>, why: string) {
    await this.page.getByRole("link", { name: /^Propose other shares/ }).click();
    const sides = this.page.getByRole("group").filter({ has: this.page.getByRole("textbox") });
    for (const side of await sides.all())
      for (const [name, percent] of Object.entries(shares)) {
        const share = side.getByRole("textbox", { name: new RegExp(`^${name}`) });
        await share.fill(percent);
        await share.press("Tab");
        // Where scripts keep a side at 100 %, what was said is held fast, and the rest gives way.
        const hold = side.getByRole("checkbox", { name: `Hold the share of ${name}` });
        if ((await hold.count()) > 0) await hold.check();
      }
    await this.page.getByLabel(/^Why/).fill(why);
    await this.page.getByRole("button", { name: "Send the proposal" }).click();
    await expect(this.page.getByRole("heading", { name: "Your proposal is on its way" })).toBeVisible();
  }
  /** Waits until everybody's page brings the sealed file by itself, and fetches it. */
  async fetch(): Promise<Buffer> {
    const sealed = this.page.getByRole("link", { name: "Download the sealed PDF" });
    await expect(sealed).toBeVisible({ timeout: 60_000 });
    const coming = this.page.waitForEvent("download");
    await sealed.click();
    return contentOf(await coming);
  }
}

/** A mix under review. */
export class Review {
  constructor(private readonly page: Page) {}

  version(number: number) {
    return this.page.getByRole("listitem").filter({
      has: this.page.getByRole("heading", { name: new RegExp(`^Version ${number}\\b`) }),
    });
  }
  async comment(from: string, to: string, words: string) {
    await this.page.getByLabel("At, such as 1:23").fill(from);
    await this.page.getByLabel("Until, if it is a part").fill(to);
    await this.page.getByLabel("What should change?").fill(words);
    await this.page.getByRole("button", { name: "Comment", exact: true }).click();
    await expect(this.page.getByText(words).first()).toBeVisible();
  }
  async askForRevision() {
    await this.page.getByRole("button", { name: "Ask for a revision" }).click();
  }
  async approve(number: number) {
    await this.page.getByRole("button", { name: `Approve version ${number}` }).click();
  }
}

/** A room, its free times, and a booking of one. */
export class Booking {
  constructor(private readonly page: Page) {}

  async choose(slug: string, room: string) {
    await this.page.goto(`/book/${slug}`);
    await this.page.getByRole("heading", { name: room }).getByRole("link").click();
    await this.page.getByLabel("For how long").selectOption({ label: "4 hours" });
    await this.page.getByRole("button", { name: "Show what is free" }).click();
    await this.page
      .getByRole("region", { name: /^Free for/ })
      .getByRole("listitem")
      .getByRole("link")
      .first()
      .click();
    await expect(this.#name).toBeVisible();
  }
  get #name() {
    return this.page.getByLabel("Name", { exact: true });
  }
  async fill(client: Person, notes: string) {
    await this.#name.fill(client.name);
    await this.page.getByLabel("E-mail address").fill(client.email);
    await this.page.getByLabel(/^What is it about/).fill(notes);
  }
  async ask(client: Person, notes: string) {
    await this.fill(client, notes);
    await this.page.getByRole("button", { name: /^Go to the payment of/ }).click();
  }
  /** Asks for a time of which nothing is paid ahead: a mailed link confirms it. */
  async keep(client: Person, notes: string) {
    await this.fill(client, notes);
    await this.page.getByRole("button", { name: "Keep this time" }).click();
    await expect(this.page.getByRole("heading", { name: "Look into your mail" })).toBeVisible();
  }
}

/** Where documents are judged. */
export class Verify {
  constructor(private readonly page: Page) {}

  /** Has a PDF judged, and holds the verdict. */
  async judge(name: string, buffer: Buffer, verdict: "Unchanged" | "Do not rely on this file") {
    expect(buffer.toString("latin1", 0, 5), name).toBe("%PDF-");
    await this.page.goto("/verify");
    await this.page.getByLabel("The sealed PDF").setInputFiles({ name, mimeType: "application/pdf", buffer });
    await this.page.getByRole("button", { name: "Verify", exact: true }).click();
    await expect(this.page.getByRole("status").getByRole("heading").first()).toHaveText(verdict);
  }
}

/** What a payee is told: statements, what each is made of, and a word against a line. */
export class Portal {
  constructor(private readonly page: Page) {}

  async all() {
    await this.page.getByRole("link", { name: "All your statements" }).click();
    await expect(this.page.getByRole("heading", { level: 1 })).toContainText("your statements");
  }
  async newest() {
    await this.page.getByRole("listitem").getByRole("heading").getByRole("link").first().click();
    await expect(this.page.getByText(/^Royalty statement/)).toBeVisible();
  }
  async title(name: string) {
    await this.page.getByRole("link", { name }).click();
    await expect(this.page.getByRole("heading", { level: 1, name })).toBeVisible();
  }
  async dispute(words: string) {
    await this.page.getByText("Something is wrong with it").first().click();
    await this.page.getByLabel("What is wrong?").first().fill(words);
    await this.page.getByRole("button", { name: "Dispute this line" }).first().click();
    await expect(this.page.getByText("You disputed this line").first()).toBeVisible();
  }
}

/** A quote, as its client reads and answers it. */
export class Quote {
  constructor(private readonly page: Page) {}

  async accept(url: string, { name }: Person) {
    await this.page.goto(url);
    await this.page.getByLabel("Your name").fill(name);
    await this.page.getByRole("button", { name: /^Accept / }).click();
    await expect(this.page.getByRole("heading", { level: 1 })).toHaveText("You have accepted this quote");
  }
}
