import { locale } from "$lib/text";

/** How many digits a currency has behind the point. */
export function digitsOf(currency: string): number {
  const format = new Intl.NumberFormat("en", { style: "currency", currency });
  return format.resolvedOptions().maximumFractionDigits ?? 2;
}

/** An amount as it is typed, with a point or a comma, in minor units; null if the field is empty, undefined if it is none. */
export function readAmount(text: string, currency: string): number | null | undefined {
  const tidy = text.trim().replace(/\s/g, "").replace(",", ".");
  if (tidy === "") return null;
  const digits = digitsOf(currency);
  const match = /^(\d{1,9})(?:\.(\d+))?$/.exec(tidy);
  const [, whole = "", fraction = ""] = match ?? [];
  if (!match || fraction.length > digits) return undefined;
  // Exact: the digits behind the point are minor units.
  return Number(whole + fraction.padEnd(digits, "0"));
}

/** An amount as it stands in a field. */
export function printAmount(minor: number, currency: string): string {
  const digits = digitsOf(currency);
  return new Intl.NumberFormat(locale(), {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    useGrouping: false,
  }).format(minor / 10 ** digits);
}

/** A number of pieces as it is typed, in thousandths; undefined if it is none. */
export function readQuantity(text: string): number | undefined {
  const match = /^(\d{1,6})(?:[.,](\d{1,3}))?$/.exec(text.trim());
  if (!match) return undefined;
  const milli = Number((match[1] ?? "") + (match[2] ?? "").padEnd(3, "0"));
  return milli > 0 ? milli : undefined;
}
