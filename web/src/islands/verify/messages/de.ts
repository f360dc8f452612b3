import type { Translation } from "$lib/text";

import type en from "./en";

export default {
  chosen: "{name}, {size}. Der Fingerabdruck, in Ihrem Browser berechnet:",
  large: "Die Datei hat {size}; höchstens {most} lassen sich hier prüfen.",
  progress: "Wie viel der Datei angekommen ist",
  sending: "Die Datei ist unterwegs.",
  judging: "Die Datei ist angekommen und wird geprüft.",
  lost: "Die Datei kam nicht an: Es scheint kein Netz zu geben. Sie ist noch ausgewählt; prüfen Sie sie, wenn Sie wieder online sind.",
} satisfies Translation<typeof en>;
