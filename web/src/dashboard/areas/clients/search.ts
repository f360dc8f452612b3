import { FindClientsDocument } from "$generated/dashboard/areas/clients/clients";
import { ask } from "$lib/api/client";
import type { Studio } from "$lib/api/session.svelte";

import type { Hit } from "../../areas";
import { hrefOf } from "../../route.svelte";

export async function search(studio: Studio, words: string): Promise<Hit[]> {
  const { clients } = await ask(FindClientsDocument, { studio: studio.id, words });
  return clients.nodes.map(({ id, party }) => ({
    title: party.name,
    detail: party.email ?? "",
    href: hrefOf(studio.slug, "clients", id),
  }));
}
