/** Where an address leads that does not say all: `/dashboard` and `/dashboard/<area>/…` to a studio, and a studio alone to Today in it. */
import { areas } from "./areas";
import { hrefOf } from "./route.svelte";

interface Named {
  slug: string;
}

/** The address to go on to, if this one does not say where it leads. A studio's own word comes before an area's. */
export function wayIn(
  parts: readonly string[],
  studios: readonly Named[],
  last: Named | undefined,
): string | undefined {
  const [first] = parts;
  const named = studios.find((studio) => studio.slug === first);
  if (named) return parts.length === 1 ? hrefOf(named.slug, "today") : undefined;
  if (!last) return undefined;
  if (first === undefined) return hrefOf(last.slug, "today");
  return areas.some((area) => area.path === first) ? hrefOf(last.slug, ...parts) : undefined;
}
