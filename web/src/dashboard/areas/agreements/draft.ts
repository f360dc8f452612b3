/** An agreement's document, as far as every template has it. `ledgerline schema agreement` describes the whole; what is not named here stays as it is. */

/** Somebody as an agreement knows them, whatever part they take. */
export interface Person {
  name: string;
  email?: string;
  kind?: "person" | "company";
  legal_name?: string;
  address?: string;
  ipi?: string;
  pro?: string;
  isni?: string;
}
/** Somebody who makes the agreement; others are named by their place among the parties. */
export interface Party extends Person {
  role: string;
  /** Whether they sign; they do where it does not say. */
  signs?: boolean;
  [other: string]: unknown;
}
export interface Clauses {
  /** Those that are left out, by their ids. */
  off?: string[];
  /** Those of the studio's own. */
  added?: { id: string; heading: string; summary: string; [other: string]: unknown }[];
  /** Other words of what they mean, by their ids. */
  summaries?: Record<string, string>;
  [other: string]: unknown;
}
export interface Draft {
  title: string;
  dated: string;
  parties: Party[];
  terms: { template: string; [other: string]: unknown };
  general: { [other: string]: unknown };
  clauses?: Clauses;
  [other: string]: unknown;
}

export function isDraft(document: unknown): document is Draft {
  const found = document as Draft | null;
  return typeof found?.terms?.template === "string" && Array.isArray(found.parties);
}

/** The names of those who sign. */
export function signing(parties: readonly Party[]): string[] {
  return parties.filter(({ signs }) => signs ?? true).map(({ name }) => name);
}

/** What a document begins with, whichever template it is of. The server writes agreements in English alone. */
export function frame(title: string, dated: string, law: string, clauses: unknown) {
  return {
    title,
    dated,
    language: "en",
    general: {
      payment_terms: { due_days: 30, statements: "quarterly" },
      term: { kind: "perpetual" },
      territory: "the whole world",
      governing_law: law,
    },
    clauses: (clauses ?? {}) as Clauses,
  };
}

/** What a studio's law is called until it says which; licences alone have somebody whom they call that. */
const OF_LICENCES = "the place where the licensor is established";

/** Whose law governs an agreement of a studio. */
export function lawOf(studio: { name: string; legalName: string | null; governingLaw: string }): string {
  if (studio.governingLaw !== OF_LICENCES) return studio.governingLaw;
  return `the place where ${studio.legalName ?? studio.name} is established`;
}
