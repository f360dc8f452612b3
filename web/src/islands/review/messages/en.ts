export default {
  deck: "Player of the versions",
  versions: "Which version is heard",
  version: "Hear version {number} at the same place",
  listen: "Listen to version {number}",
  play: "Play",
  pause: "Pause",
  again: "It cannot be heard now. Try again",
  place: "Place in version {number}",
  waiting: "Notes that wait for a network",
  waits: "waits for a network",
  edit: "Put it back into the form",
  kept: "There is no network. Your note is kept in this browser and sent when there is one again; you may go on.",
  spoken:
    "There is no network, and what is spoken cannot wait here. Write it, or send it when you are online again.",
  full: "This browser cannot keep the note. It stays in the form: send it when you are online again.",
  refused: "The studio's page did not take this note.",
} as const;
