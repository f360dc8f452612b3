/** Words with commas between them, as they are typed, and as a list. */
export function splitLabels(text: string): string[] {
  return text
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
}

/** A tempo as it is typed, in thousandths of a beat per minute; null if the field is empty, undefined if it is none. */
export function readTempo(text: string): number | null | undefined {
  const tidy = text.trim().replace(",", ".");
  if (tidy === "") return null;
  if (!/^\d{1,3}(\.\d{1,3})?$/.test(tidy)) return undefined;
  // Exact: the digits behind the point are thousandths.
  const [whole = "0", fraction = ""] = tidy.split(".");
  const milli = Number(whole) * 1_000 + Number(fraction.padEnd(3, "0"));
  return milli >= 20_000 && milli <= 400_000 ? milli : undefined;
}
