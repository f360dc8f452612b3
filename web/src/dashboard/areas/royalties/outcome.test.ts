import { expect, test, vi } from "vitest";

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
  vi.stubEnv("TZ", "Europe/Berlin");
  expect(lastOfMonthBefore(new Date("2026-01-15T12:00:00Z"))).toBe("2025-12-31");
  expect(lastOfMonthBefore(new Date("2028-03-01T00:00:00Z"))).toBe("2028-02-29");
  // Half past midnight of the first of December in Berlin: no run goes through the thirtieth yet.
  expect(lastOfMonthBefore(new Date("2026-11-30T23:30:00Z"))).toBe("2026-10-31");
  vi.unstubAllEnvs();
});
