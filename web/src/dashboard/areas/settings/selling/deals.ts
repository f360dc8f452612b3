import type { BulkDealInput, TierCode } from "$generated/dashboard/areas/settings/selling/selling";

/** A bulk deal as its form has it. */
export interface DealForm {
  buy: string;
  free: string;
  tiers: TierCode[];
}

/** All deals as they are sent; nothing while one of them is not whole. */
export function dealsOf(rows: readonly DealForm[]): BulkDealInput[] | undefined {
  const isCount = (typed: string) => /^\d{1,2}$/.test(typed.trim()) && Number(typed) > 0;
  if (!rows.every(({ buy, free, tiers }) => isCount(buy) && isCount(free) && tiers.length > 0))
    return undefined;
  return rows.map(({ buy, free, tiers }) => ({ buy: Number(buy), free: Number(free), tiers: [...tiers] }));
}
