import type {
  DisputeRowFragment,
  OfferRowFragment,
  OrderRowFragment,
} from "$generated/dashboard/areas/orders/orders";

import { t } from "./text";

type Standing = { words: string; tone: "plain" | "good" | "note" | "bad" | "live" };

/** How an order stands in a word: what became of its money comes before what became of its files. */
export function standingOf({ state, moneyState }: Pick<OrderRowFragment, "state" | "moneyState">): Standing {
  if (moneyState === "DISPUTED") return { words: t("moneyDisputed"), tone: "bad" };
  if (moneyState === "RETURNED" && state !== "EXPIRED") return { words: t("moneyReturned"), tone: "plain" };
  if (moneyState === "PARTLY_RETURNED") return { words: t("moneyPartly"), tone: "note" };
  const all: Record<OrderRowFragment["state"], Standing> = {
    AWAITING_PAYMENT: { words: t("stateAwaiting"), tone: "note" },
    PAID: { words: t("statePaid"), tone: "live" },
    DELIVERED: { words: t("stateDelivered"), tone: "good" },
    EXPIRED: { words: t("stateExpired"), tone: "plain" },
    REFUNDED: { words: t("moneyReturned"), tone: "plain" },
  };
  return all[state];
}

export function offerStanding(state: OfferRowFragment["state"]): Standing {
  const all: Record<OfferRowFragment["state"], Standing> = {
    OPEN: { words: t("offerOpen"), tone: "note" },
    COUNTERED: { words: t("offerCountered"), tone: "live" },
    ACCEPTED: { words: t("offerAccepted"), tone: "good" },
    BOUGHT: { words: t("offerBought"), tone: "good" },
    DECLINED: { words: t("offerDeclined"), tone: "plain" },
    EXPIRED: { words: t("stateExpired"), tone: "plain" },
    WITHDRAWN: { words: t("offerWithdrawn"), tone: "plain" },
  };
  return all[state];
}

export function disputeStanding({
  state,
  answeredAt,
}: Pick<DisputeRowFragment, "state" | "answeredAt">): Standing {
  const all: Record<DisputeRowFragment["state"], Standing> = {
    INQUIRY: { words: t("disputeInquiry"), tone: "note" },
    NEEDS_RESPONSE: answeredAt
      ? { words: t("disputeAnswered"), tone: "live" }
      : { words: t("disputeOpen"), tone: "bad" },
    UNDER_REVIEW: { words: t("disputeReview"), tone: "live" },
    WON: { words: t("disputeWon"), tone: "good" },
    LOST: { words: t("disputeLost"), tone: "plain" },
  };
  return all[state];
}

/** What can still be given back of a payment, in minor units. */
export function leftOf(payment: {
  amount: { minor: number };
  refunds: readonly { state: string; amount: { minor: number } }[];
}): number {
  const back = payment.refunds
    .filter(({ state }) => state !== "FAILED")
    .reduce((sum, { amount }) => sum + amount.minor, 0);
  return payment.amount.minor - back;
}
