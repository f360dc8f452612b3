/**
 * An order's page while it waits for the payment or the files: looks by itself whether there is more, puts what has changed in its place, and says it.
 * The page loads itself again where there are no scripts.
 */
import { island, renew } from "../island";
import { t } from "./text";

/** How long it waits before it looks again: longer each time while there is no connection. */
const WAIT_MS = 2_000;
const MOST_WAIT_MS = 20_000;

/** Speaks what has changed. It stays while the page's content goes, for only what changes within it is read out. */
const voice = Object.assign(document.createElement("p"), { className: "unseen" });
voice.setAttribute("role", "status");
document.body.append(voice);

island("[data-progress]", (element) => {
  let [timer, wait]: [ReturnType<typeof setTimeout> | undefined, number] = [undefined, WAIT_MS];
  let note: HTMLElement | undefined;
  let looking = false;

  async function look() {
    if (looking) return;
    looking = true;
    clearTimeout(timer);
    try {
      const signal = AbortSignal.timeout(MOST_WAIT_MS);
      const headers = { accept: "text/html" };
      const answer = await fetch(location.href, { headers, cache: "no-store", signal });
      if (answer.redirected) return location.assign(answer.url);
      if (answer.status >= 500) throw new Error(answer.statusText);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const next = page.querySelector<HTMLElement>("main .order-head");
      // Another page than an order's, such as one that says that the link has expired.
      if (!next) return location.reload();
      if (!element.isConnected) return;
      if (next.dataset.progress !== element.dataset.progress) return show(page, next);
      note?.remove();
      wait = WAIT_MS;
    } catch {
      note ??= Object.assign(document.createElement("p"), { className: "note", textContent: t("lost") });
      if (!note.isConnected) element.append(note);
      wait = Math.min(wait * 2, MOST_WAIT_MS);
    } finally {
      looking = false;
    }
    timer = setTimeout(() => void look(), wait);
  }

  const back = () => {
    if (document.visibilityState === "visible") void look();
  };
  timer = setTimeout(() => void look(), wait);
  document.addEventListener("visibilitychange", back);
  addEventListener("online", back);
  return () => {
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", back);
    removeEventListener("online", back);
  };
});

function show(page: Document, head: HTMLElement): void {
  const [old, next] = [document.querySelector("main"), page.querySelector("main")];
  if (!old || !next) return location.reload();
  const focused = document.activeElement;
  const hadFocus = old.contains(focused);
  const said = ["h1", ".lead"].map((part) => head.querySelector(part)?.textContent ?? "");
  document.title = page.title;
  document.adoptNode(next);
  keepDownloads(old, next);
  old.replaceWith(next);
  voice.textContent = said.join(". ");
  if (focused instanceof HTMLElement && hadFocus && focused.isConnected) {
    // It has moved over with its file, and lost the focus on the way.
    focused.focus({ preventScroll: true });
  } else if (hadFocus) {
    const heading = document.querySelector<HTMLElement>("main h1");
    heading?.setAttribute("tabindex", "-1");
    heading?.focus({ preventScroll: true });
  }
  renew();
}

/** Files that were there before stay as they are: a download that has begun goes on, and what was opened stays open. */
function keepDownloads(old: HTMLElement, next: HTMLElement): void {
  const files = (of: HTMLElement) => [...of.querySelectorAll<HTMLAnchorElement>("a[data-sha256]")];
  for (const link of files(next)) {
    const same = files(old).find(
      ({ dataset, textContent }) =>
        dataset.sha256 === link.dataset.sha256 && textContent === link.textContent,
    );
    const row = same?.closest("li");
    if (!same || !row) continue;
    same.href = link.href;
    link.closest("li")?.replaceWith(row);
  }
}
