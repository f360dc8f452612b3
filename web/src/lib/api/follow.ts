/** Subscriptions, all over one socket, which is there as long as something is followed. */
import { stringifyDocument, type TypedDocumentNode } from "@urql/core";
import { createClient } from "graphql-ws/client";

import { session } from "./session.svelte";
import { t } from "./text";
import { Trouble } from "./trouble";

const socket = createClient({
  url: () => `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/graphql/ws`,
  lazy: true,
  // Long enough for the next page that follows something; then the server has its slots back.
  lazyCloseTimeout: 5_000,
  retryAttempts: 20,
  shouldRetry: () => true,
});

/** Follows something until it ends or the returned function is called. A lost connection is made again by itself. */
export function follow<Data, Variables extends Record<string, unknown>>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  on: { data: (data: Data) => void; end: (trouble?: Trouble) => void },
): () => void {
  let unsubscribe: (() => void) | undefined;
  let isOver = false;
  const fail = (trouble: Trouble) => !isOver && on.end(trouble);
  // The socket is opened with the cookies of this moment.
  session.fresh().then(
    () => {
      if (isOver) return;
      unsubscribe = socket.subscribe<Data>(
        { query: stringifyDocument(document), variables },
        {
          next: ({ data, errors }) => {
            const [error] = errors ?? [];
            if (error) fail(new Trouble(error.message, String(error.extensions?.code ?? "UNKNOWN")));
            else if (data && !isOver) on.data(data);
          },
          error: (cause) => {
            const [error] = Array.isArray(cause) ? (cause as { message: string }[]) : [];
            fail(
              error
                ? new Trouble(error.message, "UNKNOWN")
                : new Trouble(t("offline"), "OFFLINE", t("offlineRemedy")),
            );
          },
          complete: () => !isOver && on.end(),
        },
      );
    },
    (cause) => fail(cause as Trouble),
  );
  return () => {
    isOver = true;
    unsubscribe?.();
  };
}
