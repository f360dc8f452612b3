/** Where bookings stand in the fields of days. */
import { plusDays, wallOf } from "./zone";

const DAY = 1_440;

export interface Timed {
  id: string;
  startsAt: string;
  endsAt: string;
  room: { timeZone: string } | null;
}

/** The part of a booking that lies on one day, by the clocks of its room. */
export interface Piece<Booking> {
  booking: Booking;
  day: string;
  /** Minutes of the day. */
  from: number;
  to: number;
  /** Of so many columns beside each other it stands in this one. */
  column: number;
  columns: number;
}

/** What of a booking lies on which day. */
export function piecesOf<Booking extends Timed>(
  booking: Booking,
): Omit<Piece<Booking>, "column" | "columns">[] {
  const zone = booking.room?.timeZone ?? "UTC";
  const [start, end] = [wallOf(booking.startsAt, zone), wallOf(booking.endsAt, zone)];
  const pieces = [];
  for (let day = start.day; day <= end.day; day = plusDays(day, 1)) {
    const from = day === start.day ? start.minute : 0;
    const to = day === end.day ? end.minute : DAY;
    // What ends at midnight does not reach into the next day.
    if (to > from) pieces.push({ booking, day, from, to });
  }
  return pieces;
}

/** A day's pieces in columns: what overlaps stands beside each other, and what stands alone has the whole width. */
export function inColumns<Booking extends Timed>(
  pieces: readonly Omit<Piece<Booking>, "column" | "columns">[],
): Piece<Booking>[] {
  const sorted = pieces.toSorted((a, b) => a.from - b.from || b.to - a.to);
  const placed: Piece<Booking>[] = [];
  let group: Piece<Booking>[] = [];
  let ends: number[] = [];
  const close = () => {
    for (const piece of group) piece.columns = ends.length;
    [group, ends] = [[], []];
  };
  for (const piece of sorted) {
    if (ends.every((end) => end <= piece.from)) close();
    const free = ends.findIndex((end) => end <= piece.from);
    const column = free < 0 ? ends.length : free;
    ends[column] = piece.to;
    const stands = { ...piece, column, columns: 1 };
    group.push(stands);
    placed.push(stands);
  }
  close();
  return placed;
}

export interface Hours {
  opensMinute: number;
  closesMinute: number;
}

/** When a room is open on a day: as an exception says, else as its week. */
export function openOn(
  room: {
    hours: readonly (Hours & { weekday: number })[];
    exceptions: readonly { on: string; hours: readonly Hours[] }[];
  },
  day: string,
  weekday: number,
): readonly Hours[] {
  const exception = room.exceptions.find(({ on }) => on === day);
  return exception ? exception.hours : room.hours.filter((one) => one.weekday === weekday);
}

/** When none of them is open. */
export function closedIn(open: readonly Hours[]): { from: number; to: number }[] {
  const closed = [];
  let from = 0;
  for (const { opensMinute, closesMinute } of open.toSorted((a, b) => a.opensMinute - b.opensMinute)) {
    if (opensMinute > from) closed.push({ from, to: opensMinute });
    from = Math.max(from, closesMinute);
  }
  if (from < DAY) closed.push({ from, to: DAY });
  return closed;
}
