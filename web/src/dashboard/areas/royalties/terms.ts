/** Terms as forms have them, and as the server keeps them: what somebody fills in becomes a rule's content, and a rule's content becomes sentences. */
import { decimalsOf, printMinor, printPpm, readDecimal, readMinor, readPpm } from "$lib/amount";
import { money, percent } from "$lib/format";

import { t } from "./text";

export const CHANNELS = [
  "stream",
  "download",
  "physical",
  "video",
  "performance",
  "mechanical",
  "sync",
  "licence",
  "other",
] as const;
export type Channel = (typeof CHANNELS)[number];

export interface RateForm {
  percent: string;
  base: "net_receipts" | "gross_receipts" | "per_unit" | "royalty_of";
  /** The amount a unit, or the rule whose royalty it is a part of. */
  of: string;
  channel: "" | Channel;
  /** Countries' codes, parted by commas; everywhere, if empty. */
  territories: string;
}

export interface ContractForm {
  payer: string;
  payee: string;
  everything: boolean;
  subjects: string[];
  rates: RateForm[];
  payable: "record_one" | "after_costs";
  after: string;
  recoupedAt: "combined_rate" | "net_rate";
  retroactive: boolean;
  /** Units above which points are added. */
  steps: { above: string; adds: string }[];
  reserve: string;
  reserveMonths: string;
  group: string;
}

export interface PayeeForm {
  payee: string;
  minimum: string;
  country: string;
  treaty: string;
  held: boolean;
  reason: string;
  through: string;
}

export interface WithholdingForm {
  otherwise: string;
  countries: { country: string; rate: string }[];
}

export interface AlbumForm {
  release: string;
  tracks: { recording: string; weight: string }[];
}

/** Terms beside a split that was signed; its shares are in the document. */
export interface SplitForm {
  /** The recording, or the work. */
  subject: string;
  losses: "CLASSIC" | "FLEXIBLE";
  reserve: string;
  reserveMonths: string;
}

type Content = Record<string, unknown>;
/** A part that is held back, and for how many months. */
type Held = Pick<SplitForm, "reserve" | "reserveMonths">;

export const emptyRate = (): RateForm => ({
  percent: "",
  base: "net_receipts",
  of: "",
  channel: "",
  territories: "",
});
export const emptyContract = (): ContractForm => ({
  payer: "",
  payee: "",
  everything: true,
  subjects: [],
  rates: [emptyRate()],
  payable: "record_one",
  after: "",
  recoupedAt: "net_rate",
  retroactive: true,
  steps: [],
  reserve: "",
  reserveMonths: "12",
  group: "",
});

export const emptySplit = (): SplitForm => ({
  subject: "",
  losses: "CLASSIC",
  reserve: "",
  reserveMonths: "12",
});

/** A percentage as the exact fraction that rules have: hundredths of a percent where these suffice. */
export function fractionOf(text: string): [number, number] | undefined {
  const ppm = readPpm(text);
  if (ppm === undefined) return undefined;
  return ppm % 100 === 0 ? [ppm / 100, 10_000] : [ppm, 1_000_000];
}

function countriesOf(text: string): string[] {
  return text
    .toUpperCase()
    .split(/[,;\s]+/)
    .filter(Boolean);
}

function baseOf({ base, of }: RateForm): unknown {
  if (base === "per_unit") return { per_unit: readDecimal(of) };
  if (base === "royalty_of") return { royalty_of: of };
  return base;
}

function lacksReserve({ reserve, reserveMonths }: Held): boolean {
  return reserve !== "" && (readPpm(reserve) === undefined || !/^\d{1,3}$/.test(reserveMonths));
}

/** What is held back, as rules have it; nothing, if left empty. */
export function reserveOf({ reserve, reserveMonths }: Held): Content | undefined {
  if (!reserve) return undefined;
  return {
    rate: readPpm(reserve),
    held_at: "after_rate",
    releases: [{ after_months: Number(reserveMonths), share: 1_000_000 }],
  };
}

