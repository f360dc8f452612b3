/** Places in a song as they are written, and the two ends of what is dragged. */

/** Seconds as a field has them: `1:23.4`. */
export function written(seconds: number): string {
  const tenths = Math.max(0, Math.floor(seconds * 10 + 1e-6));
  const rest = String(Math.floor(tenths / 10) % 60).padStart(2, "0");
  const tenth = tenths % 10;
  return `${Math.floor(tenths / 600)}:${rest}${tenth ? `.${tenth}` : ""}`;
}

/** The seconds of a field, such as `1:23.4`, `0:05` or `83`; undefined if it is no place. */
export function seconds(text: string): number | undefined {
  const match = /^(?:(?:(\d+):)?(\d+):)?(\d+(?:[.,]\d+)?)$/.exec(text.trim());
  if (!match) return undefined;
  const [, hours, minutes, rest = ""] = match;
  return Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(rest.replace(",", "."));
}

/** What lies between two places of a drag, the earlier first; undefined if that is too short to be meant. */
export function range(
  from: number,
  to: number,
  duration: number,
): readonly [from: number, to: number] | undefined {
  const within = (at: number) => Math.min(Math.max(at, 0), duration);
  const [first, last] = [within(Math.min(from, to)), within(Math.max(from, to))];
  return last - first < Math.max(0.2, duration / 200) ? undefined : [first, last];
}
