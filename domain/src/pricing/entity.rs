//! Tables of pricing.

use crate::text_enum;

text_enum! {
    /// By what something was taken off an order.
    pub enum DiscountKind {
        /// By a bundle.
        Bundle = "bundle",
        /// By a bulk deal.
        Bulk = "bulk",
        /// By a coupon.
        Coupon = "coupon",
    }
}

pub mod coupon {
    //! Coupons.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{CouponId, StudioId},
        money::Currency,
        share::Share,
    };

    /// A coupon of a studio.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "coupons")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: CouponId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// Its code, in capital letters; unique in the studio.
        pub code: String,
        /// The amount that it takes off, in minor units; none if it takes off a part.
        pub off_minor: Option<i64>,
        /// The part that it takes off; none if it takes off an amount.
        pub off_part: Option<Share>,
        /// What an order comes to at the least, in minor units.
        pub minimum_minor: Option<i64>,
        /// The currency of its amounts.
        pub currency: Currency,
        /// From when on it can be used.
        pub starts_at: Option<Instant>,
        /// Until when, exclusively.
        pub ends_at: Option<Instant>,
        /// How often it can be used; none if without end.
        pub max_uses: Option<i32>,
        /// How often it is used: as many uses as there are, and never more than can be.
        pub uses: i32,
        /// Whether it is given out.
        pub enabled: bool,
        /// When it was made.
        pub created_at: Instant,
    }

    crate::plain_entity!();
}

pub mod coupon_beat {
    //! The beats that coupons are for.
    use sea_orm::entity::prelude::*;

    use crate::ids::{BeatId, CouponId};

    /// A beat that a coupon is for.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "coupon_beats")]
    pub struct Model {
        /// The coupon.
        #[sea_orm(primary_key, auto_increment = false)]
        pub coupon_id: CouponId,
        /// The beat.
        #[sea_orm(primary_key, auto_increment = false)]
        pub beat_id: BeatId,
    }

    crate::plain_entity!();
}

pub mod coupon_tier {
    //! The tiers that coupons are for.
    use sea_orm::entity::prelude::*;

    use crate::{ids::CouponId, licensing::terms::TierCode};

    /// A tier that a coupon is for.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "coupon_tiers")]
    pub struct Model {
        /// The coupon.
        #[sea_orm(primary_key, auto_increment = false)]
        pub coupon_id: CouponId,
        /// The tier.
        #[sea_orm(primary_key, auto_increment = false)]
        pub tier_code: TierCode,
    }

    crate::plain_entity!();
}

pub mod coupon_use {
    //! The uses of coupons.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{CouponId, OrderId},
    };

    /// A use of a coupon, by an order that waits for its payment or is paid. It goes with an order that is closed.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "coupon_uses")]
    pub struct Model {
        /// The order: it uses one coupon at the most.
        #[sea_orm(primary_key, auto_increment = false)]
        pub order_id: OrderId,
        /// The coupon.
        pub coupon_id: CouponId,
        /// Since when.
        pub used_at: Instant,
    }

    crate::plain_entity!();
}

pub mod bulk_deal {
    //! Bulk deals.
    use sea_orm::entity::prelude::*;

    use crate::ids::{BulkDealId, StudioId};

    /// A bulk deal of a studio.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "bulk_deals")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: BulkDealId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// How many are paid.
        pub buy: i32,
        /// How many more are free.
        pub free: i32,
    }

    crate::plain_entity!();
}

pub mod bulk_deal_tier {
    //! The tiers of bulk deals.
    use sea_orm::entity::prelude::*;

    use crate::{
        ids::{BulkDealId, StudioId},
        licensing::terms::TierCode,
    };

    /// A tier of a bulk deal. A studio's tier is in one deal at the most, and an exclusive is in none.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "bulk_deal_tiers")]
    pub struct Model {
        /// Whose it is.
        #[sea_orm(primary_key, auto_increment = false)]
        pub studio_id: StudioId,
        /// The tier.
        #[sea_orm(primary_key, auto_increment = false)]
        pub tier_code: TierCode,
        /// The deal.
        pub deal_id: BulkDealId,
    }

    crate::plain_entity!();
}