/** The first thing that a form lacks, by its field; nothing if it can be sent. */
export function contractLacks(form: ContractForm): string | undefined {
  if (!form.payer || !form.payee) return "parties";
  if (form.payer === form.payee) return "sameParty";
  if (!form.everything && form.subjects.length === 0) return "subjects";
  for (const rate of form.rates) {
    if (fractionOf(rate.base === "per_unit" ? "100" : rate.percent) === undefined) return "percent";
    if (rate.base === "per_unit" && readDecimal(rate.of) === undefined) return "perUnit";
    if (rate.base === "royalty_of" && !rate.of) return "royaltyOf";
    if (countriesOf(rate.territories).some((code) => !/^[A-Z]{2}$/.test(code))) return "territories";
  }
  if (form.payable === "after_costs" && !form.after) return "after";
  if (form.steps.some(({ above, adds }) => !readDecimal(above) || !fractionOf(adds))) return "steps";
  if (lacksReserve(form)) return "reserve";
  return undefined;
}

/** The content of a contract, as rules have it. */
export function contractOf(form: ContractForm): Content {
  const rates = form.rates.map((rate) => {
    const territories = countriesOf(rate.territories);
    return {
      ...((rate.channel || territories.length > 0) && {
        when: {
          ...(rate.channel && { channels: [rate.channel] }),
          ...(territories.length > 0 && { territories }),
        },
      }),
      base: baseOf(rate),
      rate: rate.base === "per_unit" ? [1, 1] : fractionOf(rate.percent),
    };
  });
  return {
    contract: {
      payer: form.payer,
      payee: form.payee,
      covers: form.everything ? "everything" : { only: form.subjects },
      rates,
      ...(form.group.trim() && { group: form.group.trim() }),
      ...(form.payable === "after_costs" && {
        payable: {
          after_costs: { of: form.after, recouped_at: form.recoupedAt, retroactive: form.retroactive },
        },
      }),
      ...(form.steps.length > 0 && {
        escalation: {
          units: form.steps.map(({ above, adds }) => ({ above: readDecimal(above), adds: fractionOf(adds) })),
        },
      }),
      ...(form.reserve && { reserve: reserveOf(form) }),
    },
  };
}

export function payeeOf(form: PayeeForm, currency: string): Content | undefined {
  const minimum = form.minimum ? readMinor(form.minimum, currency) : 0;
  const treaty = form.treaty ? readPpm(form.treaty) : null;
  if (!form.payee || minimum === undefined || treaty === undefined) return undefined;
  if (form.country && !/^[A-Za-z]{2}$/.test(form.country)) return undefined;
  return {
    payee: {
      payee: form.payee,
      minimum_minor: minimum,
      ...(form.country && { country: form.country.toUpperCase() }),
      ...(treaty !== null && { treaty }),
      ...(form.held && { hold: { reason: form.reason, ...(form.through && { through: form.through }) } }),
    },
  };
}

export function withholdingOf(form: WithholdingForm): Content | undefined {
  const otherwise = readPpm(form.otherwise);
  const countries = form.countries.map(
    ({ country, rate }) => [country.toUpperCase(), readPpm(rate)] as const,
  );
  if (otherwise === undefined) return undefined;
  if (countries.some(([country, rate]) => !/^[A-Z]{2}$/.test(country) || rate === undefined))
    return undefined;
  return { withholding: { countries: Object.fromEntries(countries), otherwise } };
}

export function albumOf({ release, tracks }: AlbumForm): Content | undefined {
  if (!release || tracks.length === 0) return undefined;
  const weighed = tracks.map(({ recording, weight }) => [recording, Number(weight)] as const);
  if (weighed.some(([recording, weight]) => !recording || !Number.isInteger(weight) || weight < 1))
    return undefined;
  return { album: { release, tracks: weighed } };
}

/** The first thing that terms beside a split lack, as of a contract. */
export function splitLacks(form: SplitForm): string | undefined {
  if (!form.subject) return "subjects";
  return lacksReserve(form) ? "reserve" : undefined;
}

/** What terms beside a split say; the shares are added of what was signed. */
export function splitOf(form: SplitForm): Content {
  const reserve = reserveOf(form);
  return { split: { subject: form.subject, losses: form.losses.toLowerCase(), ...(reserve && { reserve }) } };
}

