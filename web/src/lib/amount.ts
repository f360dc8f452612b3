/** Amounts as people type them, and as statements have them: exact, never through a floating point number where they count. */
import { currencyStyle } from "./format";
import { locale } from "./text";

/** How many decimals a currency has. */
export function decimalsOf(currency: string): number {
  const format = new Intl.NumberFormat("en", { style: "currency", currency });
  return format.resolvedOptions().maximumFractionDigits ?? 2;
}

/** What was typed, as minor units of a currency: `12.50` and `12,50` alike. Nothing of what cannot be told, such as `1.234` in a currency of cents. */
export function readMinor(text: string, currency: string): number | undefined {
  const found = /^(\d{1,12})(?:[.,](\d+))?$/.exec(text.replace(/[\s’']/g, ""));
  const decimals = decimalsOf(currency);
  if (!found || (found[2] ?? "").length > decimals) return undefined;
  return Number((found[1] ?? "") + (found[2] ?? "").padEnd(decimals, "0"));
}

/** Minor units as they are typed: `12.50`. */
export function printMinor(minor: number, currency: string): string {
  return (minor / 10 ** decimalsOf(currency)).toFixed(decimalsOf(currency));
}

/** A percentage that was typed, as parts per million: `33,3333`. */
export function readPpm(text: string): number | undefined {
  const found = /^(\d{1,3})(?:[.,](\d{1,4}))?$/.exec(text.replace(/[\s%]/g, ""));
  if (!found) return undefined;
  const ppm = Number((found[1] ?? "") + (found[2] ?? "").padEnd(4, "0"));
  return ppm <= 1_000_000 ? ppm : undefined;
}

/** Parts per million as a percentage is typed: `33.3333`. */
export function printPpm(ppm: number): string {
  return String(ppm / 10_000);
}

/** A decimal number that was typed, as programs write it: `0,9215` is `0.9215`. */
export function readDecimal(text: string): string | undefined {
  const plain = text.replace(/\s/g, "").replace(",", ".");
  return /^\d{1,15}(\.\d{1,18})?$/.test(plain) ? plain : undefined;
}

/** An exact decimal number of a currency for people. Whatever is beyond six decimals is in the files. */
export function exact(amount: string, currency: string): string {
  const decimals = decimalsOf(currency);
  const format = new Intl.NumberFormat(locale(), {
    ...currencyStyle(currency),
    minimumFractionDigits: decimals,
    maximumFractionDigits: Math.max(6, decimals),
  });
  // A text is written as it is, where a number would be rounded to what a float holds.
  return format.format(amount as `${number}`);
}

/** The same, rounded to what can be paid. */
export function roughly(amount: string | number, currency: string): string {
  return new Intl.NumberFormat(locale(), currencyStyle(currency)).format(amount as number);
}

/** The exact amount, where it says more than the rounded one. */
export function finer(amount: string, currency: string): string | undefined {
  const said = exact(amount, currency);
  return said === roughly(amount, currency) ? undefined : said;
}
