import { expect, test } from "vitest";

import { Drafts } from "./drafts";

function store() {
  const rows = new Map<string, string>();
  return {
    rows,
    getItem: (key: string) => rows.get(key) ?? null,
    setItem: (key: string, value: string) => void rows.set(key, value),
    removeItem: (key: string) => void rows.delete(key),
    key: (at: number) => [...rows.keys()][at] ?? null,
    get length() {
      return rows.size;
    },
  };
}

test("what was typed is kept until it was sent, or is old", () => {
  const rows = store();
  let now = 0;
  const drafts = new Drafts(rows, () => now);
  drafts.keep("/signing/a/counter", { words: "More" });
  drafts.keep("/signing/b/counter", { words: "Less" });
  expect(drafts.find("/signing/a/counter")).toEqual({ words: "More" });
  drafts.settle("/signing/a/");
  expect(drafts.find("/signing/a/counter")).toBeUndefined();
  drafts.settle("");
  expect(drafts.find("/signing/b/counter")).toEqual({ words: "Less" });
  now = 3 * 24 * 60 * 60 * 1000;
  expect(drafts.find("/signing/b/counter")).toBeUndefined();
  rows.setItem("else", "stays");
  drafts.tidy();
  expect([...rows.rows.keys()]).toEqual(["else"]);
});

test("where nothing can be kept, nothing breaks", () => {
  const drafts = new Drafts(null);
  drafts.keep("/x", { words: "More" });
  drafts.settle("/x");
  expect(drafts.find("/x")).toBeUndefined();
});
