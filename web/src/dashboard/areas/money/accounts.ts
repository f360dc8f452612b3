import type { BooksQuery } from "$generated/dashboard/areas/money/money";

import { t } from "./text";

type Balance = BooksQuery["trialBalanceAt"]["balances"][number];
export type AccountKind = Balance["account"]["kind"];

const OWN: AccountKind[] = [
  "GATEWAY_CLEARING",
  "BANK",
  "DISPUTED",
  "RECEIVABLE",
  "ROYALTIES_DUE",
  "ROYALTY_RECOUPABLE",
];
const OWED: AccountKind[] = [
  "PAYABLE",
  "SUSPENDED",
  "SPLITS_PARKED",
  "REFUNDS_DUE",
  "TAX_DUE",
  "ROYALTY_SUSPENSE",
  "ROYALTY_RESERVES",
];

export type Group = "own" | "owed" | "result";

/** Where an account stands among what is there, what is owed, and what was earned and spent. */
export function groupOf(kind: AccountKind): Group {
  return OWN.includes(kind) ? "own" : OWED.includes(kind) ? "owed" : "result";
}

/** What people call an account. */
export function accountName({ kind, partyName }: { kind: AccountKind; partyName?: string | null }): string {
  const name = t(`account_${kind}`);
  return partyName ? `${name}: ${partyName}` : name;
}

/** An amount as it is read: what is owed and what was earned above zero, though it stands in credit. */
export function asRead({
  account,
  amount,
}: {
  account: { kind: AccountKind };
  amount: { minor: number; currency: string };
}): { minor: number; currency: string } {
  // Without a sign that would be written as minus nothing.
  return groupOf(account.kind) === "own" ? amount : { ...amount, minor: 0 - amount.minor };
}

/** Balances of one currency in their groups, each as it is read: what is owed and what was earned above zero, though it stands in credit. */
export function grouped(
  balances: readonly Balance[],
  currency: string,
): { group: Group; rows: (Balance & { shown: number })[]; sum: number }[] {
  const own = balances.filter(({ balance }) => balance.currency === currency);
  return (["own", "owed", "result"] as const).map((group) => {
    const rows = own
      .filter(({ account }) => groupOf(account.kind) === group)
      .map((row) => ({ ...row, shown: asRead({ account: row.account, amount: row.balance }).minor }));
    return { group, rows, sum: rows.reduce((sum, { shown }) => sum + shown, 0) };
  });
}
