import type { SalesQuery } from "$generated/dashboard/areas/today/today";

type Order = SalesQuery["orders"]["nodes"][number];

/** What was paid on each day, in minor units of one currency. */
export interface Takings {
  days: string[];
  values: number[];
}

const DAY_MS = 86_400_000;

/** The calendar day here, as `2026-12-03`. */
export function dayOf(instant: Date): string {
  const two = (part: number) => String(part).padStart(2, "0");
  return `${instant.getFullYear()}-${two(instant.getMonth() + 1)}-${two(instant.getDate())}`;
}

/**
 * What was paid on each of the last days up to now, at most `most` of them. Where there are older orders than those that are given, it begins with the first
 * day that these cover whole.
 */
export function takings(
  orders: readonly Order[],
  hasOlder: boolean,
  currency: string,
  now: Date,
  most = 30,
): Takings {
  const today = new Date(now.getFullYear(), now.getMonth(), now.getDate(), 12);
  const days = Array.from({ length: most }, (_, back) =>
    dayOf(new Date(today.getTime() - (most - 1 - back) * DAY_MS)),
  );
  const oldest = orders.at(-1);
  const whole = hasOlder && oldest ? days.filter((day) => day > dayOf(new Date(oldest.placedAt))) : days;
  const values = new Map(whole.map((day) => [day, 0]));
  for (const order of orders) {
    if (order.paidAt === null || order.total.currency !== currency) continue;
    const day = dayOf(new Date(order.paidAt));
    const before = values.get(day);
    if (before !== undefined) values.set(day, before + order.total.minor);
  }
  return { days: [...values.keys()], values: [...values.values()] };
}
