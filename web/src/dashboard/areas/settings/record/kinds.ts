import type { StudioActKind } from "$generated/dashboard/areas/settings/record/record";

/** What is looked for together, in the order in which it is offered. */
export const GROUPS = ["MEMBERS", "KEYS", "PRICES", "MONEY", "TERMS", "STUDIO"] as const;
export type Group = (typeof GROUPS)[number];

const GROUP_OF = {
  MEMBER_INVITED: "MEMBERS",
  INVITATION_REVOKED: "MEMBERS",
  MEMBER_JOINED: "MEMBERS",
  MEMBER_REMOVED: "MEMBERS",
  ROLE_CHANGED: "MEMBERS",
  ROSTER_GRANTED: "MEMBERS",
  ROSTER_REVOKED: "MEMBERS",
  API_KEY_CREATED: "KEYS",
  API_KEY_REVOKED: "KEYS",
  WEBHOOK_CREATED: "KEYS",
  WEBHOOK_CHANGED: "KEYS",
  WEBHOOK_SWITCHED: "KEYS",
  WEBHOOK_SECRET_ROTATED: "KEYS",
  WEBHOOK_REMOVED: "KEYS",
  TIER_SET: "PRICES",
  TIER_RESET: "PRICES",
  OFFERS_SET: "PRICES",
  FIRST_REFUSAL_SET: "PRICES",
  COUPON_SET: "PRICES",
  BULK_DEALS_SET: "PRICES",
  BUNDLE_SET: "PRICES",
  BUNDLE_REMOVED: "PRICES",
  TAX_RATES_SET: "PRICES",
  APPROVAL_LIMIT_SET: "MONEY",
  HOLD_DAYS_SET: "MONEY",
  PAYOUT_MINIMUM_SET: "MONEY",
  INVOICING_SET: "MONEY",
  CLAUSES_SET: "TERMS",
  STUDIO_CHANGED: "STUDIO",
  STUDIO_CLOSED: "STUDIO",
  STUDIO_REOPENED: "STUDIO",
  DOMAIN_CLAIMED: "STUDIO",
  DOMAIN_PROVED: "STUDIO",
  DOMAIN_LOST: "STUDIO",
  DOMAIN_REMOVED: "STUDIO",
} as const satisfies Record<StudioActKind, Group>;

/** The kinds of a group; without one, all of them, which the server need not be told. */
export function kindsOf(group: Group | undefined): StudioActKind[] | undefined {
  if (!group) return undefined;
  return (Object.keys(GROUP_OF) as StudioActKind[]).filter((kind) => GROUP_OF[kind] === group);
}

/** Fields that have a name here; others are told by that of the API. */
const FIELDS = [
  "accent",
  "address",
  "answerDays",
  "bankDetails",
  "beats",
  "code",
  "contactEmail",
  "country",
  "deals",
  "dueDays",
  "edits",
  "enabled",
  "endsAt",
  "governingLaw",
  "holdDays",
  "host",
  "kinds",
  "legalName",
  "limit",
  "maxUses",
  "minimum",
  "name",
  "off",
  "on",
  "prefix",
  "price",
  "prices",
  "rates",
  "reminders",
  "role",
  "scopes",
  "startsAt",
  "takesOffers",
  "taxNote",
  "taxNumber",
  "template",
  "terms",
  "tier",
  "unsignedSplits",
  "url",
  "vatId",
] as const;
export type Field = (typeof FIELDS)[number];

export function isField(name: string): name is Field {
  return FIELDS.some((field) => field === name);
}

/** Values that have a word here, of fields that hold nothing else. */
const WORDS = ["true", "false", "owner", "manager", "engineer", "collaborator", "viewer"] as const;
export type Word = (typeof WORDS)[number];

export function wordOf(field: string, value: string): Word | undefined {
  if (!["enabled", "on", "role", "takesOffers"].includes(field)) return undefined;
  return WORDS.find((word) => word === value);
}
