import type {
  CouponRowFragment,
  SetCouponInput,
  TierCode,
} from "$generated/dashboard/areas/settings/selling/selling";
import { printMinor, printPpm, readMinor, readPpm } from "$lib/amount";

/** A coupon as its form has it: what is empty is without limit. */
export interface CouponForm {
  code: string;
  kind: "part" | "amount";
  off: string;
  minimum: string;
  tiers: TierCode[];
  beats: string[];
  startsAt: string;
  endsAt: string;
  maxUses: string;
}

/** An instant as a field of day and time has it, by the clocks here: `2026-12-03T14:05`; empty of none. */
export function fieldOf(instant: string | null): string {
  if (instant === null) return "";
  const at = new Date(instant);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** The instant of such a field; one that was not touched is what it was, to the second. */
function instantOf(field: string, before: string | null): string | null {
  if (field === fieldOf(before)) return before;
  return field ? new Date(field).toISOString() : null;
}

export function formOf(coupon: CouponRowFragment | undefined, currency: string): CouponForm {
  const { amountOff, partOff, minimum } = coupon ?? {};
  return {
    code: coupon?.code ?? "",
    kind: amountOff ? "amount" : "part",
    off: amountOff ? printMinor(amountOff.minor, currency) : partOff ? printPpm(partOff.ppm) : "",
    minimum: minimum ? printMinor(minimum.minor, currency) : "",
    tiers: [...(coupon?.tiers ?? [])],
    beats: [...(coupon?.beats ?? [])],
    startsAt: fieldOf(coupon?.startsAt ?? null),
    endsAt: fieldOf(coupon?.endsAt ?? null),
    maxUses: String(coupon?.maxUses ?? ""),
  };
}

/** What keeps a form from being sent. */
export type Unread = "off" | "minimum" | "maxUses";

/** What of a form cannot be read. */
export function unreadOf(form: CouponForm, currency: string): Unread[] {
  const off = form.kind === "part" ? readPpm(form.off) : readMinor(form.off, currency);
  const unread: Unread[] = [];
  if (form.off && off === undefined) unread.push("off");
  if (form.minimum && readMinor(form.minimum, currency) === undefined) unread.push("minimum");
  if (!/^\d{0,9}$/.test(form.maxUses.trim())) unread.push("maxUses");
  return unread;
}

/** What is sent to make a coupon of the form, or to change one; nothing while it cannot be read, or takes nothing off. */
export function inputOf(
  studio: string,
  currency: string,
  form: CouponForm,
  coupon?: CouponRowFragment,
): SetCouponInput | undefined {
  if (!form.code.trim() || !form.off || unreadOf(form, currency).length > 0) return undefined;
  const amount = (typed: string) => {
    const minor = readMinor(typed, currency);
    return minor === undefined ? null : { minor, currency };
  };
  return {
    studio,
    code: form.code.trim(),
    amountOff: form.kind === "amount" ? amount(form.off) : null,
    percentOffPpm: form.kind === "part" ? (readPpm(form.off) ?? null) : null,
    minimum: amount(form.minimum),
    tiers: form.tiers,
    beats: form.beats,
    startsAt: instantOf(form.startsAt, coupon?.startsAt ?? null),
    endsAt: instantOf(form.endsAt, coupon?.endsAt ?? null),
    maxUses: form.maxUses.trim() ? Number(form.maxUses) : null,
    enabled: coupon?.enabled ?? true,
  };
}

/** The same coupon, given out or not. */
export function turned(studio: string, coupon: CouponRowFragment, enabled: boolean): SetCouponInput {
  const { code, amountOff, partOff, minimum, tiers, beats, startsAt, endsAt, maxUses } = coupon;
  const plain = (amount: typeof minimum) => amount && { minor: amount.minor, currency: amount.currency };
  return {
    studio,
    code,
    amountOff: plain(amountOff),
    percentOffPpm: partOff?.ppm ?? null,
    minimum: plain(minimum),
    tiers,
    beats,
    startsAt,
    endsAt,
    maxUses,
    enabled,
  };
}

/** How a coupon stands at a time. */
export function standingOf(
  { enabled, startsAt, endsAt, maxUses, uses }: CouponRowFragment,
  now: Date,
): "ended" | "over" | "usedUp" | "ahead" | "given" {
  if (!enabled) return "ended";
  if (endsAt !== null && new Date(endsAt) <= now) return "over";
  if (maxUses !== null && uses >= maxUses) return "usedUp";
  return startsAt !== null && new Date(startsAt) > now ? "ahead" : "given";
}
