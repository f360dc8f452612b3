import type { SuspenseQuery } from "$generated/dashboard/areas/royalties/royalties";

import { sumOf } from "./income";

export type Suspended = SuspenseQuery["suspense"]["nodes"][number];

/** What waits of the same thing in several statements, as one: it waits for one and the same signature. The first of them stands for all. */
export function together(items: readonly Suspended[]): Suspended[] {
  const found = new Map<string, Suspended>();
  for (const one of items) {
    const { recordingId, workId, release, statementId, number } = one.item;
    const subject = recordingId ?? workId ?? release ?? `${statementId}:${number}`;
    const before = found.get(subject);
    found.set(
      subject,
      before ? { ...before, lines: before.lines + one.lines, net: added(before.net, one.net) } : one,
    );
  }
  return [...found.values()];
}

function added(one: Suspended["net"], other: Suspended["net"]): Suspended["net"] {
  const currencies = [...new Set([...one, ...other].map(({ currency }) => currency))];
  return currencies.map((currency) => ({
    currency,
    amount: sumOf(
      [...one, ...other].filter((part) => part.currency === currency).map(({ amount }) => amount),
    ),
  }));
}
