/** A producer's program: what a test needs to be there already is entered through the public API, as any program would. */
import { beat as sound } from "./sound";
import { Mailbox } from "./mail";
import { until } from "./until";

type Json = Record<string, any>; // eslint-disable-line -- the answers' shapes are those of the query beside it

export interface Person {
  name: string;
  email: string;
}
export interface Login extends Person {
  password: string;
}
export interface Studio {
  id: string;
  slug: string;
  name: string;
  currency: string;
}
export interface Beat {
  id: string;
  slug: string;
  title: string;
}
export interface Sheet {
  id: string;
  reference: string;
}
/** What a payee is told of a run. */
export interface Told {
  id: string;
  partyId: string;
  partyName: string;
}

export const PASSWORD = "four small words here";
const REFUSALS = "userErrors { field code message remedy }";

export class Producer {
  private constructor(
    readonly base: string,
    readonly login: Login,
    readonly studio: Studio,
    private readonly token: string,
  ) {}

  /** Opens a studio, and signs its owner in with their address confirmed. */
  static async open(base: string, owner: Person, studioName: string, currency = "EUR"): Promise<Producer> {
    const login = { name: owner.name, email: owner.email, password: PASSWORD };
    const input = { ...login, studioName, currency };
    await mutate(base, "", "signUp", "SignUpInput", input, "message");
    const token = await signIn(base, login);
    const confirm = await new Mailbox(base, login.email).next(
      "a link to confirm the address",
      /\/account\/verify\?token=(\S+)/,
    );
    await ask(base, token, "mutation ($token: String!) { verifyEmail(token: $token) { completed } }", {
      token: confirm,
    });
    return Producer.#as(base, login, token);
  }

  /** Somebody who has a studio already. */
  static async of(base: string, login: Login): Promise<Producer> {
    return Producer.#as(base, login, await signIn(base, login));
  }

