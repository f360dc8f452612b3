/** A drawing as the form sends it: strokes of points on a field of 1000 by 300, from the upper left corner. */
export type Point = readonly [x: number, y: number];

/** No more than the server takes, and a file shows. */
const MOST_STROKES = 60;
const MOST_POINTS = 900;
/** Nearer points than this make no visible difference. */
const LEAST_STEP = 5;

export class Strokes {
  #strokes: Point[][] = [];
  #points = 0;

  /** A drawing as the form has sent it; an empty one if it is none. */
  static read(text: string): Strokes {
    const strokes = new Strokes();
    if (!/^\d+\.\d+(?:[_-]\d+\.\d+)*$/.test(text)) return strokes;
    for (const stroke of text.split("-"))
      stroke.split("_").forEach((place, at) => {
        const [x = 0, y = 0] = place.split(".").map(Number);
        if (at === 0) strokes.begin([x, y]);
        else strokes.draw([x, y]);
      });
    return strokes;
  }

  /** Begins a stroke; false if there are as many as there may be. */
  begin(at: Point): boolean {
    if (this.#strokes.length >= MOST_STROKES || this.#points >= MOST_POINTS) return false;
    this.#strokes.push([at]);
    this.#points += 1;
    return true;
  }

  /** Draws on; gives back from where, and nothing if the point adds nothing. */
  draw(to: Point): Point | undefined {
    const stroke = this.#strokes.at(-1);
    const last = stroke?.at(-1);
    if (!stroke || !last || this.#points >= MOST_POINTS) return undefined;
    if (Math.abs(to[0] - last[0]) + Math.abs(to[1] - last[1]) < LEAST_STEP) return undefined;
    stroke.push(to);
    this.#points += 1;
    return last;
  }

  undo(): void {
    this.#points -= this.#strokes.pop()?.length ?? 0;
  }

  clear(): void {
    this.#strokes = [];
    this.#points = 0;
  }

  get all(): readonly (readonly Point[])[] {
    return this.#strokes;
  }

  /** `x.y_x.y-x.y`: characters that a form sends as they are. */
  toString(): string {
    return this.#strokes.map((stroke) => stroke.map((point) => point.join(".")).join("_")).join("-");
  }
}
