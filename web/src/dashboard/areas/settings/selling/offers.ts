import type {
  SettingRowFragment,
  SetOffersInput,
  TierCode,
} from "$generated/dashboard/areas/settings/selling/selling";
import { printMinor, readMinor } from "$lib/amount";

/** Which offers a tier takes, as its form has it: without a least amount every one. */
export interface OfferForm {
  takesOffers: boolean;
  minimum: string;
  answerDays: string;
}

/** A tier, and what is set of it. */
export interface Setting {
  tier: TierCode;
  /** What holds; nothing where no offers were ever taken. */
  row?: SettingRowFragment;
  /** Whether that was set for the beat itself. */
  isOwn: boolean;
}

/** What holds of each tier: what is set for a beat before what is set for all. */
export function settingsOf(
  tiers: readonly TierCode[],
  all: readonly SettingRowFragment[],
  own: readonly SettingRowFragment[],
): Setting[] {
  const of = (rows: readonly SettingRowFragment[], tier: TierCode) => rows.find((row) => row.tier === tier);
  return tiers.map((tier) => {
    const mine = of(own, tier);
    return { tier, row: mine ?? of(all, tier), isOwn: mine !== undefined };
  });
}

export function formOf(row: SettingRowFragment | undefined): OfferForm {
  return {
    takesOffers: row?.takesOffers ?? false,
    minimum: row?.minimum ? printMinor(row.minimum.minor, row.minimum.currency) : "",
    answerDays: String(row?.answerDays ?? 7),
  };
}

/** What is sent to set a tier so; nothing while something typed is no amount or number. */
export function inputOf(
  place: { studio: string; currency: string; tier: TierCode; beat?: string },
  form: OfferForm,
): SetOffersInput | undefined {
  const { studio, currency, tier, beat } = place;
  const minor = form.minimum.trim() ? readMinor(form.minimum, currency) : null;
  if (minor === undefined || !/^\d{1,2}$/.test(form.answerDays.trim())) return undefined;
  return {
    studio,
    beat: beat ?? null,
    tier,
    takesOffers: form.takesOffers,
    minimum: minor === null ? null : { minor, currency },
    answerDays: Number(form.answerDays),
  };
}
