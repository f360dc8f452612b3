import { expect, test } from "vitest";

import { dealsOf } from "./deals";

test("deals are sent once each says how many of which tiers", () => {
  const deal = { buy: "2", free: " 1 ", tiers: ["MP3" as const, "WAV" as const] };
  expect(dealsOf([deal])).toEqual([{ buy: 2, free: 1, tiers: ["MP3", "WAV"] }]);
  expect(dealsOf([])).toEqual([]);
  for (const lacking of [{ buy: "" }, { free: "0" }, { free: "one" }, { tiers: [] }])
    expect(dealsOf([deal, { ...deal, ...lacking }])).toBeUndefined();
});
