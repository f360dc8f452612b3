/**
 * One deck for all versions of a song: it plays one at a time, and changes over at the same place, so that they can be held against each other. All are at
 * one loudness already, as the server has rendered them.
 */
import { clock } from "$lib/format";

import { t } from "./text";

type Listener = () => void;

export class Deck {
  #current: HTMLAudioElement;
  readonly #play: HTMLButtonElement;
  readonly #time: HTMLElement;
  readonly #choices = new Map<HTMLAudioElement, HTMLButtonElement>();
  readonly #listeners = new Set<Listener>();

  static of(list: HTMLElement): Deck | null {
    const players = [...list.querySelectorAll<HTMLAudioElement>("audio[data-version]")];
    const first = players[0];
    return first ? new Deck(players, first) : null;
  }

  private constructor(
    private readonly players: readonly HTMLAudioElement[],
    first: HTMLAudioElement,
    private readonly element = document.createElement("div"),
  ) {
    this.#current = players.find((player) => player.closest(".chosen")) ?? first;
    element.className = "deck";
    element.setAttribute("role", "region");
    element.setAttribute("aria-label", t("deck"));
    this.#play = this.button("button strong deck-play", () => this.toggle());
    this.#time = document.createElement("span");
    this.#time.className = "deck-time";
    const choices = document.createElement("div");
    choices.className = "deck-versions";
    choices.setAttribute("role", "group");
    choices.setAttribute("aria-label", t("versions"));
    for (const player of players) {
      const number = player.dataset.version ?? "";
      const choice = this.button("button", () => this.choose(player));
      choice.textContent = `V${number}`;
      choice.setAttribute("aria-label", t("version", { number }));
      this.#choices.set(player, choice);
      choices.append(choice);
      // The deck plays it; the browser's own controls stood there for who has no scripts.
      player.hidden = true;
      player.controls = false;
      const listen = this.button("button", () => {
        this.choose(player);
        this.play();
      });
      listen.textContent = t("listen", { number });
      player.after(listen);
      for (const event of ["play", "pause", "ended", "timeupdate", "seeked", "durationchange", "error"]) {
        player.addEventListener(event, this.#changed);
      }
      // Where none of its sources can be had, the player itself tells nothing.
      for (const source of player.querySelectorAll("source")) source.addEventListener("error", this.#changed);
    }
    element.append(this.#play, this.#time, ...(players.length > 1 ? [choices] : []));
    document.querySelector("main")?.append(element);
    this.#changed();
  }

  remove(): void {
    this.#current.pause();
    this.element.remove();
  }

  /** In seconds; what the page says of a version that is not loaded yet. */
  get position(): number {
    return this.#current.currentTime;
  }

  get number(): string | undefined {
    return this.#current.dataset.version;
  }

  duration(otherwise: number): number {
    return Number.isFinite(this.#current.duration) ? this.#current.duration : otherwise;
  }

  /** Whenever something has changed of what is heard. */
  onchange(listener: Listener): void {
    this.#listeners.add(listener);
    listener();
  }

  seek(seconds: number): void {
    this.#current.currentTime = Math.max(0, seconds);
    this.#changed();
  }

  play(): void {
    const player = this.#current;
    if (failed(player)) {
      const place = player.currentTime;
      player.load();
      player.currentTime = place;
    }
    // What keeps it from playing is told by its event.
    player.play().catch(() => undefined);
  }

  /** The version of that number, if it is there to be heard. */
  chooseNumber(number: string | undefined): void {
    const player = this.players.find((one) => one.dataset.version === number);
    if (player && player !== this.#current) this.choose(player);
  }

  private toggle(): void {
    if (failed(this.#current) || this.#current.paused) this.play();
    else this.#current.pause();
  }

  private choose(player: HTMLAudioElement): void {
    const before = this.#current;
    if (player === before) return;
    const plays = !before.paused;
    before.pause();
    this.#current = player;
    player.currentTime = before.currentTime;
    if (plays) this.play();
    this.#changed();
  }

  readonly #changed = (): void => {
    const player = this.#current;
    this.#play.textContent = failed(player) ? t("again") : t(player.paused ? "play" : "pause");
    this.#play.setAttribute("aria-label", this.#play.textContent);
    this.#time.textContent = Number.isFinite(player.duration)
      ? `${clock(player.currentTime)} / ${clock(player.duration)}`
      : clock(player.currentTime);
    for (const [one, choice] of this.#choices) choice.setAttribute("aria-pressed", String(one === player));
    this.#listeners.forEach((listener) => listener());
  };

  private button(className: string, press: () => void): HTMLButtonElement {
    const button = Object.assign(document.createElement("button"), { type: "button", className });
    button.addEventListener("click", press);
    return button;
  }
}

/** Whether it cannot be heard as it stands, and has to be loaded anew. */
function failed({ error, networkState }: HTMLAudioElement): boolean {
  return error !== null || networkState === HTMLMediaElement.NETWORK_NO_SOURCE;
}
