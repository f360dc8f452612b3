import { afterEach, expect, test } from "vitest";

import { speak } from "$lib/text";

import { byDay, detailOf, titleOf } from "./events";

afterEach(() => speak("en"));

test("events stand under the day on which they happened, in their order", () => {
  const at = (day: number, hour: number) => ({ at: new Date(2026, 11, day, hour).toISOString() });
  const days = byDay([at(4, 9), at(3, 23), at(3, 0), at(1, 12)]);
  expect(days.map(({ day, events }) => [day, events.length])).toEqual([
    ["2026-12-04", 1],
    ["2026-12-03", 2],
    ["2026-12-01", 1],
  ]);
  expect(byDay([])).toEqual([]);
});

test("stages are called as they are here, everything else as it is called", () => {
  speak("de");
  expect(titleOf({ kind: "STAGE", title: "lead" })).toBe("Anfrage");
  expect(titleOf({ kind: "STAGE", title: "of another version" })).toBe("of another version");
  expect(titleOf({ kind: "PROJECT", title: "lead" })).toBe("lead");
  expect(detailOf({ kind: "SESSION", detail: "lead_vocalist" })).toBe("Leadgesang");
  expect(detailOf({ kind: "ORDER", detail: "of_another_version" })).toBe("of another version");
  expect(detailOf({ kind: "QUOTE", detail: "Q-2026-7 declined" })).toBe("Q-2026-7 abgelehnt");
  expect(detailOf({ kind: "LICENCE", detail: "Night_Drive" })).toBe("Night_Drive");
  expect(detailOf({ kind: "MIX_APPROVAL", detail: "2" })).toBe("Version 2");
  expect(detailOf({ kind: "NOTE", detail: null })).toBe("");
});
