import { expect, test } from "vitest";

import { lastOfMonthBefore, payoutOf, standOf } from "./outcome";

test("why a payee is paid, or not", () => {
  expect(payoutOf({ due: { minor: 1_234 } })).toEqual({ what: "due", minor: 1_234 });
  expect(payoutOf("nothing")).toEqual({ what: "nothing" });
  expect(payoutOf({ below_minimum: { minimum_minor: 5_000 } })).toEqual({ what: "minimum" });
  expect(payoutOf({ held: { reason: "No invoice" } })).toEqual({ what: "held", reason: "No invoice" });
});

test("a deficit stands below zero", () => {
  expect(standOf({ owed_minor: 0, deficit_minor: 500 })).toBe(-500);
});

test("a period ends with the month before", () => {
  expect(lastOfMonthBefore(new Date(2026, 0, 15))).toBe("2025-12-31");
  expect(lastOfMonthBefore(new Date(2028, 2, 1))).toBe("2028-02-29");
});
