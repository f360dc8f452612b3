/** Those who make an agreement: as the studio knows them, and as they stand in a form. */
import type {
  PartyFactsFragment,
  ProfileFactsFragment,
} from "$generated/dashboard/areas/agreements/writing/writing";

import type { Party, Person } from "../draft";

/** What of somebody is typed in a form besides the name. */
const OPTIONAL = ["email", "legal_name", "address", "ipi", "pro", "isni"] as const;
/** What is said of a party stands by one of these. */
const FIELDS = ["name", "role", "signs", ...OPTIONAL];

/** Only what is known. */
function known<Row extends object>(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value != null && value !== "")) as Row;
}

/** Somebody as an agreement names them, out of what the studio knows. */
export function personOf(party: PartyFactsFragment, profile?: ProfileFactsFragment | null): Person {
  const place = profile?.address;
  const town = [place?.postcode, place?.city].filter(Boolean).join(" ");
  return known({
    name: party.name,
    email: party.email ?? "",
    kind: party.kind === "COMPANY" ? ("company" as const) : ("person" as const),
    legal_name: party.legalName ?? "",
    address: [place?.street, town, place?.region, place?.country].filter(Boolean).join("\n"),
    ipi: party.ipi ?? "",
    pro: profile?.pro ?? "",
    isni: party.isni ?? "",
  });
}

/** A party as a document has it: without blanks around what was typed, and without what was left empty. */
export function tidy(party: Party): Party {
  const typed = Object.fromEntries(OPTIONAL.map((field) => [field, party[field]?.trim()]));
  return known({ ...party, ...typed, name: party.name.trim() });
}

/** The parties as a document has them. */
export function tidied(parties: readonly Party[]): Party[] {
  return parties.map(tidy);
}

/** The two sides with their people changed: who worked orders, and the other way round; the parts stay in their places. */
export function swapped(parties: readonly Party[]): Party[] {
  const [works, orders, ...others] = parties;
  if (!works || !orders) return [...parties];
  return [{ ...orders, role: works.role }, { ...works, role: orders.role }, ...others];
}

/** Where of so many parties something can be said, by its path in a document. */
export function placesOf(parties: readonly Party[]): string[] {
  const own = parties.flatMap((_party, place) => [
    `parties[${place}]`,
    ...FIELDS.map((field) => `parties[${place}].${field}`),
  ]);
  return ["parties", ...own];
}
