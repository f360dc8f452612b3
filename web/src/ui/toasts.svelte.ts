/** What was done, said in passing; with a way back where there is one. What went wrong stays until it is put away. */
export interface Toast {
  id: number;
  tone: "plain" | "bad";
  text: string;
  action?: { label: string; run: () => void };
}

let last = 0;
const shown = $state<Toast[]>([]);
/** Where toasts can be shown: on the page, and on each sheet that stands above it, the topmost last. */
let places = $state.raw<readonly symbol[]>([]);

/** What is to be shown at a place: everything at the topmost, for what lies beneath a sheet is neither seen well, nor pressed, nor read out. */
export function toastsAt(place: symbol): readonly Toast[] {
  return places.at(-1) === place ? shown : [];
}

/** Opens a place above all others; gives back what closes it. */
export function openPlace(place: symbol): () => void {
  places = [...places, place];
  return () => (places = places.filter((one) => one !== place));
}

export function say(text: string, action?: Toast["action"]): void {
  const id = add({ tone: "plain", text, action });
  setTimeout(() => putAway(id), action ? 10_000 : 5_000);
}

export function complain(text: string, action?: Toast["action"]): void {
  add({ tone: "bad", text, action });
}

export function putAway(id: number): void {
  const at = shown.findIndex((toast) => toast.id === id);
  if (at >= 0) shown.splice(at, 1);
}

function add(toast: Omit<Toast, "id">): number {
  last += 1;
  shown.push({ id: last, ...toast });
  if (shown.length > 4) shown.shift();
  return last;
}
