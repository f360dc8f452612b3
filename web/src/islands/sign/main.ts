/** What signing gains where scripts run: a drawing beside the typed name, and shares that total the whole while they are typed. */
import { island } from "../island";
import { pad } from "./pad";
import { shares } from "./shares";

island("#signing", pad);
island("#shares [data-side]", shares);
