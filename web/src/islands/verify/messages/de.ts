import type { Translation } from "$lib/text";

import type en from "./en";

export default {
  chosen: "{name}, {size}. Der Fingerabdruck, in deinem Browser berechnet:",
  large: "Die Datei hat {size}; höchstens {most} lassen sich hier prüfen.",
  progress: "Wie viel der Datei angekommen ist",
  sending: "Die Datei ist unterwegs.",
  judging: "Die Datei ist angekommen und wird geprüft.",
  lost: "Die Datei kam nicht an: Es scheint kein Netz zu geben. Sie ist noch ausgewählt; prüfe sie, wenn du wieder online bist.",
} satisfies Translation<typeof en>;
