import type { IncomeQuery } from "$generated/dashboard/areas/royalties/royalties";
import { exact, roughly } from "$lib/amount";
import { locale } from "$lib/text";

export type Income = IncomeQuery["royaltyIncome"][number];

/** The first day of the month so many months before that of a day. */
export function monthsBack(today: Date, months: number): string {
  return new Date(Date.UTC(today.getFullYear(), today.getMonth() - months, 1)).toISOString().slice(0, 10);
}

/** The currencies of incomes, that with the most rows first: amounts of different ones are never added up. */
export function currenciesOf(rows: readonly Income[]): string[] {
  const counts = new Map<string, number>();
  for (const { currency } of rows) counts.set(currency, (counts.get(currency) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]).map(([currency]) => currency);
}

/** Income month by month, with the months in which there was none, from the first to the last of which statements tell. For a picture: not exact. */
export function monthly(rows: readonly Income[], currency: string): { days: string[]; values: number[] } {
  const own = new Map(
    rows.filter((row) => row.currency === currency).map(({ key, net }) => [key, Number(net)]),
  );
  const [first, last] = [[...own.keys()].sort().at(0), [...own.keys()].sort().at(-1)];
  const days: string[] = [];
  for (let month = first; month && last && month <= last;) {
    days.push(`${month}-01`);
    const next = new Date(`${month}-01T00:00:00Z`);
    next.setUTCMonth(next.getUTCMonth() + 1);
    month = next.toISOString().slice(0, 7);
  }
  return { days, values: days.map((day) => own.get(day.slice(0, 7)) ?? 0) };
}

/** The sum of exact decimals, exactly: as many places as the longest has. */
export function sumOf(amounts: readonly string[]): string {
  const places = Math.max(0, ...amounts.map((amount) => amount.split(".")[1]?.length ?? 0));
  const units = amounts.reduce((sum, amount) => {
    const [whole = "0", part = ""] = amount.split(".");
    return sum + BigInt(whole + part.padEnd(places, "0"));
  }, 0n);
  const digits = (units < 0n ? -units : units).toString().padStart(places + 1, "0");
  const text = places > 0 ? `${digits.slice(0, -places)}.${digits.slice(-places)}` : digits;
  return (units < 0n ? "-" : "") + text;
}

/** Bars of what earned the most in a currency. */
export function barsOf(rows: readonly Income[], currency: string) {
  const count = new Intl.NumberFormat(locale());
  return rows
    .filter((row) => row.currency === currency)
    .map(({ key, name, net, units }) => ({
      key,
      name,
      value: Number(net),
      figure: exact(net, currency),
      short: roughly(net, currency),
      detail: count.format(units as `${number}`),
    }));
}
