/**
 * The templates of agreements that are written in a form of fields: each is a description of its fields, by the paths that a document has them at, and of
 * what it begins with. Another field of a template is a line here, with its label in the messages; another kind of field is one in `fields.ts` and in
 * `Control.svelte`. The split sheet has a form of its own.
 */
import type { AgreementTemplate } from "$generated/dashboard/areas/agreements/agreements";
import { decimalsOf } from "$lib/amount";
import { allocate, WHOLE } from "$lib/split";
import type { IconName } from "$ui/icons";

import type { Draft } from "../draft";
import type { Kind } from "./fields";
import type { Subject } from "./subject";
import type { Named } from "./text";

export type Role = Named<"role">;
export type Label = Named<"field">;
type Choice = Named<"choice">;

/** A field of a form. */
export interface Field {
  kind: Kind;
  /** Where a document has it, such as `terms.fee`. */
  path: string;
  label: Label;
  help?: Named<"help">;
  /** Whether nothing can be sent without it. */
  needed: boolean;
  options: readonly Choice[];
}
/** What belongs together in a form. */
export interface Part {
  name: Named<"part">;
  fields: readonly Field[];
}
export interface Template {
  code: Lowercase<Exclude<AgreementTemplate, "SPLIT_SHEET">>;
  icon: IconName;
  /** The parts that are offered to parties. */
  roles: readonly Role[];
  /** Which of them stand on which side; nobody does where people make something side by side. */
  sides?: { works: readonly Role[]; orders: readonly Role[] };
  /** The studio is who orders, unless a client has ordered of it. */
  hires?: true;
  parts: readonly Part[];
  /** The terms to begin with. On two sides the first party works, and the second orders. */
  begins: (subject: Subject, parties: number) => Record<string, unknown>;
  /** How many rounds of changes it begins with. */
  rounds?: number;
}

/** A field as it is described: labelled by its name, unless it has another label. */
interface Described {
  kind: Kind;
  label?: Label;
  help?: Named<"help">;
  needed?: true;
  options?: readonly Choice[];
}

function part(name: Part["name"], within: string, fields: { [Name in Label]?: Described }): Part {
  const described = Object.entries(fields) as [Label, Described][];
  return {
    name,
    fields: described.map(([field, { label, needed, options, ...rest }]) => ({
      ...rest,
      path: within ? `${within}.${field}` : field,
      label: label ?? field,
      needed: needed ?? false,
      options: options ?? [],
    })),
  };
}

/** What stands first in every form. */
export const HEAD = part("head", "", {
  title: { kind: "line", needed: true, help: "title" },
  dated: { kind: "day", needed: true },
});
/** What every agreement states, behind its own terms. */
export const GENERAL: readonly Part[] = [
  part("around", "general", {
    revision_limit: { kind: "revisions" },
    credit: { kind: "credits", help: "credit" },
    samples: { kind: "samples", help: "samples" },
  }),
  part("payment", "general.payment_terms", {
    due_days: { kind: "count", needed: true, help: "due_days" },
    statements: { kind: "choice", options: ["monthly", "quarterly", "half_yearly", "yearly"], needed: true },
    notes: { kind: "text" },
  }),
  part("frame", "general", {
    term: { kind: "term" },
    territory: { kind: "line", needed: true, help: "territory" },
    governing_law: { kind: "line", needed: true, help: "governing_law" },
  }),
];

const [WORKS, ORDERS] = [0, 1];
const OTHERS = ["writer", "performer", "publisher", "owner", "manager", "other"] as const;
const CLIENTS = ["client", "label", "artist", "producer"] as const;

const whole = (party: number) => [{ party, share_ppm: WHOLE }];
const even = (parties: number) =>
  allocate(
    WHOLE,
    Array.from({ length: parties }, () => 1),
  ).map((share_ppm, party) => ({ party, share_ppm }));
const price = (fee: Subject["fee"]) =>
  fee && { minor_units: fee.minor, currency: fee.currency, decimals: decimalsOf(fee.currency) };

const producer: Template = {
  code: "producer",
  icon: "disc",
  roles: ["producer", "artist", "label", "client", ...OTHERS],
  sides: { works: ["producer"], orders: ["artist", "label", "client"] },
  rounds: 3,
  parts: [
    part("work", "terms", {
      recordings: { kind: "lines", needed: true },
      deliver_on: { kind: "day", help: "deliver_on" },
    }),
    part("pay", "terms", {
      advance: { kind: "amount", needed: true, help: "advance" },
      recoupable: { kind: "yes" },
      points: { kind: "points", help: "points" },
      payable: {
        kind: "choice",
        options: ["record_one", "retroactive_after_costs", "prospective_after_costs"],
        needed: true,
      },
    }),
    part("ownership", "terms.ownership", {
      composition: { kind: "shares", needed: true },
      master: { kind: "shares", needed: true },
    }),
  ],
  begins: ({ songs, dueOn, fee }) => ({
    recordings: songs,
    deliver_on: dueOn,
    advance: price(fee),
    recoupable: true,
    points: [{ party: WORKS, hundredths: 300, base: "net_receipts" }],
    payable: "record_one",
    ownership: { composition: even(2), master: whole(ORDERS) },
  }),
};

