import type { BookingRowFragment } from "$generated/dashboard/areas/calendar/calendar";

/** How a booking stands, as a colour beside the word. */
export function stateTone({
  state,
  kind,
}: Pick<BookingRowFragment, "state" | "kind">): "plain" | "good" | "note" | "bad" {
  if (kind === "BLOCK" || state === "CANCELLED" || state === "LAPSED") return "plain";
  return state === "CONFIRMED" ? "good" : state === "HELD" ? "note" : "bad";
}
