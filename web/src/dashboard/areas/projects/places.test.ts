import { expect, test } from "vitest";

import { readPlace } from "./places";

test("places are read as players show them, and finer", () => {
  expect(readPlace("1:23")).toBe(83_000);
  expect(readPlace(" 0:01,5 ")).toBe(1_500);
  expect(readPlace("83")).toBe(83_000);
  expect(readPlace("1:02:05.125")).toBe(3_725_125);
});

test("what is no place is none", () => {
  for (const text of ["", "soon", "1:75", "1:2:3:4", "-1"]) expect(readPlace(text)).toBeUndefined();
});
