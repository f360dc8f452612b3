//! The words of a payee's statement.

use serde::{Deserialize, Serialize};

use super::model::{
    Account, ActivityKind, ChargeKind, EXACT_DECIMALS, MOST_LINES, PRINTED_DECIMALS, RoyaltyStatement, Waits,
};
use crate::error::DocumentError;
use crate::format;
use crate::words::{Fact, Voice, clean, map_strings};
use crate::world::Typesetter;

/// Everything that a reader of the statement sees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoyaltyStatementText {
    /// BCP 47 code of the language.
    pub language: String,
    /// What kind of document this is.
    pub kind: String,
    /// Its reference.
    pub reference: String,
    /// Who accounts to whom, for which period.
    pub facts: Vec<Fact>,
    /// What all accounts are owed.
    pub balance: Fact,
    /// What is paid out.
    pub due: Fact,
    /// Why nothing is; empty if something is.
    pub waits: String,
    /// Each account.
    pub accounts: Vec<AccountText>,
    /// What stands at the end, in paragraphs.
    pub closing: Vec<String>,
    /// Which page of how many, `{page}` and `{pages}` still to be filled in.
    pub page_line: String,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountText {
    /// Its heading.
    pub heading: String,
    /// From what it was owed to what it is owed, step by step.
    pub steps: Vec<Fact>,
    /// What it is owed.
    pub closing: Fact,
    /// What is still to be recouped; none if nothing is.
    pub unrecouped: Option<Fact>,
    /// Headings of the columns of the lines.
    pub head: Row,
    /// What it has earned, of what; empty if it earned nothing.
    pub lines: Vec<Row>,
    /// Heading of what was charged.
    pub charges_heading: String,
    /// What was charged.
    pub charges: Vec<Fact>,
    /// Heading of what is held back.
    pub reserves_heading: String,
    /// What is held back.
    pub reserves: Vec<Fact>,
}

/// A line of what was earned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Of what.
    pub title: String,
    /// Why.
    pub kind: String,
    /// On how many units.
    pub units: String,
    /// How much.
    pub amount: String,
}

/// The words of a payee's statement, as the bundled fonts can show them.
///
/// # Errors
/// [`DocumentError::Invalid`] when it does not add up.
pub fn royalty_statement_text(statement: &RoyaltyStatement) -> Result<RoyaltyStatementText, DocumentError> {
    statement.check()?;
    let voice = Voice::new(statement.language.royalty_statement_texts());
    let accounts = statement.accounts.iter().map(|account| account_text(statement, account, &voice));
    let waits = match &statement.waits {
        None => String::new(),
        Some(Waits::Nothing) => voice.say("waits.nothing")?,
        Some(Waits::Minimum) => voice.say("waits.minimum")?,
        Some(Waits::Hold(reason)) => voice.say_with("waits.hold", &[("reason", &clean(reason))])?,
    };
    let text = RoyaltyStatementText {
        language: statement.language.code().to_owned(),
        kind: voice.say("kind")?,
        reference: clean(&statement.reference),
        facts: facts(statement, &voice)?,
        balance: Fact { label: voice.say("sum.balance")?, value: money(statement, statement.balance) },
        due: Fact { label: voice.say("sum.due")?, value: money(statement, statement.due) },
        waits,
        accounts: accounts.collect::<Result<_, _>>()?,
        closing: vec![
            voice.say("closing.lines")?,
            voice.say_with("closing.questions", &[("payer", &clean(&statement.payer.name))])?,
        ],
        page_line: voice.say_with("footer.page", &[("page", "{page}"), ("pages", "{pages}")])?,
    };
    map_strings(&text, &|value| Typesetter::worldwide().legible(value))
}

/// An amount that may be below zero.
fn money(statement: &RoyaltyStatement, minor: i64) -> String {
    let amount = format::money(minor.unsigned_abs(), &statement.currency, statement.decimals, statement.language);
    if minor < 0 { format!("−{amount}") } else { amount }
}

