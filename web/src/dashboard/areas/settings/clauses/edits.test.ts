import { expect, test } from "vitest";

import { editsOf, formOf, newClause } from "./edits";

const clauses = [
  { id: "fee", heading: "Fee", essential: true, text: null, summary: null },
  { id: "payment", heading: "Payment", essential: false, text: null, summary: "When money is paid." },
  {
    id: "disputes",
    heading: "Disagreements",
    essential: false,
    text: ["Talk.", "Then write."],
    summary: "Talk.",
  },
];

test("what nobody changes is not sent", () => {
  expect(editsOf(clauses, formOf(clauses, {}))).toEqual({});
});

test("changes come out of the form as they went in", () => {
  const edits = {
    off: ["disputes"],
    replaced: { payment: ["Within a week.", "By transfer."] },
    added: [
      { id: "own-1", after: "fee", heading: "Silence", body: ["Do not share it."], summary: "Keep it." },
      { id: "own-2", heading: "Last", body: ["The end."], summary: "The end." },
    ],
    summaries: { payment: "A week." },
  };
  expect(editsOf(clauses, formOf(clauses, edits))).toEqual(edits);
  expect(newClause(formOf(clauses, edits)).id).toBe("own-3");
});

test("what carries the terms or is always stated is never left out, and a cleared text is the template's again", () => {
  const form = formOf(clauses, { replaced: { disputes: ["Nothing."] } });
  for (const clause of form.clauses) [clause.isIn, clause.body] = [false, ""];
  expect(editsOf(clauses, form)).toEqual({ off: ["disputes"] });
});
