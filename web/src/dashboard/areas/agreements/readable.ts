/** What a document of the server may consist of here: text and its order, and nothing that acts or looks otherwise. */
const KEPT: Record<string, string> = {
  ARTICLE: "div",
  HEADER: "div",
  SECTION: "div",
  DIV: "div",
  ASIDE: "aside",
  H1: "h3",
  H2: "h4",
  H3: "h5",
  P: "p",
  UL: "ul",
  OL: "ol",
  LI: "li",
  DL: "dl",
  DT: "dt",
  DD: "dd",
  TABLE: "table",
  THEAD: "thead",
  TBODY: "tbody",
  TR: "tr",
  TH: "th",
  TD: "td",
  STRONG: "strong",
  EM: "em",
  SPAN: "span",
  BR: "br",
};

/** A copy of a document for a page: read without being run, and of the elements above alone; headings stand below the page's own. */
export function readable(html: string): DocumentFragment {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  const copy = document.createDocumentFragment();
  take(body, copy);
  return copy;
}

function take(from: Node, into: Node): void {
  for (const child of from.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) into.appendChild(document.createTextNode(child.textContent ?? ""));
    if (!(child instanceof Element)) continue;
    const kept = KEPT[child.tagName];
    if (!kept) continue;
    const element = document.createElement(kept);
    for (const name of ["dir", "lang", "scope"]) {
      const value = child.getAttribute(name);
      if (value !== null) element.setAttribute(name, value);
    }
    take(child, element);
    into.appendChild(element);
  }
}
