import { expect, test } from "vitest";

import { Outbox, type Sent } from "./outbox";

function outbox() {
  const rows = new Map<string, string>();
  const store = {
    getItem: (key: string) => rows.get(key) ?? null,
    setItem: (key: string, value: string) => void rows.set(key, value),
    removeItem: (key: string) => void rows.delete(key),
  };
  return { rows, box: new Outbox(store, "notes") };
}

test("notes wait until they can be sent, and are sent once, in order", async () => {
  const { rows, box } = outbox();
  box.put({ id: "a", fields: { words: "Snare down" } });
  box.put({ id: "b", fields: { words: "Kick up" } });
  expect(await box.flush(async () => "unreachable")).toBe(0);
  expect(box.all.map(({ id }) => id)).toEqual(["a", "b"]);
  const seen: string[] = [];
  const send = async ({ id }: { id: string }): Promise<Sent> => {
    seen.push(id);
    return "taken";
  };
  expect(await box.flush(send)).toBe(2);
  expect(await box.flush(send)).toBe(0);
  expect([seen, rows.size]).toEqual([["a", "b"], 0]);
});

test("what is refused stays with the reason, and holds nothing else up", async () => {
  const { box } = outbox();
  box.put({ id: "a", fields: { from: "9:00" } });
  box.put({ id: "b", fields: {} });
  const send = async ({ id }: { id: string }): Promise<Sent> =>
    id === "a" ? { problem: "The version ends at 1:00." } : "taken";
  expect(await box.flush(send)).toBe(1);
  expect(box.all).toEqual([{ id: "a", fields: { from: "9:00" }, problem: "The version ends at 1:00." }]);
  expect(await box.flush(send)).toBe(0);
  box.drop("a");
  expect(box.all).toEqual([]);
});
