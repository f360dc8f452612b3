import { expect, test } from "vitest";

import { GROUPS, guessed, kindOf, offered, ofProject, plays, roleName, rolesOf } from "./roles";

test("each role stands in one group", () => {
  const all = GROUPS.flatMap((group) => rolesOf(group));
  expect(new Set(all).size).toBe(all.length);
  expect(all).toContain("VISITOR");
});

test("what somebody comes for is guessed in both languages", () => {
  const said = {
    "Lead vocals": "LEAD_VOCALIST",
    Gesang: "LEAD_VOCALIST",
    "Backing vocals": "BACKGROUND_VOCALIST",
    Chor: "BACKGROUND_VOCALIST",
    "vocal engineer": "VOCAL_ENGINEER",
    "Recording engineer": "RECORDING_ENGINEER",
    Tonmeister: "ENGINEER",
    "Assistant engineer": "ASSISTANT_ENGINEER",
    Producer: "PRODUCER",
    "co-producer": "CO_PRODUCER",
    "Drum programming": "PROGRAMMER",
    "Mastering engineer": "MASTERING_ENGINEER",
    Komponistin: "COMPOSER",
    "feat.": "FEATURED_ARTIST",
    Manager: "VISITOR",
    Rapper: "ARTIST",
  };
  for (const [text, role] of Object.entries(said)) expect(guessed(text)?.role, text).toBe(role);
});

test("an instrument makes a performer of whoever plays it", () => {
  expect(guessed(" Tenor sax ")).toEqual({ role: "PERFORMER", instrument: "Tenor sax" });
  expect(guessed("Session guitar")).toEqual({ role: "SESSION_MUSICIAN", instrument: "Session guitar" });
  expect(guessed("Schlagzeug")?.instrument).toBe("Schlagzeug");
  expect(guessed("Vocals")?.instrument).toBeNull();
});

test("of what says nothing nothing is guessed", () => {
  expect(guessed("")).toBeNull();
  expect(guessed("Ada")).toBeNull();
});

test("what somebody does otherwise is offered before what is done in such a session, each once", () => {
  const roles = offered("VOCAL", ["PRODUCER", "ARTIST"]);
  expect(roles.slice(0, 3)).toEqual(["PRODUCER", "ARTIST", "LEAD_VOCALIST"]);
  expect(new Set(roles).size).toBe(roles.length);
  expect(roles.at(-1)).toBe("VISITOR");
});

test("a part in the project becomes a role in the studio, with what is played", () => {
  expect(ofProject("PERFORMER", "Cello")).toEqual({ role: "PERFORMER", instrument: "Cello" });
  expect(ofProject("WRITER", "Words")).toEqual({ role: "SONGWRITER", instrument: null });
  expect(plays("MIXING_ENGINEER")).toBe(false);
});

test("a session is for what its booking is called", () => {
  expect(
    ["Vocals Night Drive", "Mixdown", "Mastering EP", "Schreibcamp", "Drums", "Ada"].map(kindOf),
  ).toEqual(["VOCAL", "MIXING", "MASTERING", "WRITING", "TRACKING", "TRACKING"]);
});

test("something else is called what its note says", () => {
  expect(roleName("OTHER", "Hand claps")).toBe("Hand claps");
  expect(roleName("OTHER")).toBe("Something else");
  expect(roleName("ARTIST", "late")).toBe("Artist");
});
