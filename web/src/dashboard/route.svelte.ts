/** Which page of the dashboard is shown: `/dashboard/<studio>/<area>/…`. Links are plain links; those within the dashboard change the page in place. */
const ROOT = "/dashboard";

export class Route {
  path = $state(location.pathname);
  search = $state(location.search);

  /** The parts behind `/dashboard`, decoded. */
  readonly parts = $derived(
    this.path
      .slice(ROOT.length)
      .split("/")
      .filter((part) => part !== "")
      .map(decodeURIComponent),
  );
  readonly query = $derived(new URLSearchParams(this.search));

  /** Shows another page; with `replace` in the place of this one in the history. */
  go(href: string, { replace = false, keepScroll = false } = {}): void {
    const url = new URL(href, location.href);
    if (url.href !== location.href) {
      history.replaceState({ ...history.state, scroll: scrollY }, "");
      if (replace) history.replaceState({}, "", url);
      else history.pushState({}, "", url);
    }
    this.#read();
    if (!keepScroll) scrollTo(0, 0);
  }

  /** Changes what is asked for in the address, such as a filter; empty takes a word out. */
  ask(words: Record<string, string>): void {
    const query = new URLSearchParams(location.search);
    for (const [name, value] of Object.entries(words)) {
      if (value === "") query.delete(name);
      else query.set(name, value);
    }
    const search = query.toString();
    this.go(`${location.pathname}${search && `?${search}`}`, { replace: true, keepScroll: true });
  }

  /** Begins to listen; what it gives back ends that. */
  listen(): () => void {
    const back = (event: PopStateEvent) => {
      this.#read();
      const { scroll } = (event.state ?? {}) as { scroll?: number };
      // Once the page is there, as far as it is known already.
      requestAnimationFrame(() => scrollTo(0, scroll ?? 0));
    };
    const press = (event: MouseEvent) => {
      const link =
        event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[href]") : null;
      const plain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
      if (!link || !plain || event.defaultPrevented || link.target || link.hasAttribute("download")) return;
      const url = new URL(link.href);
      if (url.origin !== location.origin || !(url.pathname === ROOT || url.pathname.startsWith(`${ROOT}/`)))
        return;
      event.preventDefault();
      this.go(url.href);
    };
    addEventListener("popstate", back);
    document.addEventListener("click", press);
    return () => {
      removeEventListener("popstate", back);
      document.removeEventListener("click", press);
    };
  }

  #read(): void {
    [this.path, this.search] = [location.pathname, location.search];
  }
}

export const route = new Route();

/** The address of a page of a studio. */
export function hrefOf(studio: string, ...parts: string[]): string {
  return [ROOT, studio, ...parts].map((part, at) => (at === 0 ? part : encodeURIComponent(part))).join("/");
}
