import type {
  BundleRowFragment,
  SetBundleInput,
  TierCode,
} from "$generated/dashboard/areas/settings/selling/selling";
import { printMinor, readMinor } from "$lib/amount";

/** A bundle as its form has it. */
export interface BundleForm {
  name: string;
  tier: TierCode;
  beats: string[];
  price: string;
  /** What it costs in further currencies. */
  prices: { currency: string; price: string }[];
}

export function formOf(bundle: BundleRowFragment | undefined): BundleForm {
  return {
    name: bundle?.name ?? "",
    tier: bundle?.tier ?? "MP3",
    beats: [...(bundle?.beats ?? [])],
    price: bundle ? printMinor(bundle.price.minor, bundle.price.currency) : "",
    prices: furtherOf(bundle).map(({ minor, currency }) => ({
      currency,
      price: printMinor(minor, currency),
    })),
  };
}

/** The prices besides that in the studio's own currency. */
function furtherOf(bundle: BundleRowFragment | undefined) {
  return (bundle?.prices ?? []).filter(({ currency }) => currency !== bundle?.price.currency);
}

/** What is sent to make a bundle of the form, or to change one; nothing while a price cannot be read or there are not two beats. */
export function inputOf(
  studio: string,
  currency: string,
  form: BundleForm,
  bundle?: BundleRowFragment,
): SetBundleInput | undefined {
  const minor = readMinor(form.price, currency);
  const prices = form.prices.map((one) => ({
    currency: one.currency,
    minor: readMinor(one.price, one.currency) ?? -1,
  }));
  if (minor === undefined || !form.name.trim() || form.beats.length < 2) return undefined;
  if (prices.some((one) => one.minor < 0)) return undefined;
  return {
    studio,
    id: bundle?.id ?? null,
    name: form.name.trim(),
    tier: form.tier,
    beats: form.beats,
    price: { minor, currency },
    prices,
    enabled: bundle?.enabled ?? true,
  };
}

/** The same bundle, on sale or not. */
export function turned(studio: string, bundle: BundleRowFragment, enabled: boolean): SetBundleInput {
  const { id, name, tier, beats, price } = bundle;
  const plain = ({ minor, currency }: typeof price) => ({ minor, currency });
  return {
    studio,
    id,
    name,
    tier,
    beats,
    price: plain(price),
    prices: furtherOf(bundle).map(plain),
    enabled,
  };
}
