/** Beats to try things with: a drum, a bass and a chord, different for each title, as a file of a workstation. */
const RATE_HZ = 44_100;
const CHANNELS = 2;

/** A number from 0 to 1 that follows from a text and a place, the same each time. */
function noise(seed: number, at: number): number {
  const mixed = Math.imul(seed ^ Math.imul(at + 1, 0x9e3779b1), 0x85ebca6b);
  return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
}

function seedOf(title: string): number {
  return [...title].reduce((seed, letter) => Math.imul(seed, 31) + (letter.codePointAt(0) ?? 0), 7);
}

/** A WAV file of 16 bits: so many seconds at a tempo. As it is rendered on the cores that the browser has, it is short. */
export function beat(title: string, { seconds = 4, bpm = 96 } = {}): Buffer {
  const frames = Math.round(seconds * RATE_HZ);
  const bytes = frames * CHANNELS * 2;
  const file = Buffer.alloc(44 + bytes);
  file.write("RIFF", 0);
  file.writeUInt32LE(36 + bytes, 4);
  file.write("WAVEfmt ", 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(CHANNELS, 22);
  file.writeUInt32LE(RATE_HZ, 24);
  file.writeUInt32LE(RATE_HZ * CHANNELS * 2, 28);
  file.writeUInt16LE(CHANNELS * 2, 32);
  file.writeUInt16LE(16, 34);
  file.write("data", 36);
  file.writeUInt32LE(bytes, 40);

  const seed = seedOf(title);
  const root = 55 * 2 ** (Math.floor(noise(seed, 0) * 12) / 12);
  const beatFrames = (60 / bpm) * RATE_HZ;
  for (let frame = 0; frame < frames; frame += 1) {
    const [at, time] = [frame % beatFrames, frame / RATE_HZ];
    const count = Math.floor(frame / beatFrames);
    const since = at / RATE_HZ;
    const kick = count % 2 === 0 ? Math.sin(2 * Math.PI * 50 * since) * Math.exp(-9 * since) : 0;
    const snare = count % 2 === 1 ? (noise(seed, frame) - 0.5) * Math.exp(-18 * since) : 0;
    const third = noise(seed, count) > 0.5 ? 1.2 : 1.25;
    const chord = [2, 2 * third, 3].map((part) => Math.sin(2 * Math.PI * root * part * time));
    const bass = Math.sin(2 * Math.PI * root * time) * Math.exp(-2 * since);
    const middle = 0.45 * kick + 0.4 * snare + 0.25 * bass;
    const wide = chord.map((tone, place) => (0.06 + 0.02 * noise(seed, place)) * tone);
    const left = middle + (wide[0] ?? 0) + 0.5 * (wide[2] ?? 0);
    const right = middle + (wide[1] ?? 0) + 0.5 * (wide[2] ?? 0);
    file.writeInt16LE(Math.round(Math.max(-1, Math.min(1, left)) * 26_000), 44 + frame * 4);
    file.writeInt16LE(Math.round(Math.max(-1, Math.min(1, right)) * 26_000), 46 + frame * 4);
  }
  return file;
}
