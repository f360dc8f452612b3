import type { Translation } from "$lib/text";

import type en from "./en";

export default {
  beside: "Die zweite Zeit ist die Ihrer eigenen Uhr, {zone}.",
  starts: "Nach Ihrer eigenen Uhr beginnt es {when} ({zone}).",
  yours: "{when} nach Ihrer eigenen Uhr",
} satisfies Translation<typeof en>;
