import { expect, test } from "vitest";

import { printFacts, readFacts, readWhole } from "./facts";

test("an object is read as it was printed, and anything else is none", () => {
  const facts = { genre: "Pop", deals: [{ model: "subscription" }] };
  expect(readFacts(printFacts(facts))).toEqual(facts);
  expect(readFacts(" ")).toEqual({});
  expect(printFacts({})).toBe("");
  for (const text of ["[]", "1", "null", "{genre: 1}"]) expect(readFacts(text), text).toBeUndefined();
});

test("a number may be left out, and has digits alone", () => {
  expect([readWhole(""), readWhole(" 35 "), readWhole("0")]).toEqual([null, 35, 0]);
  expect([readWhole("3.5"), readWhole("-1"), readWhole("GEMA")]).toEqual([undefined, undefined, undefined]);
});
