/** A form as it is filled in: read out of a document, and written into it again. What has no field in the form stays as it is. */
import type { Draft, Party } from "../draft";
import { wayOf, type Kind, type Lack, type Value, type WordsRow } from "./fields";
import { placesOf as placesOfParties, tidied } from "./parties";
import { fieldsOf, type Template } from "./templates";

export interface Filled {
  parties: Party[];
  /** What stands in each field, by its path. */
  fields: Record<string, Value>;
  /** The clauses that are left out. */
  off: string[];
}

type Branch = Record<string, unknown>;

function at(branch: unknown, path: string): unknown {
  return path.split(".").reduce((found, name) => (found as Branch | undefined)?.[name], branch);
}

/** The same with another value at a path; nothing takes out what stands there. */
function put(branch: Branch, [name, ...rest]: string[], value: unknown): Branch {
  if (name === undefined) return branch;
  if (rest.length > 0) return { ...branch, [name]: put((branch[name] ?? {}) as Branch, rest, value) };
  const { [name]: _before, ...others } = branch;
  return value === undefined ? others : { ...branch, [name]: value };
}

/** A document in its form. Amounts of which there are none yet are in the currency. */
export function filledOf(template: Template, draft: Draft, currency: string): Filled {
  const fields = fieldsOf(template).map(({ path, kind }) => [
    path,
    wayOf(kind).read(at(draft, path), currency),
  ]);
  return {
    parties: draft.parties.map((party) => ({ ...party })),
    fields: Object.fromEntries(fields) as Filled["fields"],
    off: [...(draft.clauses?.off ?? [])],
  };
}

/** The document as its form has it. */
export function written(template: Template, draft: Draft, { parties, fields, off }: Filled): Draft {
  const whole = fieldsOf(template).reduce<Branch>(
    (document, { path, kind }) => put(document, path.split("."), write(kind, fields[path])),
    { ...draft, parties: tidied(parties) },
  );
  const isEdited = draft.clauses !== undefined || off.length > 0;
  return (isEdited ? put(whole, ["clauses", "off"], off.length > 0 ? off : undefined) : whole) as Draft;
}

function write(kind: Kind, value: Value | undefined): unknown {
  return value === undefined ? undefined : wayOf(kind).write(value);
}

/** What a form lacks before the server can be asked, by its paths. An empty field that must be filled in is told by the browser. */
export function lacks(template: Template, { parties, fields }: Filled): Map<string, Lack> {
  const found = new Map<string, Lack>();
  const among = lackOfParties(template, parties);
  if (among) found.set("parties", among);
  for (const { path, kind, needed } of fieldsOf(template)) {
    const value = fields[path];
    const lack = value === undefined ? undefined : wayOf(kind).lack?.(value, needed);
    if (lack) found.set(path, lack);
  }
  const contributions = fields["terms.contributions"] as WordsRow[] | undefined;
  const brings = (place: number) => contributions?.some(({ party, text }) => party === place && text.trim());
  if (contributions && !parties.every(({ role }, place) => role !== "collaborator" || brings(place))) {
    found.set("terms.contributions", "contributions");
  }
  return found;
}

function lackOfParties({ sides }: Template, parties: readonly Party[]): Lack | undefined {
  const some = (roles: readonly string[]) => parties.filter(({ role }) => roles.includes(role)).length;
  if (!sides) return some(["collaborator"]) < 2 ? "collaborators" : undefined;
  if (some(sides.works) === 0) return "works";
  return some(sides.orders) === 0 ? "orders" : undefined;
}

/** The form without a party: what it had goes to the others. */
export function leftOut(template: Template, { parties, fields, off }: Filled, party: number): Filled {
  const left = fieldsOf(template).flatMap(({ path, kind }) => {
    const value = fields[path];
    return value === undefined ? [] : [[path, wayOf(kind).without?.(value, party) ?? value] as const];
  });
  return { parties: parties.toSpliced(party, 1), fields: Object.fromEntries(left), off };
}

/** Where something can be said of a form, by the paths of its document: of each field, of each row of those that are lists, and of the parties. */
export function placesOf(template: Template, { parties, fields }: Filled): string[] {
  const own = fieldsOf(template).flatMap(({ path }) => {
    const value = fields[path];
    const rows = Array.isArray(value) ? value.map((_row, row) => `${path}[${row}]`) : [];
    return [path, ...rows];
  });
  return [...own, ...placesOfParties(parties), "clauses"];
}