/// A number rounded to the decimals that are printed, half of the last one away from zero.
fn printed(number: i128, least: u8) -> i128 {
    let step = 10_i128.pow(u32::from(EXACT_DECIMALS.saturating_sub(PRINTED_DECIMALS.max(least))));
    let (whole, rest) = (number / step, number % step);
    let up = if rest.abs().saturating_mul(2) >= step { rest.signum() } else { 0 };
    whole.saturating_add(up).saturating_mul(step)
}

/// An amount with the decimals that are printed, and at least those of the currency.
fn exact_money(statement: &RoyaltyStatement, amount: i128) -> String {
    let number = exact(amount, statement.decimals, statement);
    let (sign, number) = number.strip_prefix('−').map_or(("", number.as_str()), |number| ("−", number));
    format!("{sign}{}\u{a0}{number}", statement.currency)
}

/// A number with the decimals that are printed, and at least so many.
fn exact(number: i128, least: u8, statement: &RoyaltyStatement) -> String {
    let number = printed(number, least);
    let one = 10_u128.pow(u32::from(EXACT_DECIMALS));
    let magnitude = number.unsigned_abs();
    let whole = u64::try_from(magnitude / one)
        .map_or_else(|_| (magnitude / one).to_string(), |whole| format::number(whole, statement.language));
    let decimals = format!("{:0width$}", magnitude % one, width = usize::from(EXACT_DECIMALS));
    let kept = decimals.trim_end_matches('0').len().max(usize::from(least));
    let sign = if number < 0 { "−" } else { "" };
    let point = format::point(statement.language);
    if kept == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}{point}{}", &decimals[..kept]) }
}

fn facts(statement: &RoyaltyStatement, voice: &Voice) -> Result<Vec<Fact>, DocumentError> {
    let date = |day| format::date(day, statement.language);
    let (from, through) = (date(statement.from), date(statement.through));
    let period = voice.say_with("fact.period.value", &[("from", &from), ("through", &through)])?;
    let values = [
        ("fact.reference", Some(statement.reference.clone())),
        ("fact.period", Some(period)),
        ("fact.issued_on", Some(date(statement.issued_at.date_naive()))),
        ("fact.payee", Some(statement.payee.clone())),
        ("fact.payee_legal", statement.payee_legal_name.clone()),
        ("fact.payer", Some(statement.payer.name.clone())),
        ("fact.payer_legal", statement.payer.legal_name.clone()),
        ("fact.payer_address", statement.payer.address.clone()),
        ("fact.payer_email", Some(statement.payer.email.clone())),
    ];
    let mut facts = Vec::with_capacity(values.len());
    for (key, value) in values {
        if let Some(value) = value {
            // Of a postal address each line stands behind the other.
            let value = value.lines().map(clean).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(", ");
            facts.push(Fact { label: voice.say(key)?, value });
        }
    }
    Ok(facts)
}

fn account_text(statement: &RoyaltyStatement, account: &Account, voice: &Voice) -> Result<AccountText, DocumentError> {
    let date = |day| format::date(day, statement.language);
    let mut charges = Vec::with_capacity(account.charges.len());
    for charge in &account.charges {
        let note = clean(&charge.note);
        let (noted, bare) = match charge.kind {
            ChargeKind::Cost => ("charge.cost", "charge.cost_bare"),
            ChargeKind::Advance => ("charge.advance", "charge.advance_bare"),
        };
        let day = date(charge.on);
        let label = if note.is_empty() {
            voice.say_with(bare, &[("date", &day)])?
        } else {
            voice.say_with(noted, &[("date", &day), ("note", &note)])?
        };
        charges.push(Fact { label, value: money(statement, charge.amount) });
    }
    let mut reserves = Vec::with_capacity(account.reserves.len());
    for reserve in &account.reserves {
        let label = voice.say_with("reserve.line", &[("date", &date(reserve.on))])?;
        reserves.push(Fact { label, value: money(statement, reserve.amount) });
    }
    let unrecouped = match account.unrecouped {
        0 => None,
        open => Some(Fact { label: voice.say("step.unrecouped")?, value: money(statement, open) }),
    };
    Ok(AccountText {
        heading: voice.say_with("account.heading", &[("name", &clean(&account.name))])?,
        steps: steps(statement, account, voice)?,
        closing: Fact { label: voice.say("step.closing")?, value: money(statement, account.closing) },
        unrecouped,
        head: Row {
            title: voice.say("column.title")?,
            kind: voice.say("column.kind")?,
            units: voice.say("column.units")?,
            amount: voice.say("column.amount")?,
        },
        lines: lines(statement, account, voice)?,
        charges_heading: voice.say("charges.heading")?,
        charges,
        reserves_heading: voice.say("reserves.heading")?,
        reserves,
    })
}

