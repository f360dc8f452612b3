//! What a statement comes to, as rows.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use interchange::statements::{Agreement, Currency as Code};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use super::{
    gather::{Gathered, SumRow},
    lines::exact,
    matching::{Catalogue, name_key},
    part::Item,
};
use crate::{
    actor::Ctx,
    money::Currency,
    royalties::{
        RoyaltyError,
        entity::{RateSource, Stated, facet, import, item, sum, total},
        rules::Exact,
    },
    store::Tx,
};

/// Rows that are written at once.
const BATCH: usize = 1_000;
/// Characters of a code with its format and heading.
const MAX_CODE: usize = 500;

/// What a run takes of a statement at once: the sums of an item, in a currency, of a month.
pub(super) type Taken = (i32, Currency, NaiveDate);

/// Writes all that was gathered, matched as far as it can be; what is in the studio's currency has its rate.
pub(super) async fn write_all(
    tx: &Tx,
    ctx: &Ctx,
    (import, own): (&import::Model, Currency),
    gathered: &mut Gathered,
) -> Result<(), RoyaltyError> {
    let totals: Vec<total::ActiveModel> =
        totals(ctx, import, own, gathered).into_iter().map(IntoActiveModel::into_active_model).collect();
    total::Entity::insert_many(totals).exec_without_returning(tx).await?;
    write_items(tx, ctx, import, gathered).await?;
    let facets = gathered.facets.iter().filter_map(|((facet, value, month, code), (lines, units, net))| {
        let row = facet::Model {
            import_id: import.id,
            facet: *facet,
            value: value.clone(),
            month: *month,
            currency: ours(*code)?,
            studio_id: import.studio_id,
            lines: lines.cast_signed(),
            units: *units,
            net: *net,
        };
        Some(row.into_active_model())
    });
    let facets: Vec<facet::ActiveModel> = facets.collect();
    for chunk in facets.chunks(BATCH) {
        facet::Entity::insert_many(chunk.iter().cloned()).exec_without_returning(tx).await?;
    }
    write_sums(tx, import, gathered, &HashSet::new()).await
}

/// A currency as one of ours; all of a statement's were looked at before.
fn ours(code: Code) -> Option<Currency> {
    code.as_str().parse().ok()
}

fn totals(ctx: &Ctx, import: &import::Model, own: Currency, gathered: &Gathered) -> Vec<total::Model> {
    let summary = &gathered.summary;
    let mut stated: HashMap<Code, (Exact, Stated)> = HashMap::new();
    for said in &summary.stated {
        let Some(code) = said.currency else { continue };
        let agreement = match said.agreement {
            Agreement::Exact => Stated::Exact,
            Agreement::Rounded { .. } => Stated::Rounded,
            Agreement::Differs { .. } => Stated::Differs,
            Agreement::Unknown => Stated::Unknown,
        };
        let kept = stated.entry(code).or_insert((exact(said.amount), agreement));
        // Of several that one which does not hold.
        if agreement > kept.1 {
            *kept = (exact(said.amount), agreement);
        }
    }
    let one = Exact::whole(1);
    let total = |(code, sum): (&Code, &interchange::statements::Total)| {
        let currency = ours(*code)?;
        let is_own = currency == own;
        let said = stated.get(code);
        Some(total::Model {
            import_id: import.id,
            currency,
            studio_id: import.studio_id,
            lines: sum.lines.cast_signed(),
            amount: exact(sum.amount),
            stated: said.map(|(amount, _)| *amount),
            agreement: said.map(|(_, agreement)| *agreement),
            account_currency: is_own.then_some(own),
            rate_of: is_own.then_some(one),
            rate_to: is_own.then_some(one),
            rate_source: is_own.then_some(RateSource::Same),
            bank_minor: None,
            bank_on: None,
            posted_minor: None,
            journal_id: None,
            receipt_journal_id: None,
            rated_at: is_own.then(|| ctx.env.now()),
            rated_by: None,
        })
    };
    summary.tally.totals.iter().filter_map(total).collect()
}

