import { expect, test, vi } from "vitest";

import { Pages, type Connection } from "./pages.svelte";

const rows = Array.from({ length: 5 }, (_, place) => ({ id: `row_${place}` }));

function reader(size: number) {
  return async (after: string | null) => {
    const from = after === null ? 0 : Number(after);
    const nodes = rows.slice(from, from + size);
    return { nodes, pageInfo: { hasNextPage: from + size < rows.length, endCursor: String(from + size) } };
  };
}

test("a list is read to its end, and no further", async () => {
  const pages = new Pages(reader(2));
  await pages.more();
  expect(pages.items).toHaveLength(2);
  await pages.more();
  await pages.more();
  expect([pages.items.length, pages.hasMore]).toEqual([5, false]);
  await pages.more();
  expect(pages.items).toHaveLength(5);
});

test("what fails is told, keeps what is there, and is tried again by beginning anew", async () => {
  let fails = false;
  const read = reader(2);
  const pages = new Pages(async (after) => {
    if (fails) throw new Error("offline");
    return read(after);
  });
  await pages.more();
  fails = true;
  await pages.more();
  expect([pages.items.length, pages.trouble?.message, pages.loading]).toEqual([2, "offline", false]);
  fails = false;
  await pages.restart();
  expect([pages.items.length, pages.trouble]).toEqual([2, undefined]);
});

test("what has changed since is shown where it stands, and what is new in front", async () => {
  const all = rows.map((row) => ({ ...row, title: "old" }));
  const pages = new Pages<(typeof all)[number]>(async (after) => {
    const from = after === null ? 0 : Number(after);
    const nodes = all.slice(from, from + 2);
    return { nodes, pageInfo: { hasNextPage: from + 2 < all.length, endCursor: String(from + 2) } };
  });
  await pages.more();
  await pages.more();
  all.unshift({ id: "row_new", title: "new" });
  all[1] = { id: "row_0", title: "changed" };
  await pages.fresh();
  expect(pages.items.map(({ id, title }) => `${id} ${title}`)).toEqual([
    "row_new new",
    "row_0 changed",
    "row_1 old",
    "row_2 old",
    "row_3 old",
  ]);
  // A short list loses what is gone.
  all.splice(1);
  await pages.fresh();
  expect(pages.items.map(({ id }) => id)).toEqual(["row_new"]);
});

test("an answer that was overtaken is dropped", async () => {
  const answers: ((page: Connection<{ id: string }>) => void)[] = [];
  const pages = new Pages<{ id: string }>(() => new Promise((resolve) => answers.push(resolve)));
  const [slow, quick] = [pages.restart(), pages.restart()];
  answers[1]?.({ nodes: [{ id: "new" }], pageInfo: { hasNextPage: false, endCursor: null } });
  answers[0]?.({ nodes: [{ id: "old" }], pageInfo: { hasNextPage: false, endCursor: null } });
  await Promise.all([slow, quick]);
  expect(pages.items).toEqual([{ id: "new" }]);
  pages.put({ id: "newer" });
  expect(pages.items.map((item) => item.id)).toEqual(["newer", "new"]);
});

/** A list of one page whose answers come when they are given. */
function held() {
  const answers: ((id: string) => void)[] = [];
  const pages = new Pages<{ id: string }>(
    () =>
      new Promise((resolve) =>
        answers.push((id) => resolve({ nodes: [{ id }], pageInfo: { hasNextPage: false, endCursor: null } })),
      ),
  );
  return { answers, pages };
}

test("what is told while a page is read is looked at once that is there", async () => {
  for (const way of ["more", "restart"] as const) {
    const { answers, pages } = held();
    const reading = pages[way]();
    await Promise.all([pages.fresh(), pages.fresh()]);
    expect(answers).toHaveLength(1);
    answers[0]?.("old");
    await reading;
    expect(answers).toHaveLength(2);
    answers[1]?.("new");
    await vi.waitFor(() => expect(pages.items).toEqual([{ id: "new" }]));
    expect(answers).toHaveLength(2);
  }
});

test("of two looks at once the newer one counts, whichever answers first", async () => {
  const { answers, pages } = held();
  const looks = [pages.fresh(), pages.fresh()];
  answers[1]?.("newer");
  await looks[1];
  answers[0]?.("older");
  await looks[0];
  expect(pages.items).toEqual([{ id: "newer" }]);
});
