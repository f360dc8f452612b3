//! What payees have of certain sales.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect, QueryTrait,
    Select,
    sea_query::{Expr, ExprTrait},
};

use crate::{
    ids::{JournalId, PartyId, StudioId},
    ledger::{
        LedgerError,
        entity::{JournalKind, PartHolder, entry, journal, journal_part},
    },
    money::Currency,
    parties::{family_of, successors_of},
};

#[derive(FromQueryResult)]
struct ShareOfSale {
    party_id: PartyId,
    sale_id: JournalId,
    live_minor: i64,
}

#[derive(FromQueryResult)]
struct CurrencyOfSale {
    journal_id: JournalId,
    currency: Currency,
}

/// What remains to each party of those sales of a studio whose journals a condition names, in minor units of each currency: refunds of them are taken off,
/// and what is disputed is in it no more. Of one party alone, if one is named. What was sold of a party that was merged since is its successor's.
pub async fn shares_of_sales(
    db: &impl ConnectionTrait,
    studio: StudioId,
    party: Option<PartyId>,
    which: &Condition,
) -> Result<HashMap<(PartyId, Currency), i64>, LedgerError> {
    let sales = || -> Select<journal::Entity> {
        journal::Entity::find()
            .select_only()
            .column(journal::Column::Id)
            .filter(journal::Column::StudioId.eq(studio))
            .filter(journal::Column::Kind.eq(JournalKind::Sale))
            .filter(which.clone())
    };
    let family = match party {
        Some(party) => family_of(db, party).await?,
        None => Vec::new(),
    };
    let live = Expr::col((journal_part::Entity, journal_part::Column::LiveMinor)).sum().cast_as("bigint");
    let shares = journal_part::Entity::find()
        .select_only()
        .column(journal_part::Column::PartyId)
        .column(journal_part::Column::SaleId)
        .column_as(live, "live_minor")
        .filter(journal_part::Column::Holder.eq(PartHolder::Party))
        .filter(journal_part::Column::SaleId.in_subquery(sales().into_query()))
        .apply_if(party, |query, _| query.filter(journal_part::Column::PartyId.is_in(family)))
        .group_by(journal_part::Column::PartyId)
        .group_by(journal_part::Column::SaleId)
        .into_model::<ShareOfSale>()
        .all(db)
        .await?;
    // A journal is of one currency.
    let currencies: HashMap<JournalId, Currency> = entry::Entity::find()
        .select_only()
        .column(entry::Column::JournalId)
        .column(entry::Column::Currency)
        .distinct()
        .filter(entry::Column::JournalId.in_subquery(sales().into_query()))
        .into_model::<CurrencyOfSale>()
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.journal_id, row.currency))
        .collect();
    let successors = successors_of(db, shares.iter().map(|share| share.party_id)).await?;
    let mut sums: HashMap<(PartyId, Currency), i64> = HashMap::new();
    for ShareOfSale { party_id, sale_id, live_minor } in shares {
        let Some(currency) = currencies.get(&sale_id) else { continue };
        let party = successors.get(&party_id).copied().unwrap_or(party_id);
        let sum = sums.entry((party, *currency)).or_insert(0);
        *sum = sum.checked_add(live_minor).ok_or(LedgerError::TooLarge)?;
    }
    Ok(sums)
}
