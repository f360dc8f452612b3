import { expect, test } from "vitest";

import { disputeStanding, leftOf, standingOf } from "./standing";

test("what became of the money comes first", () => {
  expect(standingOf({ state: "DELIVERED", moneyState: "KEPT" }).tone).toBe("good");
  expect(standingOf({ state: "DELIVERED", moneyState: "DISPUTED" }).tone).toBe("bad");
  expect(standingOf({ state: "DELIVERED", moneyState: "PARTLY_RETURNED" }).tone).toBe("note");
  expect(standingOf({ state: "EXPIRED", moneyState: "NOTHING" }).words).toBe("Lapsed");
});

test("a dispute that was answered does not press", () => {
  expect(disputeStanding({ state: "NEEDS_RESPONSE", answeredAt: null }).tone).toBe("bad");
  expect(disputeStanding({ state: "NEEDS_RESPONSE", answeredAt: "2026-11-30T00:00:00Z" }).tone).toBe("live");
});

test("a refund that failed can be tried again", () => {
  const refunds = [
    { state: "SUCCEEDED", amount: { minor: 300 } },
    { state: "REQUESTED", amount: { minor: 200 } },
    { state: "FAILED", amount: { minor: 500 } },
  ];
  expect(leftOf({ amount: { minor: 1_000 }, refunds })).toBe(500);
});
