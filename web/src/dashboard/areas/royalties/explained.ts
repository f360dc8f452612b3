import { locale } from "$lib/text";

import { t } from "./text";

/** A part such as `3/15` as a percentage, where that is exact in four decimals; else as it is. */
export function partOf(part: string): string {
  const [of, all] = part.split("/").map(Number);
  if (of === undefined || !all) return part;
  const ppm = (of / all) * 1_000_000;
  if (Math.abs(ppm - Math.round(ppm)) > 1e-6) return part;
  return new Intl.NumberFormat(locale(), { style: "percent", maximumFractionDigits: 4 }).format(of / all);
}

/** What people call an account of a payee: that of their shares has no name of its own. */
export function accountOf(group: string): string {
  return group === "shares" ? t("groupShares") : group;
}
