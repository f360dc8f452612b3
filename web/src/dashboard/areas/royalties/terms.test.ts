import { expect, test } from "vitest";

import { descriptionOf, lacking, proposed, readOf, type Mapping } from "./mapping";
import { partOf } from "./explained";
import {
  albumOf,
  contractForm,
  contractLacks,
  contractOf,
  directs,
  emptyContract,
  emptyRate,
  fits,
  fractionOf,
  payeeOf,
  payeeForm,
  ruleName,
  sentencesOf,
  splitForm,
  splitLacks,
  splitOf,
  withholdingOf,
} from "./terms";

const simple = () => ({
  ...emptyContract(),
  payer: "party_a",
  payee: "party_b",
  rates: [{ ...emptyRate(), percent: "3,5" }],
});

test("a contract says what its form does", () => {
  expect(contractLacks(simple())).toBeUndefined();
  expect(contractOf(simple())).toEqual({
    contract: {
      payer: "party_a",
      payee: "party_b",
      covers: "everything",
      rates: [{ base: "net_receipts", rate: [350, 10_000] }],
    },
  });
});

test("everything that a form can say comes back as it was", () => {
  const form = {
    ...simple(),
    everything: false,
    subjects: ["rec_1", "work_2"],
    rates: [
      { ...emptyRate(), percent: "4", channel: "stream" as const, territories: "DE, AT" },
      { ...emptyRate(), percent: "100", base: "per_unit" as const, of: "0.10" },
      { ...emptyRate(), percent: "20", base: "royalty_of" as const, of: "artist" },
    ],
    payable: "after_costs" as const,
    after: "artist",
    retroactive: false,
    steps: [{ above: "500000", adds: "0.5" }],
    reserve: "20",
    reserveMonths: "18",
    group: "first album",
  };
  const content = contractOf(form);
  expect(contractForm(content)).toEqual(form);
  expect(fits(content)).toBe(true);
  const says = sentencesOf(content, (id) => `<${id}>`, "EUR");
  expect(says[0]).toContain("<party_a>");
  expect(says).toHaveLength(8);
});

test("a letter of direction says one part of another royalty, and nothing else", () => {
  const points = { ...emptyRate(), percent: "3", base: "royalty_of" as const, of: "contract:artist" };
  const directing = { ...simple(), rates: [points] };
  expect(directs(contractOf(directing))).toBe(true);
  expect(directs(contractOf(simple()))).toBe(false);
  for (const more of [
    { rates: [points, points] },
    { rates: [{ ...points, territories: "DE" }] },
    { steps: [{ above: "500000", adds: "0.5" }] },
    { reserve: "20" },
    { payable: "after_costs" as const, after: "artist" },
  ])
    expect(directs(contractOf({ ...directing, ...more }))).toBe(false);
});

test("what is lacking is named", () => {
  expect(contractLacks(emptyContract())).toBe("parties");
  expect(contractLacks({ ...simple(), payee: "party_a" })).toBe("sameParty");
  expect(contractLacks({ ...simple(), everything: false })).toBe("subjects");
  expect(contractLacks({ ...simple(), rates: [{ ...emptyRate(), percent: "lots" }] })).toBe("percent");
  expect(
    contractLacks({ ...simple(), rates: [{ ...emptyRate(), percent: "3", territories: "Germany" }] }),
  ).toBe("territories");
  expect(contractLacks({ ...simple(), payable: "after_costs" })).toBe("after");
  expect(contractLacks({ ...simple(), reserve: "20", reserveMonths: "soon" })).toBe("reserve");
});

test("what a form cannot show is not written over by it", () => {
  const base = { payer: "a", payee: "b", covers: "everything" };
  const by = (rate: object) => ({
    contract: { ...base, rates: [{ rate: [1, 10], base: "net_receipts", ...rate }] },
  });
  expect(fits(by({}))).toBe(true);
  expect(fits(by({ when: { formats: ["vinyl"] } }))).toBe(false);
  expect(fits(by({ base: { dealer_price: { price: "10" } } }))).toBe(false);
  const releases = [{ after_months: 6, share: 1_000_000 }];
  const reserve = { rate: 100_000, held_at: "after_rate", releases };
  const sooner = { ...reserve, held_at: "before_rate" };
  expect(fits({ split: { subject: "rec_1", parts: [] } })).toBe(true);
  expect(fits({ split: { subject: "rec_1", parts: [], reserve } })).toBe(true);
  expect(fits({ split: { subject: "rec_1", parts: [], reserve: sooner } })).toBe(false);
});

