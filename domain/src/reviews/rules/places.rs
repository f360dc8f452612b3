//! Where comments point: a point or a range of a version, as people write it, `1:23.5`.

use super::ReviewFault;

/// Checks where a comment points in a version of so many milliseconds: nowhere, at a point before its end, or from there to a later point, at its end at
/// the latest.
pub fn check_place(from_ms: Option<i64>, to_ms: Option<i64>, duration_ms: i64) -> Result<(), ReviewFault> {
    let Some(from) = from_ms else {
        return if to_ms.is_none() { Ok(()) } else { Err(ReviewFault::NoBeginning) };
    };
    if from < 0 {
        return Err(ReviewFault::BeforeBeginning);
    }
    if from >= duration_ms {
        return Err(ReviewFault::PastEnd { field: "from", duration_ms });
    }
    match to_ms {
        Some(to) if to <= from => Err(ReviewFault::Reversed),
        Some(to) if to > duration_ms => Err(ReviewFault::PastEnd { field: "to", duration_ms }),
        _ => Ok(()),
    }
}

/// Reads a place as people write it: `83`, `83.5`, `1:23`, `1:23.450`, `1:02:03`; nothing is none.
pub fn read_place(text: &str, field: &'static str) -> Result<Option<i64>, ReviewFault> {
    let text = text.trim().replace(',', ".");
    if text.is_empty() {
        return Ok(None);
    }
    parsed(&text).map(Some).ok_or(ReviewFault::NoPlace { field })
}

fn parsed(text: &str) -> Option<i64> {
    let parts: Vec<&str> = text.split(':').collect();
    let (seconds, larger) = parts.split_last()?;
    let (whole, rest) = seconds.split_once('.').unwrap_or((seconds, ""));
    let is_plain = |digits: &str, most: usize| digits.len() <= most && digits.bytes().all(|b| b.is_ascii_digit());
    if larger.len() > 2 || whole.is_empty() || !is_plain(whole, 6) || !is_plain(rest, 9) {
        return None;
    }
    let mut total_s: i64 = 0;
    for part in larger {
        if part.is_empty() || !is_plain(part, 3) {
            return None;
        }
        total_s = (total_s + part.parse::<i64>().ok()?) * 60;
    }
    let whole: i64 = whole.parse().ok()?;
    // Minutes and hours in front, so that seconds are fewer than those of a minute.
    if !larger.is_empty() && whole >= 60 {
        return None;
    }
    let thousandths: i64 = format!("{rest:0<3}").get(..3)?.parse().ok()?;
    Some((total_s + whole) * 1000 + thousandths)
}

/// A place as it is written: `1:23.4`, `0:07`, with as many decimals as it needs.
pub fn place(ms: i64) -> String {
    let (seconds, rest) = (ms.max(0) / 1000, ms.max(0) % 1000);
    let point = format!(".{rest:03}");
    let point = point.trim_end_matches('0').trim_end_matches('.');
    format!("{}:{:02}{point}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn places_are_read_as_people_write_them() {
        for (text, ms) in [
            ("83", 83_000),
            ("83.5", 83_500),
            ("1:23", 83_000),
            (" 1:23,45 ", 83_450),
            ("1:02:03", 3_723_000),
            ("0:00.001", 1),
            ("0:00.0019", 1),
            ("125:00", 7_500_000),
        ] {
            assert_eq!(read_place(text, "from"), Ok(Some(ms)), "{text}");
        }
        assert_eq!(read_place("  ", "from"), Ok(None));
        for text in ["-1", "1:60", "1:2:3:4", "a", "1:", ":5", "1.2.3", "9999999", "+5", "1e3"] {
            assert_eq!(read_place(text, "from"), Err(ReviewFault::NoPlace { field: "from" }), "{text}");
        }
    }

    #[test]
    fn a_comment_points_into_what_can_be_heard() {
        let check = |from, to| check_place(from, to, 60_000);
        for (from, to) in
            [(None, None), (Some(0), None), (Some(59_999), None), (Some(0), Some(60_000)), (Some(5), Some(6))]
        {
            assert_eq!(check(from, to), Ok(()), "{from:?} {to:?}");
        }
        assert_eq!(check(Some(60_000), None), Err(ReviewFault::PastEnd { field: "from", duration_ms: 60_000 }));
        assert_eq!(check(Some(1), Some(60_001)), Err(ReviewFault::PastEnd { field: "to", duration_ms: 60_000 }));
        assert_eq!(check(Some(-1), None), Err(ReviewFault::BeforeBeginning));
        for to in [5, 4, -5] {
            assert_eq!(check(Some(5), Some(to)), Err(ReviewFault::Reversed), "{to}");
        }
        assert_eq!(check(None, Some(5)), Err(ReviewFault::NoBeginning));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(ms in 0..36_000_000_i64) {
            prop_assert_eq!(read_place(&place(ms), "from"), Ok(Some(ms)));
        }

        #[test]
        fn no_text_breaks_the_reader(text in any::<String>()) {
            if let Ok(Some(ms)) = read_place(&text, "from") {
                prop_assert!(ms >= 0);
            }
        }
    }
}