/// From what the account was owed to what it is owed. What is nothing is left out, but for both ends.
fn steps(statement: &RoyaltyStatement, account: &Account, voice: &Voice) -> Result<Vec<Fact>, DocumentError> {
    let minor = 10_i128.pow(u32::from(EXACT_DECIMALS.saturating_sub(statement.decimals)));
    let wide = |amount: i64| i128::from(amount) * minor;
    let activity = account.activity().unwrap_or_default();
    let rounding = wide(account.earned) - activity + wide(account.held) - wide(account.released);
    let adjusted = if rounding.unsigned_abs() < minor.unsigned_abs() { "step.rounding" } else { "step.given_back" };
    let mut steps = vec![Fact { label: voice.say("step.opening")?, value: money(statement, account.opening) }];
    for (key, amount) in [
        ("step.paid", -wide(account.paid)),
        ("step.activity", activity),
        ("step.held", -wide(account.held)),
        ("step.released", wide(account.released)),
        (adjusted, rounding),
        ("step.costs", -wide(account.costs)),
        ("step.tax", -wide(account.tax)),
        ("step.advances", -wide(account.advances)),
    ] {
        if printed(amount, statement.decimals) != 0 {
            steps.push(Fact { label: voice.say(key)?, value: exact_money(statement, amount) });
        }
    }
    Ok(steps)
}

fn lines(statement: &RoyaltyStatement, account: &Account, voice: &Voice) -> Result<Vec<Row>, DocumentError> {
    let (shown, more) = account.activities.split_at(account.activities.len().min(MOST_LINES));
    let mut lines = Vec::with_capacity(shown.len().saturating_add(1));
    for activity in shown {
        let kind = match activity.kind {
            ActivityKind::Share => "kind.share",
            ActivityKind::Royalty => "kind.royalty",
            ActivityKind::Borne => "kind.borne",
            ActivityKind::Retroactive => "kind.retroactive",
            ActivityKind::HeldBase => "kind.held_base",
        };
        let title = match &activity.title {
            Some(title) => clean(title),
            None => voice.say("line.several")?,
        };
        let kind = match &activity.paid_to {
            Some(name) if activity.kind == ActivityKind::Borne => {
                voice.say_with("kind.borne_to", &[("name", &clean(name))])?
            }
            _ => voice.say(kind)?,
        };
        lines.push(Row {
            title,
            kind,
            units: exact(activity.units, 0, statement),
            amount: exact_money(statement, activity.amount),
        });
    }
    if !more.is_empty() {
        let count = u64::try_from(more.len()).unwrap_or(u64::MAX);
        let count = format::number(count, statement.language);
        lines.push(Row {
            title: voice.say_with("line.more", &[("count", &count)])?,
            kind: String::new(),
            units: exact(more.iter().map(|activity| activity.units).fold(0, i128::saturating_add), 0, statement),
            amount: exact_money(statement, more.iter().map(|one| one.amount).fold(0, i128::saturating_add)),
        });
    }
    Ok(lines)
}