const mixMaster: Template = {
  code: "mix_master",
  icon: "settings",
  roles: ["engineer", ...CLIENTS, ...OTHERS],
  sides: { works: ["engineer"], orders: CLIENTS },
  rounds: 3,
  parts: [
    part("work", "terms", {
      songs: { kind: "lines", needed: true },
      services: { kind: "choice", options: ["mix", "master", "mix_and_master"], needed: true },
      formats: { kind: "lines", needed: true, help: "formats" },
      deliver_on: { kind: "day", help: "deliver_on" },
    }),
    part("pay", "terms", {
      fee: { kind: "amount", needed: true, help: "fee" },
      deposit_ppm: { kind: "percent", help: "deposit_ppm" },
      points: { kind: "points", help: "points" },
    }),
    part("ownership", "terms.ownership", {
      composition: { kind: "shares", help: "untouched" },
      master: { kind: "shares", needed: true },
    }),
  ],
  begins: ({ songs, dueOn, fee, depositPpm }) => ({
    songs,
    services: "mix_and_master",
    formats: ["WAV, 24 bit, 48 kHz", "WAV, 16 bit, 44.1 kHz"],
    deliver_on: dueOn,
    fee: price(fee),
    deposit_ppm: depositPpm ?? WHOLE / 2,
    ownership: { master: whole(ORDERS) },
  }),
};

const workForHire: Template = {
  code: "work_for_hire",
  icon: "mic",
  roles: ["contractor", ...CLIENTS, ...OTHERS],
  sides: { works: ["contractor"], orders: CLIENTS },
  hires: true,
  rounds: 2,
  parts: [
    part("work", "terms", {
      services: { kind: "text", label: "task", needed: true, help: "task" },
      results: { kind: "lines", needed: true, help: "results" },
      deliver_on: { kind: "day", help: "deliver_on" },
    }),
    part("pay", "terms", { fee: { kind: "amount", needed: true, help: "fee" } }),
    part("ownership", "terms.ownership", {
      composition: { kind: "shares", help: "untouched" },
      master: { kind: "shares", needed: true },
    }),
  ],
  begins: ({ goals, deliverables, dueOn, fee }) => ({
    services: goals,
    results: deliverables,
    deliver_on: dueOn,
    fee: price(fee),
    ownership: { master: whole(ORDERS) },
  }),
};

const collaboration: Template = {
  code: "collaboration",
  icon: "people",
  roles: ["collaborator", "producer", "artist", "label", "engineer", ...OTHERS],
  parts: [
    part("work", "terms", {
      project: { kind: "text", needed: true, help: "project" },
      contributions: { kind: "contributions", needed: true, help: "contributions" },
    }),
    part("together", "terms", {
      decisions: { kind: "choice", options: ["unanimous", "majority"], needed: true },
      costs: { kind: "shares", help: "costs" },
    }),
    part("ownership", "terms.ownership", {
      composition: { kind: "shares", needed: true },
      master: { kind: "shares", needed: true },
    }),
  ],
  begins: ({ title, goals, people }, parties) => ({
    project: goals ?? title,
    // The studio stands first, and who takes part behind it. What each brings is asked of all.
    contributions: Array.from({ length: parties }, (_row, party) => ({
      party,
      part: people[party - 1]?.part ?? "",
    })),
    decisions: "unanimous",
    ownership: { composition: even(parties), master: even(parties) },
  }),
};

const composerForHire: Template = {
  code: "composer_for_hire",
  icon: "pen",
  roles: ["composer", ...CLIENTS, ...OTHERS],
  sides: { works: ["composer"], orders: CLIENTS },
  rounds: 3,
  parts: [
    part("work", "terms", {
      project: { kind: "text", label: "purpose", needed: true, help: "purpose" },
      works: { kind: "lines", needed: true },
      deliver_on: { kind: "day", help: "deliver_on" },
    }),
    part("pay", "terms", {
      fee: { kind: "amount", needed: true, help: "fee" },
      writer_share_kept_ppm: { kind: "percent", needed: true, help: "writer_share_kept_ppm" },
    }),
    part("ownership", "terms.ownership", {
      composition: { kind: "shares", needed: true },
      master: { kind: "shares", help: "untouched" },
    }),
  ],
  begins: ({ title, goals, songs, dueOn, fee }) => ({
    project: goals ?? title,
    works: songs,
    deliver_on: dueOn,
    fee: price(fee),
    writer_share_kept_ppm: WHOLE,
    ownership: { composition: whole(ORDERS), master: whole(ORDERS) },
  }),
};

export const TEMPLATES: readonly Template[] = [
  producer,
  mixMaster,
  workForHire,
  collaboration,
  composerForHire,
];

/** A template by its word in documents and addresses. */
export function findTemplate(code: string | undefined): Template | undefined {
  return TEMPLATES.find((template) => template.code === code);
}

/** The template of a document, if it is written in such a form. */
export function templateOf(draft: Draft): Template | undefined {
  return findTemplate(draft.terms.template);
}

/** All fields of a template's form. */
export function fieldsOf(template: Template): Field[] {
  return [HEAD, ...template.parts, ...GENERAL].flatMap(({ fields }) => fields);
}