  static async #as(base: string, login: Login, token: string): Promise<Producer> {
    const { me } = await ask(base, token, "{ me { studios { id slug name currency } } }");
    return new Producer(base, login, me.studios[0], token);
  }

  ask(query: string, variables: Json = {}): Promise<Json> {
    return ask(this.base, this.token, query, variables);
  }

  /** Runs a mutation of one input, and gives what is wanted of its payload. */
  change(name: string, type: string, input: Json, wanted: string): Promise<Json> {
    return mutate(this.base, this.token, name, type, input, wanted);
  }

  /** Runs a mutation that is told what it is of and nothing else, and gives what is wanted of its payload. */
  async turn(name: string, of: string, id: string, wanted = ""): Promise<Json> {
    const query = `mutation ($id: ID!) { ${name}(${of}: $id) { ${wanted} ${REFUSALS} } }`;
    const payload = (await this.ask(query, { id }))[name];
    refuse(name, payload);
    return payload;
  }

  /** Sends a file, waits until it was looked through, and gives its id. */
  async upload(kind: string, name: string, content: Buffer): Promise<string> {
    const query = new URLSearchParams({ studio: this.studio.id, kind, name });
    const answer = await fetch(`${this.base}/uploads/single?${query}`, {
      method: "POST",
      headers: { authorization: `Bearer ${this.token}`, "content-type": "application/octet-stream" },
      body: new Uint8Array(content),
    });
    const body = (await answer.json()) as Json;
    if (!answer.ok) throw new Error(`${name} was refused: ${JSON.stringify(body)}`);
    const id: string = body.assetId;
    await until(`${name} to be looked through`, async () => {
      const { asset } = await this.ask("query ($id: ID!) { asset(id: $id) { state refusal } }", { id });
      if (asset.state !== "CHECKING" && asset.state !== "READY") throw new Error(`${name}: ${asset.refusal}`);
      return asset.state === "READY";
    });
    return id;
  }

  /** Puts a beat on sale, and waits until it can be heard. */
  async sell(title: string, facts: Json & { bpm?: number } = {}): Promise<Beat> {
    const { bpm = 96, ...others } = facts;
    const sourceAssetId = await this.upload("source", `${title}.wav`, sound(title, { bpm }));
    const input = {
      studio: this.studio.id,
      title,
      sourceAssetId,
      bpmMilli: bpm * 1_000,
      musicalKey: "Am",
      ...others,
    };
    const { beat } = await this.change("createBeat", "CreateBeatInput", input, "beat { id slug title }");
    await this.turn("publishBeat", "beat", beat.id);
    await until(`the preview of ${title}`, async () => {
      const asked = "query ($id: ID!) { beat(id: $id) { preview { id } waveform { id } } }";
      const { beat: now } = await this.ask(asked, { id: beat.id });
      return now.preview !== null && now.waveform !== null;
    });
    return beat as Beat;
  }

  /** Writes a split sheet of a beat for so many people, in per cent, from a day on if need be, and sends it to them. */
  async sendSheet(...sheet: Parameters<Producer["draftSheet"]>): Promise<Sheet> {
    const drafted = await this.draftSheet(...sheet);
    const sent = { agreement: drafted.id };
    await this.change("sendAgreement", "SendAgreementInput", sent, "agreement { state }");
    return drafted;
  }

  /** The same, not sent yet. */
  async draftSheet(
    beat: Beat,
    people: { person: Person; role: string; percent: number }[],
    effectiveOn?: string,
  ): Promise<Sheet> {
    const query = "query ($beat: ID!) { splitSheetDraft(beat: $beat) }";
    const document = (await this.ask(query, { beat: beat.id })).splitSheetDraft;
    document.parties = people.map(({ person: { name, email }, role }) => ({
      name,
      email,
      role,
      signs: true,
    }));
    const shares = (more: Json) =>
      people.map(({ percent }, party) => ({ party, ...more, share_ppm: percent * 10_000 }));
    document.terms.composition.writers = shares({ role: "CA" });
    document.terms.master.owners = shares({});
    if (effectiveOn) document.terms.effective_on = effectiveOn;
    const drafted = await this.change(
      "draftAgreement",
      "DraftAgreementInput",
      { studio: this.studio.id, document },
      "agreement { id reference }",
    );
    return drafted.agreement as Sheet;
  }

  /** Says who sells and where, as contracts and invoices have it. */
  async nameSeller(): Promise<void> {
    const { id: studio, name } = this.studio;
    const seller = { legalName: this.login.name, address: "Lindenstraße 1, 10969 Berlin" };
    const input = { studio, name, contactEmail: this.login.email, governingLaw: "Germany", ...seller };
    await this.change("updateStudio", "UpdateStudioInput", input, "studio { id }");
  }

  /** A room that is booked by the hour, so much of the price ahead, in per cent. */
  async openRoom(name: string, ahead = 30): Promise<{ id: string; slug: string }> {
    const hours = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({
      weekday,
      opensMinute: 540,
      closesMinute: 1_260,
    }));
    const input = {
      studio: this.studio.id,
      name,
      timeZone: "Europe/Berlin",
      address: "Lindenstraße 1, 10969 Berlin",
      description: "A live room with daylight, a booth, and a piano that is in tune.",
      hours,
      isPublic: true,
      hourRate: { minor: 5_000, currency: this.studio.currency },
      depositShare: ahead * 10_000,
      noticeMinutes: 60,
      stepMinutes: 60,
      minMinutes: 60,
      maxMinutes: 480,
    };
    return (await this.change("createRoom", "CreateRoomInput", input, "room { id slug }")).room;
  }

  /** Two hours of a room in a month, at noon, for somebody who is written to by nobody; gives the id. */
  async book(room: string, client: string): Promise<string> {
    const day = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
    const time = { startsAt: `${day}T12:00:00Z`, minutes: 120 };
    const input = { room, time, client: { name: client } };
    return (await this.change("createBooking", "CreateBookingInput", input, "booking { id }")).booking.id;
  }

  /** A session that was held yesterday; gives the id. */
  async logSession(title: string, project: string): Promise<string> {
    const [begun, ended] = [26, 22].map((hours) => new Date(Date.now() - hours * 3_600_000).toISOString());
    const when = { startedAt: begun, endedAt: ended };
    const input = { studio: this.studio.id, project, title, kind: "VOCAL", ...when };
    return (await this.change("startSession", "StartSessionInput", input, "session { id }")).session.id;
  }

  async enterClient({ name, email }: Person): Promise<{ id: string; party: string }> {
    const input = { studio: this.studio.id, party: { kind: "PERSON", name, email } };
    const { client } = await this.change(
      "createClient",
      "CreateClientInput",
      input,
      "client { id party { id } }",
    );
    return { id: client.id, party: client.party.id };
  }

  /** A record of one song for a client. */
  async openRecord(
    title: string,
    artist: Person,
  ): Promise<{ project: string; song: string; client: string }> {
    const client = await this.enterClient(artist);
    const input = { studio: this.studio.id, kind: "RECORD", title, client: client.id };
    const { project } = await this.change("createProject", "CreateProjectInput", input, "project { id }");
    const brief = { project: project.id, goals: "A single", decider: client.party };
    await this.change("updateProject", "UpdateProjectInput", brief, "project { id }");
    const { song } = await this.change(
      "addSong",
      "AddSongInput",
      { project: project.id, title },
      "song { id }",
    );
    return { project: project.id, song: song.id, client: client.id };
  }

  /** Another version of a song's mix, out of a file, once it can be heard. */
  async mix(song: string, title: string): Promise<string> {
    const file = await this.upload("source", `${title}.wav`, sound(title));
    const { version } = await this.change("addMixFile", "AddMixFileInput", { song, file }, "version { id }");
    await until(`${title} to be heard`, async () => {
      const query = "query ($id: ID!) { mixVersion(id: $id) { sound { state refusal } } }";
      const { sound: now } = (await this.ask(query, { id: version.id })).mixVersion;
      if (now.state === "REFUSED") throw new Error(now.refusal);
      return now.state === "READY";
    });
    return version.id as string;
  }

  /** Opens the review of a song for two rounds, in which one person decides. */
  async openReview(song: string, decider: Person): Promise<void> {
    const terms = { song, terms: { rounds: 2, signOffDays: 7 } };
    const { review } = await this.change("openReview", "OpenReviewInput", terms, "review { id }");
    const { name, email } = decider;
    const invited = { review: review.id, name, email, decides: true };
    await this.change("inviteReviewer", "InviteReviewerInput", invited, "reviewer { id }");
  }

  async sendForReview(version: string): Promise<void> {
    await this.change("sendForReview", "SendForReviewInput", { version }, "round { number }");
  }

  async sendQuote(project: string, title: string): Promise<void> {
    const { currency } = this.studio;
    const input = {
      project,
      title,
      billTo: { address: "Kanalstraße 5\n80538 München" },
      currency,
      lines: [
        { what: "Recording, two days", unitPrice: { minor: 60_000, currency } },
        { what: "Mix and masters", unitPrice: { minor: 40_000, currency } },
      ],
      validUntil: new Date(Date.now() + 14 * 86_400_000).toISOString(),
      depositPpm: 300_000,
    };
    const { quote } = await this.change("createQuote", "CreateQuoteInput", input, "quote { id }");
    await this.change("sendQuote", "QuoteInput", { quote: quote.id }, "quote { state }");
  }

  /** What somebody is paid of everything that the studio earns, in per cent, from a day on; gives the id of the party. */
  async promise({ name, email }: Person, percent: number, effectiveOn: string): Promise<string> {
    const parties = "query ($studio: ID!) { parties(studio: $studio, first: 100) { nodes { id email } } }";
    const { nodes } = (await this.ask(parties, { studio: this.studio.id })).parties;
    const payer = nodes.find((party: Json) => party.email === this.login.email).id;
    const entered = { studio: this.studio.id, kind: "PERSON", name, email };
    const { party } = await this.change("createParty", "CreatePartyInput", entered, "party { id }");
    const rates = [{ base: "net_receipts", rate: [percent, 100] }];
    const contract = { payer, payee: party.id, covers: "everything", rates };
    const input = {
      studio: this.studio.id,
      rule: "contract:points",
      title: `${name}, points`,
      effectiveOn,
      content: { contract },
    };
    await this.change("saveRoyaltyRule", "SaveRoyaltyRuleInput", input, "rule { number }");
    return party.id as string;
  }

  /** The address of what a payee is told. */
  async openPortal(party: string): Promise<string> {
    return (await this.turn("openRoyaltyPortal", "party", party, "portal { url }")).portal.url as string;
  }

  /** Takes in a royalty statement, and waits until its lines count, or until it stands otherwise, as it is to. */
  async takeStatement(name: string, text: string, becomes = "READY"): Promise<string> {
    const assetId = await this.upload("statement", name, Buffer.from(text));
    const input = { studio: this.studio.id, assetId };
    const { statement } = await this.change(
      "importStatement",
      "ImportStatementInput",
      input,
      "statement { id }",
    );
    await until(`${name} to be read`, async () => {
      const query = "query ($id: ID!) { statement(id: $id) { state } }";
      const { state } = (await this.ask(query, { id: statement.id })).statement;
      if (!["WAITING", "READING", becomes].includes(state)) throw new Error(`${name}: ${state}`);
      return state === becomes;
    });
    return statement.id as string;
  }

  /** Reckons what was earned up to a day, posts it, and waits until each payee's documents are there. */
  async postRun(through: string): Promise<{ run: string; told: Told[] }> {
    const { id: studio, currency } = this.studio;
    const input = { studio, currency, through };
    const { run } = await this.change("reckonRoyalties", "ReckonRoyaltiesInput", input, "run { id }");
    for (const step of ["approveRoyaltyRun", "postRoyaltyRun"]) await this.turn(step, "id", run.id);
    const told = await until("what payees are told", async () => {
      const wanted = "id partyId partyName hasDocuments";
      const query = `query ($studio: ID!) { payeeStatements(studio: $studio, first: 100) { nodes { ${wanted} } } }`;
      const { nodes } = (await this.ask(query, { studio })).payeeStatements;
      return nodes.length > 0 && nodes.every((one: Json) => one.hasDocuments) && (nodes as Told[]);
    });
    return { run: run.id as string, told };
  }
}

