//! Tables of first refusal.

pub mod setting {
    //! Which studios have turned it on.
    use sea_orm::entity::prelude::*;

    use crate::{env::Instant, ids::StudioId};

    /// A studio that has turned first refusal on.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "first_refusal_settings")]
    pub struct Model {
        /// The studio.
        #[sea_orm(primary_key, auto_increment = false)]
        pub studio_id: StudioId,
        /// Since when.
        pub since: Instant,
    }

    crate::plain_entity!();
}

pub mod window {
    //! Windows in which leaseholders alone may buy.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{BeatId, FirstRefusalId, StudioId, WorkId},
        licensing::terms::Terms,
        money::{Currency, Money},
        sales::shown::Agreed,
    };

    /// A window: the exclusive of a work, at a price and on terms. The database refuses to change or delete it.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "first_refusals")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: FirstRefusalId,
        /// The seller.
        pub studio_id: StudioId,
        /// The work.
        pub work_id: WorkId,
        /// The beat of it that somebody wanted to buy.
        pub beat_id: BeatId,
        /// The beat's title then.
        pub beat_title: String,
        /// The terms that they would have had.
        #[sea_orm(column_type = "JsonBinary")]
        pub terms: Terms,
        /// The price on the list then, or of their offer, before tax that comes on top, in minor units.
        pub price_minor: i64,
        /// Its currency.
        pub currency: Currency,
        /// When it began.
        pub began_at: Instant,
        /// When it ends.
        pub ends_at: Instant,
    }

    impl Model {
        /// What leaseholders can buy in it.
        pub fn agreed(&self) -> Agreed<'_> {
            let price = Money::new(self.price_minor, self.currency);
            Agreed { studio: self.studio_id, beat: self.beat_id, terms: &self.terms, price }
        }
    }

    crate::plain_entity!();
}

pub mod holder {
    //! Who may buy in a window.
    use sea_orm::entity::prelude::*;

    use crate::{
        email::EmailAddress,
        ids::{FirstRefusalHolderId, FirstRefusalId, LicenceId},
    };

    /// A leaseholder who may buy in a window, by their own link. Of one address once.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "first_refusal_holders")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: FirstRefusalHolderId,
        /// The window.
        pub refusal_id: FirstRefusalId,
        /// The lease.
        pub licence_id: LicenceId,
        /// Where the link is mailed.
        pub email: EmailAddress,
        /// The same in the form by which it is compared.
        pub email_key: String,
    }

    crate::plain_entity!();
}
