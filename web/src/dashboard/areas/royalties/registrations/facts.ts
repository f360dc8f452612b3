/** What is said beyond the fields, as JSON that somebody types. */
export function printFacts(facts: unknown): string {
  const text = JSON.stringify(facts ?? {}, null, 2);
  return text === "{}" ? "" : text;
}

/** An object out of what was typed, of nothing an empty one; undefined if it is none. */
export function readFacts(text: string): Record<string, unknown> | undefined {
  if (text.trim() === "") return {};
  try {
    const facts: unknown = JSON.parse(text);
    return typeof facts === "object" && facts !== null && !Array.isArray(facts)
      ? (facts as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** A whole number from 0 on as it is typed, null of nothing, undefined of anything else. */
export function readWhole(text: string): number | null | undefined {
  const typed = text.trim();
  if (typed === "") return null;
  return /^\d{1,6}$/.test(typed) ? Number(typed) : undefined;
}
