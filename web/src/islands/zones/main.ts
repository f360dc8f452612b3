/** Times of a room are told by its own clocks; whoever lives by others sees theirs beside them. */
import { island } from "../island";
import { clockOf, differs } from "./clocks";
import { t } from "./text";

const own = Intl.DateTimeFormat().resolvedOptions().timeZone;

island("[data-zone]", (element) => {
  const zone = element.dataset.zone ?? own;
  const times = [...element.querySelectorAll<HTMLTimeElement>("time[datetime*='T']")];
  const starts = element.dataset.starts;
  if (starts && differs(starts, zone, own)) {
    element.hidden = false;
    element.textContent = t("starts", {
      when: clockOf(starts, own, zone, true),
      zone: own.replaceAll("_", " "),
    });
  }
  if (!times.some((time) => differs(time.dateTime, zone, own))) return;
  const note = document.createElement("p");
  note.className = "notice";
  note.textContent = t("beside", { zone: own.replaceAll("_", " ") });
  element.prepend(note);
  for (const time of times) {
    const here = clockOf(time.dateTime, own, zone);
    const small = document.createElement("small");
    small.textContent = here;
    time.after(small);
    const link = time.closest("a");
    const said = link?.getAttribute("aria-label");
    if (said) link?.setAttribute("aria-label", `${said}; ${t("yours", { when: here })}`);
  }
});
