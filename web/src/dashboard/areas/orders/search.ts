import { FindOrdersDocument } from "$generated/dashboard/areas/orders/orders";
import { ask } from "$lib/api/client";
import type { Studio } from "$lib/api/session.svelte";

import type { Hit } from "../../areas";
import { hrefOf } from "../../route.svelte";

/** Of the latest orders those that say all of these words: reference, buyer or beat. */
export async function search(studio: Studio, words: string): Promise<Hit[]> {
  const { orders } = await ask(FindOrdersDocument, { studio: studio.id }, "cache-first");
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return orders.nodes
    .map((order) => ({ order, beats: order.lines.map(({ beatTitle }) => beatTitle).join(", ") }))
    .filter(({ order, beats }) => {
      const text = `${order.reference} ${order.buyerName} ${order.buyerEmail} ${beats}`.toLowerCase();
      return wanted.every((word) => text.includes(word));
    })
    .slice(0, 6)
    .map(({ order, beats }) => ({
      title: `${order.buyerName}: ${beats}`,
      detail: order.reference,
      href: hrefOf(studio.slug, "orders", order.id),
    }));
}
