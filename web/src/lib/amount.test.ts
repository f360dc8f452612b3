import { expect, test } from "vitest";

import { exact, finer, printMinor, printPpm, readDecimal, readMinor, readPpm } from "./amount";

test("amounts are read in minor units, with a point or a comma", () => {
  const read = (text: string) => readMinor(text, "EUR");
  expect(["12", "12.5", "12,50", " 1 200,05 ", "0.07"].map(read)).toEqual([1_200, 1_250, 1_250, 120_005, 7]);
  // A thousand, or a little more than one? It is not guessed.
  for (const none of ["1.234", "1,234.50", "-3", "ten", "", "1.2.3"])
    expect(read(none), none).toBeUndefined();
  expect(readMinor("1500", "JPY")).toBe(1_500);
  expect(readMinor("1.5", "JPY")).toBeUndefined();
  expect(readMinor("1.234", "BHD")).toBe(1_234);
});

test("what was read is printed as it can be read again", () => {
  for (const minor of [0, 7, 1_250, 120_005]) expect(readMinor(printMinor(minor, "EUR"), "EUR")).toBe(minor);
  for (const ppm of [0, 1, 333_333, 1_000_000]) expect(readPpm(printPpm(ppm))).toBe(ppm);
});

test("percentages are parts per million, up to the whole", () => {
  expect(["50", "33,3333", "100 %", "0.0001"].map(readPpm)).toEqual([500_000, 333_333, 1_000_000, 1]);
  for (const none of ["101", "-1", "33.33333", "half"]) expect(readPpm(none), none).toBeUndefined();
});

test("decimals keep all of their places", () => {
  expect(readDecimal("0,9215")).toBe("0.9215");
  expect(readDecimal("1.2e3")).toBeUndefined();
  expect(exact("0.000123456", "USD")).toBe("USD\u00a00.000123");
  expect(exact("12345678901234.05", "USD")).toBe("USD\u00a012,345,678,901,234.05");
});

test("an exact amount is said beside the rounded one where the two differ", () => {
  expect(finer("12.345678", "USD")).toBe("USD\u00a012.345678");
  expect(["12.34", "12.3", "0"].map((amount) => finer(amount, "USD"))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
