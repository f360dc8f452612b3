//! The buyer's receipt of an order: its facts, gathered when it is asked for. Typeset behind [`crate::ports::Contracts`].

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::{
    SalesError,
    entity::{
        DisputeState, OrderState, PaymentState, RefundState, dispute, order, order_line, order_upgrade, payment,
        refund, upgrade_credit,
    },
    queries,
};
use crate::{
    email::EmailAddress,
    env::Instant,
    identity::entity::studio,
    ids::PaymentId,
    licensing::entity::licence,
    money::Money,
    pricing::{
        queries::{OrderFacts, facts_of_lines},
        rules::{DiscountName, TaxRule},
    },
    report::StoreError,
};

/// A receipt's facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The order's reference.
    pub reference: String,
    /// When it was paid.
    pub paid_at: Instant,
    /// The studio.
    pub seller: Party,
    /// The buyer; of their address what is known, which is their country where it was asked for.
    pub buyer: Party,
    /// What was bought, at the prices on the list.
    pub lines: Vec<ReceiptLine>,
    /// The licence that its one line replaces, and what was credited for that; none if it upgrades none.
    pub upgrade: Option<ReceiptUpgrade>,
    /// What was taken off, by name.
    pub discounts: Vec<(DiscountName, Money)>,
    /// The tax within the total, and by which rate; none if nobody asked for the buyer's country.
    pub tax: Option<(TaxRule, Money)>,
    /// What was paid, tax and all.
    pub total: Money,
    /// What was collected for it; none of what cost nothing.
    pub payments: Vec<ReceiptPayment>,
    /// What was given back since, or lost to the buyer's bank.
    pub given_back: Money,
}

/// A seller or a buyer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// The name.
    pub name: String,
    /// The legal name, where it differs.
    pub legal_name: Option<String>,
    /// The address, if given.
    pub address: Option<String>,
    /// Where they are reached.
    pub email: EmailAddress,
}

/// A licence that was bought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptLine {
    /// The beat's title.
    pub title: String,
    /// The tier's name.
    pub tier: String,
    /// The licence's reference.
    pub reference: String,
    /// Its price on the list.
    pub list: Money,
}

/// What an upgrade replaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptUpgrade {
    /// The replaced licence's reference.
    pub replaced: String,
    /// Its tier's name.
    pub tier: String,
    /// What the new tier cost without the credit.
    pub full: Money,
    /// What is credited of what was paid for the replaced licence and for those that it had replaced; no more than the full price.
    pub credited: Money,
    /// By how much more was paid than the full price less the credit, because no less or no finer part is collected.
    pub rounded_up: Money,
}

/// A payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptPayment {
    /// Who collected it.
    pub gateway: String,
    /// The gateway's id for it.
    pub id: String,
    /// How much.
    pub amount: Money,
    /// When we learned of it.
    pub received_at: Instant,
}

/// The receipt of an order that is paid; none of any other, nor of one without lines: an invoice says itself what was paid of it, and what was paid ahead is
/// settled with the bill of its booking. For who may see the order: it asks nothing itself.
pub async fn receipt(db: &impl ConnectionTrait, order: &order::Model) -> Result<Option<Receipt>, SalesError> {
    let (OrderState::Paid | OrderState::Delivered, Some(paid_at)) = (order.state, order.paid_at) else {
        return Ok(None);
    };
    let studio = studio::Entity::find_by_id(order.studio_id).one(db).await?.ok_or(SalesError::NoStudio)?;
    let money = |minor| Money::new(minor, order.currency);
    let rows = queries::lines_of_order(db, order.id).await?;
    if rows.is_empty() {
        return Ok(None);
    }
    let facts = facts_of_lines(db, &rows.iter().map(|row| row.id).collect::<Vec<_>>()).await?;
    let whole = OrderFacts::of(rows.iter().filter_map(|row| facts.get(&row.id)));
    let upgrade = upgrade_of(db, order).await?;
    let list_minor = |row: &order_line::Model| match &upgrade {
        Some(upgrade) => upgrade.full.minor,
        None => facts.get(&row.id).map_or(row.price_minor, |facts| facts.list_minor(row.price_minor)),
    };
    let lines = rows.iter().map(|row| ReceiptLine {
        title: row.beat_title.clone(),
        tier: row.terms.tier_name.clone(),
        reference: format!("{}-{}", order.reference, row.position),
        list: money(list_minor(row)),
    });
    let lines = lines.collect();
    let collected = collected_of(db, order).await?;
    let given_back_minor = gone_of(db, &collected).await?;
    let country = whole.tax.as_ref().map(|tax| tax.country.name().to_owned());
    let tax_minor = whole.tax_minor;
    Ok(Some(Receipt {
        reference: order.reference.clone(),
        paid_at,
        seller: Party {
            name: studio.name,
            legal_name: studio.legal_name,
            address: studio.address,
            email: studio.contact_email,
        },
        buyer: Party {
            name: order.buyer_name.clone(),
            legal_name: None,
            address: country,
            email: order.buyer_email.clone(),
        },
        lines,
        upgrade,
        discounts: whole.discounts.into_iter().map(|(name, minor)| (name, money(minor))).collect(),
        tax: whole.tax.map(|rule| (rule, money(tax_minor))),
        total: money(order.total_minor),
        payments: collected
            .into_iter()
            .map(|row| ReceiptPayment {
                gateway: row.gateway,
                id: row.gateway_payment,
                amount: Money::new(row.amount_minor, row.currency),
                received_at: row.received_at,
            })
            .collect(),
        given_back: money(given_back_minor),
    }))
}

