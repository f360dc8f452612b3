import { expect, test } from "vitest";

import { nameIn, wayOf } from "./ways";

const file = (name: string) => new File([], name);

test("one bounce is a version, and one session is opened", () => {
  expect(wayOf([file("Slow Train, mix 1.wav")])?.kind).toBe("file");
  for (const name of ["Slow Train.dawproject", "Slow Train.ALS", "Slow Train.txt"])
    expect(wayOf([file(name)])?.kind).toBe("session");
});

test("a document brings what it plays along", () => {
  const [document, drums, bass] = [file("mix.json"), file("drums.wav"), file("bass.wav")];
  expect(wayOf([drums, document, bass])).toEqual({
    kind: "document",
    file: document,
    sources: [drums, bass],
  });
});

test("two bounces, two documents or none at all are no mix", () => {
  expect(wayOf([file("a.wav"), file("b.wav")])).toBeUndefined();
  expect(wayOf([file("a.json"), file("b.json")])).toBeUndefined();
  expect(wayOf([])).toBeUndefined();
});

test("a file is named as its document names it", () => {
  const document = {
    tracks: [{ clips: [{ source: "stems/drums.wav" }] }, { clips: [{ source: "bass.wav" }] }],
  };
  expect(nameIn(document, "drums.wav")).toBe("stems/drums.wav");
  expect(nameIn(document, "bass.wav")).toBe("bass.wav");
  expect(nameIn(document, "keys.wav")).toBe("keys.wav");
  expect(nameIn(null, "keys.wav")).toBe("keys.wav");
});
