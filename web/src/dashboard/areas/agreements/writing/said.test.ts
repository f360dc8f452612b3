import { expect, test } from "vitest";

import { Refusal, type UserError } from "$lib/api/trouble";

import { placesOf, swapped } from "./parties";
import { saidOf } from "./said";

const error = (field: string, message: string): UserError => ({ code: "VALUE", field, message });
const parties = [
  { name: "Nova", role: "producer" },
  { name: "Mara", email: "mara@example.com", role: "artist" },
];

test("what the server says of a document stands by its fields", () => {
  const refusal = new Refusal([
    error("document.terms.fee.currency", "is no currency"),
    error("document.terms.songs[1]", "is empty"),
    error("document.parties[0].email", "is missing of a signer"),
    error("document.parties[1].isni", "is no ISNI"),
    error("document", "is too large"),
  ]);
  const paths = ["terms.fee", "terms.songs", "terms.songs[0]", "terms.songs[1]", ...placesOf(parties)];
  const said = saidOf({ by: (fields) => refusal.by(fields) }, paths);
  expect(said.of("terms.fee")).toBe("Is no currency.");
  expect(said.of("terms.songs")).toBeUndefined();
  expect(said.of("terms.songs[1]")).toBe("Is empty.");
  expect(said.of("parties[0].email")).toBe("Is missing of a signer.");
  expect(said.of("parties[1].isni")).toBe("Is no ISNI.");
  expect(said.of("parties")).toBeUndefined();
  expect(said.besides).toBe("Is too large.");
});

test("people change sides, and the parts stay where they are", () => {
  expect(swapped([...parties, { name: "Ida", role: "other" }])).toEqual([
    { name: "Mara", email: "mara@example.com", role: "producer" },
    { name: "Nova", role: "artist" },
    { name: "Ida", role: "other" },
  ]);
});