/** An order that a guest has placed, and paid at the sandbox's page. */
export interface Placed {
  reference: string;
  token: string;
  url: string;
  payUrl: string;
}

/** Orders a beat as a guest's program does, without paying. */
export async function order(producer: Producer, beat: Beat, buyer: Person, tier = "WAV"): Promise<Placed> {
  const { base, studio } = producer;
  const added = await mutate(
    base,
    "",
    "addToCart",
    "AddToCartInput",
    { studio: studio.id, beat: beat.id, tier },
    "secret cart { total { minor currency } }",
  );
  const input = {
    studio: studio.id,
    secret: added.secret,
    buyerName: buyer.name,
    buyerEmail: buyer.email,
    seenTotal: added.cart.total,
  };
  const wanted = "placed { order { reference } payUrl token url }";
  const { placed } = await mutate(base, "", "placeOrder", "PlaceOrderInput", input, wanted);
  return { ...placed, reference: placed.order.reference };
}

/** The sandbox's cards: one that is paid, and one whose payment the bank disputes. */
const CARDS = { paid: "4242 4242 4242 4242", disputed: "4000 0000 0000 0259" };

/** Pays an order at the sandbox's page, and comes back from there. */
async function pay({ payUrl }: Placed, card: string): Promise<void> {
  const form = new URLSearchParams({ card, outcome: "pay" });
  const paid = await fetch(payUrl, { method: "POST", body: form, redirect: "manual" });
  const back = paid.headers.get("location");
  if (!back) throw new Error(`the pay page answered ${paid.status} and led nowhere`);
  await fetch(back);
}

