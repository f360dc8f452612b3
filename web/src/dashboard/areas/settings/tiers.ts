import type { SetTierInput, WholeTierFragment } from "$generated/dashboard/areas/settings/settings";
import { printMinor, readMinor } from "$lib/amount";

const CAPS = ["streams", "copies", "musicVideos", "performances", "radioStations"] as const;
export type Cap = (typeof CAPS)[number];

/** A tier as its form has it: what is empty is without limit. */
export interface TierForm {
  enabled: boolean;
  name: string;
  price: string;
  prices: { currency: string; price: string }[];
  caps: Record<Cap, string>;
}

export function formOf(tier: WholeTierFragment): TierForm {
  return {
    enabled: tier.enabled,
    name: tier.terms.tierName,
    price: printMinor(tier.price.minor, tier.price.currency),
    prices: tier.prices.map(({ minor, currency }) => ({ currency, price: printMinor(minor, currency) })),
    caps: Object.fromEntries(CAPS.map((cap) => [cap, String(tier.terms.caps[cap] ?? "")])) as Record<
      Cap,
      string
    >,
  };
}

/** What is sent to set a tier so; nothing while something typed is no amount or number. What the form does not show stays as it is. */
export function inputOf(studio: string, tier: WholeTierFragment, form: TierForm): SetTierInput | undefined {
  const { currency } = tier.price;
  const minor = readMinor(form.price, currency);
  const prices = form.prices.map((one) => ({
    currency: one.currency,
    minor: readMinor(one.price, one.currency),
  }));
  const caps = CAPS.map((cap) => [cap, form.caps[cap].replace(/[\s.,]/g, "")] as const);
  if (minor === undefined || !form.name.trim()) return undefined;
  if (prices.some((one) => one.minor === undefined)) return undefined;
  if (caps.some(([, count]) => !/^\d{0,12}$/.test(count))) return undefined;
  const { terms } = tier;
  return {
    studio,
    code: terms.tier,
    enabled: form.enabled,
    name: form.name.trim(),
    price: { minor, currency },
    prices: prices.map((one) => ({ currency: one.currency, minor: one.minor ?? 0 })),
    atCap: terms.atCap,
    creditLine: terms.creditLine,
    publishingKeptPpm: terms.publishingKept.ppm,
    termMonths: terms.termMonths,
    files: { mp3: terms.files.mp3, wav: terms.files.wav, stems: terms.files.stems },
    caps: Object.fromEntries(caps.map(([cap, count]) => [cap, count === "" ? null : Number(count)])),
  };
}
