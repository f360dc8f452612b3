import type { PayoutRowFragment, PayoutsQuery } from "$generated/dashboard/areas/payouts/payouts";
import { handOver } from "$lib/file";

import { t } from "./text";

type Balance = PayoutsQuery["payeeBalances"][number];
type Route = PayoutsQuery["payeeRoutes"][number];
type Standing = { words: string; tone: "plain" | "good" | "note" | "bad" | "live" };

/** What all payees come to in each currency, in minor units: what can be paid, and what waits. */
export function totals(balances: readonly Balance[]): { currency: string; payable: number; held: number }[] {
  const sums = new Map<string, { payable: number; held: number }>();
  for (const { payable, held, suspended } of balances) {
    const sum = sums.get(payable.currency) ?? { payable: 0, held: 0 };
    sum.payable += payable.minor;
    sum.held += held.minor + suspended.minor;
    sums.set(payable.currency, sum);
  }
  return [...sums].map(([currency, sum]) => ({ currency, ...sum }));
}

/** By which ways a payee can be paid in a currency, and what is missing for each. */
export function waysOf(
  { payable }: Pick<Balance, "payable">,
  route: Route | undefined,
): {
  gateway: boolean;
  bank: "SEPA" | "ACH" | null;
} {
  const scheme = route?.bank?.scheme;
  const fits =
    (scheme === "SEPA" && payable.currency === "EUR") || (scheme === "ACH" && payable.currency === "USD");
  return { gateway: route?.account?.state === "READY", bank: fits && scheme ? scheme : null };
}

export function payoutStanding(state: PayoutRowFragment["state"]): Standing {
  const all: Record<PayoutRowFragment["state"], Standing> = {
    SENDING: { words: t("stateSending"), tone: "live" },
    EXPORTED: { words: t("stateExported"), tone: "live" },
    PAID: { words: t("statePaid"), tone: "good" },
    FAILED: { words: t("stateFailed"), tone: "bad" },
    CANCELLED: { words: t("stateCancelled"), tone: "plain" },
    RETURNED: { words: t("stateReturned"), tone: "note" },
  };
  return all[state];
}

/** Hands a file over to the browser, named as banks take it. */
export function save({
  reference,
  scheme,
  file,
}: {
  reference: string;
  scheme: "SEPA" | "ACH";
  file: string;
}): void {
  if (scheme === "SEPA") handOver(`${reference}.xml`, file, "application/xml");
  else handOver(`${reference}.ach`, file, "text/plain");
}
