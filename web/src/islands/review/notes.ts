/** The form of a comment, which takes a written note without a network, too: it waits here, in sight, and goes when there is one. */
import { NOTES } from "$lib/unsent";

import { reachable, send } from "../keep/send";
import { Outbox, type Note, type Sent } from "./outbox";
import { t } from "./text";

/** One tab at a time, so that none sends what another is sending; where browsers have no locks, for want of a secure address, the one there is. */
async function alone(work: () => Promise<void>): Promise<void> {
  const locks = (navigator as Partial<Navigator>).locks;
  await (locks ? locks.request("review-notes", work) : work());
}

export function notes(element: HTMLElement): (() => void) | void {
  const form = element as HTMLFormElement;
  const action = new URL(form.action).pathname;
  let outbox: Outbox;
  try {
    outbox = new Outbox(localStorage, NOTES + action);
  } catch {
    // Nothing can be kept here: the form works as it does without this.
    return;
  }
  const list = document.createElement("ul");
  list.className = "said waiting-notes";
  list.setAttribute("aria-label", t("waiting"));
  const told = document.createElement("p");
  told.setAttribute("role", "status");
  form.after(told, list);

  const show = () => {
    list.replaceChildren(...outbox.all.map((note) => entry(note)));
  };
  const entry = ({ id, fields, problem }: Note) => {
    const [item, head, words] = [
      document.createElement("li"),
      document.createElement("p"),
      document.createElement("p"),
    ];
    head.className = problem ? "problem" : "quiet";
    const place = [fields.from, fields.to].filter(Boolean).join("–");
    head.textContent = [place, problem ?? t("waits")].filter(Boolean).join(" · ");
    words.className = "words-said";
    words.textContent = fields.words ?? "";
    const again = button(t("edit"), () => {
      for (const [name, value] of Object.entries(fields)) {
        const field = form.elements.namedItem(name);
        if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) field.value = value;
      }
      outbox.drop(id);
      show();
      form.dispatchEvent(new Event("input", { bubbles: true }));
      form.querySelector("textarea")?.focus();
    });
    item.append(head, words, again);
    return item;
  };
  const flush = () =>
    alone(async () => {
      if (outbox.all.length === 0 || !(await reachable())) return;
      const taken = await outbox.flush((note) => post(form.action, note));
      show();
      // The page has them from here on.
      if (taken > 0) location.reload();
    });

  /** There is no network: the note waits, and the form is free for the next. */
  const keep = () => {
    const data = new FormData(form);
    const voice = data.get("voice");
    if (voice instanceof File && voice.size > 0) return tell("problem", t("spoken"));
    const fields = Object.fromEntries(
      [...data].filter((pair): pair is [string, string] => typeof pair[1] === "string"),
    );
    if (!fields.words?.trim()) return;
    try {
      outbox.put({ id: `${Date.now()}-${Math.random()}`, fields });
    } catch {
      return tell("problem", t("full"));
    }
    tell("notice", t("kept"));
    form.reset();
    form.dispatchEvent(new Event("input", { bubbles: true }));
    show();
  };
  const tell = (className: string, words: string) => {
    told.className = className;
    told.textContent = words;
  };

  show();
  void flush();
  const online = () => void flush();
  const undo = send(form, keep);
  addEventListener("online", online);
  return () => {
    undo();
    removeEventListener("online", online);
  };
}

function button(words: string, press: () => void): HTMLButtonElement {
  const made = Object.assign(document.createElement("button"), {
    type: "button",
    className: "plain",
    textContent: words,
  });
  made.addEventListener("click", press);
  return made;
}

/** Sends a note as the form does. */
async function post(action: string, { fields }: Note): Promise<Sent> {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  try {
    const answer = await fetch(action, { method: "POST", body: data, headers: { accept: "text/html" } });
    if (answer.ok) return "taken";
    if (answer.status >= 500 || answer.status === 429) return "unreachable";
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const problem = page.querySelector("#problem, main .lead")?.textContent?.trim();
    return { problem: problem || t("refused") };
  } catch {
    return "unreachable";
  }
}
