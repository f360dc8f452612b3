import { expect, test } from "vitest";

import { clockOf, differs } from "./clocks";

test("one instant is told by the clocks of two zones, with the day where that differs", () => {
  const at = "2026-12-03T23:30:00Z";
  expect(differs(at, "Europe/Berlin", "Europe/Paris")).toBe(false);
  expect(differs(at, "Europe/Berlin", "Europe/London")).toBe(true);
  expect(clockOf("2026-12-03T13:00:00Z", "Europe/London", "Europe/Berlin")).toBe("13:00");
  expect(clockOf(at, "Europe/London", "Europe/Berlin")).toContain("3 Dec");
  expect(clockOf("2026-12-03T13:00:00Z", "America/New_York", "Europe/Berlin", true)).toMatch(/3 Dec.*08:00/);
});
