import { FindBeatsDocument } from "$generated/dashboard/areas/beats/beats";
import { ask } from "$lib/api/client";
import type { Studio } from "$lib/api/session.svelte";
import { tempo } from "$lib/format";

import type { Hit } from "../../areas";
import { hrefOf } from "../../route.svelte";

export async function search(studio: Studio, words: string): Promise<Hit[]> {
  const { beats } = await ask(FindBeatsDocument, { studio: studio.id, title: words });
  return beats.nodes.map(({ id, title, bpmMilli, musicalKey }) => ({
    title,
    detail: [bpmMilli && tempo(bpmMilli), musicalKey].filter(Boolean).join(" · "),
    href: hrefOf(studio.slug, "beats", id),
  }));
}
