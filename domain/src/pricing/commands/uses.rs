//! The uses of coupons: taken when an order is placed, given back when it is closed. How many there are stands in the coupon's own row, and a check of
//! the database holds it to the limit; of two who want the last use exactly one gets it.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, EntityTrait, ExprTrait, QueryFilter, sea_query::Expr,
};

use crate::{
    actor::Ctx,
    ids::{CouponId, OrderId},
    pricing::{
        entity::{coupon, coupon_use, order_discount, order_tax},
        rules::{PricedLine, Source, TaxRule},
    },
    report::StoreError,
    sales::entity::order_line,
    store::Tx,
};

/// Takes a use of a coupon for an order that has just been placed; false if there is none any more.
pub(crate) async fn take(tx: &Tx, ctx: &Ctx, coupon: CouponId, order: OrderId) -> Result<bool, StoreError> {
    let left = Condition::any()
        .add(coupon::Column::MaxUses.is_null())
        .add(Expr::col(coupon::Column::Uses).lt(Expr::col(coupon::Column::MaxUses)));
    let taken = coupon::Entity::update_many()
        .col_expr(coupon::Column::Uses, Expr::col(coupon::Column::Uses).add(1))
        .filter(coupon::Column::Id.eq(coupon))
        .filter(left)
        .exec(tx)
        .await?;
    if taken.rows_affected == 0 {
        return Ok(false);
    }
    let row = coupon_use::ActiveModel { order_id: Set(order), coupon_id: Set(coupon), used_at: Set(ctx.env.now()) };
    row.insert(tx).await?;
    Ok(true)
}

/// Gives back the use of a coupon by an order that is closed; nothing if it has none. Who calls this holds the order.
pub(crate) async fn give_back(tx: &Tx, order: OrderId) -> Result<(), StoreError> {
    let Some(used) = coupon_use::Entity::find_by_id(order).one(tx).await? else { return Ok(()) };
    coupon_use::Entity::delete_by_id(order).exec(tx).await?;
    coupon::Entity::update_many()
        .col_expr(coupon::Column::Uses, Expr::col(coupon::Column::Uses).sub(1))
        .filter(coupon::Column::Id.eq(used.coupon_id))
        .exec(tx)
        .await?;
    Ok(())
}

/// Writes down beside a line of an order what was taken off it and how it is taxed.
pub(crate) async fn record_line(
    tx: &Tx,
    line: &order_line::Model,
    priced: &PricedLine,
    tax: Option<&TaxRule>,
) -> Result<(), StoreError> {
    for discount in &priced.discounts {
        let row = order_discount::ActiveModel {
            order_line_id: Set(line.id),
            kind: Set(discount.source.kind()),
            name: Set(discount.name.to_string()),
            coupon_id: Set(match discount.source {
                Source::Coupon(coupon) => Some(coupon),
                Source::Bundle(_) | Source::Bulk(_) => None,
            }),
            amount_minor: Set(discount.minor),
        };
        row.insert(tx).await?;
    }
    if let Some(tax) = tax {
        let row = order_tax::ActiveModel {
            order_line_id: Set(line.id),
            country: Set(tax.country),
            name: Set(tax.name.clone()),
            rate: Set(tax.rate),
            included: Set(tax.included),
            amount_minor: Set(priced.tax_minor),
        };
        row.insert(tx).await?;
    }
    Ok(())
}
