/** Shares in parts per million that total the whole at every moment: whoever gets more takes it from those that are not held fast. */

/** 100 %. */
export const WHOLE = 1_000_000;

export interface Share {
  /** Whose, by the place among the parties. */
  party: number;
  ppm: number;
  /** It stays as it is when others change. */
  fast: boolean;
}

/**
 * Divides an amount in proportion to weights by the largest remainder, as the server does: each part is its exact quota rounded towards zero, and what is
 * left over goes to the largest remainders, of equal ones to the earlier. The parts total the amount.
 */
export function allocate(amount: number, weights: readonly number[]): number[] {
  const all = BigInt(weights.reduce((sum, weight) => sum + weight, 0));
  if (all === 0n) return weights.map(() => 0);
  const exact = weights.map((weight) => BigInt(amount) * BigInt(weight));
  const parts = exact.map((product) => Number(product / all));
  const left = amount - parts.reduce((sum, part) => sum + part, 0);
  const byRemainder = exact
    .map((product, place) => ({ place, remainder: product % all }))
    .toSorted((a, b) =>
      a.remainder === b.remainder ? a.place - b.place : a.remainder < b.remainder ? 1 : -1,
    );
  for (const { place } of byRemainder.slice(0, left)) parts[place] = (parts[place] ?? 0) + 1;
  return parts;
}

/** So much is divided among some of them, in proportion to what they have, or equally if that is nothing. */
function spread(shares: readonly Share[], among: readonly number[], amount: number): Share[] {
  const weights = among.map((place) => shares[place]?.ppm ?? 0);
  const parts = allocate(amount, weights.some(Boolean) ? weights : weights.map(() => 1));
  const now = shares.map((share) => ({ ...share }));
  among.forEach((place, at) => {
    const share = now[place];
    if (share) share.ppm = parts[at] ?? 0;
  });
  return now;
}

function sumOf(shares: readonly Share[]): number {
  return shares.reduce((sum, { ppm }) => sum + ppm, 0);
}

/** Somebody's share becomes another; as far as those that are held fast leave room, and no further. */
export function put(shares: readonly Share[], at: number, ppm: number): Share[] {
  const others = shares.flatMap((share, place) => (place === at || share.fast ? [] : [place]));
  const held = sumOf(shares.filter((share, place) => place !== at && share.fast));
  const most = WHOLE - held;
  const wanted = others.length === 0 ? most : Math.min(Math.max(0, Math.round(ppm)), most);
  const now = shares.map((share, place) => (place === at ? { ...share, ppm: wanted } : share));
  return spread(now, others, most - wanted);
}

/** Somebody more, with as much as each has on average. */
export function add(shares: readonly Share[], party: number): Share[] {
  const now = [...shares, { party, ppm: 0, fast: false }];
  return put(now, now.length - 1, Math.floor(WHOLE / now.length));
}

/** Somebody less: what they had goes to the others. */
export function remove(shares: readonly Share[], at: number): Share[] {
  const rest = shares.toSpliced(at, 1);
  const free = rest.flatMap(({ fast }, place) => (fast ? [] : [place]));
  // Where all are held fast, nothing could total the whole.
  const among = free.length > 0 ? free : rest.map((_share, place) => place);
  const held = sumOf(rest.filter((_share, place) => !among.includes(place)));
  return spread(rest, among, WHOLE - held);
}

/** The same for all that are not held fast. */
export function even(shares: readonly Share[]): Share[] {
  const free = shares.flatMap(({ fast }, place) => (fast ? [] : [place]));
  const held = sumOf(shares.filter(({ fast }) => fast));
  const bare = shares.map((share) => (share.fast ? share : { ...share, ppm: 0 }));
  return spread(bare, free, free.length > 0 ? WHOLE - held : 0);
}

/** A percentage as it is typed, in parts per million; undefined if it is none. */
export function readPercent(text: string): number | undefined {
  const match = /^(\d{1,3})(?:[.,](\d{1,4}))?\s*%?$/.exec(text.trim());
  if (!match) return undefined;
  const ppm = Number((match[1] ?? "") + (match[2] ?? "").padEnd(4, "0"));
  return ppm <= WHOLE ? ppm : undefined;
}
