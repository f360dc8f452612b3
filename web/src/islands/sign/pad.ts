/** A signature drawn by finger, pen or mouse. The typed name alone is enough, for whoever cannot or does not want to draw. */
import { Strokes, type Point } from "./strokes";

export function pad(form: HTMLElement): void {
  const canvas = form.querySelector<HTMLCanvasElement>("#pad");
  const field = form.querySelector<HTMLInputElement>('input[name="drawing"]');
  const [undo, clear] = ["#undo", "#clear"].map((id) => form.querySelector<HTMLButtonElement>(id));
  const ink = canvas?.getContext("2d");
  if (!canvas || !field || !undo || !clear || !ink) return;
  // The page of a refused signature has the drawing that was sent with it.
  const strokes = Strokes.read(field.value);
  let drawing = false;

  canvas.closest("[hidden]")?.removeAttribute("hidden");
  ink.lineWidth = 5;
  ink.lineCap = ink.lineJoin = "round";
  ink.strokeStyle = ink.fillStyle = "#15141a";

  const place = (event: PointerEvent): Point => {
    const box = canvas.getBoundingClientRect();
    const part = (value: number, size: number, units: number) =>
      Math.round(Math.min(Math.max(value / size, 0), 1) * units);
    return [
      part(event.clientX - box.left, box.width, canvas.width),
      part(event.clientY - box.top, box.height, canvas.height),
    ];
  };
  const line = (from: Point, to: Point) => {
    ink.beginPath();
    ink.moveTo(...from);
    ink.lineTo(...to);
    ink.stroke();
  };
  const paint = () => {
    ink.clearRect(0, 0, canvas.width, canvas.height);
    for (const stroke of strokes.all) {
      stroke.forEach((point, at) => line(stroke[at - 1] ?? point, point));
    }
  };
  const changed = () => {
    field.value = String(strokes);
    undo.disabled = clear.disabled = strokes.all.length === 0;
  };
  const lift = () => {
    drawing = false;
    changed();
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (!event.isPrimary || event.button !== 0) return;
    const at = place(event);
    if (!strokes.begin(at)) return;
    drawing = true;
    canvas.setPointerCapture(event.pointerId);
    line(at, at);
    event.preventDefault();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!drawing) return;
    const to = place(event);
    const from = strokes.draw(to);
    if (from) line(from, to);
  });
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
  undo.addEventListener("click", () => {
    strokes.undo();
    paint();
    changed();
  });
  clear.addEventListener("click", () => {
    strokes.clear();
    paint();
    changed();
  });

  paint();
  changed();
}
