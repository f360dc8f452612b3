//! Tables of offers.

use crate::text_enum;

text_enum! {
    /// Where an offer stands.
    pub enum OfferState {
        /// The buyer has offered; the studio is to answer.
        Open = "open",
        /// The studio has named another amount; the buyer is to answer.
        Countered = "countered",
        /// Accepted: it can be ordered at its price until its time is over.
        Accepted = "accepted",
        /// Ordered and paid.
        Bought = "bought",
        /// One of the two said no.
        Declined = "declined",
        /// Taken back by the buyer, or the work was sold exclusively.
        Withdrawn = "withdrawn",
        /// Nobody answered, or nobody paid, in time.
        Expired = "expired",
    }
}

text_enum! {
    /// Who has done a step.
    pub enum OfferSide {
        /// The buyer.
        Buyer = "buyer",
        /// The studio.
        Studio = "studio",
        /// The program itself.
        House = "house",
    }
}

text_enum! {
    /// What a step was.
    pub enum OfferAct {
        /// An amount was named: the offer itself, or a counter-offer.
        Offered = "offered",
        /// The other's amount was accepted.
        Accepted = "accepted",
        /// The other's amount was declined, or a counter-offer taken back.
        Declined = "declined",
        /// The buyer took their offer back.
        Withdrawn = "withdrawn",
        /// The work was sold exclusively.
        Sold = "sold",
        /// It was ordered and paid.
        Bought = "bought",
        /// Its time was over.
        Expired = "expired",
    }
}

pub mod setting {
    //! Which tiers take offers.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{BeatId, OfferSettingId, StudioId},
        licensing::terms::TierCode,
        money::Currency,
    };

    /// Whether a tier takes offers: for the studio's beats (`beat_id` empty), or for one beat, which then counts for it.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "offer_settings")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: OfferSettingId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// The beat that it is for; none for all. One row per studio, beat and tier.
        pub beat_id: Option<BeatId>,
        /// The tier.
        pub tier_code: TierCode,
        /// Whether offers are taken.
        pub takes_offers: bool,
        /// The least that the studio wants to hear of, in minor units; told to nobody else.
        pub minimum_minor: Option<i64>,
        /// Its currency, the studio's.
        pub currency: Currency,
        /// For how many days each side can answer the other, and an accepted offer can be ordered.
        pub answer_days: i32,
        /// When it was last changed.
        pub updated_at: Instant,
    }

    crate::plain_entity!();
}

pub mod offer {
    //! Offers.
    use sea_orm::entity::prelude::*;

    use super::OfferState;
    use crate::{
        email::EmailAddress,
        env::Instant,
        ids::{BeatId, OfferId, OrderId, StudioId, WorkId},
        licensing::terms::{Terms, TierCode},
        money::{Currency, Money},
        sales::shown::Agreed,
    };

    /// An offer for a beat's tier.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "offers")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: OfferId,
        /// To whom it was made.
        pub studio_id: StudioId,
        /// The beat.
        pub beat_id: BeatId,
        /// Its work.
        pub work_id: WorkId,
        /// The beat's title then.
        pub beat_title: String,
        /// The tier.
        pub tier_code: TierCode,
        /// The terms as they were on sale then: an order of the offer has them.
        #[sea_orm(column_type = "JsonBinary")]
        pub terms: Terms,
        /// Where the buyer is reached; their link is mailed there.
        pub buyer_email: EmailAddress,
        /// The address in the form by which it is compared: of one mailbox one offer per beat and tier is under way.
        pub buyer_key: String,
        /// Where it stands.
        pub state: OfferState,
        /// The amount that was last named, by either side, in minor units.
        pub amount_minor: i64,
        /// Its currency.
        pub currency: Currency,
        /// Whether it began below the studio's minimum of then.
        pub below_minimum: bool,
        /// For how many days each side can answer, as the studio had set it then.
        pub answer_days: i32,
        /// How many steps it has.
        pub steps: i32,
        /// When it was made.
        pub made_at: Instant,
        /// Until when it can be answered; accepted, until when it can be ordered.
        pub expires_at: Instant,
        /// When it is declined by itself, because it is below the minimum.
        pub decline_at: Option<Instant>,
        /// The order that it led to last.
        pub order_id: Option<OrderId>,
    }

    impl Model {
        /// The amount that was last named.
        pub const fn amount(&self) -> Money {
            Money::new(self.amount_minor, self.currency)
        }

        /// What can be ordered once it is accepted.
        pub fn agreed(&self) -> Agreed<'_> {
            Agreed { studio: self.studio_id, beat: self.beat_id, terms: &self.terms, price: self.amount() }
        }
    }

    crate::plain_entity!();
}

pub mod step {
    //! How an offer was haggled over.
    use sea_orm::entity::prelude::*;

    use super::{OfferAct, OfferSide};
    use crate::{
        env::Instant,
        ids::{OfferId, UserId},
    };

    /// A step of an offer. The database refuses to change or delete it.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "offer_steps")]
    pub struct Model {
        /// The offer.
        #[sea_orm(primary_key, auto_increment = false)]
        pub offer_id: OfferId,
        /// Its place, from 1.
        #[sea_orm(primary_key, auto_increment = false)]
        pub seq: i32,
        /// Who did it.
        pub side: OfferSide,
        /// What it was.
        pub act: OfferAct,
        /// The amount that was named, in minor units of the offer's currency.
        pub amount_minor: Option<i64>,
        /// What was said with it.
        pub words: Option<String>,
        /// The studio's member who did it.
        pub user_id: Option<UserId>,
        /// The network address that it came from, if a buyer did it.
        pub ip: Option<String>,
        /// The browser that it came from, likewise.
        pub user_agent: Option<String>,
        /// When.
        pub at: Instant,
    }

    crate::plain_entity!();
}
