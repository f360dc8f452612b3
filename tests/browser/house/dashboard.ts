/** The dashboard as people use it, called by what it says and what it is (names and roles), as the pages of guests are in `guests.ts`. */
import type { Locator, Page } from "@playwright/test";

import { somewhere, type Login, type Person } from "./api";
import { Rest } from "./rest";
import { expect } from "./test";

/** The songs of a project in the dashboard: mixes on their way to those who listen. */
export class MixDesk {
  constructor(private readonly page: Page) {}

  /** How many rounds reviews include that are opened from now on. */
  async includeRounds(rounds: number) {
    await this.page.getByRole("button", { name: "Set how reviews begin" }).click();
    const sheet = this.page.getByRole("dialog", { name: "Set how reviews begin" });
    await sheet.getByLabel("Rounds included").fill(String(rounds));
    await sheet.getByRole("button", { name: "Save" }).click();
    await expect(sheet).toBeHidden();
    await expect(this.page.getByText(`${rounds} rounds`)).toBeVisible();
  }
  /** Opens the review of the one song, in which one person decides. */
  async openReview({ name, email }: Person) {
    await this.page.getByRole("button", { name: "Open a review" }).click();
    await this.page.getByRole("button", { name: "Invite somebody" }).click();
    const sheet = this.page.getByRole("dialog", { name: "Invite somebody" });
    await sheet.getByLabel("Name", { exact: true }).fill(name);
    await sheet.getByLabel("E-mail address").fill(email);
    await sheet.getByRole("button", { name: "Invite somebody" }).click();
    await expect(sheet).toBeHidden();
    await expect(this.page.getByRole("list", { name: "Who listens" })).toContainText(name);
  }
  async upload(name: string, buffer: Buffer, note: string) {
    await this.page.getByRole("button", { name: "Upload a mix" }).click();
    const sheet = this.page.getByRole("dialog", { name: "Upload a mix" });
    await sheet.getByLabel("Files").setInputFiles({ name, mimeType: "audio/wav", buffer });
    await sheet.getByLabel("What is new in it").fill(note);
    await sheet.getByRole("button", { name: "Upload", exact: true }).click();
    await expect(sheet).toBeHidden();
    await expect(this.page.getByRole("list", { name: "Mixes", exact: true })).toContainText(note, {
      timeout: 60_000,
    });
  }
  /** Sends a mix as soon as it can be heard. */
  async send(number: number) {
    const send = this.page.getByRole("button", { name: `Send for review: mix ${number}` });
    await expect(send).toBeVisible({ timeout: 60_000 });
    await send.click();
    await expect(this.page.getByText(`Mix ${number} is out for review`)).toBeVisible();
  }
  async answer(name: string, words: string) {
    await this.page.getByRole("button", { name: `Answer ${name}` }).click();
    await this.page.getByLabel("Answer", { exact: true }).fill(words);
    await this.page.getByRole("button", { name: "Send the answer" }).click();
    await expect(this.page.getByText(words)).toBeVisible();
  }
}

/** The money of a project in the dashboard: what is asked of its client, and what they have paid by bank transfer. */
export class ProjectMoney {
  constructor(private readonly page: Page) {}

  get quotes() {
    return this.page.getByRole("region", { name: "Quotes" });
  }
  get invoices() {
    return this.page.getByRole("region", { name: "Invoices" });
  }
  get #sheet() {
    return this.page.getByRole("dialog");
  }
  async #say(what: string, price: string) {
    await this.#sheet.getByRole("textbox", { name: "What", exact: true }).last().fill(what);
    await this.#sheet
      .getByRole("textbox", { name: /^Price of one/ })
      .last()
      .fill(price);
  }
  async #close(button: string) {
    await this.#sheet.getByRole("button", { name: button, exact: true }).click();
    await expect(this.#sheet).toBeHidden();
  }
  /** Writes a quote of one line, and keeps it as a draft. */
  async quote(what: string, price: string, address: string) {
    await this.quotes.getByRole("button", { name: "New quote" }).click();
    await this.#say(what, price);
    await this.#sheet.getByLabel("Address of the client").fill(address);
    await this.#close("Save the draft");
  }
  /** Adds a line to the quote that waits. */
  async change(what: string, price: string) {
    await this.quotes.getByRole("button", { name: /^Change quote / }).click();
    await this.#sheet.getByRole("button", { name: "Add a line" }).click();
    await this.#say(what, price);
    await this.#close("Save the draft");
  }
  /** Writes an invoice of one line beside any quote, and issues it. */
  async invoice(what: string, price: string, address: string) {
    await this.invoices.getByRole("button", { name: "Write an invoice" }).click();
    await this.#say(what, price);
    await this.#sheet.getByLabel("Address of the client").fill(address);
    await this.#close("Issue and mail it");
  }
  async #do(invoice: RegExp, deed: string) {
    await this.invoices.getByRole("button", { name: invoice }).click();
    await this.page.getByRole("menuitem", { name: deed }).click();
  }
  /** Records that what is open of an invoice came by bank transfer. */
  async record(invoice: RegExp) {
    await this.#do(invoice, "Record a bank transfer");
    await this.#close("Record a bank transfer");
  }
  async takeBack(transfer: RegExp, reason: string) {
    await this.invoices.getByRole("button", { name: transfer }).click();
    await this.#sheet.getByLabel("Why").fill(reason);
    await this.#close("Take it back");
  }
  async credit(invoice: RegExp, reason: string) {
    await this.#do(invoice, "Credit it");
    await this.#sheet.getByLabel("Why").fill(reason);
    await this.#close("Credit it");
  }
}

