import { afterEach, expect, test } from "vitest";

import { clock, day, hex, moment, money, percent, since, size, tempo } from "./format";
import { speak } from "./text";

afterEach(() => speak("en"));

test("money has the decimals of its currency", () => {
  expect(money({ minor: 123450, currency: "EUR" })).toBe("EUR\u00a01,234.50");
  expect(money({ minor: 500, currency: "JPY" })).toBe("JPY\u00a0500");
  expect(money({ minor: -1, currency: "EUR" })).toBe("-EUR\u00a00.01");
});

test("figures follow the language", () => {
  speak("de");
  expect(money({ minor: 2999, currency: "EUR" })).toBe("29,99\u00a0EUR");
  expect(tempo(92_750)).toBe("92,75");
});

test("times, sizes and parts", () => {
  expect([0, 59.9, 151, 3725].map(clock)).toEqual(["0:00", "0:59", "2:31", "1:02:05"]);
  expect(clock(NaN)).toBe("0:00");
  expect(size(0)).toBe("0 byte");
  expect(size(12_400_000)).toBe("12.4 MB");
  expect(percent(333_333)).toBe("33.3333%");
  expect(tempo(140_000)).toBe("140");
});

test("a digest keeps the zeros in front", () => {
  expect(hex(new Uint8Array([0, 1, 16, 171, 255]).buffer)).toBe("000110abff");
  expect(hex(new ArrayBuffer(0))).toBe("");
});

test("a date without a time is that day everywhere", () => {
  expect(day("2026-12-03")).toBe("3 Dec 2026");
  expect(day(new Date(2026, 11, 3, 23, 59))).toBe("3 Dec 2026");
});

test("times are of twenty-four hours", () => {
  expect(moment(new Date(2026, 11, 3, 14, 5))).toBe("3 Dec 2026, 14:05");
  speak("de");
  expect(moment(new Date(2026, 11, 3, 14, 5))).toBe("03.12.2026, 14:05");
});

test("how long ago", () => {
  const now = new Date("2026-12-03T12:00:00Z");
  expect(since("2026-12-03T11:59:40Z", now)).toBe("this minute");
  expect(since("2026-12-02T12:00:00Z", now)).toBe("yesterday");
  expect(since("2026-12-03T15:00:00Z", now)).toBe("in 3 hours");
});
