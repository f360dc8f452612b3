//! The shares of a split sheet as a form: read from the document, typed as percentages, put back exactly.
//!
//! The form edits the document's JSON where shares stand and nowhere else, so that whatever else the document says stays as it is.

use adapters::agreements::writer_role;
use domain::share::{Share, WHOLE_PPM, allocate};
use serde_json::Value;

use crate::pages::texts::{language, t};

/// The two sides of a split sheet: the field's word, where its rows stand in the document, what it is called, and what is said if it is not the whole.
const SIDES: [(&str, &str, &str, &str); 2] = [
    ("composition", "/terms/composition/writers", "sign-counter-composition", "sign-counter-composition-off"),
    ("master", "/terms/master/owners", "sign-counter-master", "sign-counter-master-off"),
];

/// The sale by which shares are made plain, in hundredths: 1,000.00.
const EXAMPLE_MINOR: i64 = 100_000;

/// One side of the form.
pub(super) struct Side {
    /// The field's word.
    pub(super) word: &'static str,
    pub(super) legend: String,
    pub(super) said: String,
    pub(super) rows: Vec<Row>,
    /// What the shares total, in per cent.
    pub(super) total: String,
    /// Whether it is not the whole.
    pub(super) wrong: bool,
    /// The message that says so.
    off: &'static str,
}

/// One share.
pub(super) struct Row {
    /// The field's name in the form.
    pub(super) field: String,
    pub(super) name: String,
    pub(super) role: String,
    /// As it was typed, or as it stands.
    pub(super) percent: String,
    /// The same as a number between 0 and 100, for drawing.
    pub(super) part: String,
    /// What it comes to of the example; empty while the shares are not the whole.
    pub(super) gets: String,
    /// Whether it is no share.
    pub(super) wrong: bool,
    pub(super) focus: bool,
}

/// The form over a document, with what was typed in it so far.
pub(super) fn form(document: &Value, typed: &[(String, String)]) -> Vec<Side> {
    SIDES.iter().filter_map(|side| read_side(document, typed, side)).collect()
}

