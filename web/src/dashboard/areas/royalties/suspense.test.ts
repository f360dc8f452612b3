import { expect, test } from "vitest";

import { together, type Suspended } from "./suspense";

const waits = (
  statementId: string,
  recordingId: string | null,
  amount: string,
  currency = "USD",
): Suspended => ({
  reason: recordingId ? "NO_SPLIT" : "UNMATCHED",
  lines: 2,
  net: [{ amount, currency }],
  suggestions: [],
  item: {
    number: 1,
    statementId,
    title: "Night Drive",
    artist: "Nova",
    isrc: null,
    iswc: null,
    upc: null,
    code: null,
    isAdjustment: false,
    recordingId,
    workId: null,
    release: null,
    matchedBy: null,
  },
});

test("the same recording of several statements waits once", () => {
  const all = together([
    waits("a", "rec_1", "0.1"),
    waits("b", "rec_1", "0.2"),
    waits("c", "rec_1", "5", "EUR"),
  ]);
  expect(all).toHaveLength(1);
  expect(all[0]?.lines).toBe(6);
  expect(all[0]?.net).toEqual([
    { currency: "USD", amount: "0.3" },
    { currency: "EUR", amount: "5" },
  ]);
});

test("what nobody knows stands for itself", () => {
  expect(together([waits("a", null, "1"), waits("b", null, "1")])).toHaveLength(2);
});
