/** Days and clocks of a room: an instant as it is read there, and what is read there as an instant. Days are `2026-12-03` and know no zone. */

/** A place in the calendar of a zone. */
export interface Wall {
  day: string;
  /** Of the day, from 0. */
  minute: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  });
  formats.set(zone, format);
  return format;
}

export function wallOf(instant: string | Date, zone: string): Wall {
  const parts = formatOf(zone).formatToParts(new Date(instant));
  const of = (type: Intl.DateTimeFormatPartTypes) => parts.find((part) => part.type === type)?.value ?? "0";
  return {
    day: `${of("year")}-${of("month")}-${of("day")}`,
    minute: Number(of("hour")) * 60 + Number(of("minute")),
  };
}

/** What the clocks of a zone show, as if they were those of UTC, in milliseconds. */
function shown({ day, minute }: Wall): number {
  return Date.parse(`${day}T00:00:00Z`) + minute * 60_000;
}

/** When the clocks of a zone show that. Of an hour that comes twice it is the first, of one that is left out the moment as far after the change. */
export function instantOf(wall: Wall, zone: string): string {
  const wanted = shown(wall);
  const ahead = (at: number) => shown(wallOf(new Date(at), zone)) - at;
  // Offsets from before and behind any change that is near.
  const offsets = [ahead(wanted - 86_400_000), ahead(wanted + 86_400_000)];
  const found = offsets.map((offset) => wanted - offset).filter((at) => ahead(at) === wanted - at);
  const at = found.length > 0 ? Math.min(...found) : wanted - (offsets[0] ?? 0);
  return new Date(at).toISOString();
}

export function plusDays(day: string, count: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * 86_400_000).toISOString().slice(0, 10);
}

/** 1 is Monday, 7 is Sunday. */
export function weekdayOf(day: string): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay() || 7;
}

/** The seven days of the week that a day is in, from Monday. */
export function weekOf(day: string): string[] {
  const monday = plusDays(day, 1 - weekdayOf(day));
  return Array.from({ length: 7 }, (_, place) => plusDays(monday, place));
}

/** The whole weeks that a month is in. */
export function monthOf(day: string): string[] {
  const [first] = weekOf(`${day.slice(0, 7)}-01`);
  const days: string[] = [];
  for (let at = first ?? day; at.slice(0, 7) <= day.slice(0, 7) || weekdayOf(at) !== 1; at = plusDays(at, 1))
    days.push(at);
  return days;
}

/** The same place in another month, or its last day. */
export function plusMonths(day: string, count: number): string {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  const last = new Date(Date.UTC(year, month + count, 0));
  return new Date(Date.UTC(last.getUTCFullYear(), last.getUTCMonth(), Math.min(date, last.getUTCDate())))
    .toISOString()
    .slice(0, 10);
}

/** `14:05`, as fields of time have it; the end of a day is their `00:00`. */
export function timeOf(minute: number): string {
  const two = (number: number) => String(number).padStart(2, "0");
  return `${two(Math.floor(minute / 60) % 24)}:${two(minute % 60)}`;
}

export function minuteOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return hours * 60 + minutes;
}
