import { expect, test } from "vitest";

import { hasOnlyPlain, lengthOf, printedAs } from "./title";

test("characters that contracts have no letter for stand there by their number", () => {
  expect(["🔥", "é", "\u{9}"].map(printedAs)).toEqual(["[U+1F525]", "[U+00E9]", "[U+0009]"]);
});

test("what every font has is not asked after", () => {
  expect(["Night Drive (120 bpm)", ""].every(hasOnlyPlain)).toBe(true);
  expect(["Fire 🔥", "Ночь", "Café"].some(hasOnlyPlain)).toBe(false);
});

test("a title is as long as it has characters, whatever they are made of", () => {
  expect(["Night  Drive ", "🔥🔥", "ليل", ""].map(lengthOf)).toEqual([11, 2, 3, 0]);
});