pub mod bundle {
    //! Bundles.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{BundleId, StudioId},
        licensing::terms::TierCode,
        money::Currency,
    };

    /// A bundle of a studio.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "bundles")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: BundleId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// Its name.
        pub name: String,
        /// The tier of all its beats.
        pub tier_code: TierCode,
        /// What they cost together, in minor units.
        pub price_minor: i64,
        /// Its currency, the studio's; what they cost in others stands in [`bundle_price`](super::bundle_price).
        pub currency: Currency,
        /// Whether it is on sale.
        pub enabled: bool,
        /// When it was last changed.
        pub updated_at: Instant,
    }

    crate::plain_entity!();
}

pub mod bundle_price {
    //! What bundles cost in further currencies.
    use sea_orm::entity::prelude::*;

    use crate::{
        ids::{BundleId, StudioId},
        money::Currency,
    };

    /// What a bundle costs in a currency that is not its studio's own; it goes with the bundle.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "bundle_prices")]
    pub struct Model {
        /// The bundle.
        #[sea_orm(primary_key, auto_increment = false)]
        pub bundle_id: BundleId,
        /// The currency.
        #[sea_orm(primary_key, auto_increment = false)]
        pub currency: Currency,
        /// Whose it is: the bundle's.
        pub studio_id: StudioId,
        /// What its beats cost together, in minor units, more than nothing.
        pub price_minor: i64,
    }

    crate::plain_entity!();
}

pub mod bundle_beat {
    //! The beats of bundles.
    use sea_orm::entity::prelude::*;

    use crate::ids::{BeatId, BundleId};

    /// A beat of a bundle.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "bundle_beats")]
    pub struct Model {
        /// The bundle.
        #[sea_orm(primary_key, auto_increment = false)]
        pub bundle_id: BundleId,
        /// The beat.
        #[sea_orm(primary_key, auto_increment = false)]
        pub beat_id: BeatId,
        /// Its place, from 0.
        pub position: i32,
    }

    crate::plain_entity!();
}

pub mod tax_rate {
    //! Rates of tax.
    use sea_orm::entity::prelude::*;

    use crate::{ids::StudioId, pricing::Country, share::Share};

    /// The rate at which a studio's sales to a country are taxed.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "tax_rates")]
    pub struct Model {
        /// The studio.
        #[sea_orm(primary_key, auto_increment = false)]
        pub studio_id: StudioId,
        /// The buyer's country.
        #[sea_orm(primary_key, auto_increment = false)]
        pub country: Country,
        /// What the tax is called there.
        pub name: String,
        /// The rate.
        pub rate: Share,
        /// Whether the studio's prices have it in them.
        pub included: bool,
    }

    crate::plain_entity!();
}

pub mod order_discount {
    //! What was taken off orders.
    use sea_orm::entity::prelude::*;

    use super::DiscountKind;
    use crate::ids::{CouponId, OrderLineId};

    /// What was taken off a line of an order; append-only. What it would have cost is its price, the tax that was added taken off, and these.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "order_discounts")]
    pub struct Model {
        /// The line.
        #[sea_orm(primary_key, auto_increment = false)]
        pub order_line_id: OrderLineId,
        /// By what.
        #[sea_orm(primary_key, auto_increment = false)]
        pub kind: DiscountKind,
        /// What it was called, in English; read by [`DiscountName::kept`](crate::pricing::rules::DiscountName::kept).
        pub name: String,
        /// The coupon, where it was one.
        pub coupon_id: Option<CouponId>,
        /// How much, in minor units of the order's currency, more than nothing.
        pub amount_minor: i64,
    }

    crate::plain_entity!();
}

pub mod order_tax {
    //! The tax of orders.
    use sea_orm::entity::prelude::*;

    use crate::{ids::OrderLineId, pricing::Country, share::Share};

    /// The tax of a line of an order; append-only. There is none of an order whose buyer's country nobody asked for.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "order_taxes")]
    pub struct Model {
        /// The line.
        #[sea_orm(primary_key, auto_increment = false)]
        pub order_line_id: OrderLineId,
        /// The buyer's country, as they said.
        pub country: Country,
        /// What the tax is called there.
        pub name: String,
        /// The rate; nothing for a country of which the studio had none.
        pub rate: Share,
        /// Whether it was in the price on the list; otherwise it came on top.
        pub included: bool,
        /// The tax within the line's price, in minor units of the order's currency.
        pub amount_minor: i64,
    }

    crate::plain_entity!();
}
