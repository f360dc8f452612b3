/** What a run would come to, out of its file: looked at before it is approved. */
interface Payout {
  due?: { minor: number };
  below_minimum?: { minimum_minor: number };
  held?: { reason: string };
}
export interface Outcome {
  currency: string;
  period: { from: string; through: string };
  proof: {
    lines: number;
    received: string;
    accounts_minor: number;
    suspense_minor: number;
    costs_minor: number;
    reserves_minor: number;
    residue: string;
  };
  accounts: {
    account: { payee: string; group: string };
    opening: { owed_minor: number; deficit_minor: number };
    activity: string;
    held_minor: number;
    released_minor: number;
    movement: { earned_minor: number; costs_minor: number; tax_minor: number; advances_minor: number };
    closing: { owed_minor: number; deficit_minor: number };
  }[];
  payees: { payee: string; balance_minor: number; payout: string | Payout }[];
}

export type Says =
  { what: "due"; minor: number } | { what: "nothing" | "minimum" } | { what: "held"; reason: string };

/** What is paid to a payee, or why nothing is. */
export function payoutOf(payout: string | Payout): Says {
  if (typeof payout === "string") return { what: "nothing" };
  if (payout.due) return { what: "due", minor: payout.due.minor };
  if (payout.held) return { what: "held", reason: payout.held.reason };
  return { what: payout.below_minimum ? "minimum" : "nothing" };
}

/** How an account stands, in minor units: below zero is what it has to make up for. */
export function standOf({ owed_minor, deficit_minor }: Outcome["accounts"][number]["opening"]): number {
  return owed_minor - deficit_minor;
}

/** The last day of the month before, by UTC as runs are reckoned: what most periods end with. */
export function lastOfMonthBefore(now: Date): string {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 0)).toISOString().slice(0, 10);
}
