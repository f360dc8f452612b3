/** What a studio changes in a template's clauses, as its form has it and as a document's `clauses` does. */
import type { ClauseDefaultsQuery } from "$generated/dashboard/areas/settings/clauses/clauses";

type TemplateClause = ClauseDefaultsQuery["agreementTemplates"][number]["clauses"][number];

export interface Added {
  id: string;
  after?: string;
  heading: string;
  body: string[];
  summary: string;
}
export interface Edits {
  off?: string[];
  replaced?: Record<string, string[]>;
  added?: Added[];
  summaries?: Record<string, string>;
}

/** A clause of the template: whether it is in, and its words; empty where they follow from what is agreed. */
export interface ClauseForm {
  id: string;
  isIn: boolean;
  body: string;
  summary: string;
}
/** A clause of the studio's own. */
export interface OwnForm {
  id: string;
  /** Behind which it stands; empty at the end. */
  after: string;
  heading: string;
  body: string;
  summary: string;
}
export interface Form {
  clauses: ClauseForm[];
  added: OwnForm[];
}

/** What every agreement states: it can be said in other words, and not left out. */
const STATED = ["payment", "credit", "revisions", "samples", "law"];

export function stays({ id, essential }: TemplateClause): boolean {
  return essential || STATED.includes(id);
}

/** Paragraphs, as they are typed with an empty line between them. */
const typedOf = (paragraphs: readonly string[]) => paragraphs.join("\n\n");
const paragraphsOf = (typed: string) =>
  typed
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.trim())
    .filter(Boolean);

export function formOf(clauses: readonly TemplateClause[], edits: Edits): Form {
  return {
    clauses: clauses.map(({ id, text, summary }) => ({
      id,
      isIn: !edits.off?.includes(id),
      body: typedOf(edits.replaced?.[id] ?? text ?? []),
      summary: edits.summaries?.[id] ?? summary ?? "",
    })),
    added: (edits.added ?? []).map(({ id, after, heading, body, summary }) => ({
      id,
      after: after ?? "",
      heading,
      body: typedOf(body),
      summary: edits.summaries?.[id] ?? summary,
    })),
  };
}

/** A clause to be added, under an id that nothing else has. */
export function newClause({ clauses, added }: Form): OwnForm {
  const taken = new Set([...clauses, ...added].map(({ id }) => id));
  let number = 1;
  while (taken.has(`own-${number}`)) number += 1;
  return { id: `own-${number}`, after: "", heading: "", body: "", summary: "" };
}

/** What is changed so: nothing of a clause that reads as the template has it. */
export function editsOf(clauses: readonly TemplateClause[], { clauses: typed, added }: Form): Edits {
  const off: string[] = [];
  const replaced: Record<string, string[]> = {};
  const summaries: Record<string, string> = {};
  for (const clause of clauses) {
    const form = typed.find(({ id }) => id === clause.id);
    if (!form) continue;
    const body = paragraphsOf(form.body);
    const summary = form.summary.trim();
    if (!form.isIn && !stays(clause)) off.push(clause.id);
    if (!clause.essential && body.length > 0 && typedOf(body) !== typedOf(clause.text ?? []))
      replaced[clause.id] = body;
    if (summary && summary !== clause.summary) summaries[clause.id] = summary;
  }
  const own = added.map(({ id, after, heading, body, summary }) => ({
    id,
    ...(after && { after }),
    heading: heading.trim(),
    body: paragraphsOf(body),
    summary: summary.trim(),
  }));
  return {
    ...(off.length > 0 && { off }),
    ...(Object.keys(replaced).length > 0 && { replaced }),
    ...(own.length > 0 && { added: own }),
    ...(Object.keys(summaries).length > 0 && { summaries }),
  };
}