fn read_side(
    document: &Value,
    typed: &[(String, String)],
    side: &(&'static str, &str, &'static str, &'static str),
) -> Option<Side> {
    let (word, path, legend, off) = *side;
    let (mut rows, mut shares) = (Vec::new(), Vec::new());
    for (place, row) in document.pointer(path)?.as_array()?.iter().enumerate() {
        let field = format!("{word}.{place}");
        let stands = row["share_ppm"].as_u64().unwrap_or(0);
        let typed = typed.iter().find(|(name, _)| *name == field).map(|(_, text)| text.as_str());
        let ppm = typed.map_or(Some(stands), |text| percent(text).map(u64::from));
        shares.push(ppm.unwrap_or(0));
        rows.push(Row {
            name: party_name(document, row),
            role: row["role"].as_str().map(writer_role).unwrap_or_default(),
            percent: typed.map_or_else(|| language().figures(&shown(stands)), |text| text.trim().to_owned()),
            part: shown(ppm.unwrap_or(0)),
            gets: String::new(),
            wrong: ppm.is_none(),
            focus: false,
            field,
        });
    }
    let total: u64 = shares.iter().sum();
    let is_whole = total == u64::from(WHOLE_PPM);
    if is_whole && let Ok(parts) = allocate(EXAMPLE_MINOR, &shares) {
        for (row, minor) in rows.iter_mut().zip(parts) {
            row.gets = language().figures(&format!("{}.{:02}", minor / 100, minor % 100));
        }
    }
    Some(Side {
        word,
        legend: t(legend).into(),
        said: t("sign-counter-whole").into(),
        wrong: !is_whole && rows.iter().all(|row| !row.wrong),
        off,
        rows,
        total: language().figures(&shown(total)),
    })
}

fn party_name(document: &Value, row: &Value) -> String {
    let party = row["party"].as_u64().and_then(|place| usize::try_from(place).ok());
    let name = party.and_then(|place| document["parties"].get(place)?["name"].as_str());
    name.or_else(|| row["name"].as_str()).map_or_else(|| t("sign-counter-somebody").into(), str::to_owned)
}

/// The document with the shares of a form, or what is wrong with them, a sentence each.
pub(super) fn put(document: &Value, sides: &mut [Side]) -> Result<Value, String> {
    let mut problems = Vec::new();
    for side in &mut *sides {
        if let Some(row) = side.rows.iter_mut().find(|row| row.wrong) {
            row.focus = problems.is_empty();
            problems.push(t("sign-counter-no-share").with("typed", &row.percent).with("name", &row.name).to_string());
        } else if side.wrong {
            if let Some(row) = side.rows.first_mut() {
                row.focus = problems.is_empty();
            }
            problems.push(t(side.off).with("total", &side.total).to_string());
        }
    }
    if !problems.is_empty() {
        return Err(problems.join(" "));
    }
    let mut changed = document.clone();
    for row in sides.iter().flat_map(|side| &side.rows) {
        let (Some((word, place)), Some(ppm)) = (row.field.split_once('.'), percent(&row.percent)) else { continue };
        let path = SIDES.iter().find(|(side, ..)| *side == word).map(|(_, path, ..)| *path);
        let share = path.and_then(|path| changed.pointer_mut(&format!("{path}/{place}/share_ppm")));
        if let Some(share) = share {
            *share = ppm.into();
        }
    }
    Ok(changed)
}

/// Parts per million as a percentage: `33.3333`.
fn shown(ppm: u64) -> String {
    let (whole, rest) = (ppm / 10_000, ppm % 10_000);
    if rest == 0 { whole.to_string() } else { format!("{whole}.{}", format!("{rest:04}").trim_end_matches('0')) }
}

/// A percentage as people type it: `25`, `33.3333`, `33,3 %`. None if it is no share, or finer than a part per million.
fn percent(text: &str) -> Option<u32> {
    let text = text.trim();
    let text = text.strip_suffix('%').map_or(text, str::trim_end);
    let (whole, rest) = text.split_once(['.', ',']).map_or((text, None), |(whole, rest)| (whole, Some(rest)));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || whole.len() > 3 || rest.is_some_and(|rest| !digits(rest) || rest.len() > 4) {
        return None;
    }
    let rest: u32 = rest.map_or(Ok(0), |rest| format!("{rest:0<4}").parse()).ok()?;
    let ppm = whole.parse::<u32>().ok()? * 10_000 + rest;
    Share::from_ppm(ppm).ok().map(Share::ppm)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::pages::texts::in_german;

    fn sheet() -> Value {
        json!({
            "parties": [{ "name": "Nova" }, { "name": "Łukasz" }],
            "terms": {
                "template": "split_sheet",
                "composition": { "writers": [{ "party": 0, "role": "C", "share_ppm": 500_000 }, { "party": 1, "role": "A", "share_ppm": 500_000 }] },
                "master": { "owners": [{ "party": 0, "share_ppm": 1_000_000 }] },
            },
        })
    }

    fn typed(fields: &[(&str, &str)]) -> Vec<(String, String)> {
        fields.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn a_percentage_is_exact_or_none() {
        for (text, ppm) in [("25", 250_000), ("33.3333", 333_333), (" 33,3 % ", 333_000), ("0", 0), ("100", 1_000_000)]
        {
            assert_eq!(percent(text), Some(ppm), "{text}");
        }
        for text in ["", "%", "-5", "100.0001", "33.33333", "1e2", "٣٣", "1.2.3", ".5", "5.", "1000"] {
            assert_eq!(percent(text), None, "{text}");
        }
    }

    #[test]
    fn shares_are_put_back_where_they_stand_and_nothing_else_changes() {
        let mut sides = form(&sheet(), &typed(&[("composition.0", "66,6667"), ("composition.1", "33.3333")]));
        let changed = put(&sheet(), &mut sides).unwrap();
        assert_eq!(changed.pointer("/terms/composition/writers/0/share_ppm"), Some(&json!(666_667)));
        assert_eq!(changed.pointer("/terms/composition/writers/1/share_ppm"), Some(&json!(333_333)));
        assert_eq!(changed.pointer("/terms/master"), sheet().pointer("/terms/master"));
        assert_eq!((sides[0].rows[1].name.as_str(), sides[0].total.as_str()), ("Łukasz", "100"));
        assert_eq!((sides[0].rows[1].role.as_str(), sides[1].rows[0].role.as_str()), ("author (A)", ""));
        let gets: Vec<&str> = sides.iter().flat_map(|side| &side.rows).map(|row| row.gets.as_str()).collect();
        assert_eq!(gets, ["666.67", "333.33", "1,000.00"]);
    }

    #[test]
    fn what_is_not_the_whole_is_refused_with_its_total() {
        let mut sides = form(&sheet(), &typed(&[("composition.0", "49.9999"), ("master.0", "most of it")]));
        let problem = put(&sheet(), &mut sides).unwrap_err();
        assert!(problem.contains("The composition totals 99.9999 %, not 100 %."), "{problem}");
        assert!(problem.contains("“most of it” for Nova is no share"), "{problem}");
        assert!(sides[0].rows.iter().all(|row| row.gets.is_empty()), "of what is not the whole nobody gets a part");
        assert!(sides[0].wrong && sides[0].rows[0].focus && sides[1].rows[0].wrong && !sides[1].rows[0].focus);
    }

    #[test]
    fn germans_read_shares_as_they_write_them_and_the_document_stays_the_same() {
        let uneven =
            put(&sheet(), &mut form(&sheet(), &typed(&[("composition.0", "66.6667"), ("composition.1", "33.3333")])));
        let uneven = uneven.unwrap();
        in_german(|| {
            let mut sides = form(&uneven, &[]);
            let rows = &sides[0].rows;
            assert_eq!((rows[0].percent.as_str(), rows[0].part.as_str()), ("66,6667", "66.6667"));
            assert_eq!((rows[0].gets.as_str(), sides[1].rows[0].gets.as_str()), ("666,67", "1.000,00"));
            let sent: Vec<_> =
                sides.iter().flat_map(|side| &side.rows).map(|row| (row.field.clone(), row.percent.clone())).collect();
            assert_eq!(put(&uneven, &mut form(&uneven, &sent)), Ok(uneven.clone()));
            sides = form(&uneven, &typed(&[("composition.0", "66,6666")]));
            assert_eq!(put(&uneven, &mut sides), Err("Die Komposition ergibt 99,9999 %, nicht 100 %.".to_owned()));
        });
    }
}
