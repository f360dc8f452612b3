/** Places in a song as they are typed: `1:23`, `1:23.5` or `83`, in milliseconds; nothing of what is no place. */
export function readPlace(text: string): number | undefined {
  const found = /^(?:(?:(\d{1,2}):)?(\d{1,3}):)?(\d{1,4})(?:[.,](\d{1,3}))?$/.exec(text.trim());
  if (!found) return undefined;
  const [, hours = "0", minutes, seconds = "0", fraction = ""] = found;
  if (minutes !== undefined && Number(seconds) > 59) return undefined;
  const whole = (Number(hours) * 60 + Number(minutes ?? "0")) * 60 + Number(seconds);
  return whole * 1_000 + Number(fraction.padEnd(3, "0"));
}
