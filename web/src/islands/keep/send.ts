/** A form leaves its page only if there is a network to leave by: else what was typed stays where it is, and goes when there is one again. */
import { t } from "./text";

/** A network that lets nothing through is none. */
const ANSWERS_WITHIN_MS = 10_000;

/** Whether the server can be reached now. */
export async function reachable(): Promise<boolean> {
  if (!navigator.onLine) return false;
  try {
    const signal = AbortSignal.timeout(ANSWERS_WITHIN_MS);
    await fetch("/favicon.ico", { method: "HEAD", cache: "no-store", signal });
    return true;
  } catch {
    return false;
  }
}

export function send(form: HTMLFormElement, tell: (words: string) => void): () => void {
  let looked = false;
  const submit = (event: SubmitEvent) => {
    if (looked || event.defaultPrevented) return;
    event.preventDefault();
    // A second press while it is looked.
    if (form.hasAttribute("aria-busy")) return;
    const by = event.submitter;
    form.setAttribute("aria-busy", "true");
    void reachable().then((is) => {
      form.removeAttribute("aria-busy");
      if (!is) return tell(t("offline"));
      looked = true;
      form.requestSubmit(by);
      // Back on the page by the browser's own way, it is looked at anew.
      looked = false;
    });
  };
  const back = () => {
    if (form.querySelector('.kept[data-of="network"]')) tell(t("online"));
  };
  form.addEventListener("submit", submit);
  addEventListener("online", back);
  return () => removeEventListener("online", back);
}