interface StoredReserve {
  rate: number;
  held_at?: string;
  channels?: Channel[];
  releases: { after_months: number; share: number }[];
}
interface StoredRate {
  when?: { territories?: string[]; channels?: Channel[]; formats?: string[]; sources?: string[] };
  base: string | { per_unit?: string; royalty_of?: string };
  rate: [number, number];
}
interface Stored {
  contract?: {
    payer: string;
    payee: string;
    group?: string;
    covers: "everything" | { only: string[] };
    rates: StoredRate[];
    payable?:
      | string
      | { after_costs: { of: string; recouped_at: "combined_rate" | "net_rate"; retroactive: boolean } };
    escalation?: { units?: { above: string; adds: [number, number] }[] };
    reserve?: StoredReserve;
  };
  payee?: {
    payee: string;
    minimum_minor?: number;
    country?: string | null;
    treaty?: number | null;
    hold?: { reason: string; through?: string | null } | null;
  };
  withholding?: { countries: Record<string, number>; otherwise: number };
  album?: { release: string; tracks: [string, number][] };
  split?: {
    subject: string;
    parts?: { payee: string; share: number }[];
    losses?: "classic" | "flexible";
    reserve?: StoredReserve;
  };
}

const percentOf = ([part, all]: [number, number]) => printPpm(Math.round((part / all) * 1_000_000));

/** A stored contract as its form, to write the next version from. */
export function contractForm(content: unknown): ContractForm | undefined {
  const { contract } = content as Stored;
  if (!contract) return undefined;
  const waits = typeof contract.payable === "object" ? contract.payable.after_costs : undefined;
  return {
    payer: contract.payer,
    payee: contract.payee,
    everything: contract.covers === "everything",
    subjects: contract.covers === "everything" ? [] : contract.covers.only,
    rates: contract.rates.map(({ when, base, rate }) => ({
      percent: percentOf(rate),
      base:
        typeof base === "object"
          ? base.per_unit !== undefined
            ? "per_unit"
            : "royalty_of"
          : (base as RateForm["base"]),
      of: typeof base === "object" ? (base.per_unit ?? base.royalty_of ?? "") : "",
      channel: when?.channels?.[0] ?? "",
      territories: when?.territories?.join(", ") ?? "",
    })),
    payable: waits ? "after_costs" : "record_one",
    after: waits?.of ?? "",
    recoupedAt: waits?.recouped_at ?? "net_rate",
    retroactive: waits?.retroactive ?? true,
    steps: (contract.escalation?.units ?? []).map(({ above, adds }) => ({ above, adds: percentOf(adds) })),
    reserve: contract.reserve ? printPpm(contract.reserve.rate) : "",
    reserveMonths: String(contract.reserve?.releases[0]?.after_months ?? 12),
    group: contract.group ?? "",
  };
}

/** A stored rule of how a payee is paid as its form. */
export function payeeForm(content: unknown, currency: string): PayeeForm | undefined {
  const { payee } = content as Stored;
  if (!payee) return undefined;
  return {
    payee: payee.payee,
    minimum: payee.minimum_minor ? printMinor(payee.minimum_minor, currency) : "",
    country: payee.country ?? "",
    treaty: payee.treaty == null ? "" : printPpm(payee.treaty),
    held: payee.hold != null,
    reason: payee.hold?.reason ?? "",
    through: payee.hold?.through ?? "",
  };
}

/** Stored terms beside a split as their form. */
export function splitForm(content: unknown): SplitForm | undefined {
  const { split } = content as Stored;
  if (!split) return undefined;
  return {
    subject: split.subject,
    losses: split.losses === "flexible" ? "FLEXIBLE" : "CLASSIC",
    reserve: split.reserve ? printPpm(split.reserve.rate) : "",
    reserveMonths: String(split.reserve?.releases[0]?.after_months ?? 12),
  };
}

/** Whether a letter of direction can say it all: one part of another royalty, of all lines, neither rising nor paid later. */
export function directs(content: unknown): boolean {
  const { contract } = content as Stored;
  const [rate, ...others] = contract?.rates ?? [];
  if (!contract || !rate || others.length > 0) return false;
  return (
    typeof rate.base === "object" &&
    rate.base.royalty_of !== undefined &&
    Object.values(rate.when ?? {}).every((some) => some.length === 0) &&
    (contract.payable ?? "record_one") === "record_one" &&
    !contract.escalation &&
    !contract.reserve
  );
}

