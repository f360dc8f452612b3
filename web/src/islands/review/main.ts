/** What a review gains where scripts run: one deck for all versions, ranges drawn on the waveform, and notes that wait for a network. */
import { island } from "../island";
import { Deck } from "./deck";
import { notes } from "./notes";
import { wave } from "./wave";

let deck: Deck | null = null;

island("[data-deck]", (list) => {
  deck = Deck.of(list);
  return () => deck?.remove();
});
island(".review-wave", (element) => {
  if (deck) wave(element, deck);
});
island("form[data-notes]", notes);
