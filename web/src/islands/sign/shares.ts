/**
 * One side of a split sheet, locked to the whole: whoever gets more takes it from the others that are not held, by a slider or by typing. Beside each share
 * stands what it comes to of an example sale.
 */
import { allocate, put, readPercent, WHOLE, type Share } from "$lib/split";
import { locale } from "$lib/text";

import { t } from "./text";

const EXAMPLE_MINOR = 100_000;

/** Parts per million as the field has them: `33.3333`, in German `33,3333`. */
export const shown = (ppm: number) =>
  (ppm / 10_000).toLocaleString(locale(), { maximumFractionDigits: 4, useGrouping: false });

const amount = (minor: number) =>
  (minor / 100).toLocaleString(locale(), { minimumFractionDigits: 2, maximumFractionDigits: 2 });

interface Row {
  field: HTMLInputElement;
  slider: HTMLInputElement;
  hold: HTMLInputElement;
  gets: HTMLOutputElement | null;
}

/** A label with a control in it. */
function labelled(words: string, control: HTMLInputElement): HTMLLabelElement {
  const label = document.createElement("label");
  label.className = "hold";
  label.append(control, ` ${words}`);
  return label;
}

export function shares(side: HTMLElement): void {
  const total = side.querySelector<HTMLOutputElement>("output[data-total]");
  const rows: Row[] = [...side.querySelectorAll<HTMLElement>("[data-share]")].flatMap((element) => {
    const field = element.querySelector<HTMLInputElement>('input[inputmode="decimal"]');
    if (!field) return [];
    const name = element.querySelector("label")?.firstChild?.textContent?.trim() ?? "";
    const slider = Object.assign(document.createElement("input"), {
      type: "range",
      max: "100",
      step: "0.5",
      className: "slide",
    });
    slider.setAttribute("aria-label", t("slide", { name }));
    const hold = Object.assign(document.createElement("input"), { type: "checkbox" });
    hold.setAttribute("aria-label", t("holdName", { name }));
    element.append(slider, labelled(t("hold"), hold));
    return [{ field, slider, hold, gets: element.querySelector<HTMLOutputElement>(".gets output") }];
  });

  const read = (): (number | undefined)[] => rows.map(({ field }) => readPercent(field.value));
  /** What stands there, drawn; not the fields themselves, in which somebody may be typing. */
  const draw = () => {
    const ppm = read();
    const known = ppm.map((share) => share ?? 0);
    const sum = known.reduce((all, share) => all + share, 0);
    const whole = sum === WHOLE && !ppm.includes(undefined);
    const parts = whole ? allocate(EXAMPLE_MINOR, known) : [];
    const notWhole = whole || ppm.includes(undefined) ? "" : t("notWhole", { total: shown(sum) });
    rows.forEach(({ field, slider, gets }, at) => {
      // A form with such a field is not sent.
      field.setCustomValidity(ppm[at] === undefined ? t("noShare") : notWhole);
      slider.value = String((known[at] ?? 0) / 10_000);
      if (!gets) return;
      gets.value = amount(parts[at] ?? 0);
      gets.parentElement?.toggleAttribute("hidden", !whole);
    });
    if (!total) return;
    total.value = shown(sum);
    total.parentElement?.classList.toggle("off", !whole);
  };
  /** One share becomes another, and the others make room; not while one of them cannot be read. */
  const change = (at: number, ppm: number) => {
    const now = read().map((share, party) => ({
      party,
      ppm: party === at ? ppm : share,
      fast: rows[party]?.hold.checked ?? false,
    }));
    const known = now.filter((share): share is Share => share.ppm !== undefined);
    const next = known.length < now.length ? known.filter(({ party }) => party === at) : put(known, at, ppm);
    next.forEach((share) => {
      const row = rows[share.party];
      if (!row) return;
      row.field.value = shown(share.ppm);
      row.field.removeAttribute("aria-invalid");
    });
    draw();
    // What is typed is kept by whoever listens.
    rows[at]?.field.dispatchEvent(new Event("input", { bubbles: true }));
  };

  rows.forEach(({ field, slider }, at) => {
    field.addEventListener("input", draw);
    // What is typed takes the place of what a neighbour's change has written.
    field.addEventListener("focus", () => field.select());
    field.addEventListener("change", () => {
      const ppm = readPercent(field.value);
      if (ppm !== undefined) change(at, ppm);
    });
    slider.addEventListener("input", () => change(at, Math.round(Number(slider.value) * 10_000)));
  });
  // What was kept of an earlier visit is put in after this.
  side.closest("form")?.addEventListener("restored", draw);
  const locked = document.createElement("p");
  locked.className = "help";
  locked.textContent = t("locked");
  side.querySelector(".share-total")?.before(locked);
  draw();
}
