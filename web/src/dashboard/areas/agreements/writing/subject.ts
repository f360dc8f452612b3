/** What an agreement is about, as far as the studio knows it already: out of a project with its quotes, or out of a booking. */
import type {
  BookingOccasionQuery,
  KnownPersonQuery,
  ProjectOccasionQuery,
} from "$generated/dashboard/areas/agreements/writing/writing";

import type { Person } from "../draft";
import { personOf } from "./parties";

export interface Subject {
  title: string;
  /** Who orders it. */
  client?: Person;
  /** Who takes part besides, and what they do. */
  people: { person: Person; part: string }[];
  songs: string[];
  goals?: string;
  /** What is handed over, thing by thing. */
  deliverables: string[];
  dueOn?: string;
  fee?: { minor: number; currency: string };
  /** How much of the fee is paid ahead. */
  depositPpm?: number;
}

type Project = NonNullable<ProjectOccasionQuery["project"]>;
type Quote = ProjectOccasionQuery["quotes"]["nodes"][number];
type Booking = NonNullable<BookingOccasionQuery["booking"]>;

/** What nothing is known of but what it is called. */
export function titled(title: string): Subject {
  return { title, people: [], songs: [], deliverables: [] };
}

function clientOf(found: KnownPersonQuery | null): Person | undefined {
  return found?.party ? personOf(found.party, found.partyProfile) : undefined;
}

/** Of a project's quotes the one that holds, or else is to hold: what was accepted, sent or begun, in this order; of equal ones the newest. */
export function quoteOf(quotes: readonly Quote[]): Quote | undefined {
  const states = ["ACCEPTED", "SENT", "DRAFT"] as const;
  // The newest come first.
  return states.flatMap((state) => quotes.filter((quote) => quote.state === state))[0];
}

export function ofProject(
  { title, dueOn, brief, songs, people }: Project,
  quotes: readonly Quote[],
  client: KnownPersonQuery | null,
): Subject {
  const quote = quoteOf(quotes);
  const takesPart = people.flatMap(({ party, roleName, detail }) =>
    party ? [{ id: party.id, person: personOf(party), part: detail || roleName }] : [],
  );
  const ids = [...new Set(takesPart.map(({ id }) => id))];
  return {
    title,
    client: clientOf(client),
    people: ids.map((id) => {
      const own = takesPart.filter((row) => row.id === id);
      return { person: own[0]?.person ?? { name: "" }, part: own.map(({ part }) => part).join(", ") };
    }),
    songs: songs.map((song) => song.title),
    goals: brief.goals || undefined,
    deliverables: brief.deliverables.split("\n").flatMap((line) => line.trim() || []),
    dueOn: dueOn ?? undefined,
    // All that is paid, tax and all: an agreement that says nothing of tax is read as holding it.
    fee: quote?.total,
    depositPpm: quote?.versions.find(({ number }) => number === quote.version)?.deposit.ppm,
  };
}

export function ofBooking(booking: Booking, client: KnownPersonQuery | null): Subject {
  const { title, clientName, clientEmail, price, deposit } = booking;
  const named = clientName ? { name: clientName, email: clientEmail ?? "" } : undefined;
  return {
    ...titled(title),
    client: clientOf(client) ?? named,
    ...(price.minor > 0 && {
      fee: price,
      depositPpm: Math.round((deposit.minor / price.minor) * 1_000_000),
    }),
  };
}