test("terms beside a split come back as they were filled in, and are read back in sentences", () => {
  const form = { subject: "rec_1", losses: "FLEXIBLE" as const, reserve: "10", reserveMonths: "6" };
  const content = splitOf(form);
  expect(content).toEqual({
    split: {
      subject: "rec_1",
      losses: "flexible",
      reserve: { rate: 100_000, held_at: "after_rate", releases: [{ after_months: 6, share: 1_000_000 }] },
    },
  });
  expect(splitForm(content)).toEqual(form);
  expect(sentencesOf(content, (id) => id, "EUR")).toEqual([
    "Everybody has their share of a loss at once",
    "10% is held back for 6 months",
  ]);
  expect(splitLacks(form)).toBeUndefined();
  expect(splitLacks({ ...form, subject: "" })).toBe("subjects");
  expect(splitLacks({ ...form, reserve: "a tenth" })).toBe("reserve");
});

test("percentages become exact fractions", () => {
  expect(fractionOf("15.5")).toEqual([1_550, 10_000]);
  expect(fractionOf("33.3333")).toEqual([333_333, 1_000_000]);
  expect(fractionOf("a third")).toBeUndefined();
});

test("how a payee is paid, what is withheld, and a release's tracks", () => {
  const form = {
    payee: "party_a",
    minimum: "50",
    country: "de",
    treaty: "",
    held: true,
    reason: "No invoice",
    through: "",
  };
  const content = payeeOf(form, "EUR");
  expect(content).toEqual({
    payee: { payee: "party_a", minimum_minor: 5_000, country: "DE", hold: { reason: "No invoice" } },
  });
  expect(payeeForm(content, "EUR")).toMatchObject({ minimum: "50.00", country: "DE", held: true });
  expect(payeeOf({ ...form, country: "Germany" }, "EUR")).toBeUndefined();
  expect(withholdingOf({ otherwise: "30", countries: [{ country: "fr", rate: "15" }] })).toEqual({
    withholding: { countries: { FR: 150_000 }, otherwise: 300_000 },
  });
  expect(withholdingOf({ otherwise: "30", countries: [{ country: "France", rate: "15" }] })).toBeUndefined();
  const tracks = [{ recording: "rec_1", weight: "2" }];
  expect(albumOf({ release: "5901234123457", tracks })).toEqual({
    album: { release: "5901234123457", tracks: [["rec_1", 2]] },
  });
  expect(albumOf({ release: "5901234123457", tracks: [] })).toBeUndefined();
});

test("rules are named after their titles", () => {
  expect(ruleName(" Nova × Mika: Vol. 2 ")).toBe("nova-mika-vol-2");
});

test("a format is described by what was chosen", () => {
  const mapping: Mapping = {
    name: "TuneCore 2026",
    currency: "USD",
    decimal: "",
    dates: "day_first",
    fields: proposed([{ field: "title" }, { field: null }, { field: "nonsense" }], 3),
  };
  expect(mapping.fields).toEqual(["title", "", ""]);
  expect(lacking(mapping)).toEqual([{ field: "amount", why: "missing" }]);
  mapping.fields = ["title", "amount", "amount"];
  expect(lacking(mapping)).toEqual([{ field: "amount", why: "twice" }]);
  mapping.fields = ["title", "amount", ""];
  expect(descriptionOf(["Song", "Earned", "Tier"], mapping)).toEqual({
    id: "tunecore_2026",
    name: "TuneCore 2026",
    columns: [
      { heading: "Song", field: "title" },
      { heading: "Earned", field: "amount" },
      { heading: "Tier" },
    ],
    currency: "USD",
    dates: "day_first",
  });
  expect(readOf(descriptionOf(["Tier", "Earned"], { ...mapping, fields: ["", "amount"] }))).toEqual({
    name: "TuneCore 2026",
    columns: [{ at: 1, heading: "Earned", field: "amount" }],
  });
});

test("parts are percentages where these are exact", () => {
  expect(partOf("3/15")).toBe("20%");
  expect(partOf("1/3")).toBe("1/3");
});
