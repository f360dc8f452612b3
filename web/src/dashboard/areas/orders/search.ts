import { FindOrdersDocument } from "$generated/dashboard/areas/orders/orders";
import { ask } from "$lib/api/client";
import type { Studio } from "$lib/api/session.svelte";

import type { Hit } from "../../areas";
import { hrefOf } from "../../route.svelte";

/** The latest orders that say all of these words: reference, buyer or beat. */
export async function search(studio: Studio, words: string): Promise<Hit[]> {
  const { orders } = await ask(FindOrdersDocument, { studio: studio.id, words });
  return orders.nodes.map((order) => ({
    title: `${order.buyerName}: ${order.lines.map(({ beatTitle }) => beatTitle).join(", ")}`,
    detail: order.reference,
    href: hrefOf(studio.slug, "orders", order.id),
  }));
}
