/** The kinds of fields that forms of agreements are made of: how each is typed, and how it stands in a document. */
import { decimalsOf, printPpm, readMinor, readPpm } from "$lib/amount";
import { even, remove, WHOLE, type Share } from "$lib/split";

import type { Named } from "./text";

/** Money as it is typed. */
export interface Amount {
  text: string;
  currency: string;
}
/** Points of a party as they are typed, and on what they are counted. */
export interface PointsRow {
  party: number;
  text: string;
  base: (typeof BASES)[number];
}
/** Words about a party. */
export interface WordsRow {
  party: number;
  text: string;
}
export interface SampleRow {
  title: string;
  source: string;
  clearance: (typeof CLEARANCES)[number];
}
/** Rounds of changes, as many as are agreed if it is empty, and what each further one costs. */
export interface Revisions {
  rounds: string;
  extra: Amount;
}
/** From when, and if it ends for how many months, it holds. */
export interface Term {
  ends: boolean;
  startsOn: string;
  months: string;
}

export const BASES = ["net_receipts", "dealer_price", "retail_price", "artist_royalty"] as const;
export const CLEARANCES = ["royalty_free", "cleared", "cleared_for_leases", "not_cleared"] as const;

/** What stands in a field of each kind. */
export interface Typed {
  line: string;
  text: string;
  lines: string[];
  day: string;
  amount: Amount;
  percent: string;
  count: string;
  choice: string;
  yes: boolean;
  shares: Share[];
  points: PointsRow[];
  contributions: WordsRow[];
  credits: WordsRow[];
  samples: SampleRow[];
  revisions: Revisions;
  term: Term;
}
export type Kind = keyof Typed;
export type Value = Typed[Kind];
/** What is wrong with what was typed, told before the server is asked. */
export type Lack = Named<"lack">;

interface Way<T> {
  /** What stands in the field; of nothing, what an empty one has. */
  read: (found: unknown, currency: string) => T;
  /** What stands in the document; nothing, if it is left out. */
  write: (typed: T) => unknown;
  /** What is wrong with it, besides an empty field that the browser itself asks to be filled in. */
  lack?: (typed: T, needed: boolean) => Lack | undefined;
  /** What stands in it without a party, where parties are named in it: those behind it move up. */
  without?: (typed: T, party: number) => T;
}

interface Price {
  minor_units: number;
  currency: string;
  decimals: number;
}
interface Row {
  party: number;
  [other: string]: unknown;
}

const rowsOf = (found: unknown) => (found ?? []) as Row[];
/** A list, or nothing if it is empty. */
const some = <T>(list: T[]) => (list.length > 0 ? list : undefined);
const trimmed = (text: string) => text.trim() || undefined;
const readCount = (text: string) => (/^\d{1,4}$/.test(text.trim()) ? Number(text) : undefined);

/** Rows without those of a party. */
function without<Own extends { party: number }>(rows: readonly Own[], party: number): Own[] {
  return rows.flatMap((row) => {
    if (row.party === party) return [];
    return [{ ...row, party: row.party > party ? row.party - 1 : row.party }];
  });
}

/** Points as they are typed, in hundredths: one point is 1 %. */
function readPoints(text: string): number | undefined {
  const ppm = readPpm(text);
  return ppm && ppm % 100 === 0 ? ppm / 100 : undefined;
}

const amount: Way<Amount> = {
  read(found, currency) {
    const price = found as Price | undefined;
    if (!price) return { text: "", currency };
    const { minor_units, decimals } = price;
    return { text: (minor_units / 10 ** decimals).toFixed(decimals), currency: price.currency };
  },
  write({ text, currency }) {
    const minor = readMinor(text, currency);
    return minor === undefined ? undefined : { minor_units: minor, currency, decimals: decimalsOf(currency) };
  },
  lack: ({ text, currency }) =>
    text.trim() && readMinor(text, currency) === undefined ? "amount" : undefined,
};

