/** A song by two people, and a statement of what it has earned: what every way through royalties begins with. */
import type { Page } from "@playwright/test";

import { Producer } from "./api";
import { Signing } from "./guests";
import type { Reader } from "./mail";

const HEADER =
  "Date Inserted\tReporting Date\tSale Month\tStore\tArtist\tTitle\tISRC\tUPC\tQuantity\tTeam Percentage\tSource Type\tCountry of Sale\tSongwriter Royalties Withheld (USD)\tEarnings (USD)\tRecoup (USD)";
const ISRC = "QZAB12600001";
const line = (store: string, quantity: number, earnings: string) =>
  `2025-02-05\t2025-02-01\t2025-01\t${store}\tVera\tTin Roof\t${ISRC}\t\t${quantity}\t100\tStreaming\tUS\t0\t${earnings}\t0`;

/** Two hundred dollars of two stores, in January 2025. */
export const STATEMENT = [HEADER, line("Spotify", 41_000, "150.00"), line("Tidal", 9_000, "50.00"), ""].join(
  "\n",
);

/** A statement whose columns nobody has said the meaning of. */
export const ELSEWHERE = "When\tWhat it was\tHow often\tFor me\n2025-01\tTin Roof\t120\t3.50\n";

/** A studio with the song on sale, of which both have signed that each has a half. */
export async function tinRoof(base: string, page: Page, owner: Reader, other: Reader): Promise<Producer> {
  const producer = await Producer.open(base, owner, `Tin Roof ${owner.email}`, "USD");
  const song = await producer.sell("Tin Roof", { isrc: ISRC });
  const halves = [
    { person: owner, role: "producer", percent: 50 },
    { person: other, role: "artist", percent: 50 },
  ];
  await producer.sendSheet(song, halves, "2020-01-01");
  for (const signer of [owner, other]) {
    const signing = new Signing(page, signer);
    await signing.open();
    await signing.sign();
  }
  return producer;
}
