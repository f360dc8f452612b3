import { expect, test } from "vitest";

import { mayChange, reaches } from "./areas";

test("in a closed studio all is read by whom it was, and nobody changes anything", () => {
  const closure = { closedAt: "2026-12-01T09:00:00Z", reason: null };
  const open = { myRole: "MANAGER", closure: null } as const;
  expect([mayChange(open, "ENGINEER"), mayChange(open, "OWNER")]).toEqual([true, false]);
  expect(mayChange({ ...open, closure }, "ENGINEER")).toBe(false);
  expect(reaches(open.myRole, "ENGINEER")).toBe(true);
});