/** Orders and pays; then the buyer's bank disputes it. */
export async function dispute(producer: Producer, beat: Beat, buyer: Person): Promise<void> {
  const placed = await order(producer, beat, buyer, "MP3");
  await pay(placed, CARDS.disputed);
  await until(`the dispute of ${placed.reference}`, async () => {
    const query = "query ($studio: ID!) { disputes(studio: $studio, first: 1) { nodes { id } } }";
    return (await producer.ask(query, { studio: producer.studio.id })).disputes.nodes.length > 0;
  });
}

/** Orders, pays, and waits until the files are there. */
export async function buy(producer: Producer, beat: Beat, buyer: Person, tier = "WAV"): Promise<Placed> {
  const placed = await order(producer, beat, buyer, tier);
  await pay(placed, CARDS.paid);
  await until(`the files of ${placed.reference}`, async () => {
    const query = "query ($token: String!) { buyerOrder(token: $token) { state } }";
    const { buyerOrder } = await ask(producer.base, "", query, { token: placed.token });
    return buyerOrder.state === "DELIVERED";
  });
  return placed;
}

/** The sealed contract of an order. */
export async function contractOf(base: string, { token }: Placed): Promise<Buffer> {
  const query = "query ($token: String!) { deliverablesByToken(token: $token) { kind url } }";
  const { deliverablesByToken } = await ask(base, "", query, { token });
  const contract = deliverablesByToken.find(({ kind }: Json) => kind === "CONTRACT");
  const answer = await fetch(contract.url);
  if (!answer.ok) throw new Error(`the contract was answered with ${answer.status}`);
  return Buffer.from(await answer.arrayBuffer());
}