/** What a studio sets to sell more: in its settings, and on the page of a beat. */
export class Selling {
  constructor(private readonly page: Page) {}

  part(name: string) {
    return this.page.getByRole("region", { name, exact: true });
  }
  /** What is told of something in a list of a part. */
  line(part: string, name: string) {
    return this.part(part).getByRole("listitem").filter({ hasText: name });
  }
  async makeCoupon(code: string, percent: string) {
    const coupons = this.part("Coupons");
    await coupons.getByRole("button", { name: "New coupon" }).click();
    await coupons.getByLabel("Code", { exact: true }).fill(code);
    await coupons.getByLabel("How much, in percent").fill(percent);
    await coupons.getByRole("button", { name: "Save the coupon" }).click();
  }
  async endCoupon(code: string) {
    const line = this.line("Coupons", code);
    await line.getByRole("button", { name: /^End it/ }).click();
  }
  async addDeal(buy: string, free: string, tier: RegExp) {
    const deals = this.part("Bulk deals");
    await deals.getByRole("button", { name: "Add a deal" }).click();
    await deals.getByLabel("Buy", { exact: true }).fill(buy);
    await deals.getByLabel("Get free").fill(free);
    await deals.getByRole("checkbox", { name: tier }).check();
    await deals.getByRole("button", { name: "Save the deals" }).click();
    await expect(this.page.getByText("The bulk deals are saved").first()).toBeVisible();
  }
  async setPrice(tier: string, price: string) {
    const line = this.line("Licences", tier);
    await line.getByRole("button", { name: `Change ${tier}` }).click();
    await line.getByLabel(/^Price, /).fill(price);
    await line.getByRole("button", { name: "Save" }).click();
    await expect(line.getByText("Its own", { exact: true })).toBeVisible();
  }
  async takeOffers(tier: string, least: string) {
    const offers = this.part("Offers");
    await offers.getByRole("button", { name: `Change offers: ${tier}` }).click();
    const sheet = this.page.getByRole("dialog", { name: `Offers: ${tier}` });
    await sheet.getByLabel("Take offers").check();
    await sheet.getByLabel(/^The least you want to hear of/).fill(least);
    await sheet.getByRole("button", { name: "Save" }).click();
    await expect(sheet).toBeHidden();
  }
  /** How far from the left the keys stand that change what the lines of a part tell. */
  async keysAt(part: string): Promise<number[]> {
    const keys = await this.part(part)
      .getByRole("listitem")
      .getByRole("button", { name: /^Change / })
      .all();
    return Promise.all(keys.map(async (key) => Math.round((await key.boundingBox())!.x)));
  }
  async giveAway() {
    const free = this.part("Free download");
    await free.getByRole("button", { name: "Give it away for an address" }).click();
    await expect(free.getByText("Given away", { exact: true })).toBeVisible();
  }
}

/** The dashboard, and the way from one of its areas to another. */
export class Dashboard {
  readonly #rest: Rest;

  constructor(readonly page: Page) {
    this.#rest = new Rest(page);
  }

