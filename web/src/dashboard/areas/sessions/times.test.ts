import { expect, test } from "vitest";

import { beginning, fieldOf, instantOfField, lasting, minutesBetween, nowIn, standingOf } from "./times";

const BERLIN = "Europe/Berlin";
const booking = { startsAt: "2026-12-03T14:00:00Z", endsAt: "2026-12-03T18:00:00Z" };

test("a field shows the clocks of the room, and one that was not touched keeps its seconds", () => {
  const instant = "2026-12-03T14:05:27.120Z";
  expect(fieldOf(instant, BERLIN)).toBe("2026-12-03T15:05");
  expect(instantOfField("2026-12-03T15:05", BERLIN, instant)).toBe(instant);
  expect(instantOfField("2026-12-03T15:06", BERLIN, instant)).toBe("2026-12-03T14:06:00.000Z");
  expect(instantOfField("", BERLIN, instant)).toBeNull();
  expect([fieldOf(null, BERLIN), instantOfField("", BERLIN)]).toEqual(["", null]);
});

test("a log begins now while its booking is held, and with it before and afterwards", () => {
  const at = (time: string) => beginning(booking, new Date(`2026-12-03T${time}:00.000Z`));
  expect(at("10:00")).toEqual({ startedAt: booking.startsAt, endedAt: null });
  expect(at("13:45")).toEqual({ startedAt: "2026-12-03T13:45:00.000Z", endedAt: null });
  expect(at("16:00").startedAt).toBe("2026-12-03T16:00:00.000Z");
  expect(at("19:00")).toEqual({ startedAt: booking.startsAt, endedAt: booking.endsAt });
  expect(beginning(null, new Date(booking.startsAt)).startedAt).toBe("2026-12-03T14:00:00.000Z");
});

test("what happens now has a time only while the session runs", () => {
  const now = new Date("2026-12-03T15:00:00.000Z");
  expect(nowIn({ startedAt: booking.startsAt, endedAt: null }, now)).toBe(now.toISOString());
  expect(nowIn({ startedAt: booking.startsAt, endedAt: booking.endsAt }, now)).toBeNull();
  expect(nowIn({ startedAt: booking.endsAt, endedAt: null }, now)).toBeNull();
});

test("a session runs from its beginning until its end", () => {
  const at = (time: string, endedAt: string | null) =>
    standingOf({ startedAt: booking.startsAt, endedAt }, new Date(`2026-12-03T${time}:00.000Z`));
  expect(["13:59", "14:00", "23:00"].map((time) => at(time, null))).toEqual(["ahead", "running", "running"]);
  expect(["10:00", "17:59", "18:00"].map((time) => at(time, booking.endsAt))).toEqual([
    "ahead",
    "running",
    "over",
  ]);
});

test("how long it was is told in hours and minutes", () => {
  expect(lasting(minutesBetween(booking.startsAt, "2026-12-03T17:42:20Z"))).toBe("3 h 42 min");
  expect(lasting(minutesBetween(booking.startsAt, new Date("2026-12-03T14:20:00Z")))).toBe("20 min");
  expect(minutesBetween(booking.endsAt, booking.startsAt)).toBe(0);
});
