import { expect, test } from "vitest";

import { ratesOf } from "./taxes";

const row = { country: "de", name: "VAT", rate: "19", included: true };

test("rates are sent whole, each country once", () => {
  expect(ratesOf([row])).toEqual([{ country: "DE", name: "VAT", ratePpm: 190_000, included: true }]);
  expect(ratesOf([])).toEqual([]);
  for (const bad of [
    { ...row, country: "Germany" },
    { ...row, name: " " },
    { ...row, rate: "a lot" },
  ])
    expect(ratesOf([bad])).toBeUndefined();
  expect(ratesOf([row, { ...row, country: "DE" }])).toBeUndefined();
});
