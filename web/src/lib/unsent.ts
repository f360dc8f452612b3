/** What was typed and not sent yet, which islands keep in this browser: its keys begin with one of these. */
export const DRAFTS = "draft:";
export const NOTES = "notes:";

type Store = Pick<Storage, "removeItem" | "key" | "length">;

/** Forgets all of it: whoever signs out leaves nothing personal behind for the next person at this browser. */
export function forgetUnsent(store: Store): void {
  const keys = Array.from({ length: store.length }, (_, at) => store.key(at) ?? "");
  for (const key of keys) if ([DRAFTS, NOTES].some((prefix) => key.startsWith(prefix))) store.removeItem(key);
}
