import { texts } from "$lib/text";

import de from "./messages/de";
import en from "./messages/en";

export const t = texts(en, { de });
