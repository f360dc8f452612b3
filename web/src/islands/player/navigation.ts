/**
 * Takes a visitor from page to page of one shop without loading the document anew, so that what plays is not cut off: the next page is fetched, and its
 * `<main>` and header take the place of this one's. Whatever does not fit (another address, no page, a newer version of the styles, a lost network) is
 * left to the browser, as if this were not here.
 */
interface Visit {
  url: string;
  form?: FormData;
  /** Whether the address is new in the history; going back it is not. */
  isNew: boolean;
  scroll?: number;
}

interface Hooks {
  /** Whether there is a reason to keep the document; without one the browser does it all. */
  wanted: () => boolean;
  /** Another page is there. */
  arrived: () => void;
}

export function keepDocument(hooks: Hooks): void {
  const scope = /^\/s\/[^/]+/.exec(location.pathname)?.[0];
  if (!scope) return;
  const isOurs = (url: URL) =>
    url.origin === location.origin && (url.pathname === scope || url.pathname.startsWith(`${scope}/`));
  let going: AbortController | undefined;

  async function visit({ url, form, isNew, scroll }: Visit): Promise<void> {
    going?.abort();
    const { signal } = (going = new AbortController());
    document.documentElement.setAttribute("aria-busy", "true");
    try {
      const body = form && new URLSearchParams([...form].map(([name, value]) => [name, String(value)]));
      const answer = await fetch(url, {
        method: body ? "POST" : "GET",
        body,
        signal,
        headers: { accept: "text/html" },
      });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const at = new URL(answer.url);
      // A form that was refused is shown again under the address that it was on, as its answer has none that could be loaded again.
      if (!isOurs(at) || !fits(page)) return location.assign(at);
      const hash = new URL(url, location.href).hash;
      if (isNew && !(body && !answer.redirected) && at.href !== location.href) {
        history.replaceState({ scroll: scrollY }, "");
        history.pushState({}, "", at.href + hash);
      }
      await turn(() => show(page));
      const target = hash ? document.getElementById(decodeURIComponent(hash.slice(1))) : null;
      if (target) target.scrollIntoView();
      else scrollTo(0, scroll ?? 0);
      focus(target ?? document.querySelector<HTMLElement>("main h1") ?? document.querySelector("main"));
      hooks.arrived();
    } catch (cause) {
      if (signal.aborted) return;
      if (form) throw cause;
      location.assign(url);
    } finally {
      if (!signal.aborted) document.documentElement.removeAttribute("aria-busy");
    }
  }

  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[href]") : null;
    const plain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (!link || !plain || event.defaultPrevented || !hooks.wanted()) return;
    const url = new URL(link.href);
    if (link.target || link.hasAttribute("download") || !isOurs(url)) return;
    if (url.hash && url.pathname + url.search === location.pathname + location.search) return;
    event.preventDefault();
    void visit({ url: link.href, isNew: true });
  });

  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (event.defaultPrevented || !hooks.wanted()) return;
    const [url, data] = [new URL(form.action), new FormData(form, event.submitter)];
    const posts = form.method === "post";
    // A form says itself that it stays in the shop: others lead to a gateway, which is another document.
    if (!isOurs(url) || (posts && !form.hasAttribute("data-stays"))) return;
    event.preventDefault();
    if (posts) {
      // Lost on its way, it is sent as the browser sends it, which says what is wrong.
      visit({ url: url.href, form: data, isNew: true }).catch(() => form.submit());
      return;
    }
    url.search = new URLSearchParams(
      [...data].filter(([, value]) => value !== "").map(([name, value]) => [name, String(value)]),
    ).toString();
    void visit({ url: url.href, isNew: true });
  });

  addEventListener("popstate", (event) => {
    void visit({
      url: location.href,
      isNew: false,
      scroll: (event.state as { scroll?: number } | null)?.scroll,
    });
  });
}

/** Whether a page can stand in this document: it looks the same, speaks the same language, and does not load itself again. */
function fits(page: Document): boolean {
  const styles = (of: Document) =>
    [...of.querySelectorAll<HTMLLinkElement>("link[rel=stylesheet]")].map((link) =>
      link.getAttribute("href"),
    );
  const here = new Set(styles(document));
  return (
    page.querySelector("main") !== null &&
    page.documentElement.lang === document.documentElement.lang &&
    !page.querySelector("meta[http-equiv]") &&
    styles(page).every((href) => here.has(href))
  );
}

function show(page: Document): void {
  document.title = page.title;
  for (const part of ["main", "header.top"]) {
    const [old, next] = [document.querySelector(part), page.querySelector(part)];
    if (old && next) old.replaceWith(document.adoptNode(next));
  }
  // Scripts out of a parsed page do not run: what it wants beside those that do is asked for.
  for (const script of page.querySelectorAll<HTMLScriptElement>("script[type=module][src]")) {
    const src = script.getAttribute("src") ?? "";
    if (document.querySelector(`script[src="${CSS.escape(src)}"]`)) continue;
    document.head.append(Object.assign(document.createElement("script"), { type: "module", src }));
  }
}

async function turn(change: () => void): Promise<void> {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (still || !document.startViewTransition) change();
  else await document.startViewTransition(change).updateCallbackDone;
}

/** Screen readers begin with the new page's heading, as they would on a page that was loaded. */
function focus(element: HTMLElement | null): void {
  if (!element) return;
  if (!element.hasAttribute("tabindex")) element.setAttribute("tabindex", "-1");
  element.focus({ preventScroll: true });
}
