/**
 * Nothing that was typed is lost. A form that says `data-keeps` keeps its words in this browser until they were sent, and tells what another tab does to
 * them; a form that says `data-careful` keeps nothing. Both look whether there is a network before the page is left for it.
 */
import { island } from "../island";
import { Drafts } from "./drafts";
import { send } from "./send";
import { t } from "./text";

const drafts = Drafts.ofBrowser();

/** The fields that somebody types or chooses in, by name; no files, no passwords, and nothing that the server has hidden there. */
function typed(form: HTMLFormElement): Map<string, HTMLInputElement | HTMLTextAreaElement> {
  const fields = [...form.elements].filter(
    (field): field is HTMLInputElement | HTMLTextAreaElement =>
      field instanceof HTMLTextAreaElement ||
      (field instanceof HTMLInputElement && ["text", "email"].includes(field.type)),
  );
  return new Map(fields.filter(({ name }) => name).map((field) => [field.name, field]));
}

/** Tells something above a form, in the place of what was told of the same before: of what was typed, or of the network. */
function notice(form: HTMLFormElement, of: "draft" | "network", words: string, take?: () => void): void {
  form.querySelector(`.kept[data-of="${of}"]`)?.remove();
  const told = document.createElement("p");
  told.className = "notice kept";
  told.dataset.of = of;
  told.setAttribute("role", "status");
  told.append(`${words} `);
  if (take) {
    const button = Object.assign(document.createElement("button"), {
      type: "button",
      className: "plain",
      textContent: t("take"),
    });
    button.addEventListener("click", () => {
      take();
      told.remove();
    });
    told.append(button);
  }
  form.prepend(told);
}

island("form[data-keeps]", (element) => {
  const form = element as HTMLFormElement;
  const fields = typed(form);
  const key = form.dataset.keeps || new URL(form.action).pathname;
  const values = () => Object.fromEntries([...fields].map(([name, { value }]) => [name, value]));
  const fill = (draft: Record<string, string>) => {
    for (const [name, value] of Object.entries(draft)) {
      const field = fields.get(name);
      if (field) field.value = value;
    }
    form.dispatchEvent(new Event("restored"));
  };

  const draft = drafts.find(key);
  // What a refused form says comes from the server, and is newer.
  const refused = document.querySelector("#problem") !== null;
  const differs =
    draft && Object.entries(draft).some(([name, value]) => (fields.get(name)?.value ?? value) !== value);
  if (draft && differs && !refused) {
    fill(draft);
    notice(form, "draft", t("restored"));
  }

  const keep = () => drafts.keep(key, values());
  form.addEventListener("input", keep);
  const other = (event: StorageEvent) => {
    const theirs = drafts.changed(event, key);
    if (!theirs || JSON.stringify(theirs) === JSON.stringify(values())) return;
    notice(form, "draft", t("otherTab"), () => {
      fill(theirs);
      keep();
    });
  };
  addEventListener("storage", other);
  return () => removeEventListener("storage", other);
});

island("form[data-keeps], form[data-careful]", (element) =>
  send(element as HTMLFormElement, (words) => notice(element as HTMLFormElement, "network", words)),
);

island("[data-settles]", (element) => drafts.settle(element.dataset.settles ?? ""));
