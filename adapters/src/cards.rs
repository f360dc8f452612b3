//! Pictures of shared links, painted by the `documents` crate: what they show is carried over here.

use documents::{
    DocumentError,
    card::{self, Colours},
};
use domain::catalog::card::Card;

/// Paints a card as a PNG.
pub(crate) fn paint(card: &Card) -> Result<Vec<u8>, DocumentError> {
    card::to_png(&picture(card))
}

/// A fingerprint of what would be painted, in hexadecimal.
pub(crate) fn fingerprint(card: &Card) -> Result<String, DocumentError> {
    card::fingerprint(&picture(card))
}

fn picture(card: &Card) -> card::Card {
    card::Card {
        title: card.title.clone(),
        by: card.by.clone(),
        facts: card.facts.clone(),
        titles: card.titles.clone(),
        bars: card.bars.clone(),
        colours: Colours {
            ground: card.colours.ground.to_owned(),
            text: card.colours.text.to_owned(),
            quiet: card.colours.quiet.to_owned(),
            accent: card.colours.accent.to_owned(),
        },
    }
}
