/** What the API offers, the pages do: a mutation or query that no operation of theirs asks for has its reason here, or is forgotten. */
import { Kind, parse, type SelectionSetNode } from "graphql";
import { expect, test } from "vitest";

import schema from "../../../../openapi/schema.graphql?raw";

/** What no operation asks for, by its reason. */
const APART: Record<string, string> = {
  // The server's own pages of buyers, guests and mailed links, which work without scripts.
  acceptInvitation: "the page of the mailed link",
  acceptInvitationAsNew: "the page of the mailed link",
  addBundleToCart: "the shop",
  addToCart: "the shop",
  bookableRooms: "the booking page",
  buyerOrder: "the order’s page",
  cart: "the shop",
  changeCartTier: "the shop",
  completePasswordReset: "the page of the mailed link",
  deliverablesByToken: "the order’s page",
  enterCoupon: "the shop",
  invitation: "the page of the mailed link",
  makeOffer: "the shop",
  placeOrder: "the shop",
  removeFromCart: "the shop",
  requestBooking: "the booking page",
  setCartCountry: "the shop",
  setCartCurrency: "the shop",
  settleOrder: "the order’s page",
  storefront: "the shop",
  upgradeLicence: "the licence’s page",
  upgradeOffers: "the licence’s page",
  verifyEmail: "the page of the mailed link",

  // For programs that ask by an id, or for the whole: pages show the same within what is around it.
  assets: "files are shown where they belong, of a beat or a song",
  balances: "the books are shown by `trialBalanceAt`",
  bookingSeries: "each booking of it is shown, and knows its series",
  buyerOffer: "one of `buyerOffers`",
  dispute: "one of `disputes`",
  equipmentItem: "one of `equipmentItems`",
  invoice: "one of a project’s invoices",
  licence: "one of an order’s licences",
  licences: "licences are shown with their order",
  masterDelivery: "one of `masterDeliveries`",
  mixVersion: "one of a song’s mixes",
  payees: "`payeeBalances` tells the same with what can be paid",
  payout: "one of `payouts`",
  projectKinds: "a project has what its kind brings along",
  release: "one of `releases`",
  review: "one of a song’s or of `reviews`",
  setTierEnabled: "a tier’s form says it with the rest, by `setTier`",
  song: "one of its project’s",
  splitAt: "a work’s agreements show its splits",
  trialBalance: "the books are shown by `trialBalanceAt`, and proved",
  version: "what runs is the operator’s to know",
  work: "one of `works`",

  // For programs by its nature.
  licenseeAllowlist: "a service that finds recordings reads it; people take the CSV",
};

const files = import.meta.glob<string>("../../**/*.graphql", {
  eager: true,
  import: "default",
  query: "?raw",
});

function fieldsOf({ selections }: SelectionSetNode): string[] {
  return selections.flatMap((one) => (one.kind === Kind.FIELD ? [one.name.value] : []));
}

const offered = parse(schema).definitions.flatMap((type) =>
  type.kind === Kind.OBJECT_TYPE_DEFINITION && ["Mutation", "Query"].includes(type.name.value)
    ? (type.fields ?? []).map(({ name }) => name.value)
    : [],
);
const asked = new Set(
  Object.values(files)
    .flatMap((text) => parse(text).definitions)
    .flatMap((one) => (one.kind === Kind.OPERATION_DEFINITION ? fieldsOf(one.selectionSet) : [])),
);

test("what the API offers is done on a page, or has a reason why not", () => {
  expect(offered.length).toBeGreaterThan(300);
  expect(offered.filter((name) => !asked.has(name) && !(name in APART))).toEqual([]);
});

test("what has a reason is there", () => {
  expect(Object.keys(APART).filter((name) => !offered.includes(name))).toEqual([]);
});
