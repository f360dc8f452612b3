/** What an agreement begins with: who makes it, and the terms that are usual, filled in with what is known of its subject. */
import type { OwnSideQuery } from "$generated/dashboard/areas/agreements/writing/writing";

import { frame, lawOf, type Draft, type Party, type Person } from "../draft";
import type { Subject } from "./subject";
import type { Template } from "./templates";

export type Own = OwnSideQuery["studio"];

/** A document to begin with. `clauses` is what the studio changes in the template's. */
export function begun(template: Template, given: Subject, own: Own, dated: string, clauses: unknown): Draft {
  const { general, ...rest } = frame(given.title, dated, lawOf(own), clauses);
  // The studio makes the agreement already, whatever else it does in a project.
  const people = given.people.filter(({ person }) => person.email !== own.contactEmail);
  const subject = { ...given, people };
  const parties = partiesOf(template, subject, own);
  return {
    ...rest,
    parties,
    terms: { template: template.code, ...template.begins(subject, parties.length) },
    general: {
      ...general,
      ...(template.rounds !== undefined && { revision_limit: { rounds: template.rounds } }),
    },
  };
}

/** On two sides who works stands first, and then who orders; elsewhere the studio, and all who take part. */
function partiesOf({ sides, hires, roles }: Template, { client, people }: Subject, own: Own): Party[] {
  const studio = studioOf(own);
  const other = client ?? { name: "" };
  if (sides) {
    const [works, orders] = hires && !client ? [other, studio] : [studio, other];
    return [
      { ...works, role: sides.works[0] ?? "other", signs: true },
      { ...orders, role: sides.orders[0] ?? "other", signs: true },
    ];
  }
  const others = people.length > 0 ? people.map(({ person }) => person) : [other];
  return [studio, ...others].map((person) => ({ ...person, role: roles[0] ?? "other", signs: true }));
}

function studioOf({ name, legalName, address, contactEmail }: Own): Person {
  return {
    name,
    ...(legalName && { legal_name: legalName }),
    ...(address && { address }),
    email: contactEmail,
  };
}
