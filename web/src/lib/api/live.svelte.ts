import type { AnyVariables, TypedDocumentNode } from "@urql/core";

import { whenChanged, type ChangeKind } from "./changes.svelte";
import { client, troubleOf } from "./client";
import type { Trouble } from "./trouble";

/** What a page shows of a query: the data, whether more of it is on its way, and what went wrong. */
export class Live<Data> {
  data = $state.raw<Data | undefined>(undefined);
  trouble = $state.raw<Trouble | undefined>(undefined);
  loading = $state(true);
  again: () => void = () => {};
}

/**
 * A query of a component: asked at once and whenever its variables change, shown from what is known while it is asked, and asked anew after a mutation
 * has touched what it shows, or when the server tells that one of the kinds has changed that it is `of`. While `variables` gives null nothing is asked.
 */
export function live<Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: () => Variables | null,
  of: readonly ChangeKind[] = [],
): Live<Data> {
  const shown = new Live<Data>();
  let round = $state(0);
  shown.again = () => (round += 1);
  if (of.length > 0) whenChanged(of, shown.again);
  $effect(() => {
    const asked = variables();
    const requestPolicy = round > 0 ? "network-only" : "cache-and-network";
    if (asked === null) return;
    shown.loading = true;
    const { unsubscribe } = client
      .query(document, asked, { requestPolicy })
      .subscribe(({ data, error, stale }) => {
        if (data) shown.data = data;
        shown.trouble = error && troubleOf(error);
        shown.loading = stale;
      });
    return unsubscribe;
  });
  return shown;
}
