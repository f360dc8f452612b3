//! The picture that a shared link shows.

use documents::DocumentError;
use documents::card::{Card, Colours, fingerprint, to_png};
use tiny_skia::Pixmap;

/// Where nothing is painted but the stripe along the upper edge: left and right of what is set, in pixels.
const EDGE: u32 = 70;

/// How high the stripe is.
const STRIPE: u32 = 14;

fn card() -> Card {
    Card {
        title: "Night Drive".to_owned(),
        by: "Nova Sound".to_owned(),
        facts: vec!["140 BPM".to_owned(), "A minor".to_owned(), "2:31".to_owned()],
        titles: Vec::new(),
        bars: (0..60).chain(0..60).map(|bar| 40 + bar * 3).collect(),
        colours: Colours {
            ground: "#131211".to_owned(),
            text: "#f4f0ea".to_owned(),
            quiet: "#b3aba0".to_owned(),
            accent: "#bfa2ff".to_owned(),
        },
    }
}

fn painted(card: &Card) -> Pixmap {
    let png = to_png(card).expect("it is painted");
    Pixmap::decode_png(&png).expect("our picture can be read")
}

/// Whether a pixel is of the ground's colour.
fn is_ground(picture: &Pixmap, x: u32, y: u32) -> bool {
    picture.pixel(x, y).is_some_and(|pixel| (pixel.red(), pixel.green(), pixel.blue()) == (0x13, 0x12, 0x11))
}

/// Whether anything is painted in a part of the picture: from one corner to the other.
fn is_painted(picture: &Pixmap, (left, top): (u32, u32), (right, bottom): (u32, u32)) -> bool {
    (top..bottom).any(|y| (left..right).any(|x| !is_ground(picture, x, y)))
}

#[test]
fn a_card_has_the_size_of_link_previews_and_is_painted_alike_each_time() {
    let picture = painted(&card());
    assert_eq!((picture.width(), picture.height()), (1200, 630));
    assert_eq!(to_png(&card()).unwrap(), to_png(&card()).unwrap());
    assert_eq!(fingerprint(&card()).unwrap(), fingerprint(&card()).unwrap());
}

#[test]
fn whatever_a_card_shows_changes_its_pixels_and_its_fingerprint() {
    let one = card();
    let others = [
        Card { title: "Day Drive".to_owned(), ..one.clone() },
        Card { by: "Nova".to_owned(), ..one.clone() },
        Card { facts: Vec::new(), ..one.clone() },
        Card { bars: vec![255; 120], ..one.clone() },
        Card { bars: Vec::new(), titles: vec!["Slow Tide".to_owned()], ..one.clone() },
        Card { colours: Colours { accent: "#8fb0ff".to_owned(), ..one.colours.clone() }, ..one.clone() },
    ];
    for other in others {
        assert_ne!(to_png(&other).unwrap(), to_png(&one).unwrap(), "{other:?}");
        assert_ne!(fingerprint(&other).unwrap(), fingerprint(&one).unwrap(), "{other:?}");
    }
}

#[test]
fn names_in_any_script_and_of_any_length_stay_within_the_edges() {
    let sentence = "Late trains, wet streets, a choir that never quite arrives, ".repeat(4);
    for title in ["W".repeat(200), "夜".repeat(200), "ليل ".repeat(50), "שלום".repeat(50), sentence] {
        let long = Card { title: title.clone(), by: title.clone(), titles: vec![title.clone(); 4], ..card() };
        for card in [Card { bars: Vec::new(), ..long.clone() }, Card { titles: Vec::new(), ..long }] {
            let picture = painted(&card);
            assert!(!is_painted(&picture, (0, STRIPE), (EDGE, 630)), "left of {title}");
            assert!(!is_painted(&picture, (1200 - EDGE, STRIPE), (1200, 630)), "right of {title}");
            assert!(!is_painted(&picture, (0, 600), (1200, 630)), "below {title}");
            assert!(is_painted(&picture, (EDGE, 126), (1200 - EDGE, 356)), "{title}");
        }
    }
}

#[test]
fn a_title_begins_at_the_side_of_its_script() {
    let (left, right) = (((EDGE, 126), (400, 356)), ((800, 126), (1200 - EDGE, 356)));
    for (title, first, last) in
        [("Night", left, right), ("夜", left, right), ("ليل", right, left), ("שלום", right, left)]
    {
        let picture = painted(&Card { title: title.to_owned(), ..card() });
        assert!(is_painted(&picture, first.0, first.1), "{title}");
        assert!(!is_painted(&picture, last.0, last.1), "{title}");
    }
}

#[test]
fn emoji_are_left_out_and_a_title_that_cannot_be_shown_makes_room() {
    let with = |title: &str| Card { title: title.to_owned(), ..card() };
    assert_eq!(to_png(&with("Night Drive 🔥")).unwrap(), to_png(&card()).unwrap());
    let unnamed = Card { title: "Nova Sound".to_owned(), by: String::new(), ..card() };
    assert_eq!(to_png(&with("서울의 밤")).unwrap(), to_png(&unnamed).unwrap());
    assert!(to_png(&Card { by: String::new(), ..with("🔥") }).is_ok());
}

#[test]
fn what_is_no_colour_is_refused() {
    let wrong = Card { colours: Colours { accent: "accent".to_owned(), ..card().colours }, ..card() };
    assert!(matches!(to_png(&wrong), Err(DocumentError::Typeset(_))));
}
