import type {
  CreditFragment,
  SessionBookingQuery,
  SessionProjectQuery,
} from "$generated/dashboard/areas/sessions/sessions";

import { guessed, ofProject, type Guess } from "./roles";

export interface Named {
  id: string;
  name: string;
}
/** Somebody of whom the booking or the project knows, with what they are likely to do. */
export interface Known extends Named {
  email: string | null;
  guesses: Guess[];
  /** Asked to come, and so to be expected. */
  isAsked: boolean;
}

type Party = Named & { email: string | null };
type Booking = Pick<NonNullable<SessionBookingQuery["booking"]>, "party" | "people">;
type Project = Pick<NonNullable<SessionProjectQuery["project"]>, "people" | "songs">;

/** Who may be there, each once: whom the booking asks to come, its client, then those of the project and of its songs. */
export function knownPeople(
  booking: Booking | null | undefined,
  project: Project | null | undefined,
): Known[] {
  const known = new Map<string, Known>();
  const add = (party: Party | null, guess: Guess | null, isAsked: boolean) => {
    if (!party) return;
    const { id, name, email } = party;
    const one = known.get(id) ?? { id, name, email, guesses: [], isAsked };
    known.set(party.id, one);
    if (guess && !one.guesses.some(({ role }) => role === guess.role)) one.guesses.push(guess);
  };
  for (const { party, role } of booking?.people ?? []) add(party, guessed(role), true);
  add(booking?.party ?? null, null, false);
  const all = [...(project?.people ?? []), ...(project?.songs ?? []).flatMap(({ people }) => people)];
  for (const { party, role, detail } of all) add(party, ofProject(role, detail), false);
  return [...known.values()];
}

/** A booking's client whom the books do not have, for it names nobody there. */
export function clientToEnter(
  booking:
    | Pick<NonNullable<SessionBookingQuery["booking"]>, "party" | "clientName" | "clientEmail">
    | null
    | undefined,
): { name: string; email: string | null } | null {
  if (!booking?.clientName || booking.party) return null;
  return { name: booking.clientName, email: booking.clientEmail };
}

export interface Credited extends Named {
  credits: CreditFragment[];
}

/** Credits by who has them, in the order in which they were entered. */
export function byPerson(credits: readonly CreditFragment[]): Credited[] {
  const people = new Map<string, Credited>();
  for (const credit of credits) {
    const one = people.get(credit.partyId) ?? {
      id: credit.partyId,
      name: credit.party?.name ?? "",
      credits: [],
    };
    one.credits.push(credit);
    people.set(one.id, one);
  }
  return [...people.values()];
}