async fn write_items(tx: &Tx, ctx: &Ctx, import: &import::Model, gathered: &Gathered) -> Result<(), RoyaltyError> {
    let catalogue = Catalogue::load(tx, import.studio_id).await?;
    let format = &gathered.summary.layout.format;
    for (batch, chunk) in gathered.items.chunks(BATCH).enumerate() {
        let row = |(place, said): (usize, &Item)| -> item::ActiveModel {
            let code = written(format, catalogue.known_code(&said.codes));
            let release_code = written(format, catalogue.known_release_code(&said.release_codes));
            let mut row = unmatched(import, batch * BATCH + place, said, (code, release_code));
            if let Some((subject, by)) = catalogue.find(&row) {
                row.say(&subject, by, ctx.env.now());
            }
            row.into_active_model()
        };
        item::Entity::insert_many(chunk.iter().enumerate().map(row)).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// A code as it is kept, with what says whose it is.
fn written(format: &str, code: Option<&(String, String)>) -> Option<String> {
    let code = code.map(|(heading, code)| format!("{format}\t{heading}\t{code}"));
    code.filter(|code| code.chars().count() <= MAX_CODE)
}

fn unmatched(
    import: &import::Model,
    number: usize,
    said: &Item,
    (code, release_code): (Option<String>, Option<String>),
) -> item::Model {
    let upc = said.upc.map(|upc| upc.to_string());
    item::Model {
        import_id: import.id,
        number: i32::try_from(number).unwrap_or(i32::MAX),
        studio_id: import.studio_id,
        isrc: said.isrc.map(|isrc| isrc.to_string()),
        upc: upc.filter(|upc| upc.len() == 13),
        iswc: said.iswc.map(|iswc| iswc.to_string()),
        code,
        release_code,
        title: said.title.clone(),
        artist: said.artist.clone(),
        name_key: name_key(&said.title, &said.artist),
        is_adjustment: said.is_adjustment,
        recording_id: None,
        work_id: None,
        release: None,
        matched_by: None,
        matched_at: None,
        matched_user: None,
    }
}

/// Writes the sums, behind those that stand; without those that a run has taken.
pub(super) async fn write_sums(
    tx: &Tx,
    import: &import::Model,
    gathered: &mut Gathered,
    taken: &HashSet<Taken>,
) -> Result<(), RoyaltyError> {
    let last = sum::Entity::find()
        .filter(sum::Column::ImportId.eq(import.id))
        .order_by_desc(sum::Column::Number)
        .one(tx)
        .await?;
    let mut number = last.map_or(0, |last| last.number.saturating_add(1));
    let mut rows: Vec<sum::ActiveModel> = Vec::with_capacity(BATCH);
    let mut sums = gathered.sums()?;
    loop {
        let next = sums.next().transpose()?;
        let has_ended = next.is_none();
        if let Some(SumRow { item, currency, used_on, territory, channel, format, source, returned, totals }) = next {
            let item = i32::try_from(item).unwrap_or(i32::MAX);
            if taken.contains(&(item, currency, used_on)) {
                continue;
            }
            let row = sum::Model {
                import_id: import.id,
                number,
                studio_id: import.studio_id,
                item,
                currency,
                used_on,
                territory,
                channel: Some(channel),
                format,
                source,
                returned,
                lines: totals.lines.cast_signed(),
                grossless: totals.grossless.cast_signed(),
                units: totals.units,
                net: totals.net,
                gross: totals.gross,
                run_id: None,
            };
            number = number.saturating_add(1);
            rows.push(row.into_active_model());
        }
        if rows.len() == BATCH || has_ended {
            sum::Entity::insert_many(std::mem::take(&mut rows)).exec_without_returning(tx).await?;
        }
        if has_ended {
            return Ok(());
        }
    }
}
