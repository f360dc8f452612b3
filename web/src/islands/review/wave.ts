/** The waveform of a version: a press goes to a place, a drag marks a range for the comment, and a slider with the buttons beside the fields does both by keyboard. */
import { clock } from "$lib/format";
import { range, seconds, written } from "$lib/places";

import type { Deck } from "./deck";
import { t } from "./text";

export function wave(element: HTMLElement, deck: Deck): void {
  const svg = element.querySelector("svg");
  const form = document.querySelector<HTMLFormElement>("#comment");
  const [from, to] = ["from", "to"].map((name) => form?.querySelector<HTMLInputElement>(`[name="${name}"]`));
  if (!svg || !form || !from || !to) return;
  const number = element.dataset.version;
  const told = Number(element.dataset.lengthMs ?? 0) / 1000;
  const duration = () => Math.max(deck.number === number ? deck.duration(told) : told, 0.1);
  deck.chooseNumber(number);

  const part = (name: string) => {
    const line = document.createElement("span");
    line.className = name;
    line.setAttribute("aria-hidden", "true");
    return line;
  };
  const [head, marked, slider] = [part("wave-head"), part("wave-marked"), document.createElement("input")];
  Object.assign(slider, { type: "range", min: "0", step: "1", className: "slide" });
  slider.setAttribute("aria-label", t("place", { number: number ?? "" }));
  const picture = document.createElement("div");
  picture.className = "wave-picture";
  svg.replaceWith(picture);
  picture.append(svg, marked, head);
  picture.after(slider);

  const draw = () => {
    const all = duration();
    const at = deck.position;
    slider.max = String(Math.ceil(all));
    slider.value = String(Math.round(at));
    slider.setAttribute("aria-valuetext", `${clock(at)} / ${clock(all)}`);
    head.style.insetInlineStart = `${Math.min(at / all, 1) * 100}%`;
    const [first, last] = [seconds(from.value), seconds(to.value)];
    marked.hidden = first === undefined;
    if (first === undefined) return;
    marked.style.insetInlineStart = `${Math.min(first / all, 1) * 100}%`;
    marked.style.inlineSize = `${Math.max((((last ?? first) - first) / all) * 100, 0.4)}%`;
  };
  deck.onchange(draw);
  form.addEventListener("input", draw);
  slider.addEventListener("input", () => deck.seek(Number(slider.value)));

  const mark = (first: number, last?: number) => {
    from.value = written(first);
    to.value = last === undefined ? "" : written(last);
    draw();
  };
  const place = (event: PointerEvent) => {
    const box = picture.getBoundingClientRect();
    return ((event.clientX - box.left) / box.width) * duration();
  };
  let begun: number | null = null;
  picture.addEventListener("pointerdown", (event) => {
    const onMark = event.target instanceof Element && event.target.closest("a");
    if (event.button !== 0 || onMark) return;
    begun = place(event);
    picture.setPointerCapture(event.pointerId);
  });
  picture.addEventListener("pointermove", (event) => {
    const found = begun === null ? undefined : range(begun, place(event), duration());
    if (found) mark(...found);
  });
  picture.addEventListener("pointerup", (event) => {
    if (begun === null) return;
    const found = range(begun, place(event), duration());
    if (found) {
      mark(...found);
      deck.seek(found[0]);
      form.querySelector<HTMLTextAreaElement>('[name="words"]')?.focus({ preventScroll: true });
    } else {
      deck.chooseNumber(number);
      deck.seek(begun);
    }
    begun = null;
  });
  picture.addEventListener("pointercancel", () => (begun = null));

  for (const button of form.querySelectorAll<HTMLButtonElement>("button[data-take]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const field = button.dataset.take === "to" ? to : from;
      field.value = written(deck.position);
      draw();
    });
  }
  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-at]")) {
    button.disabled = false;
    button.addEventListener("click", () => {
      deck.chooseNumber(number);
      deck.seek(Number(button.dataset.at) / 1000);
      deck.play();
    });
  }
}
