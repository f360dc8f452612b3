import { expect, test } from "vitest";

import { Refusal, told, Trouble } from "./trouble";

test("a refusal tells each field its own part", () => {
  const refusal = new Refusal([
    {
      code: "BAD_TITLE",
      field: "input.title",
      message: "a title has 1 to 200 characters",
      remedy: "give one",
    },
    { code: "BAD_SHARE", field: "collaborators.2.sharePpm", message: "a share is not negative" },
    { code: "NOT_READY", message: "the preview is being made" },
  ]);
  expect(refusal.of("title")).toBe("A title has 1 to 200 characters. Give one.");
  expect(refusal.of("collaborators")).toBe("A share is not negative.");
  expect(refusal.of("bpm")).toBeUndefined();
  expect(refusal.besides(["title", "collaborators"])).toBe("The preview is being made.");
  expect(refusal.besides(["title", "collaborators", "x"])).not.toContain("title");
});

test("what is said stands by the innermost field that it is of, and the rest by none", () => {
  const refusal = new Refusal([
    { code: "FORM", field: "document.parties[1].email", message: "is no address" },
    { code: "MISSING", field: "document.parties", message: "there is no producer among them" },
    { code: "EMPTY", field: "document.parties[1].name", message: "is empty", remedy: "give the value" },
    { code: "RANGE", field: "document.version", message: "is 2" },
  ]);
  const fields = ["document.parties", "document.parties[1]", "document.parties[1].email", "document.title"];
  expect([...refusal.by(fields)]).toEqual([
    ["document.parties[1].email", "Is no address."],
    ["document.parties", "There is no producer among them."],
    ["document.parties[1]", "Is empty. Give the value."],
    ["", "Is 2."],
  ]);
});

test("trouble is told with what to do about it", () => {
  expect(told(new Trouble("there is no such beat", "NOT_FOUND", "look for it from the start"))).toBe(
    "There is no such beat. Look for it from the start.",
  );
  expect(told("no error at all")).toBe("no error at all");
});
