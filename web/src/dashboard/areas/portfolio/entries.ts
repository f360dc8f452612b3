import type { EntryFragment, SuggestionsQuery } from "$generated/dashboard/areas/portfolio/portfolio";

export type Suggestion = SuggestionsQuery["portfolioSuggestions"]["nodes"][number];

/** Addresses as they are typed, one a line. */
export function addressesOf(text: string): string[] {
  return text.split(/\s+/).filter(Boolean);
}

/** Whether a work is seen on the page on a day, `2026-12-01`; or from which day on it will be. */
export function standing(
  { isPublic, releasedOn }: Pick<EntryFragment, "isPublic" | "releasedOn">,
  today: string,
): { key: "shown" | "hidden" } | { key: "shownFrom"; day: string } {
  if (!isPublic || !releasedOn) return { key: "hidden" };
  return releasedOn > today ? { key: "shownFrom", day: releasedOn } : { key: "shown" };
}
