import { expect, test } from "vitest";

import { blank, isNamed, isSheet, rolesOf, sharesOf, without, written, type Sheet } from "./sheet";

const person = (name: string) => ({ name, email: `${name}@example.com`, role: "writer", ipi: "00012345678" });
const sheet: Sheet = {
  ...blank("Night Bus", "2026-12-03", "Germany", {}),
  parties: [person("mara"), person("label"), person("nova"), person("jonas")],
  terms: {
    template: "split_sheet",
    composition: {
      title: "Night Bus",
      writers: [
        { party: 0, role: "CA", share_ppm: 600_000, pro: "STIM" },
        { party: 2, role: "C", share_ppm: 400_000, publishers: [{ party: 3, share_ppm: 100_000 }] },
      ],
    },
    master: {
      owners: [
        { party: 1, share_ppm: 700_000 },
        { party: 2, share_ppm: 300_000 },
      ],
      performers: [
        { party: 3, part: "bass guitar" },
        { name: "Ida", part: "choir" },
      ],
    },
  },
};

test("shares are read, and go back with all else that is said", () => {
  expect(isSheet(sheet)).toBe(true);
  expect(isSheet({ terms: { template: "producer" } })).toBe(false);
  const [composition, master] = [sharesOf(sheet, "composition"), sharesOf(sheet, "master")];
  expect(composition.map(({ party, ppm }) => [party, ppm])).toEqual([
    [0, 600_000],
    [2, 400_000],
  ]);
  expect(written(sheet, sheet.parties, composition, master, rolesOf(sheet))).toEqual(sheet);
});

test("shares that are not the whole begin in equal parts", () => {
  const begun = structuredClone(sheet);
  begun.terms.composition.writers.forEach((writer) => (writer.share_ppm = 0));
  expect(sharesOf(begun, "composition").map(({ ppm }) => ppm)).toEqual([500_000, 500_000]);
});

test("a new writer has what is said of writers, and no other's", () => {
  const shares = [
    { party: 0, ppm: 500_000, fast: false },
    { party: 3, ppm: 500_000, fast: false },
  ];
  const { writers } = written(sheet, sheet.parties, shares, sharesOf(sheet, "master"), { 0: "A" }).terms
    .composition;
  expect(writers).toEqual([
    { party: 0, role: "A", share_ppm: 500_000, pro: "STIM" },
    { party: 3, role: "CA", share_ppm: 500_000 },
  ]);
});

test("who is named besides the shares cannot be left out; of others those behind move up everywhere", () => {
  expect([0, 1, 2, 3].map((party) => isNamed(sheet, party))).toEqual([false, false, false, true]);
  const left = without(sheet, 1);
  expect(left.parties.map(({ name }) => name)).toEqual(["mara", "nova", "jonas"]);
  expect(left.terms.composition.writers.map(({ party }) => party)).toEqual([0, 1]);
  expect(left.terms.composition.writers[1]?.publishers?.[0]?.party).toBe(2);
  expect(left.terms.master.owners).toEqual([{ party: 1, share_ppm: 300_000 }]);
  expect(left.terms.master.performers?.map(({ party }) => party)).toEqual([2, undefined]);
});
