/** The form that verifies a file takes it out of the hand: its fingerprint is reckoned in the browser before anything is sent, and how far it has come is shown. */
import { hex, size } from "$lib/format";

import { island, renew } from "../island";
import { send } from "./send";
import { t } from "./text";

island("form[data-verify]", (element) => {
  const form = element as HTMLFormElement;
  const field = form.querySelector<HTMLInputElement>('input[type="file"]');
  const drop = form.querySelector<HTMLElement>("[data-drop]");
  if (!field || !drop) return;
  const most = Number(form.dataset.most ?? 0);
  const told = document.createElement("div");
  told.className = "verify-told";
  told.setAttribute("role", "status");
  const [words, print, bar] = [
    document.createElement("p"),
    document.createElement("code"),
    document.createElement("progress"),
  ];
  bar.max = 1;
  bar.setAttribute("aria-label", t("progress"));
  bar.hidden = print.hidden = true;
  told.append(words, print, bar);
  drop.after(told);

  const take = async (file: File | undefined) => {
    if (!file) return;
    print.hidden = true;
    if (most && file.size > most) {
      words.textContent = t("large", { size: size(file.size), most: size(most) });
      return;
    }
    words.textContent = t("chosen", { name: file.name, size: size(file.size) });
    // Without a secure address browsers reckon nothing; the server does it all the same.
    if (!globalThis.crypto?.subtle) return;
    const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    if (field.files?.[0] !== file) return;
    print.textContent = `SHA-256 ${hex(digest)}`;
    print.hidden = false;
  };
  field.addEventListener("change", () => void take(field.files?.[0]));

  const over = (is: boolean) => drop.classList.toggle("over", is);
  drop.addEventListener("dragover", (event) => {
    event.preventDefault();
    over(true);
  });
  drop.addEventListener("dragleave", () => over(false));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    over(false);
    const files = event.dataTransfer?.files;
    if (!files?.length) return;
    field.files = files;
    void take(files[0]);
  });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form.hasAttribute("aria-busy")) return;
    form.setAttribute("aria-busy", "true");
    bar.hidden = false;
    words.textContent = t("sending");
    send(form, (part) => {
      bar.value = part;
      if (part >= 1) words.textContent = t("judging");
    })
      .then((page) => {
        document.title = page.title;
        const main = page.querySelector("main");
        if (!main) throw new Error("no page");
        document.querySelector("main")?.replaceWith(document.adoptNode(main));
        scrollTo(0, 0);
        const heading = document.querySelector<HTMLElement>("main h1");
        heading?.setAttribute("tabindex", "-1");
        heading?.focus({ preventScroll: true });
        renew();
      })
      .catch(() => {
        bar.hidden = true;
        words.textContent = t("lost");
      })
      .finally(() => form.removeAttribute("aria-busy"));
  });
});
