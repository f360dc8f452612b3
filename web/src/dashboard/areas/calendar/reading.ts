import { BookingsDocument, type BookingRowFragment } from "$generated/dashboard/areas/calendar/calendar";
import { ask } from "$lib/api/client";

import { instantOf, plusDays, wallOf } from "./zone";

/** Within what one request may cost. */
const PAGE = 100;
/** Beyond that a view says that there are more. */
const PAGES = 10;

/** All bookings of some days, in the order of their beginning; those that were called off or lapsed only if they are asked for. */
export async function bookingsOf(
  studio: string,
  days: { first: string; last: string },
  room: string | undefined,
  alsoOver: boolean,
): Promise<BookingRowFragment[]> {
  // A day more at both ends: the days of rooms in other zones begin earlier and end later.
  const from = instantOf({ day: plusDays(days.first, -1), minute: 0 }, "UTC");
  const to = instantOf({ day: plusDays(days.last, 2), minute: 0 }, "UTC");
  const found: BookingRowFragment[] = [];
  let after: string | null = null;
  for (let page = 0; page < PAGES; page += 1) {
    const {
      bookings,
    }: {
      bookings: { nodes: BookingRowFragment[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } };
    } = await ask(BookingsDocument, { studio, first: PAGE, after, filter: { from, to, room } });
    found.push(...bookings.nodes);
    if (!bookings.pageInfo.hasNextPage) break;
    after = bookings.pageInfo.endCursor;
  }
  return found
    .filter(({ state }) => alsoOver || state === "HELD" || state === "CONFIRMED" || state === "NO_SHOW")
    .filter(({ startsAt, endsAt, room: of }) => {
      const zone = of?.timeZone ?? "UTC";
      return wallOf(endsAt, zone).day >= days.first && wallOf(startsAt, zone).day <= days.last;
    })
    .toSorted((a, b) => Date.parse(a.startsAt) - Date.parse(b.startsAt));
}
