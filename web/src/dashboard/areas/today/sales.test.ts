import { expect, test } from "vitest";

import { dayOf, takings } from "./sales";

const now = new Date(2026, 11, 3, 15, 0);

function order(paid: Date | null, minor: number, currency = "EUR", placed: Date = paid ?? now) {
  return {
    id: "order_1",
    reference: "LL-7K3M9Q2X",
    state: "DELIVERED" as const,
    placedAt: placed.toISOString(),
    paidAt: paid?.toISOString() ?? null,
    buyerName: "Ada",
    total: { minor, currency },
    lines: [],
  };
}

test("what was paid is added up by day, in one currency", () => {
  const orders = [
    order(new Date(2026, 11, 3, 0, 5), 2_999),
    order(new Date(2026, 11, 3, 14, 0), 100),
    order(null, 5_000),
    order(new Date(2026, 11, 2, 23, 59), 700),
    order(new Date(2026, 11, 2, 12, 0), 4_000, "USD"),
    order(new Date(2025, 11, 2, 12, 0), 9_999),
  ];
  expect(takings(orders, false, "EUR", now, 3)).toEqual({
    days: ["2026-12-01", "2026-12-02", "2026-12-03"],
    values: [0, 700, 3_099],
  });
});

test("days that older orders may belong to are left out", () => {
  const orders = [order(new Date(2026, 11, 3, 1, 0), 50), order(new Date(2026, 11, 1, 10, 0), 70)];
  expect(takings(orders, true, "EUR", now, 30)).toEqual({
    days: ["2026-12-02", "2026-12-03"],
    values: [0, 50],
  });
});

test("a day is the one of this place", () => {
  expect(dayOf(new Date(2026, 0, 9, 0, 0))).toBe("2026-01-09");
  expect(dayOf(new Date(2026, 0, 9, 23, 59))).toBe("2026-01-09");
});
