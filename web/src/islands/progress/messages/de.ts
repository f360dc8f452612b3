import type { Translation } from "$lib/text";

import type en from "./en";

export default {
  lost: "Keine Verbindung. Die Seite schaut weiter nach, und nichts von dem, was du bezahlt hast, geht verloren.",
} satisfies Translation<typeof en>;
