/** What was done, said in passing; with a way back where there is one. What went wrong stays until it is put away. */
export interface Toast {
  id: number;
  tone: "plain" | "bad";
  text: string;
  action?: { label: string; run: () => void };
}

let last = 0;
const shown = $state<Toast[]>([]);

export function toasts(): readonly Toast[] {
  return shown;
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
