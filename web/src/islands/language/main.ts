/**
 * What somebody has typed outlasts the choice of another language at the foot of a page, which loads the page anew: it waits in this tab until the page is
 * back. What is secret does not, and no file.
 */
import { island } from "../island";

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** What stands in a field, by its place on the page and its name, and whether it is ticked. */
type Typed = [place: number, name: string, value: string, ticked: boolean];

const NOT_KEPT =
  "[type=hidden], [type=file], [type=password], [autocomplete=one-time-code], [autocomplete^=cc-]";
const FIELDS = `main :is(input, textarea, select)[name]:not(${NOT_KEPT})`;

const fields = () => [...document.querySelectorAll<Field>(FIELDS)];
const isTicked = (field: Field) => field instanceof HTMLInputElement && field.checked;

/** Whether somebody has changed it: what the server wrote comes back in the other language. A list is kept as it stands. */
function isTouched(field: Field): boolean {
  if (field instanceof HTMLSelectElement || field.value !== field.defaultValue) return true;
  return field instanceof HTMLInputElement && field.checked !== field.defaultChecked;
}

function typed(): Typed[] {
  const all = fields().map((field, place) => ({ field, place }));
  const touched = all.filter(({ field }) => isTouched(field));
  return touched.map(({ field, place }) => [place, field.name, field.value, isTicked(field)]);
}

function putBack(kept: Typed[]): void {
  const all = fields();
  for (const [place, name, value, ticked] of kept) {
    const field = all[place];
    if (!field || field.name !== name) continue;
    field.value = value;
    if (field instanceof HTMLInputElement) field.checked = ticked;
    field.form?.dispatchEvent(new Event("restored"));
  }
}

island("form.languages", (foot) => {
  const key = () => `typed:${location.pathname}${location.search}`;
  try {
    putBack(JSON.parse(sessionStorage.getItem(key()) ?? "[]") as Typed[]);
    sessionStorage.removeItem(key());
  } catch {
    // Where nothing can be kept, nothing is.
  }
  foot.addEventListener("submit", () => {
    try {
      sessionStorage.setItem(key(), JSON.stringify(typed()));
    } catch {
      // As above.
    }
  });
});
