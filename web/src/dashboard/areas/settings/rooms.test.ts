import { expect, test } from "vitest";

import { hoursOf, minutesOf, weekOf } from "./rooms";

test("hours of a week, past midnight too", () => {
  expect(hoursOf({ days: [5, 1], opens: "10:00", closes: "22:30" })).toEqual([
    { weekday: 1, opensMinute: 600, closesMinute: 1_350 },
    { weekday: 5, opensMinute: 600, closesMinute: 1_350 },
  ]);
  expect(hoursOf({ days: [6], opens: "18:00", closes: "02:00" })?.[0]?.closesMinute).toBe(1_560);
  expect(hoursOf({ days: [1], opens: "10:05", closes: "22:00" })).toBeUndefined();
  expect(minutesOf("25:00")).toBeUndefined();
});

test("a week comes back as it was, unless its days differ", () => {
  const week = { days: [6], opens: "18:00", closes: "02:00" };
  expect(weekOf(hoursOf(week) ?? [])).toEqual(week);
  expect(
    weekOf([
      { weekday: 1, opensMinute: 600, closesMinute: 1_200 },
      { weekday: 2, opensMinute: 660, closesMinute: 1_200 },
    ]),
  ).toBeUndefined();
});
