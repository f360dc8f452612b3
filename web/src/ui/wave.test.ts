import { expect, test } from "vitest";

import { BARS, drawPeaks, readPeaks } from "./wave";

function file(pairs: [number, number][]): ArrayBuffer {
  const buffer = new ArrayBuffer(24 + pairs.length * 2);
  const words = new DataView(buffer);
  [2, 1, 44_100, 256, pairs.length, 1].forEach((word, place) => words.setUint32(place * 4, word, true));
  new Int8Array(buffer, 24).set(pairs.flat());
  return buffer;
}

test("a drawing follows the peaks, as the server's does", () => {
  const ramp = Array.from({ length: 240 }, (_, place): [number, number] => [0, Math.floor(place / 2)]);
  const peaks = readPeaks(file(ramp));
  expect(peaks).toHaveLength(BARS);
  const path = drawPeaks(peaks ?? []);
  expect(path.match(/M/g)).toHaveLength(BARS);
  expect(path.startsWith("M2 49v2") && path.endsWith("M478 2v96")).toBe(true);
});

test("short files and silence are drawn, what is no waveform is not", () => {
  expect(readPeaks(file([[-128, 127]]))?.every((peak) => peak === 1)).toBe(true);
  expect(readPeaks(file([[0, 0]]))?.every((peak) => peak === 0)).toBe(true);
  expect(readPeaks(new ArrayBuffer(0))).toBeNull();
  const wrong = file([[0, 1]]);
  new DataView(wrong).setUint32(0, 1, true);
  expect(readPeaks(wrong)).toBeNull();
});
