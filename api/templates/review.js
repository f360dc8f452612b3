// What a review gains where scripts run; every page works without it. One player takes over from another at the same place, a click on the waveform or on the
// place of a comment leads there, and a button writes the place that is heard into the form.
"use strict";

const players = [...document.querySelectorAll("audio[data-version]")];
let last = players[0] ?? null;
for (const player of players) {
  player.addEventListener("play", () => {
    for (const other of players) {
      if (other === player) continue;
      if (!other.paused) {
        player.currentTime = other.currentTime;
        other.pause();
      }
    }
    last = player;
  });
}

const wave = document.querySelector(".review-wave");
const shown = wave && players.find((player) => player.dataset.version === wave.dataset.version);
const lead = (seconds) => {
  const player = shown ?? last;
  if (!player) return;
  player.currentTime = seconds;
  player.play();
};
if (shown) {
  wave.querySelector("svg").addEventListener("click", (event) => {
    if (event.target.closest("a") || !Number.isFinite(shown.duration)) return;
    const box = event.currentTarget.getBoundingClientRect();
    lead(((event.clientX - box.left) / box.width) * shown.duration);
  });
}
for (const place of document.querySelectorAll("button[data-at]")) {
  place.disabled = !players.length;
  place.addEventListener("click", () => lead(Number(place.dataset.at) / 1000));
}

// A place as it is written: 1:23.4.
const written = (seconds) => {
  const tenths = Math.floor(seconds * 10);
  const rest = String(Math.floor(tenths / 10) % 60).padStart(2, "0");
  return `${Math.floor(tenths / 600)}:${rest}.${tenths % 10}`;
};
for (const button of document.querySelectorAll("button[data-take]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const player = shown ?? last;
    if (player) document.getElementById(button.dataset.take).value = written(player.currentTime);
  });
}
