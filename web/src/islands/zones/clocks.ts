/** One instant by the clocks of two zones. */
import { locale } from "$lib/text";

const parts = (at: string, timeZone: string, options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(locale(), { ...options, timeZone }).format(new Date(at));

const TIME = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
const DAY = { weekday: "short", day: "numeric", month: "short" } as const;

/** Whether two zones tell another time, or another day, at an instant. */
export function differs(at: string, one: string, other: string): boolean {
  return parts(at, one, { ...TIME, ...DAY }) !== parts(at, other, { ...TIME, ...DAY });
}

/** An instant by the clocks of a zone; with its day, if that is asked for, or is another than that of the zone beside which it stands. */
export function clockOf(at: string, zone: string, beside: string, withDay = false): string {
  const isOtherDay = parts(at, zone, DAY) !== parts(at, beside, DAY);
  return parts(at, zone, withDay || isOtherDay ? { ...TIME, ...DAY } : TIME);
}