  async signUp(owner: Login, studio: string) {
    await this.#askFor(owner, studio);
    await expect(this.page.getByRole("navigation", { name: "Areas" }).or(this.#opener).first()).toBeVisible();
  }
  /** Signs up with an address that has an account: what comes of it is in the mail, and the page leads on. */
  async signUpAgain(owner: Login, studio: string) {
    await this.#askFor({ ...owner, password: "a sentence of their own" }, studio);
    await expect(this.page.getByRole("heading", { name: "Look into your mail" })).toBeVisible();
    await expect(this.page.getByText(owner.email)).toBeVisible();
    await expect(this.page.getByRole("button", { name: "Set a new password" })).toBeVisible();
    await this.page.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(this.page.getByLabel("E-mail address")).toHaveValue(owner.email);
    await expect(this.page.getByLabel("Password")).toHaveValue("");
    await this.page.getByLabel("Password").fill(owner.password);
    await this.page.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(this.#door).toBeHidden();
  }
  async #askFor(owner: Login, studio: string) {
    await this.#come("/dashboard?new");
    await this.page.getByLabel("Your name").fill(owner.name);
    await this.page.getByLabel("The studio's name").fill(studio);
    await this.#enter(owner);
    await this.page.getByRole("button", { name: "Sign up", exact: true }).click();
  }
  async signIn(owner: Login, to = "/dashboard") {
    await this.#come(to);
    await this.#enter(owner);
    await this.page.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(this.#door).toBeHidden();
  }
  /** Signs in without the page, whose words may be of any language. */
  async enter({ email, password }: Login) {
    const query =
      "mutation ($input: SignInInput!) { signIn(input: $input) { session { me { id } } userErrors { code } } }";
    const answer = await this.page.request.post("/graphql", {
      headers: { "x-ledgerline-csrf": "1" },
      data: { query, variables: { input: { email, password } } },
    });
    const { data } = (await answer.json()) as { data: { signIn: { userErrors: unknown[] } } };
    expect(data.signIn.userErrors).toEqual([]);
  }
  async signInByPasskey() {
    await this.page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await expect(this.#door).toBeHidden();
  }
  async signOut() {
    if (await this.#opener.isVisible()) await this.#opener.click();
    await this.page.getByRole("button", { name: /: Your account$/ }).click();
    await this.page.getByRole("menuitem", { name: "Sign out" }).click();
    await expect(this.#door).toBeVisible();
  }
  get #door(): Locator {
    return this.page.getByRole("heading", { name: /^(Welcome back|Sign in)$/ });
  }
  /** Adds a passkey of this browser to the account that is open. */
  async addPasskey(name: string) {
    await this.page.getByRole("button", { name: "Add a passkey" }).click();
    const sheet = this.page.getByRole("dialog", { name: "Add a passkey" });
    await sheet.getByLabel("Name").fill(name);
    await sheet.getByRole("button", { name: "Go on" }).click();
    await expect(sheet).toBeHidden();
    await expect(this.page.getByText(name, { exact: true })).toBeVisible();
  }
  /** What asks for the name of the studio before it is closed, in the settings that are open. */
  async askToClose() {
    await this.page.getByRole("button", { name: "Close this studio" }).click();
    return this.page.getByRole("dialog", { name: "Close this studio" });
  }
  async closeStudio(sheet: Locator, name: string, reason = "") {
    await sheet.getByLabel("Name of the studio").fill(name);
    await sheet.getByLabel("Reason").fill(reason);
    await sheet.getByRole("button", { name: "Close this studio" }).click();
  }
  /** What keeps the settings that are open. */
  get keeper() {
    return this.page.getByRole("button", { name: "Save", exact: true });
  }
  async reopenStudio() {
    await this.page.getByRole("button", { name: "Open this studio again" }).click();
    await expect(this.page.getByRole("button", { name: "Close this studio" })).toBeVisible();
  }
  /** Opens another studio of the same person, and is in it. */
  async openAnother(studio: string, name: string) {
    await this.page.getByRole("button", { name: `${studio}: Change the studio` }).click();
    await this.page.getByRole("menuitem", { name: "Open another studio" }).click();
    const sheet = this.page.getByRole("dialog", { name: "Open another studio" });
    await sheet.getByLabel("The studio's name").fill(name);
    await sheet.getByRole("button", { name: "Open it" }).click();
    await expect(this.page.getByRole("button", { name: `${name}: Change the studio` })).toBeVisible();
  }
  /** Makes a key for one thing, and gives the secret that is shown once, in the settings of keys. */
  async makeKey(name: string, scope: string): Promise<string> {
    const main = this.page.getByRole("main");
    await main.getByLabel("Name", { exact: true }).fill(name);
    await main.getByLabel(scope).check();
    await main.getByRole("button", { name: "Make a key" }).click();
    const sheet = this.page.getByRole("dialog", { name: `The key “${name}”` });
    const secret = await sheet.getByText(/^ll_[0-9a-f]{64}$/).innerText();
    await sheet.getByRole("button", { name: "Done" }).click();
    await expect(sheet).toBeHidden();
    return secret;
  }
  async revokeKey(name: string) {
    await this.page.getByRole("button", { name: `Revoke ${name}` }).click();
    const sheet = this.page.getByRole("dialog", { name: `Revoke ${name}` });
    await sheet.getByRole("button", { name: "Revoke", exact: true }).click();
    await expect(sheet).toBeHidden();
    await expect(this.page.getByRole("row", { name }).getByText(/^Revoked /)).toBeVisible();
  }
  /** The works of the portfolio that is open, in their order. */
  get works() {
    return this.page.getByRole("region", { name: "Works" }).getByRole("listitem").getByRole("heading");
  }
  async addWork({ title, artist, role }: { title: string; artist: string; role: string }) {
    await this.page.getByRole("main").getByRole("button", { name: "Add a work" }).click();
    const sheet = this.page.getByRole("dialog", { name: "Add a work" });
    await sheet.getByLabel("Title").fill(title);
    await sheet.getByLabel("Whose release it is").fill(artist);
    await sheet.getByLabel("Released on").fill("2025-03-14");
    await sheet.getByLabel("What you did").selectOption(role);
    await sheet.getByRole("button", { name: "Save", exact: true }).click();
    await expect(sheet).toBeHidden();
  }
  async takeOut(title: string) {
    await this.page.getByRole("button", { name: `What else for ${title}` }).click();
    await this.page.getByRole("menuitem", { name: "Take out" }).click();
    const sheet = this.page.getByRole("dialog", { name: "Take out" });
    await sheet.getByRole("button", { name: "Take out" }).click();
    await expect(sheet).toBeHidden();
  }
  /** What the record that is open tells of something that was done. */
  act(what: string): Locator {
    return this.page.getByRole("row").filter({ hasText: what });
  }
  /** Looks in the record for acts of some kinds alone. */
  async showActs(kinds: string) {
    await this.page.getByLabel("Show", { exact: true }).selectOption(kinds);
  }
  /** Comes from an address of its own: so many sign in within minutes that the throttle would turn the last of them away. */
  async #come(to: string) {
    await this.page.context().setExtraHTTPHeaders({ "x-forwarded-for": somewhere() });
    await this.page.goto(to);
  }
  async #enter({ email, password }: Login) {
    await this.page.getByLabel("E-mail address").fill(email);
    await this.page.getByLabel("Password").fill(password);
  }
  get #opener(): Locator {
    return this.page.getByRole("button", { name: "Show the areas" });
  }
  async area(name: string) {
    const link = this.page
      .getByRole("navigation", { name: "Areas" })
      .getByRole("link", { name, exact: true });
    await expect(link.or(this.#opener).first()).toBeVisible();
    if (await this.#opener.isVisible()) await this.#opener.click();
    await link.click();
    await expect(this.page.getByRole("heading", { level: 1 }).first()).toBeVisible();
  }
  /** Opens a place by its address. */
  async open(studio: string, place: string) {
    await this.page.goto(`/dashboard/${studio}/${place}`);
    await this.settled();
  }
  /** Goes to a place as a link within the dashboard does, which loads nothing anew that is there. */
  async turn(studio: string, place: string) {
    await this.page.evaluate((href) => {
      const link = Object.assign(document.createElement("a"), { href });
      document.body.append(link);
      link.click();
      link.remove();
    }, `/dashboard/${studio}/${place}`);
    await this.settled();
  }
  /** Waits until what a place asks for was answered, and is shown. */
  async settled() {
    await expect(this.page.getByRole("main")).toBeVisible();
    await this.#rest.come();
    await expect(this.page.getByRole("status").filter({ hasText: /…$/ })).toHaveCount(0);
  }
  /** Presses what asks for files, and hands it a folder or files. */
  async hand(button: string, files: string | string[]) {
    const asked = this.page.waitForEvent("filechooser");
    await this.page.getByRole("main").getByRole("button", { name: button }).first().click();
    await (await asked).setFiles(files);
  }
}
