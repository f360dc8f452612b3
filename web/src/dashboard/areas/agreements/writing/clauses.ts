/** The clauses of an agreement as a form shows them: the template's in their order, and the studio's own among them. */
import type { ClausesQuery } from "$generated/dashboard/areas/agreements/writing/writing";

import type { Clauses } from "../draft";

type TemplateClause = ClausesQuery["agreementTemplates"][number]["clauses"][number];

export interface Clause {
  id: string;
  heading: string;
  /** What it means in plain words; nothing where that follows from what is agreed. */
  summary: string | null;
  /** Whether it cannot be left out. */
  stays: boolean;
}

/** What every agreement states, in the template's words or others: the server takes no agreement without them, though it does not call them essential. */
const STATED = ["payment", "credit", "revisions", "samples", "law"];

export function clausesOf(clauses: readonly TemplateClause[], { added, summaries }: Clauses): Clause[] {
  const all = clauses.map(({ id, heading, summary, essential }) => ({
    id,
    heading,
    summary,
    stays: essential || STATED.includes(id),
  }));
  for (const { id, heading, summary, after } of added ?? []) {
    const place = all.findIndex((clause) => clause.id === after);
    all.splice(place < 0 ? all.length : place + 1, 0, { id, heading, summary, stays: false });
  }
  return all.map((clause) => ({ ...clause, summary: summaries?.[clause.id] ?? clause.summary }));
}
