import type { TaxRateInput } from "$generated/dashboard/areas/settings/settings";
import { readPpm } from "$lib/amount";

export interface TaxForm {
  country: string;
  name: string;
  rate: string;
  included: boolean;
}

/** All rates as they are sent; nothing while a line is not whole or a country is there twice. */
export function ratesOf(rows: readonly TaxForm[]): TaxRateInput[] | undefined {
  const rates = rows.map(({ country, name, rate, included }) => ({
    country: country.trim().toUpperCase(),
    name: name.trim(),
    ratePpm: readPpm(rate),
    included,
  }));
  const whole = rates.every(
    ({ country, name, ratePpm }) => /^[A-Z]{2}$/.test(country) && name !== "" && ratePpm !== undefined,
  );
  if (!whole || new Set(rates.map(({ country }) => country)).size < rates.length) return undefined;
  return rates.map((rate) => ({ ...rate, ratePpm: rate.ratePpm ?? 0 }));
}
