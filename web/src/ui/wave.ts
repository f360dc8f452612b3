/** Waveforms: the path that the server draws, and the same drawn here of the file behind it (BBC `audiowaveform`, version 2, 8 bits). */

/** Bars of a drawing. */
export const BARS = 120;

/** Loudness from 0 to 1 at so many places of a stored waveform; none if the file is not what it should be. */
export function readPeaks(file: ArrayBuffer, bars = BARS): number[] | null {
  const HEADER = 24;
  if (file.byteLength < HEADER + 2) return null;
  const words = new DataView(file);
  const [version, flags] = [words.getUint32(0, true), words.getUint32(4, true)];
  if (version !== 2 || (flags & 1) === 0) return null;
  const data = new Int8Array(file, HEADER);
  const pairs = Math.floor(data.length / 2);
  const heights = Array.from({ length: bars }, (_, bar) => {
    const from = Math.floor((bar * pairs) / bars);
    const to = Math.max(Math.floor(((bar + 1) * pairs) / bars), from + 1);
    let height = 0;
    for (let at = from * 2; at < Math.min(to * 2, data.length); at += 1)
      height = Math.max(height, Math.abs(data[at] ?? 0));
    return height;
  });
  // Drawn against the loudest bar, so that a quiet beat is no flat line.
  const loudest = Math.max(1, ...heights);
  return heights.map((height) => height / loudest);
}

/** A path of bars in a box of 480 by 100 units, as the server's. */
export function drawPeaks(peaks: readonly number[]): string {
  const step = 480 / peaks.length;
  return peaks
    .map((peak, place) => {
      const half = Math.max(1, Math.round(peak * 48));
      return `M${Math.round((place + 0.5) * step)} ${50 - half}v${half * 2}`;
    })
    .join("");
}
