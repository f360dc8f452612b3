/** How figures are written, in the language of the page. */
import { locale } from "./text";

/** An amount of a currency, which is named by its code as in the shop and in mails. */
export function currencyStyle(currency: string): Intl.NumberFormatOptions {
  return { style: "currency", currency, currencyDisplay: "code" };
}

/** Minor units of a currency: `EUR 29.99`. */
export function money(amount: { minor: number; currency: string }): string {
  const format = new Intl.NumberFormat(locale(), currencyStyle(amount.currency));
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(amount.minor / 10 ** digits);
}

/** Thousandths of a beat per minute: `92.75`. */
export function tempo(bpmMilli: number): string {
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: 3 }).format(bpmMilli / 1000);
}

/** Seconds as a player shows them: `2:31`, `1:02:05`. */
export function clock(seconds: number): string {
  if (!Number.isFinite(seconds)) return "0:00";
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const tail = `${String(rest).padStart(2, "0")}`;
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${tail}` : `${minutes}:${tail}`;
}

/** Bytes for people: `12.4 MB`. */
export function size(bytes: number): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;
  const step = bytes < 1000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1);
  const format = {
    style: "unit",
    unit: units[step],
    unitDisplay: "short",
    maximumFractionDigits: step > 1 ? 1 : 0,
  } as const;
  return new Intl.NumberFormat(locale(), format).format(bytes / 1000 ** step);
}

/** A digest as people compare it, in hexadecimal digits: `ba78…15ad`. */
export function hex(digest: ArrayBuffer): string {
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A part of a million as a percentage: `50%`. */
export function percent(ppm: number): string {
  return new Intl.NumberFormat(locale(), { style: "percent", maximumFractionDigits: 4 }).format(
    ppm / 1_000_000,
  );
}

/** A day: `3 Dec 2026`. A date without a time, as `2026-12-03`, is that day everywhere; an instant is the day that it is here. */
export function day(date: string | Date): string {
  const timeZone = typeof date === "string" && date.length === 10 ? "UTC" : undefined;
  return new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeZone }).format(new Date(date));
}

/** A day and a time: `3 Dec 2026, 14:05`. */
export function moment(instant: string | Date): string {
  return new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeStyle: "short" }).format(
    new Date(instant),
  );
}

/** How long ago or from now: `3 days ago`. */
export function since(instant: string | Date, now: Date = new Date()): string {
  const seconds = (new Date(instant).getTime() - now.getTime()) / 1000;
  const steps = [
    ["year", 31_536_000],
    ["month", 2_592_000],
    ["week", 604_800],
    ["day", 86_400],
    ["hour", 3_600],
    ["minute", 60],
  ] as const;
  const format = new Intl.RelativeTimeFormat(locale(), { numeric: "auto" });
  for (const [unit, length] of steps) {
    if (Math.abs(seconds) >= length) return format.format(Math.trunc(seconds / length), unit);
  }
  return format.format(0, "minute");
}
