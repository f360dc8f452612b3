import { expect, test } from "vitest";

import type { CreditFragment, TakeFragment } from "$generated/dashboard/areas/sessions/sessions";

import { eachOnce, fits } from "../../parts/people";
import { byPerson, clientToEnter, knownPeople } from "./people";
import { songsOf, workedOn } from "./songs";
import { inputOf, nextNumber, partsOf, tidy } from "./takes";

const party = (id: string) => ({ id, name: id.toUpperCase(), email: `${id}@example.com` });
const credit = (id: string, who: string, songId: string | null = null): CreditFragment => ({
  id,
  role: "ARTIST",
  instrument: null,
  from: null,
  to: null,
  note: null,
  songId,
  songTitle: songId && `Song ${songId}`,
  partyId: who,
  party: party(who),
});
const take = (id: string, songId: string, part: string, number: number): TakeFragment => ({
  id,
  songId,
  songTitle: `Song ${songId}`,
  part,
  number,
  recordedAt: "2026-12-01T10:00:00Z",
  rating: 4,
  isComp: false,
  compOf: [],
  notes: "",
});

test("who is asked to come stands before the client and the project, each once, with all that is guessed", () => {
  const known = knownPeople(
    { party: party("a"), people: [{ role: "Drums", party: party("b") }] },
    {
      people: [{ role: "ARTIST", detail: "", party: party("a") }],
      songs: [
        {
          id: "1",
          title: "One",
          people: [
            { role: "WRITER", detail: "", party: party("b") },
            { role: "PRODUCER", detail: "", party: null },
          ],
        },
      ],
    },
  );
  expect(known.map(({ id, isAsked }) => [id, isAsked])).toEqual([
    ["b", true],
    ["a", false],
  ]);
  expect(known[0]?.guesses.map(({ role }) => role)).toEqual(["PERFORMER", "SONGWRITER"]);
  expect(known[1]?.guesses.map(({ role }) => role)).toEqual(["ARTIST"]);
  expect(known.map(({ email }) => email)).toEqual(["b@example.com", "a@example.com"]);
  expect(knownPeople(null, null)).toEqual([]);
});

test("a client whom the books do not have is entered with their address, and no other", () => {
  const lena = { clientName: "Lena Vogt", clientEmail: "lena@example.com", party: null };
  expect(clientToEnter(lena)).toEqual({ name: "Lena Vogt", email: "lena@example.com" });
  expect(clientToEnter({ ...lena, clientEmail: null })).toEqual({ name: "Lena Vogt", email: null });
  expect(clientToEnter({ ...lena, party: party("a") })).toBeNull();
  expect(clientToEnter({ ...lena, clientName: null })).toBeNull();
  expect(clientToEnter(null)).toBeNull();
});

test("who is likely stands before the others, and once", () => {
  const [a, b, c] = [party("a"), party("b"), party("c")];
  expect(eachOnce([b], [a, b, c]).map(({ id }) => id)).toEqual(["b", "a", "c"]);
});

test("credits stand with whoever has them", () => {
  const people = byPerson([credit("1", "a"), credit("2", "b"), credit("3", "a")]);
  expect(people.map(({ name, credits }) => [name, credits.length])).toEqual([
    ["A", 2],
    ["B", 1],
  ]);
});

test("somebody is found by any of their names, or by their address", () => {
  const ada = { name: "Ada Lovelace", email: "ada@example.com" };
  expect(["love", "LACE ada", "example.com"].every((words) => fits(ada, words))).toBe(true);
  expect(fits({ ...ada, email: null }, "ada byron")).toBe(false);
});

test("the part that was worked on last stands first, its takes by number", () => {
  const takes = [
    take("1", "s", "Drums", 2),
    take("2", "s", "Bass", 1),
    take("3", "s", "Drums", 1),
    take("4", "r", "Drums", 1),
    take("5", "s", "Bass", 2),
  ];
  expect(partsOf(takes).map(({ song, part, takes: of }) => [song, part, of.map(({ id }) => id)])).toEqual([
    ["s", "Bass", ["2", "5"]],
    ["r", "Drums", ["4"]],
    ["s", "Drums", ["3", "1"]],
  ]);
});

test("the next take is one more than the last of its part in its song, however it is typed", () => {
  const takes = [
    take("1", "s", "Lead vocal", 3),
    take("2", "s", "Lead vocal", 1),
    take("3", "r", "Lead vocal", 9),
  ];
  expect(nextNumber(takes, "s", "  Lead   vocal ")).toBe(4);
  expect(nextNumber(takes, "s", "Bass")).toBe(1);
  expect(tidy(" Lead   vocal ")).toBe("Lead vocal");
});

test("a comp is written down again with its takes, and what is none without any", () => {
  const comp = { ...take("9", "s", "Drums", 4), isComp: true, compOf: ["1", "2"] };
  expect(inputOf("session", comp)).toMatchObject({ number: 4, rating: 4, compOf: ["1", "2"] });
  expect(inputOf("session", take("1", "s", "Drums", 1)).compOf).toBeNull();
});

test("songs are those of the project, then those of others that are logged", () => {
  const session = {
    takes: [take("1", "s", "Drums", 1)],
    credits: [credit("1", "a", "x"), credit("2", "a")],
    samples: [],
  };
  expect(workedOn(session).map(({ id }) => id)).toEqual(["s", "x"]);
  const project = {
    songs: [
      { id: "r", title: "R", people: [] },
      { id: "s", title: "S", people: [] },
    ],
  };
  expect(songsOf(session, project).map(({ title }) => title)).toEqual(["R", "S", "Song x"]);
  expect(songsOf(session, null).map(({ id }) => id)).toEqual(["s", "x"]);
});
