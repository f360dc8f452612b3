import { FindProjectsDocument } from "$generated/dashboard/areas/projects/projects";
import { ask } from "$lib/api/client";
import type { Studio } from "$lib/api/session.svelte";

import type { Hit } from "../../areas";
import { hrefOf } from "../../route.svelte";

export async function search(studio: Studio, words: string): Promise<Hit[]> {
  const { projects } = await ask(FindProjectsDocument, { studio: studio.id, title: words });
  return projects.nodes.map(({ id, title, clientParty }) => ({
    title,
    detail: clientParty?.name ?? "",
    href: hrefOf(studio.slug, "projects", id),
  }));
}
