/**
 * Downloads that go on where they stopped, and are held against the checksum that the page publishes before they are saved. Where a browser has no
 * checksums, as on addresses without TLS, for files too large for memory, and for those without a checksum, the plain link stays as it is.
 */
import { island } from "../island";
import { t } from "./text";
import { sha256, transfer } from "./transfer";

island("a[data-sha256]", (element) => {
  const link = element as HTMLAnchorElement;
  if (!globalThis.crypto?.subtle) return;
  let going: AbortController | undefined;

  function begin(event: MouseEvent) {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (!going) void download();
  }

  async function download() {
    const { signal } = (going = new AbortController());
    const name = decodeURIComponent(new URL(link.href).pathname.split("/").at(-1) ?? "");
    const shown = show(link, () => going?.abort());
    shown.say(t("begun", { name }));
    try {
      const received = (bytes: number, whole: number) => shown.fill(bytes, whole);
      const file = await transfer(link.href, { signal, received, waiting: () => shown.say(t("waiting")) });
      if (!file) {
        shown.close();
        return location.assign(link.href);
      }
      shown.say(t("checking", { name }));
      if ((await sha256(file)) !== link.dataset.sha256) return shown.end(t("wrong"), "bad");
      save(file, name);
      shown.end(t("done"), "good");
    } catch {
      if (signal.aborted) shown.close();
      else shown.end(t("failed"), "bad");
    } finally {
      going = undefined;
    }
  }

  link.addEventListener("click", begin);
  return () => {
    // The link is gone, with the place where one could cancel: it ends with its page. A page that renews itself keeps the links of files that stay.
    going?.abort();
    link.removeEventListener("click", begin);
  };
});

/** What stands under a file while it is downloaded. */
function show(link: HTMLAnchorElement, cancel: () => void) {
  const row = link.closest("li") ?? link.parentElement;
  row?.querySelector(".download")?.remove();
  const make = <K extends keyof HTMLElementTagNameMap>(name: K, given: Partial<HTMLElementTagNameMap[K]>) =>
    Object.assign(document.createElement(name), given);
  const part = make("div", { className: "download" });
  const [line, words, bar] = [make("p", {}), make("span", {}), make("progress", { max: 1 })];
  const stop = make("button", { type: "button", className: "plain", textContent: t("cancel") });
  stop.addEventListener("click", () => {
    cancel();
    link.focus();
  });
  words.setAttribute("role", "status");
  line.append(words, stop);
  part.append(line, bar);
  row?.append(part);
  const say = (text: string) => {
    words.textContent = text;
    bar.setAttribute("aria-label", text);
  };
  return {
    say,
    fill: (bytes: number, whole: number) => {
      if (whole > 0) bar.value = bytes / whole;
    },
    end: (text: string, tone: "good" | "bad") => {
      if (document.activeElement === stop) link.focus();
      words.className = tone;
      words.textContent = text;
      stop.remove();
      bar.remove();
    },
    close: () => part.remove(),
  };
}

function save(file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  Object.assign(document.createElement("a"), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
