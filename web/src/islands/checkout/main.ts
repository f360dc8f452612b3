/**
 * Forms that pay: sent once, however often somebody presses, and not into a lost network, which would put the browser's own page of trouble in the place
 * of what was typed. The server takes a second press for the first one all the same.
 */
import { island } from "../island";
import { t } from "./text";

island("form[data-once]", (element) => {
  const form = element as HTMLFormElement;
  const button = form.querySelector<HTMLButtonElement>("button[type=submit]");
  const words = button?.textContent ?? "";
  const note = Object.assign(document.createElement("p"), { className: "note" });
  note.setAttribute("role", "alert");
  let isSent = false;

  const turn = (sent: boolean) => {
    isSent = sent;
    if (!button) return;
    button.textContent = sent ? t("moment") : words;
    if (sent) button.setAttribute("aria-disabled", "true");
    else button.removeAttribute("aria-disabled");
  };
  const send = (event: SubmitEvent) => {
    if (isSent || !navigator.onLine) event.preventDefault();
    if (isSent) return;
    if (navigator.onLine) {
      note.remove();
      turn(true);
    } else if (!note.isConnected) {
      form.append(note);
      note.textContent = t("offline");
    }
  };
  // Who comes back from the pay page finds the form as it was left.
  const back = () => turn(false);
  form.addEventListener("submit", send);
  addEventListener("pageshow", back);
  return () => {
    form.removeEventListener("submit", send);
    removeEventListener("pageshow", back);
  };
});
