import { expect, test } from "vitest";

import { barsOf, currenciesOf, monthly, monthsBack, sumOf, type Income } from "./income";

const row = (key: string, net: string, currency = "USD"): Income => ({
  key,
  name: key,
  net,
  units: "12",
  currency,
});

test("months without income are shown as such", () => {
  const rows = [row("2025-11", "1.5"), row("2026-02", "2"), row("2026-01", "9", "EUR")];
  expect(monthly(rows, "USD")).toEqual({
    days: ["2025-11-01", "2025-12-01", "2026-01-01", "2026-02-01"],
    values: [1.5, 0, 0, 2],
  });
  expect(monthly([], "USD")).toEqual({ days: [], values: [] });
});

test("currencies stand for themselves", () => {
  expect(currenciesOf([row("a", "1", "EUR"), row("b", "1"), row("c", "1")])).toEqual(["USD", "EUR"]);
  expect(barsOf([row("a", "1", "EUR"), row("DE", "0.123456")], "USD")).toEqual([
    {
      key: "DE",
      name: "DE",
      value: 0.123456,
      figure: "USD\u00a00.123456",
      short: "USD\u00a00.12",
      detail: "12",
    },
  ]);
});

test("sums are exact", () => {
  expect(sumOf(["0.1", "0.2"])).toBe("0.3");
  expect(sumOf(["1", "-0.000000000001"])).toBe("0.999999999999");
  expect(sumOf(["-1.5", "0.25"])).toBe("-1.25");
  expect(sumOf([])).toBe("0");
});

test("a year back begins with its first month", () => {
  expect(monthsBack(new Date(2026, 0, 31), 11)).toBe("2025-02-01");
});
