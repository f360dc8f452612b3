//! Comments drawn on a waveform, in a box of 480 units across.

use domain::{
    reviews::{entity::comment, rules::places::place},
    visible::isolated,
};

/// How wide the box is.
const WIDTH: i64 = 480;
/// How wide a point is drawn, in tenths of a unit.
const POINT: i64 = 20;

/// A comment as it is drawn.
pub(super) struct Mark {
    /// Where it leads.
    pub(super) href: String,
    /// Its left edge, in units with one decimal.
    pub(super) x: String,
    /// Its width likewise.
    pub(super) width: String,
    /// Whether it is a range.
    pub(super) is_range: bool,
    pub(super) is_settled: bool,
    /// What is told where it is pointed at: `1:23, Ada`.
    pub(super) title: String,
}

/// Where a comment is, as it is written: `1:23` or `1:23–1:30`; empty if it is about all of the version.
pub(super) fn place_of(comment: &comment::Model) -> String {
    match (comment.from_ms, comment.to_ms) {
        (Some(from), Some(to)) => format!("{}–{}", place(from), place(to)),
        (Some(from), None) => place(from),
        (None, _) => String::new(),
    }
}

/// A comment on a version of so many milliseconds, drawn; none if it points nowhere. What leads to it begins with `base`.
pub(super) fn mark(comment: &comment::Model, duration_ms: i64, base: &str) -> Option<Mark> {
    let from = comment.from_ms?;
    let tenths = |ms: i64| ms.saturating_mul(WIDTH * 10) / duration_ms.max(1);
    let left = tenths(from).clamp(0, WIDTH * 10 - POINT);
    let width = comment.to_ms.map_or(POINT, |to| (tenths(to).min(WIDTH * 10) - left).max(POINT));
    let decimal = |tenths: i64| format!("{}.{}", tenths / 10, tenths % 10);
    Some(Mark {
        href: format!("{base}#{}", comment.id),
        x: decimal(left),
        width: decimal(width),
        is_range: comment.to_ms.is_some(),
        is_settled: comment.resolved_at.is_some(),
        title: format!("{}, {}", place_of(comment), isolated(&comment.author)),
    })
}

#[cfg(test)]
mod tests {
    use domain::env::testing;

    use super::*;

    fn at(from_ms: Option<i64>, to_ms: Option<i64>) -> comment::Model {
        let (env, _) = testing::env(1);
        comment::Model {
            id: env.id(),
            review_id: env.id(),
            studio_id: env.id(),
            version_id: env.id(),
            parent_id: None,
            from_ms,
            to_ms,
            words: Some("Louder".to_owned()),
            voice_asset_id: None,
            author: "Ada".to_owned(),
            reviewer_id: None,
            user_id: None,
            ip: None,
            user_agent: None,
            at: env.now(),
            resolved_at: None,
        }
    }

    #[test]
    fn a_comment_is_drawn_where_it_points() {
        let drawn = |from, to| {
            let mark = mark(&at(from, to), 60_000, "?version=2").unwrap();
            (mark.x, mark.width)
        };
        assert_eq!(drawn(Some(30_000), None), ("240.0".to_owned(), "2.0".to_owned()));
        assert_eq!(drawn(Some(0), Some(60_000)), ("0.0".to_owned(), "480.0".to_owned()));
        assert_eq!(drawn(Some(59_999), None), ("478.0".to_owned(), "2.0".to_owned()), "within the box");
        assert_eq!(drawn(Some(15_000), Some(15_001)), ("120.0".to_owned(), "2.0".to_owned()), "never too thin to hit");
        assert!(mark(&at(None, None), 60_000, "").is_none());
        assert_eq!(mark(&at(Some(5_000), Some(7_500)), 60_000, "").unwrap().title, "0:05–0:07.5, Ada");
    }
}
