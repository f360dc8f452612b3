import { expect, test } from "vitest";

import { closedIn, inColumns, openOn, piecesOf } from "./grid";
import { instantOf, minuteOf, monthOf, plusMonths, timeOf, wallOf, weekOf } from "./zone";

const BERLIN = "Europe/Berlin";

test("an instant is read by the clocks of its room, and back", () => {
  expect(wallOf("2026-12-06T22:00:00Z", BERLIN)).toEqual({ day: "2026-12-06", minute: 23 * 60 });
  expect(wallOf("2026-07-01T22:30:00Z", BERLIN)).toEqual({ day: "2026-07-02", minute: 30 });
  for (const zone of [BERLIN, "America/New_York", "Asia/Kathmandu", "UTC"])
    for (const instant of ["2026-12-06T22:15:00.000Z", "2026-07-01T03:45:00.000Z"])
      expect(instantOf(wallOf(instant, zone), zone), zone).toBe(instant);
});

test("when clocks change, the hour that comes twice is the first, and the one left out moves on", () => {
  // 25 October 2026, 02:30 comes at 00:30 and at 01:30 UTC.
  expect(instantOf({ day: "2026-10-25", minute: 150 }, BERLIN)).toBe("2026-10-25T00:30:00.000Z");
  // 29 March 2026 has no 02:30: half an hour after the change it is 03:30 there.
  expect(instantOf({ day: "2026-03-29", minute: 150 }, BERLIN)).toBe("2026-03-29T01:30:00.000Z");
  expect(instantOf({ day: "2026-03-29", minute: 210 }, BERLIN)).toBe("2026-03-29T01:30:00.000Z");
});

test("weeks begin on Mondays, months are whole weeks", () => {
  expect(weekOf("2026-11-29")[0]).toBe("2026-11-23");
  expect(weekOf("2026-11-30")).toHaveLength(7);
  const december = monthOf("2026-12-15");
  expect([december[0], december.at(-1), december.length]).toEqual(["2026-11-30", "2027-01-03", 35]);
  expect(monthOf("2027-02-01")).toHaveLength(28);
  expect([plusMonths("2027-01-31", 1), plusMonths("2026-12-31", 2), plusMonths("2026-01-15", -1)]).toEqual([
    "2027-02-28",
    "2027-02-28",
    "2025-12-15",
  ]);
});

test("times of fields", () => {
  expect([0, 65, 1_440].map(timeOf)).toEqual(["00:00", "01:05", "00:00"]);
  expect(minuteOf("14:05")).toBe(845);
});

const booking = (id: string, startsAt: string, endsAt: string) => ({
  id,
  startsAt,
  endsAt,
  room: { timeZone: BERLIN },
});

test("a booking over midnight lies on both days, one that ends at midnight on one", () => {
  const over = piecesOf(booking("a", "2026-12-06T22:00:00Z", "2026-12-07T02:00:00Z"));
  expect(over.map(({ day, from, to }) => [day, from, to])).toEqual([
    ["2026-12-06", 1_380, 1_440],
    ["2026-12-07", 0, 180],
  ]);
  expect(piecesOf(booking("b", "2026-12-06T21:00:00Z", "2026-12-06T23:00:00Z"))).toHaveLength(1);
});

test("what overlaps stands side by side, what follows has the width again", () => {
  const at = (id: string, from: number, to: number) => ({
    booking: booking(id, "2026-12-06T00:00:00Z", "2026-12-06T01:00:00Z"),
    day: "2026-12-06",
    from,
    to,
  });
  const placed = inColumns([at("c", 200, 300), at("a", 0, 120), at("b", 60, 180), at("d", 120, 180)]);
  expect(placed.map(({ booking: { id }, column, columns }) => [id, column, columns])).toEqual([
    ["a", 0, 2],
    ["b", 1, 2],
    ["d", 0, 2],
    ["c", 0, 1],
  ]);
});

test("an exception takes the place of the week's hours; the rest of the day is closed", () => {
  const room = {
    hours: [{ weekday: 1, opensMinute: 600, closesMinute: 1_200 }],
    exceptions: [{ on: "2026-12-07", hours: [] }],
  };
  expect(openOn(room, "2026-11-30", 1)).toHaveLength(1);
  expect(openOn(room, "2026-12-07", 1)).toEqual([]);
  expect(closedIn([])).toEqual([{ from: 0, to: 1_440 }]);
  const open = [
    { opensMinute: 840, closesMinute: 1_440 },
    { opensMinute: 600, closesMinute: 720 },
    { opensMinute: 660, closesMinute: 780 },
  ];
  expect(closedIn(open)).toEqual([
    { from: 0, to: 600 },
    { from: 780, to: 840 },
  ]);
});
