import { afterEach, expect, test } from "vitest";

import { speak } from "$lib/text";

import { printAmount, readAmount, readQuantity } from "./prices";

afterEach(() => speak("en"));

test("amounts are read exactly, in the decimals of their currency", () => {
  expect(["", "12", "12.5", "12,50", "0.29", "1 200"].map((text) => readAmount(text, "EUR"))).toEqual([
    null,
    1_200,
    1_250,
    1_250,
    29,
    120_000,
  ]);
  expect(readAmount("500", "JPY")).toBe(500);
  for (const none of ["1.2.3", "-5", "12.345", "free", "1e3"])
    expect(readAmount(none, "EUR"), none).toBeUndefined();
  expect(readAmount("5.5", "JPY")).toBeUndefined();
});

test("an amount stands in a field as it would be typed", () => {
  expect(printAmount(120_050, "EUR")).toBe("1200.50");
  speak("de");
  expect(printAmount(120_050, "EUR")).toBe("1200,50");
  expect(readAmount(printAmount(120_050, "EUR"), "EUR")).toBe(120_050);
});

test("quantities are read in thousandths", () => {
  expect(["1", "2,5", "0.125"].map(readQuantity)).toEqual([1_000, 2_500, 125]);
  for (const none of ["0", "", "-1", "1.2345", "many"]) expect(readQuantity(none), none).toBeUndefined();
});
