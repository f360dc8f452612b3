import { expect, test } from "vitest";

import { byColumn, columnOf } from "./board";

const open = (stage: "IDEATION" | "MIXING") => ({ stage, closedAt: null });
const closed = { stage: "IDEATION" as const, closedAt: "2026-12-01T10:00:00Z" };

test("a project stands at the earliest stage that is open, in it or in a song", () => {
  expect(columnOf({ state: "ACTIVE", stages: [open("IDEATION")], songs: [{ stage: "MIXING" }] })).toBe(
    "IDEATION",
  );
  const songs = [{ stage: "MIXING" as const }, { stage: "RECORDING" as const }, { stage: null }];
  expect(columnOf({ state: "ACTIVE", stages: [closed], songs })).toBe("RECORDING");
  expect(columnOf({ state: "ACTIVE", stages: [closed], songs: [{ stage: null }] })).toBe("READY");
});

test("what has not begun, is over or was called off stands there whatever is open", () => {
  const rest = { stages: [open("MIXING")], songs: [] };
  expect(columnOf({ state: "PLANNED", ...rest })).toBe("PLANNED");
  expect(columnOf({ state: "DELIVERED", ...rest })).toBe("DELIVERED");
  expect(columnOf({ state: "CANCELLED", ...rest })).toBeNull();
});

test("a column keeps the order, those that are late first", () => {
  const project = (id: number, isLate: boolean) => ({
    id,
    isLate,
    state: "PLANNED" as const,
    stages: [],
    songs: [],
  });
  const planned = byColumn([project(1, false), project(2, true), project(3, false)]).get("PLANNED");
  expect(planned?.map(({ id }) => id)).toEqual([2, 1, 3]);
});
