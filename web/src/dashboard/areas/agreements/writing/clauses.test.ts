import { expect, test } from "vitest";

import { clausesOf } from "./clauses";

const clauses = [
  { id: "fee", heading: "Fee", essential: true, summary: null },
  { id: "payment", heading: "Payment", essential: false, summary: "When money is paid." },
  { id: "disputes", heading: "Disagreements", essential: false, summary: "Talk first." },
];

test("those that carry the terms or that every agreement states stay", () => {
  expect(clausesOf(clauses, {}).map(({ id, stays }) => [id, stays])).toEqual([
    ["fee", true],
    ["payment", true],
    ["disputes", false],
  ]);
});

test("the studio's own clauses and summaries stand among them", () => {
  const edits = {
    added: [
      { id: "secret", after: "fee", heading: "Confidentiality", body: ["…"], summary: "Do not share it." },
      { id: "last", heading: "Last", body: ["…"], summary: "The end." },
    ],
    summaries: { disputes: "We talk." },
  };
  expect(clausesOf(clauses, edits).map(({ id, summary }) => [id, summary])).toEqual([
    ["fee", null],
    ["secret", "Do not share it."],
    ["payment", "When money is paid."],
    ["disputes", "We talk."],
    ["last", "The end."],
  ]);
});
