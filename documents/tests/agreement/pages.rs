//! Where the words stand: whatever an agreement says, it says it within the text area of a page.

use documents::agreement::{Stage, Template, from_json, typeset};
use serde_json::json;

use crate::samples::{changed, execution};

/// Lower edge of the text area, in points from that of the page.
const BOTTOM_PT: f32 = 2.3 / 2.54 * 72.0;
/// Upper edge of the text area of an A4 page, likewise.
const TOP_PT: f32 = (29.7 - 2.0) / 2.54 * 72.0;

/// How high the baselines of each page's text stand, in points from the page's lower edge.
fn baselines(pdf: &[u8]) -> Vec<Vec<f32>> {
    let document = lopdf::Document::load_mem(pdf).expect("a PDF");
    let heights = |page| {
        let content = document.get_and_decode_page_content(page).expect("its content can be read");
        // Nothing is turned: of each matrix, its scale and its shift up and down are enough.
        let (mut place, mut outer, mut line, mut found) = ((1.0, 0.0), Vec::new(), (1.0, 0.0), Vec::new());
        for operation in &content.operations {
            let number = |index: usize| operation.operands[index].as_float().expect("a number");
            let within = |(scale, shift): (f32, f32)| (number(3) * scale, number(5) * scale + shift);
            match operation.operator.as_str() {
                "q" => outer.push(place),
                "Q" => place = outer.pop().expect("as many q as Q"),
                "cm" => place = within(place),
                "Tm" => line = within(place),
                "Tj" | "TJ" => found.push(line.1),
                other => assert!(!["Td", "TD", "T*", "'", "\""].contains(&other), "{other} moves text, too"),
            }
        }
        found
    };
    document.get_pages().into_values().map(heights).collect()
}

#[test]
fn no_words_stand_outside_a_page() {
    let paragraphs: Vec<String> = (0..50).map(|index| format!("Paragraph {index}.")).collect();
    let clause =
        |body: &[String], summary: &str| json!([{ "id": "last", "heading": "Last", "body": body, "summary": summary }]);
    for added in [
        clause(&paragraphs, "Many."),
        clause(&paragraphs[..1], &"word ".repeat(416)),
        clause(&paragraphs[..1], &"word ".repeat(1_900)),
        clause(&["漢".repeat(600)], &"漢".repeat(600)),
    ] {
        let json = changed(Template::SplitSheet, |value| {
            value["clauses"] = json!({ "added": added });
            value["parties"][0]["name"] = json!("W".repeat(1_000));
        });
        let agreement = from_json(&json).unwrap();
        let pdf = typeset(&agreement, Stage::Executed(&execution(&agreement))).unwrap();
        let mut footers = Vec::new();
        for page in baselines(&pdf.bytes) {
            assert!(page.iter().all(|height| *height < TOP_PT), "{page:?}");
            footers.extend(page.into_iter().filter(|height| *height < BOTTOM_PT));
        }
        // Below the text area is the footer alone, a line at the same place of each page.
        assert!(footers.iter().all(|height| *height > 0.0 && (*height - footers[0]).abs() < 0.1), "{footers:?}");
    }
}
