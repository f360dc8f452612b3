import type { WebhookEventKind } from "$generated/dashboard/areas/settings/webhooks/webhooks";

/** What can be asked for, in the order in which it is offered. Tests are sent to whom they are for, whatever that wants. */
export const KINDS = [
  "ORDER_PAID",
  "LICENCE_GRANTED",
  "ORDER_REFUNDED",
  "AGREEMENT_EXECUTED",
  "BOOKING_MADE",
  "BOOKING_MOVED",
  "BOOKING_CANCELLED",
  "REVIEW_APPROVED",
  "MASTERS_DELIVERED",
  "ROYALTY_RUN_ISSUED",
  "PAYOUT_SENT",
] as const satisfies readonly WebhookEventKind[];

export type Kind = (typeof KINDS)[number];

/** Those that can be asked for, of any. */
export function offered(kinds: readonly WebhookEventKind[]): Kind[] {
  return KINDS.filter((kind) => kinds.includes(kind));
}