/** Rows of words, which a document has by a name. */
function words(name: "part" | "line"): Way<WordsRow[]> {
  return {
    read: (found) => rowsOf(found).map((row) => ({ party: row.party, text: String(row[name]) })),
    write: (rows) =>
      some(rows.flatMap(({ party, text }) => (text.trim() ? [{ party, [name]: text.trim() }] : []))),
    without,
  };
}

const line: Way<string> = { read: (found) => (found as string | undefined) ?? "", write: trimmed };

export const WAYS: { readonly [K in Kind]: Way<Typed[K]> } = {
  line,
  text: line,
  day: line,
  choice: line,
  lines: {
    read: (found) => some([...((found as string[] | undefined) ?? [])]) ?? [""],
    write: (lines) => some(lines.flatMap((text) => trimmed(text) ?? [])),
  },
  amount,
  percent: {
    read: (found) => (found === undefined ? "" : printPpm(found as number)),
    write: readPpm,
    lack: (text) => (text.trim() && readPpm(text) === undefined ? "percent" : undefined),
  },
  count: {
    read: (found) => (found === undefined ? "" : String(found)),
    write: readCount,
    lack: (text) => (text.trim() && readCount(text) === undefined ? "count" : undefined),
  },
  yes: { read: (found) => found !== false, write: (typed) => typed },
  shares: {
    read(found) {
      const shares = rowsOf(found).map(({ party, share_ppm }) => ({
        party,
        ppm: share_ppm as number,
        fast: false,
      }));
      return shares.reduce((sum, { ppm }) => sum + ppm, 0) === WHOLE ? shares : even(shares);
    },
    write: (shares) => some(shares.flatMap(({ party, ppm }) => (ppm > 0 ? [{ party, share_ppm: ppm }] : []))),
    lack: (shares, needed) => (needed && shares.length === 0 ? "shares" : undefined),
    without(shares, party) {
      const place = shares.findIndex((share) => share.party === party);
      return without(place < 0 ? shares : remove(shares, place), party);
    },
  },
  points: {
    read: (found) =>
      rowsOf(found).map(({ party, hundredths, base }) => ({
        party,
        text: String((hundredths as number) / 100),
        base: base as PointsRow["base"],
      })),
    write: (rows) =>
      some(rows.map(({ party, text, base }) => ({ party, hundredths: readPoints(text), base }))),
    lack: (rows) =>
      rows.some(({ text }) => text.trim() && readPoints(text) === undefined) ? "points" : undefined,
    without,
  },
  contributions: words("part"),
  credits: words("line"),
  samples: {
    read: (found) => ((found ?? []) as SampleRow[]).map((sample) => ({ ...sample })),
    write: (rows) =>
      some(
        rows.map(({ title, source, ...rest }) => ({ ...rest, title: title.trim(), source: source.trim() })),
      ),
  },
  revisions: {
    read(found, currency) {
      const limit = found as { rounds: number; extra?: Price } | undefined;
      return { rounds: limit ? String(limit.rounds) : "", extra: amount.read(limit?.extra, currency) };
    },
    write({ rounds, extra }) {
      const count = readCount(rounds);
      const each = amount.write(extra);
      return count === undefined ? undefined : { rounds: count, ...(each !== undefined && { extra: each }) };
    },
    lack({ rounds, extra }) {
      if (readCount(rounds) === undefined && (rounds.trim() || extra.text.trim())) return "rounds";
      return amount.lack?.(extra, false);
    },
  },
  term: {
    read(found) {
      const term = found as { kind?: string; starts_on?: string; months?: number } | undefined;
      return {
        ends: term?.kind === "months",
        startsOn: term?.starts_on ?? "",
        months: String(term?.months ?? 12),
      };
    },
    write({ ends, startsOn, months }) {
      const starts = startsOn ? { starts_on: startsOn } : {};
      return ends
        ? { kind: "months", ...starts, months: readCount(months) }
        : { kind: "perpetual", ...starts };
    },
    lack: ({ ends, months }) => (ends && readCount(months) === undefined ? "months" : undefined),
  },
};

/** The same for a field whose kind is known only when the form is filled in: what stands in it is of that kind. */
export function wayOf(kind: Kind): Way<Value> {
  return WAYS[kind] as Way<Value>;
}
