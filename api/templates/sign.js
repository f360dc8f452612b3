// What signing gains where scripts run; every page works without it. A drawing beside the typed name, and totals while shares are typed.
"use strict";

const pad = document.getElementById("pad");
if (pad) {
  const ink = pad.getContext("2d");
  const field = document.querySelector('input[name="drawing"]');
  // Strokes of points on a field of 1000 by 300, from the upper left corner.
  let strokes = [];
  let points = 0;
  let stroke = null;
  pad.closest("[hidden]").hidden = false;
  ink.lineWidth = 5;
  ink.lineCap = ink.lineJoin = "round";
  ink.strokeStyle = "#15141a";

  const place = (event) => {
    const box = pad.getBoundingClientRect();
    const part = (value, size, units) => Math.round(Math.min(Math.max(value / size, 0), 1) * units);
    return [part(event.clientX - box.left, box.width, 1000), part(event.clientY - box.top, box.height, 300)];
  };
  const draw = (from, to) => {
    ink.beginPath();
    ink.moveTo(from[0], from[1]);
    ink.lineTo(to[0], to[1]);
    ink.stroke();
  };
  pad.addEventListener("pointerdown", (event) => {
    if (!event.isPrimary || strokes.length >= 60) return;
    pad.setPointerCapture(event.pointerId);
    stroke = [place(event)];
    strokes.push(stroke);
    draw(stroke[0], stroke[0]);
    event.preventDefault();
  });
  pad.addEventListener("pointermove", (event) => {
    if (!stroke || points >= 900) return;
    const [last, next] = [stroke[stroke.length - 1], place(event)];
    if (Math.abs(next[0] - last[0]) + Math.abs(next[1] - last[1]) < 5) return;
    stroke.push(next);
    points += 1;
    draw(last, next);
  });
  const lift = () => {
    stroke = null;
    field.value = strokes.map((line) => line.map((point) => point.join(".")).join("_")).join("-");
  };
  pad.addEventListener("pointerup", lift);
  pad.addEventListener("pointercancel", lift);
  document.getElementById("clear").addEventListener("click", () => {
    strokes = [];
    points = 0;
    ink.clearRect(0, 0, pad.width, pad.height);
    lift();
  });
}

// Percentages in parts per million, so that nothing is lost in a sum; none if it is no share.
const ppm = (text) => {
  const found = /^\s*(\d{1,3})(?:[.,](\d{1,4}))?\s*%?\s*$/.exec(text);
  return found ? Number(found[1]) * 10000 + Number((found[2] || "").padEnd(4, "0")) : null;
};
for (const side of document.querySelectorAll("#shares fieldset")) {
  const inputs = [...side.querySelectorAll("input")];
  const output = side.querySelector("output");
  const count = () => {
    const shares = inputs.map((input) => ppm(input.value));
    const total = shares.reduce((sum, share) => sum + (share ?? 0), 0);
    output.value = String(total / 10000);
    output.parentElement.classList.toggle("off", total !== 1000000 || shares.includes(null));
  };
  side.addEventListener("input", count);
  count();
}
