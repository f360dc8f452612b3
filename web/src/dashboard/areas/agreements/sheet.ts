/** A split sheet's document, as far as it is edited here; everything else in it stays as it is. `ledgerline schema agreement` describes the whole. */
import { even, type Share } from "$lib/split";

import { frame, isDraft, type Draft, type Party } from "./draft";

/** What a writer did, in the societies' codes. */
export type WriterRole = "CA" | "C" | "A" | "AR" | "AD" | "TR";
interface Writer {
  party: number;
  role: WriterRole;
  share_ppm: number;
  publishers?: { party?: number; [other: string]: unknown }[];
  [other: string]: unknown;
}
interface Owner {
  party: number;
  share_ppm: number;
}
interface Named {
  party?: number;
  [other: string]: unknown;
}
export interface Sheet extends Draft {
  terms: {
    template: "split_sheet";
    composition: { title: string; writers: Writer[]; [other: string]: unknown };
    master: {
      owners: Owner[];
      featured?: Named[];
      performers?: Named[];
      mixers?: Named[];
      points?: Named[];
      [other: string]: unknown;
    };
    [other: string]: unknown;
  };
  general: { credit?: Named[]; [other: string]: unknown };
}

export type Side = "composition" | "master";

/** Whether a document is a split sheet's. */
export function isSheet(document: unknown): document is Sheet {
  return isDraft(document) && document.terms.template === "split_sheet";
}

/** The shares of a side; in equal parts if they do not total the whole, as in a document that somebody has only begun. */
export function sharesOf(sheet: Sheet, side: Side): Share[] {
  const rows: readonly Owner[] =
    side === "composition" ? sheet.terms.composition.writers : sheet.terms.master.owners;
  const shares = rows.map(({ party, share_ppm }) => ({ party, ppm: share_ppm, fast: false }));
  return shares.reduce((sum, { ppm }) => sum + ppm, 0) === 1_000_000 ? shares : even(shares);
}

/** What writers did, by party. */
export function rolesOf(sheet: Sheet): Record<number, WriterRole> {
  return Object.fromEntries(sheet.terms.composition.writers.map(({ party, role }) => [party, role]));
}

/** The document with other parties and shares. What else it says of a writer, such as publishers, stays with them. */
export function written(
  sheet: Sheet,
  parties: readonly Party[],
  composition: readonly Share[],
  master: readonly Share[],
  roles: Readonly<Record<number, WriterRole>>,
): Sheet {
  const { terms } = sheet;
  const known = new Map(terms.composition.writers.map((writer) => [writer.party, writer]));
  return {
    ...sheet,
    parties: parties.map((party) => ({ ...party })),
    terms: {
      ...terms,
      composition: {
        ...terms.composition,
        writers: composition.map(({ party, ppm }) => ({
          ...known.get(party),
          party,
          role: roles[party] ?? "CA",
          share_ppm: ppm,
        })),
      },
      master: { ...terms.master, owners: master.map(({ party, ppm }) => ({ party, share_ppm: ppm })) },
    },
  };
}

/** The places where a party is named besides the shares: while there are any, it cannot be left out. */
export function isNamed(sheet: Sheet, party: number): boolean {
  const { composition, master } = sheet.terms;
  const all = [
    ...(master.points ?? []),
    ...(master.featured ?? []),
    ...(master.performers ?? []),
    ...(master.mixers ?? []),
    ...composition.writers.flatMap(({ publishers }) => publishers ?? []),
    ...(sheet.general.credit ?? []),
  ];
  return all.some((row) => row.party === party);
}

/** Where a party that stands behind another has moved to when that is left out. */
export function moved(party: number, without: number): number {
  return party > without ? party - 1 : party;
}

/** The document without a party that is named nowhere but in the shares: those behind it move up. */
export function without(sheet: Sheet, party: number): Sheet {
  const up = <Row extends { party?: number }>(rows: readonly Row[]): Row[] =>
    rows.map((row) => (row.party === undefined ? row : { ...row, party: moved(row.party, party) }));
  const { terms, general } = sheet;
  const { composition, master } = terms;
  const lists = (["featured", "performers", "mixers", "points"] as const).flatMap((key) =>
    master[key] ? [[key, up(master[key])] as const] : [],
  );
  const stay = <Row extends { party: number }>(rows: readonly Row[]) =>
    rows.filter((row) => row.party !== party);
  return {
    ...sheet,
    parties: sheet.parties.toSpliced(party, 1),
    general: general.credit ? { ...general, credit: up(general.credit) } : general,
    terms: {
      ...terms,
      composition: {
        ...composition,
        writers: up(stay(composition.writers)).map((writer) =>
          writer.publishers ? { ...writer, publishers: up(writer.publishers) } : writer,
        ),
      },
      master: { ...master, ...Object.fromEntries(lists), owners: up(stay(master.owners)) },
    },
  };
}

/** A sheet of something that is neither a beat nor a song of a project. */
export function blank(title: string, dated: string, law: string, clauses: unknown): Sheet {
  return {
    ...frame(title, dated, law, clauses),
    parties: [],
    terms: { template: "split_sheet", composition: { title, writers: [] }, master: { owners: [] } },
  };
}
