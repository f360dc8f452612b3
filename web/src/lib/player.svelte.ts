/** What is heard: one audio element for the whole page, which outlives every part of it. */

/** A recording that can be played. */
export interface Track {
  /** Where its sound is; what tells tracks apart. */
  src: string;
  title: string;
  /** Whose it is. */
  by: string;
  /** The page that it stands on. */
  href: string;
  /** Its waveform, a path in a box of 480 by 100 units; empty if there is none. */
  wave: string;
  /** In seconds; 0 if it is not known. */
  length: number;
  /** Its picture; empty if it has none. */
  picture: string;
  /** What a licence costs, in words; empty if none is for sale. */
  price: string;
}

/** How far the arrow keys go, in seconds. */
const STEP = 5;
const KEPT = "ledgerline-player";

interface Kept {
  track: Track;
  position: number;
}

export class Player {
  /** What is loaded; null until something is played. */
  track = $state.raw<Track | null>(null);
  playing = $state(false);
  /** Whether it waits for the network. */
  waiting = $state(false);
  /** Whether this browser cannot play it. */
  failed = $state(false);
  position = $state(0);
  duration = $state(0);
  volume = $state(1);
  muted = $state(false);
  /** What comes before and after it. */
  queue = $state.raw<readonly Track[]>([]);

  readonly #audio: HTMLAudioElement;
  /** Where to begin as soon as the length is known. */
  #from: number | null = null;

  constructor(audio: HTMLAudioElement) {
    this.#audio = audio;
    audio.preload = "none";
    const on = (names: string, react: () => void) => {
      for (const name of names.split(" ")) audio.addEventListener(name, react);
    };
    on("play playing pause ended", () => {
      this.playing = !audio.paused && !audio.ended;
      this.waiting = false;
      if ("mediaSession" in navigator)
        navigator.mediaSession.playbackState = this.playing ? "playing" : "paused";
    });
    on("waiting stalled", () => (this.waiting = this.playing));
    on("timeupdate seeked", () => {
      if (this.#from === null) this.position = audio.currentTime;
    });
    on("loadedmetadata durationchange", () => {
      if (Number.isFinite(audio.duration)) this.duration = audio.duration;
      if (this.#from !== null && audio.readyState > 0) {
        audio.currentTime = this.#from;
        this.#from = null;
      }
    });
    on("volumechange", () => ([this.volume, this.muted] = [audio.volume, audio.muted]));
    on("ended", () => this.next());
    on("error", () => {
      if (!this.track) return;
      [this.failed, this.playing, this.waiting] = [true, false, false];
    });
  }

  isCurrent(track: Track): boolean {
    return this.track?.src === track.src;
  }

  /** Plays a track, from a place if one is named, with what stands around it. */
  play(track: Track, queue: readonly Track[] = [track], from = 0): void {
    this.queue = queue;
    if (this.isCurrent(track) && !this.failed) {
      this.track = track;
      if (from > 0) this.seek(from);
    } else {
      this.load(track, from);
    }
    this.#start();
  }

  /** Puts a track in without playing it. */
  load(track: Track, from = 0): void {
    this.track = track;
    [this.failed, this.waiting, this.position, this.duration] = [false, false, from, track.length];
    this.#from = from > 0 ? from : null;
    this.#audio.src = track.src;
    this.#tell(track);
  }

  toggle(): void {
    if (!this.track) return;
    if (this.playing) this.#audio.pause();
    else this.#start();
  }

  seek(seconds: number): void {
    const to = Math.min(Math.max(seconds, 0), this.duration || seconds);
    this.position = to;
    if (this.#audio.readyState > 0) this.#audio.currentTime = to;
    else this.#from = to;
  }

  step(direction: 1 | -1): void {
    this.seek(this.position + direction * STEP);
  }

  /** The next of the queue; behind the last one silence. */
  next(): void {
    const next = this.neighbour(1);
    if (next) this.play(next, this.queue);
  }

  /** The beginning, or from there the one before. */
  previous(): void {
    const previous = this.neighbour(-1);
    if (this.position > 3 || !previous) this.seek(0);
    else this.play(previous, this.queue);
  }

  neighbour(direction: 1 | -1): Track | undefined {
    const here = this.queue.findIndex((track) => this.isCurrent(track));
    return here < 0 ? undefined : this.queue[here + direction];
  }

  setVolume(volume: number): void {
    [this.#audio.volume, this.#audio.muted] = [volume, false];
  }

  mute(): void {
    this.#audio.muted = !this.#audio.muted;
  }

  /** Takes the track out. */
  close(): void {
    this.track = null;
    this.queue = [];
    this.#audio.pause();
    this.#audio.removeAttribute("src");
    this.#audio.load();
  }

  /** Remembers what is loaded for the next page of this tab; there it waits to be played on. */
  keep(): void {
    try {
      if (this.track)
        sessionStorage.setItem(
          KEPT,
          JSON.stringify({ track: this.track, position: this.position } satisfies Kept),
        );
      else sessionStorage.removeItem(KEPT);
    } catch {
      // Without storage the next page begins in silence.
    }
  }

  restore(): void {
    try {
      const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null") as Kept | null;
      if (kept) this.load(kept.track, kept.position);
    } catch {
      // As above.
    }
  }

  #start(): void {
    // Refused where the browser wants a hand's touch first, or cannot play it; the latter is told by an event of its own.
    this.#audio.play().catch(() => (this.playing = false));
  }

  /** Tells the system what plays, for its keys and its lock screen. */
  #tell(track: Track): void {
    if (!("mediaSession" in navigator)) return;
    const session = navigator.mediaSession;
    session.metadata = new MediaMetadata({
      title: track.title,
      artist: track.by,
      artwork: track.picture ? [{ src: new URL(track.picture, location.href).href }] : [],
    });
    session.setActionHandler("play", () => this.#start());
    session.setActionHandler("pause", () => this.#audio.pause());
    session.setActionHandler("previoustrack", () => this.previous());
    session.setActionHandler("nexttrack", this.neighbour(1) ? () => this.next() : null);
    session.setActionHandler("seekbackward", () => this.step(-1));
    session.setActionHandler("seekforward", () => this.step(1));
    session.setActionHandler("seekto", (details) => this.seek(details.seekTime ?? 0));
  }
}
