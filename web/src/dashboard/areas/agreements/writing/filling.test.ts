import { expect, test } from "vitest";

import collaboration from "../../../../../../documents/examples/agreements/collaboration.json";
import composer from "../../../../../../documents/examples/agreements/composer_for_hire.json";
import mixMaster from "../../../../../../documents/examples/agreements/mix_master.json";
import producer from "../../../../../../documents/examples/agreements/producer.json";
import workForHire from "../../../../../../documents/examples/agreements/work_for_hire.json";
import type { Draft } from "../draft";
import { filledOf, lacks, leftOut, placesOf, written, type Filled } from "./filling";
import { TEMPLATES, templateOf, type Template } from "./templates";

// What the server itself takes as examples of its templates.
const examples = [producer, mixMaster, workForHire, collaboration, composer] as unknown as Draft[];

/** An example in its form. */
function form(example: unknown): { template: Template; draft: Draft; filled: Filled } {
  const draft = structuredClone(example) as Draft;
  const template = templateOf(draft);
  if (!template) throw new Error("it has no form");
  return { template, draft, filled: filledOf(template, draft, "EUR") };
}

test("every template has an example, which its form reads and writes as it is", () => {
  expect(examples.map(({ terms }) => terms.template)).toEqual(TEMPLATES.map(({ code }) => code));
  for (const example of examples) {
    const { template, draft, filled } = form(example);
    expect([...lacks(template, filled)], template.code).toEqual([]);
    expect(written(template, draft, filled), template.code).toEqual(example);
  }
});

test("what is typed stands in the document as the server reads it", () => {
  const { template, draft, filled } = form(producer);
  filled.fields["terms.advance"] = { text: "1500,5", currency: "USD" };
  filled.fields["terms.points"] = [{ party: 1, text: "3,5", base: "retail_price" }];
  filled.fields["terms.recordings"] = ["  Long Winter ", "", "Snow"];
  filled.fields["terms.deliver_on"] = "";
  filled.fields["general.term"] = { ends: true, startsOn: "", months: "24" };
  filled.fields["general.revision_limit"] = { rounds: "", extra: { text: "", currency: "EUR" } };
  filled.fields["general.credit"] = [{ party: 0, text: " " }];
  filled.parties[0] = { name: " Nova ", email: "", legal_name: " ", role: "producer", signs: false };
  const { parties, terms, general } = written(template, draft, filled);
  expect(terms).toMatchObject({
    advance: { minor_units: 150_050, currency: "USD", decimals: 2 },
    points: [{ party: 1, hundredths: 350, base: "retail_price" }],
    recordings: ["Long Winter", "Snow"],
  });
  expect(terms).not.toHaveProperty("deliver_on");
  expect(general.term).toEqual({ kind: "months", months: 24 });
  expect(general).not.toHaveProperty("revision_limit");
  expect(general).not.toHaveProperty("credit");
  expect(parties[0]).toEqual({ name: "Nova", role: "producer", signs: false });
});

test("percentages are exact, and one that is none is told", () => {
  const { template, draft, filled } = form(mixMaster);
  filled.fields["terms.deposit_ppm"] = "33,3333";
  expect(written(template, draft, filled).terms.deposit_ppm).toBe(333_333);
  filled.fields["terms.deposit_ppm"] = "101";
  expect([...lacks(template, filled)]).toEqual([["terms.deposit_ppm", "percent"]]);
});

test("clauses are left out, and taken in again", () => {
  const { template, draft, filled } = form(workForHire);
  filled.off = ["warranty"];
  expect(written(template, draft, filled).clauses).toMatchObject({
    off: ["warranty"],
    added: [{ id: "confidentiality" }],
  });
  filled.off = [];
  expect(written(template, draft, filled).clauses).not.toHaveProperty("off");
});

test("what a form lacks is told before it is sent", () => {
  const { template, filled } = form(producer);
  filled.fields["terms.advance"] = { text: "1.234,5", currency: "EUR" };
  filled.fields["terms.points"] = [{ party: 0, text: "0", base: "net_receipts" }];
  filled.fields["terms.ownership.master"] = [];
  filled.fields["general.revision_limit"] = { rounds: "", extra: { text: "50", currency: "EUR" } };
  filled.parties = filled.parties.filter(({ role }) => role !== "producer");
  expect(Object.fromEntries(lacks(template, filled))).toEqual({
    parties: "works",
    "terms.advance": "amount",
    "terms.points": "points",
    "terms.ownership.master": "shares",
    "general.revision_limit": "rounds",
  });
  filled.parties = [{ name: "Nova", role: "producer" }];
  expect(lacks(template, filled).get("parties")).toBe("orders");
});

test("every collaborator brings something", () => {
  const { template, filled } = form(collaboration);
  filled.fields["terms.contributions"] = [{ party: 0, text: "drums" }];
  expect(lacks(template, filled).get("terms.contributions")).toBe("contributions");
  filled.parties = filled.parties.map((party, place) => ({
    ...party,
    role: place > 0 ? "other" : party.role,
  }));
  expect(Object.fromEntries(lacks(template, filled))).toEqual({ parties: "collaborators" });
});

test("who is left out leaves what they had to the others, who move up", () => {
  const { template, draft, filled } = form(collaboration);
  const { parties, terms } = written(template, draft, leftOut(template, filled, 1));
  expect(parties.map(({ email }) => email)).toEqual(["lucja@noctua.example", "taro@yamada.example"]);
  expect(terms.contributions).toEqual([
    { party: 0, part: "production, drums, mixing" },
    { party: 1, part: "shamisen, keys, recording in Tokyo" },
  ]);
  expect(terms.ownership).toMatchObject({
    master: [
      { party: 0, share_ppm: 666_667 },
      { party: 1, share_ppm: 333_333 },
    ],
  });
});

test("something can be said of each field, of the rows of lists, and of each party", () => {
  const { template, filled } = form(producer);
  expect(placesOf(template, filled)).toEqual(
    expect.arrayContaining([
      "title",
      "terms.advance",
      "terms.recordings",
      "terms.recordings[2]",
      "general.payment_terms.due_days",
      "parties",
      "parties[2].email",
      "clauses",
    ]),
  );
});
