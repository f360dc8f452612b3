import { locale } from "$lib/text";

import { instantOf, minuteOf, timeOf, wallOf } from "../calendar/zone";
import { t } from "./text";

/** By whose clocks a session is read: those of its room, or of whoever looks. */
export function zoneOf(room: { timeZone: string } | null | undefined): string {
  return room?.timeZone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** As a field of day and time has it, `2026-12-03T14:05`; empty of no time. */
export function fieldOf(instant: string | null, zone: string): string {
  if (instant === null) return "";
  const { day, minute } = wallOf(instant, zone);
  return `${day}T${timeOf(minute)}`;
}

/** The instant of such a field; one that was not touched is what it was, to the second. */
export function instantOfField(field: string, zone: string, before: string | null = null): string | null {
  if (field === fieldOf(before, zone)) return before;
  const [day = "", time = ""] = field.split("T");
  return day && time ? instantOf({ day, minute: minuteOf(time) }, zone) : null;
}

/** `3 Dec 2026, 14:05`. */
export function whenOf(instant: string, zone: string): string {
  return new Intl.DateTimeFormat(locale(), {
    dateStyle: "medium",
    timeStyle: "short",
    timeZone: zone,
  }).format(new Date(instant));
}

/** `14:05`. */
export function clockOf(instant: string, zone: string): string {
  return new Intl.DateTimeFormat(locale(), { timeStyle: "short", timeZone: zone }).format(new Date(instant));
}

export function minutesBetween(from: string, to: string | Date): number {
  return Math.max(0, Math.round((new Date(to).getTime() - Date.parse(from)) / 60_000));
}

/** `3 h 40 min`. */
export function lasting(minutes: number): string {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return hours > 0 ? t("lastingHours", { hours, minutes: rest }) : t("lastingMinutes", { minutes });
}

/** When a log begins and ends if nobody says otherwise: with the booking, or now where it is being held or just about to be. */
export function beginning(
  booking: { startsAt: string; endsAt: string } | null,
  now: Date,
): { startedAt: string; endedAt: string | null } {
  const at = now.toISOString();
  if (!booking) return { startedAt: at, endedAt: null };
  const [from, to] = [Date.parse(booking.startsAt), Date.parse(booking.endsAt)];
  const time = now.getTime();
  if (time >= to) return { startedAt: booking.startsAt, endedAt: booking.endsAt };
  return { startedAt: time >= from - 3_600_000 ? at : booking.startsAt, endedAt: null };
}

/** How a session stands at a time: it runs from its beginning until its end, if it has one. */
export function standingOf(
  session: { startedAt: string; endedAt: string | null },
  now: Date,
): "ahead" | "running" | "over" {
  if (Date.parse(session.startedAt) > now.getTime()) return "ahead";
  return session.endedAt !== null && Date.parse(session.endedAt) <= now.getTime() ? "over" : "running";
}

/** When something is written down that happens now; none where the session has not begun, or is over. */
export function nowIn(session: { startedAt: string; endedAt: string | null }, now: Date): string | null {
  return session.endedAt === null && Date.parse(session.startedAt) <= now.getTime()
    ? now.toISOString()
    : null;
}