/** Whether the next version can be written in the form: it shows all that the last one says. */
export function fits(content: unknown): boolean {
  const { contract, split } = content as Stored;
  if (split?.reserve) {
    const { held_at: at, channels, releases } = split.reserve;
    return at === "after_rate" && !channels?.length && releases.length === 1;
  }
  if (!contract) return true;
  const simple = contract.rates.every(
    ({ when, base }) =>
      (when?.channels?.length ?? 0) < 2 &&
      !when?.formats?.length &&
      !when?.sources?.length &&
      (typeof base === "string" || base.per_unit !== undefined || base.royalty_of !== undefined),
  );
  const releases = contract.reserve?.releases.length ?? 1;
  return simple && releases === 1 && (contract.escalation === undefined || "units" in contract.escalation);
}

/** Words that begin a line elsewhere, in the middle of a sentence. */
const within = (words: string) => words.charAt(0).toLowerCase() + words.slice(1);

/** What a rule says, in sentences. `name` gives the name of a party, recording, work or release by its id. */
export function sentencesOf(content: unknown, name: (id: string) => string, currency: string): string[] {
  const { contract, payee, withholding, album, split } = content as Stored;
  if (contract) {
    const form = contractForm(content);
    const rates = contract.rates.map(({ when, base, rate }) => {
      const where = [
        when?.channels?.map((channel) => t(`channel_${channel}`)).join(", "),
        when?.territories?.join(", "),
      ].filter(Boolean);
      const said =
        typeof base === "object" && base.per_unit !== undefined
          ? t("saysPerUnit", { amount: base.per_unit })
          : t("saysRate", {
              percent: `${percentOf(rate)} %`,
              base:
                typeof base === "object"
                  ? base.royalty_of !== undefined
                    ? t("royaltyOf", { rule: base.royalty_of })
                    : t("basePrice")
                  : within(t(base === "gross_receipts" ? "base_gross_receipts" : "base_net_receipts")),
            });
      return where.length > 0 ? `${said} (${where.join(" · ")})` : said;
    });
    return [
      t("saysPays", { payer: name(contract.payer), payee: name(contract.payee) }),
      ...rates,
      contract.covers === "everything"
        ? t("saysEverything")
        : t("saysOnly", { names: contract.covers.only.map(name).join(", ") }),
      ...(form?.payable === "after_costs"
        ? [t(form.retroactive ? "saysRetro" : "saysAfter", { rule: form.after })]
        : []),
      ...(form?.steps.map(({ above, adds }) => t("saysStep", { above, adds: `${adds} %` })) ?? []),
      ...(contract.reserve
        ? [t("saysReserve", { percent: percent(contract.reserve.rate), months: form?.reserveMonths ?? "" })]
        : []),
    ];
  }
  if (payee) {
    return [
      t("saysPayee", { payee: name(payee.payee) }),
      ...(payee.minimum_minor
        ? [t("saysMinimum", { amount: money({ minor: payee.minimum_minor, currency }) })]
        : []),
      ...(payee.country ? [t("saysTaxed", { country: payee.country })] : []),
      ...(payee.treaty == null ? [] : [t("saysTreaty", { percent: percent(payee.treaty) })]),
      ...(payee.hold ? [t("saysHeld", { reason: payee.hold.reason })] : []),
    ];
  }
  if (withholding) {
    return [
      ...Object.entries(withholding.countries).map(([country, ppm]) => `${country}: ${percent(ppm)}`),
      t("saysOtherwise", { percent: percent(withholding.otherwise) }),
    ];
  }
  if (album) return [t("saysAlbum", { names: album.tracks.map(([id]) => name(id)).join(", ") })];
  if (split) {
    const [release, ...later] = split.reserve?.releases ?? [];
    const held = split.reserve && percent(split.reserve.rate);
    return [
      ...(split.parts
        ? [split.parts.map(({ payee: party, share }) => `${name(party)} ${percent(share)}`).join(" · ")]
        : []),
      t(split.losses === "flexible" ? "lossesShared" : "lossesWait"),
      ...(held && release
        ? [
            later.length === 0
              ? t("saysReserve", { percent: held, months: release.after_months })
              : t("saysHeldBack", { percent: held }),
          ]
        : []),
    ];
  }
  return [];
}

/** A rule's name out of what people call it, in letters that stay as they are in addresses and files. */
export function ruleName(title: string): string {
  return title
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 100);
}

/** How an amount of a currency is asked for, such as `0.00`. */
export function sampleOf(currency: string): string {
  return (0).toFixed(decimalsOf(currency));
}