/** The same file, but for one bit of it. */
export function changed(file: Buffer): Buffer {
  const other = Buffer.from(file);
  const middle = Math.floor(file.length / 3);
  other.writeUInt8(file.readUInt8(middle) ^ 1, middle);
  return other;
}

async function signIn(base: string, { email, password }: Login): Promise<string> {
  const input = { email, password, transport: "ANSWER" };
  const wanted = "session { tokens { accessToken } }";
  return (await mutate(base, "", "signIn", "SignInInput", input, wanted)).session.tokens.accessToken;
}

/** An address of whoever is not signed in yet: everybody has their own, or the throttle would take them all for one. */
export function somewhere(): string {
  return ["10", ...crypto.getRandomValues(new Uint8Array(3))].join(".");
}

async function ask(base: string, token: string, query: string, variables: Json = {}): Promise<Json> {
  const caller: Record<string, string> = token
    ? { authorization: `Bearer ${token}` }
    : { "x-forwarded-for": somewhere() };
  const answer = await fetch(`${base}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", ...caller },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await answer.json()) as Json;
  if (errors) throw new Error(`the API refused ${query.slice(0, 80)}: ${JSON.stringify(errors)}`);
  return data;
}

async function mutate(
  base: string,
  token: string,
  name: string,
  type: string,
  input: Json,
  wanted: string,
): Promise<Json> {
  const query = `mutation ($input: ${type}!) { ${name}(input: $input) { ${wanted} ${REFUSALS} } }`;
  const payload = (await ask(base, token, query, { input }))[name];
  refuse(name, payload);
  return payload;
}

function refuse(name: string, payload: Json): void {
  if (payload.userErrors.length > 0)
    throw new Error(`${name} was refused: ${JSON.stringify(payload.userErrors)}`);
}
