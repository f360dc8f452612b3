import { expect, test } from "vitest";

import { add, allocate, even, put, readPercent, remove, WHOLE, type Share } from "./split";

const shares = (...all: (number | [number, "fast"])[]): Share[] =>
  all.map((one, party) => ({
    party,
    ppm: typeof one === "number" ? one : one[0],
    fast: typeof one !== "number",
  }));
const ppms = (all: readonly Share[]) => all.map(({ ppm }) => ppm);
const total = (all: readonly Share[]) => ppms(all).reduce((sum, ppm) => sum + ppm, 0);

test("an amount is divided to the last unit, as the server divides it", () => {
  expect(allocate(100, [1, 1, 1])).toEqual([34, 33, 33]);
  expect(allocate(10_000, [333_334, 333_333, 333_333])).toEqual([3_334, 3_333, 3_333]);
  expect(allocate(1, [0, 1, 1])).toEqual([0, 1, 0]);
  expect(allocate(5, [])).toEqual([]);
  expect(allocate(9_000_000_000, [999_999, 1])).toEqual([8_999_991_000, 9_000]);
});

test("what one gets more is taken from the others in proportion", () => {
  expect(ppms(put(shares(500_000, 300_000, 200_000), 0, 750_000))).toEqual([750_000, 150_000, 100_000]);
  expect(ppms(put(shares(WHOLE, 0, 0), 0, 400_000))).toEqual([400_000, 300_000, 300_000]);
  expect(ppms(put(shares(500_000, 500_000), 1, WHOLE * 2))).toEqual([0, WHOLE]);
});

test("who is held fast stays, and nobody goes beyond what that leaves", () => {
  const held = shares(200_000, [500_000, "fast"], 300_000);
  expect(ppms(put(held, 0, 900_000))).toEqual([500_000, 500_000, 0]);
  // With all others held fast there is one number that totals the whole.
  expect(ppms(put(shares(200_000, [800_000, "fast"]), 0, 700_000))).toEqual([200_000, 800_000]);
});

test("people come and go, and it is the whole at every moment", () => {
  let now = add([], 0);
  expect(ppms(now)).toEqual([WHOLE]);
  for (const party of [1, 2, 3, 4, 5, 6]) now = add(now, party);
  now = put(now, 3, 123_457);
  now = remove(now, 1);
  expect(total(now)).toBe(WHOLE);
  now = even(now);
  expect(total(now)).toBe(WHOLE);
  expect(Math.max(...ppms(now)) - Math.min(...ppms(now))).toBeLessThanOrEqual(1);
  expect(ppms(remove(shares([600_000, "fast"], [400_000, "fast"]), 1))).toEqual([WHOLE]);
  expect(ppms(even(shares([100_000, "fast"], 0, 900_000)))).toEqual([100_000, 450_000, 450_000]);
  expect(remove(shares(WHOLE), 0)).toEqual([]);
});

test("percentages are read exactly", () => {
  expect(["50", "33.3333", "12,5 %", "100%", "0"].map(readPercent)).toEqual([
    500_000,
    333_333,
    125_000,
    WHOLE,
    0,
  ]);
  for (const none of ["", "101", "-5", "33.33333", "half"]) expect(readPercent(none), none).toBeUndefined();
});
