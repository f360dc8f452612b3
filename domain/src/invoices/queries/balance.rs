//! Whether what a project's client owes is paid. Derived each time it is asked and latched nowhere: what waits for it is locked again when a payment is given
//! back, disputed or reversed.

use std::collections::BTreeMap;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait};

use super::standings;
use crate::{
    ids::ProjectId,
    invoices::{
        entity::{InvoiceKind, QuoteState, invoice, quote, stage},
        rules::standing::{InvoiceState, Standing},
    },
    money::{Currency, Money},
    report::StoreError,
};

/// What is owed for a project, in each currency.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProjectBalance {
    /// Whether anything is asked for it: there is an accepted quote that has not ended, or an invoice.
    pub is_asked: bool,
    /// What accepted quotes come to and is not invoiced yet.
    pub unissued: Vec<Money>,
    /// What is left to pay of its invoices.
    pub open: Vec<Money>,
    /// What was paid and is disputed.
    pub disputed: Vec<Money>,
    /// Whether something of it is owed anew, for what was paid has gone or is disputed.
    pub is_reversed: bool,
    /// Whether one of its invoices is paid.
    pub has_paid: bool,
}

impl ProjectBalance {
    /// Whether nothing is owed: all that was agreed is invoiced, and all that was invoiced is paid or credited. So it is, too, if nothing was ever asked.
    pub const fn is_paid(&self) -> bool {
        self.unissued.is_empty() && self.open.is_empty() && self.disputed.is_empty()
    }

    /// Whether what was given once it was paid may stay with the client. What is asked for later, such as more work, takes nothing back; a payment that has
    /// gone does, and so does the first that is asked where it was given for nothing.
    pub const fn may_keep(&self) -> bool {
        self.is_paid() || (self.has_paid && !self.is_reversed)
    }
}

/// What is owed for a project. For who may see the project, and for whatever waits until it is paid: it asks nothing itself.
pub async fn balance_of_project(db: &impl ConnectionTrait, project: ProjectId) -> Result<ProjectBalance, StoreError> {
    let accepted = || {
        quote::Entity::find()
            .filter(quote::Column::ProjectId.eq(project))
            .filter(quote::Column::State.eq(QuoteState::Accepted))
    };
    let quotes = accepted().all(db).await?;
    let ids = accepted().select_only().column(quote::Column::Id);
    let waiting = stage::Entity::find()
        .filter(stage::Column::QuoteId.in_subquery(ids.into_query()))
        .filter(stage::Column::InvoiceId.is_null())
        .all(db)
        .await?;
    let invoices = invoice::Entity::find()
        .filter(invoice::Column::ProjectId.eq(project))
        .filter(invoice::Column::Kind.eq(InvoiceKind::Invoice))
        .all(db)
        .await?;
    let standings = standings::standings(db, &invoices).await?;
    let (mut unissued, mut open, mut disputed) = (Sum::default(), Sum::default(), Sum::default());
    for stage in &waiting {
        if let Some(quote) = quotes.iter().find(|quote| quote.id == stage.quote_id) {
            unissued.add(quote.currency, stage.net_minor.saturating_add(stage.tax_minor));
        }
    }
    for invoice in &invoices {
        if let Some(standing) = standings.get(&invoice.id) {
            open.add(invoice.currency, standing.open_minor());
            if !standing.is_settled() {
                disputed.add(invoice.currency, standing.disputed_minor);
            }
        }
    }
    Ok(ProjectBalance {
        is_asked: !quotes.is_empty() || !invoices.is_empty(),
        unissued: unissued.into_money(),
        open: open.into_money(),
        disputed: disputed.into_money(),
        is_reversed: standings.values().any(Standing::is_reversed),
        has_paid: standings.values().any(|standing| standing.state() == InvoiceState::Paid),
    })
}

/// Amounts by currency.
#[derive(Default)]
struct Sum(BTreeMap<&'static str, Money>);

impl Sum {
    fn add(&mut self, currency: Currency, minor: i64) {
        let sum = self.0.entry(currency.code()).or_insert(Money::zero(currency));
        sum.minor = sum.minor.saturating_add(minor);
    }

    /// Those that are something.
    fn into_money(self) -> Vec<Money> {
        self.0.into_values().filter(|sum| sum.minor > 0).collect()
    }
}
