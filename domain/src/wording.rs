//! Looking for words in the text of a column.

use sea_orm::{
    ColumnTrait, Condition,
    sea_query::{Expr, ExprTrait, Func, LikeExpr},
};

/// That a column's text holds these words, upper and lower case alike; what they contain of a pattern's own signs is taken literally. SQLite lowers no letters but
/// ASCII's, so that the words are looked for as they were typed as well.
pub(crate) fn holds(column: impl ColumnTrait, text: &str) -> Condition {
    let column = Expr::col(column.as_column_ref());
    Condition::any()
        .add(Expr::expr(Func::lower(column.clone())).like(containing(&text.to_lowercase())))
        .add(column.like(containing(text)))
}

fn containing(text: &str) -> LikeExpr {
    let literal = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    LikeExpr::new(format!("%{literal}%")).escape('\\')
}
