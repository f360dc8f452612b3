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
  guesses: Guess[];
  /** Asked to come, and so to be expected. */
  isAsked: boolean;
}

type Booking = Pick<NonNullable<SessionBookingQuery["booking"]>, "party" | "people">;
type Project = Pick<NonNullable<SessionProjectQuery["project"]>, "people" | "songs">;

/** Who may be there, each once: whom the booking asks to come, its client, then those of the project and of its songs. */
export function knownPeople(
  booking: Booking | null | undefined,
  project: Project | null | undefined,
): Known[] {
  const known = new Map<string, Known>();
  const add = (party: Named | null, guess: Guess | null, isAsked: boolean) => {
    if (!party) return;
    const one = known.get(party.id) ?? { id: party.id, name: party.name, guesses: [], isAsked };
    known.set(party.id, one);
    if (guess && !one.guesses.some(({ role }) => role === guess.role)) one.guesses.push(guess);
  };
  for (const { party, role } of booking?.people ?? []) add(party, guessed(role), true);
  add(booking?.party ?? null, null, false);
  const all = [...(project?.people ?? []), ...(project?.songs ?? []).flatMap(({ people }) => people)];
  for (const { party, role, detail } of all) add(party, ofProject(role, detail), false);
  return [...known.values()];
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

/** Whether all words stand in somebody's name or address. */
export function fits({ name, email }: { name: string; email: string | null }, words: string): boolean {
  const text = `${name} ${email ?? ""}`.toLocaleLowerCase();
  return words
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