/// What an order upgrades; none if it upgrades nothing.
async fn upgrade_of(db: &impl ConnectionTrait, order: &order::Model) -> Result<Option<ReceiptUpgrade>, StoreError> {
    let Some(row) = order_upgrade::Entity::find_by_id(order.id).one(db).await? else { return Ok(None) };
    let Some(replaced) = licence::Entity::find_by_id(row.licence_id).one(db).await? else { return Ok(None) };
    let credits = upgrade_credit::Entity::find().filter(upgrade_credit::Column::OrderId.eq(order.id)).all(db).await?;
    let credited_minor = credits.iter().map(|credit| credit.credited_minor).fold(0, i64::saturating_add);
    // No more than the new licence costs.
    let credited_minor = credited_minor.min(row.full_price_minor);
    let left_minor = row.full_price_minor.saturating_sub(credited_minor);
    let money = |minor| Money::new(minor, order.currency);
    Ok(Some(ReceiptUpgrade {
        replaced: replaced.reference,
        tier: replaced.terms.tier_name,
        full: money(row.full_price_minor),
        credited: money(credited_minor),
        rounded_up: money(order.total_minor.saturating_sub(left_minor)),
    }))
}

/// What has come and gone of an order's money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GivenBack {
    /// What was collected in all, second charges among it.
    pub collected: Money,
    /// What of it was given back, or lost to the buyer's bank.
    pub gone: Money,
}

/// What was given back of an order's money, beside what was collected; none if nothing was. For who may see the order: it asks nothing itself.
pub async fn given_back(db: &impl ConnectionTrait, order: &order::Model) -> Result<Option<GivenBack>, StoreError> {
    let collected = collected_of(db, order).await?;
    let gone_minor = gone_of(db, &collected).await?;
    let collected_minor = collected.iter().map(|row| row.amount_minor).fold(0, i64::saturating_add);
    let money = |minor| Money::new(minor, order.currency);
    Ok((gone_minor > 0).then(|| GivenBack { collected: money(collected_minor), gone: money(gone_minor) }))
}

/// The payments that were collected for an order, a second charge too: it stands beside what was given back of it.
async fn collected_of(db: &impl ConnectionTrait, order: &order::Model) -> Result<Vec<payment::Model>, StoreError> {
    let payments = queries::payments_of_orders(db, &[order.id]).await?.remove(&order.id).unwrap_or_default();
    let is_collected = |row: &payment::Model| {
        row.state >= PaymentState::Captured && row.amount_minor > 0 && row.currency == order.currency
    };
    Ok(payments.into_iter().filter(is_collected).collect())
}

/// What was given back of payments, as far as it is booked, or lost to the buyer's bank, in minor units.
async fn gone_of(db: &impl ConnectionTrait, payments: &[payment::Model]) -> Result<i64, StoreError> {
    let ids: Vec<PaymentId> = payments.iter().map(|payment| payment.id).collect();
    let refunds = queries::refunds_of_payments(db, &ids).await?;
    let is_booked = |row: &&refund::Model| row.journal_id.is_some() && row.state != RefundState::Failed;
    let given_back = refunds.values().flatten().filter(is_booked).map(|row| row.amount_minor);
    let disputes = queries::disputes_of_payments(db, &ids).await?;
    let is_lost = |row: &&dispute::Model| row.state == DisputeState::Lost;
    let lost = disputes.values().flatten().filter(is_lost).map(|row| row.amount_minor);
    Ok(given_back.chain(lost).fold(0, i64::saturating_add))
}
