import { expect, test } from "vitest";

import { GROUPS, isField, kindsOf, wordOf } from "./kinds";

test("each kind is found in one group, and all of them without one", () => {
  expect(kindsOf(undefined)).toBeUndefined();
  const kinds = GROUPS.map((group) => kindsOf(group) ?? []);
  expect(kinds.every((of) => of.length > 0)).toBe(true);
  expect(new Set(kinds.flat()).size).toBe(kinds.flat().length);
  expect(kindsOf("TERMS")).toEqual(["CLAUSES_SET"]);
});

test("what somebody has typed is no word, even if it looks like one", () => {
  expect(wordOf("role", "owner")).toBe("owner");
  expect(wordOf("enabled", "false")).toBe("false");
  expect(wordOf("name", "owner")).toBeUndefined();
  expect(wordOf("role", "composer")).toBeUndefined();
  expect([isField("price"), isField("toString")]).toEqual([true, false]);
});
