/** What is there before the first test: a studio in the middle of its work, and one that has just begun. Tests look at it, and change only what is theirs. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { buy, dispute, order, Producer, type Beat, type Login, type Placed, type Studio } from "./api";
import { Mailbox } from "./mail";

export interface World {
  base: string;
  owner: Login;
  studio: Studio;
  beats: [Beat, Beat, Beat];
  room: string;
  /** An order whose files are there. */
  bought: Placed;
  /** Pages that a link leads to, by what they are. */
  links: {
    /** An order that waits for its payment. */
    unpaid: string;
    licence: string;
    quote: string;
    review: string;
    /** A link to sign that nobody opens. */
    sign: string;
    portal: string;
  };
  /** What the dashboard shows one by one. */
  ids: {
    beat: string;
    order: string;
    project: string;
    client: string;
    sheet: string;
    session: string;
    booking: string;
  };
  /** Nothing was done in it yet. */
  newcomer: { owner: Login; studio: Studio };
}

const OWNER = { name: "Nova Reyes", email: "nova@example.com" };
const ARTIST = { name: "Mara Lindqvist", email: "mara@example.com" };
const BUYER = { name: "Lena Brandt", email: "lena@example.com" };
const DOUBTER = { name: "Ivo Marin", email: "ivo@example.com" };
const WRITER = { name: "Łukasz Żak", email: "lukasz@example.com" };
const PAYEE = { name: "Amira Haddad", email: "amira@example.com" };

export async function fill(base: string): Promise<World> {
  const nova = await Producer.open(base, OWNER, "Nova Sound");
  const { id } = nova.studio;
  await nova.nameSeller();
  const beats = await Promise.all([
    nova.sell("Night Drive", { bpm: 140, moods: ["dark"], tags: ["trap"] }),
    nova.sell("Copper Sky", { bpm: 92, musicalKey: "F# major", moods: ["warm"], tags: ["soul"] }),
    nova.sell("Low Tide", { bpm: 78, musicalKey: "Dm", moods: ["calm"], tags: ["lo-fi"] }),
  ]);
  const [first, second, third] = beats;
  const free = { beat: third.id, free: true };
  await nova.change("setFreeDownload", "SetFreeDownloadInput", free, "free");
  const offers = { studio: id, tier: "WAV", takesOffers: true };
  await nova.change("setOffers", "SetOffersInput", offers, "setting { takesOffers }");
  const both = { studio: id, name: "Both ends of the night", tier: "MP3", beats: [first.id, third.id] };
  const price = { minor: 3_900, currency: nova.studio.currency };
  await nova.change("setBundle", "SetBundleInput", { ...both, price }, "bundle { id }");

  const room = await nova.openRoom("Room A");
  const bought = await buy(nova, first, BUYER);
  const unpaid = await order(nova, second, BUYER, "MP3");
  await dispute(nova, first, DOUBTER);
  const { project, song, client } = await nova.openRecord("Night Bus", ARTIST);
  const session = await nova.logSession("Night Bus, vocals", project);
  const booking = await nova.book(room.id, "The Night Owls");
  await nova.sendQuote(project, "Night Bus: recording, mix and masters");
  const mix = await nova.mix(song, "Night Bus, mix 1");
  await nova.openReview(song, ARTIST);
  await nova.sendForReview(mix);
  const entry = { studio: id, title: "Harbour Lights", artist: "Vera Stone", isPublic: true };
  const shown = { ...entry, releasedOn: "2025-03-14", roles: ["PRODUCER"] };
  await nova.change("addPortfolioEntry", "AddPortfolioEntryInput", shown, "entry { id }");
  const portfolio = { studio: id, headline: "Songs, mixed and made", isPublic: true };
  await nova.change("updatePortfolio", "UpdatePortfolioInput", portfolio, "portfolio { isPublic }");
  const sheet = await nova.sendSheet(second, [
    { person: OWNER, role: "producer", percent: 60 },
    { person: WRITER, role: "writer", percent: 40 },
  ]);
  const payee = await nova.promise(PAYEE, 20, "2020-01-01");

  const orders = "query ($studio: ID!) { orders(studio: $studio, first: 20) { nodes { id reference } } }";
  const sold = (await nova.ask(orders, { studio: id })).orders.nodes.find(
    ({ reference }: { reference: string }) => reference === bought.reference,
  );

  const newcomer = await Producer.open(
    base,
    { name: "Kenji Mori", email: "kenji@example.com" },
    "Quiet Hours",
  );
  const mara = new Mailbox(base, ARTIST.email);
  return {
    base,
    owner: nova.login,
    studio: nova.studio,
    beats,
    room: room.slug,
    bought,
    links: {
      unpaid: unpaid.url,
      licence: `${bought.url}/licences/${bought.reference}-1`,
      review: await mara.link("review"),
      quote: await new Mailbox(base, ARTIST.email).link("quotes"),
      sign: await new Mailbox(base, WRITER.email).link("sign"),
      portal: await nova.openPortal(payee),
    },
    ids: { beat: first.id, order: sold.id, project, client, sheet: sheet.id, session, booking },
    newcomer: { owner: newcomer.login, studio: newcomer.studio },
  };
}

/** Where what was filled around these tests is told. */
function theFile(): string {
  const file = process.env.LEDGERLINE_TEST_WORLD;
  if (!file) throw new Error("the world is filled around the tests; start them with `npm test`");
  return file;
}

/** The world as it was filled around these tests. */
export function theWorld(): World {
  return JSON.parse(readFileSync(theFile(), "utf8")) as World;
}

/** The file in which the program says what goes wrong. */
export function theLog(): string {
  return join(dirname(theFile()), "server.log");
}
