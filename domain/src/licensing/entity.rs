//! Tables of licensing.

pub mod tier {
    //! Tiers as a studio sells them.
    use sea_orm::entity::prelude::*;

    use super::super::terms::{AtCap, TierCode};
    use crate::{
        env::Instant,
        ids::{BeatId, StudioId, TierId},
        money::Currency,
        share::Share,
    };

    /// A tier: the studio's own default (`beat_id` empty) or one beat's own version of it.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "tiers")]
    #[expect(clippy::struct_excessive_bools, reason = "each is a column of its own")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: TierId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// The beat that it is for; none for the studio's default. One row per studio, beat and code.
        pub beat_id: Option<BeatId>,
        /// Which of the five.
        pub code: TierCode,
        /// Its name on the storefront.
        pub name: String,
        /// Price in minor units, zero or more.
        pub price_minor: i64,
        /// The price's currency, the studio's; what it costs in others stands in [`tier_price`](super::tier_price).
        pub currency: Currency,
        /// Delivers a 320 kbps MP3.
        pub delivers_mp3: bool,
        /// Delivers a 24-bit WAV.
        pub delivers_wav: bool,
        /// Delivers the stems.
        pub delivers_stems: bool,
        /// Cap on streams; none is without limit.
        pub max_streams: Option<i64>,
        /// Cap on copies.
        pub max_copies: Option<i64>,
        /// Cap on music videos.
        pub max_music_videos: Option<i64>,
        /// Cap on radio stations.
        pub max_radio_stations: Option<i64>,
        /// Cap on paid performances.
        pub max_performances: Option<i64>,
        /// What happens at a cap.
        pub at_cap: AtCap,
        /// Term in months; none is perpetual.
        pub term_months: Option<i32>,
        /// The producers' part of the publishing.
        pub publishing_kept: Share,
        /// The credit to give.
        pub credit_line: String,
        /// Whether it is on sale.
        pub enabled: bool,
        /// When it was last changed.
        pub updated_at: Instant,
    }

    crate::plain_entity!();
}

pub mod tier_price {
    //! What tiers cost in further currencies.
    use sea_orm::entity::prelude::*;

    use crate::{
        ids::{StudioId, TierId},
        money::Currency,
    };

    /// What a tier costs in a currency that is not its studio's own; it goes with the tier.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "tier_prices")]
    pub struct Model {
        /// The tier.
        #[sea_orm(primary_key, auto_increment = false)]
        pub tier_id: TierId,
        /// The currency.
        #[sea_orm(primary_key, auto_increment = false)]
        pub currency: Currency,
        /// Whose it is: the tier's.
        pub studio_id: StudioId,
        /// Price in minor units, zero or more.
        pub price_minor: i64,
    }

    crate::plain_entity!();
}

pub mod licence {
    //! Licences granted.
    use sea_orm::entity::prelude::*;

    use super::super::terms::Terms;
    use crate::{
        email::EmailAddress,
        env::Instant,
        ids::{BeatId, LicenceId, OrderId, OrderLineId, StudioId, WorkId},
        money::Currency,
    };

    /// A licence: an immutable grant with the terms as sold. The database refuses to change or delete it.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "licences")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: LicenceId,
        /// The licensor's studio.
        pub studio_id: StudioId,
        /// The order that bought it.
        pub order_id: OrderId,
        /// The line that bought it; one licence a line.
        pub order_line_id: OrderLineId,
        /// The beat.
        pub beat_id: BeatId,
        /// Its work.
        pub work_id: WorkId,
        /// The reference on contract, files, payment and journal, such as `LL-7K3M9Q2X-1`; unique.
        pub reference: String,
        /// To whom, by name.
        pub licensee_name: String,
        /// To whom, by address.
        pub licensee_email: EmailAddress,
        /// Whether it is exclusive.
        pub exclusive: bool,
        /// The terms as sold.
        #[sea_orm(column_type = "JsonBinary")]
        pub terms: Terms,
        /// The price paid, in minor units.
        pub price_minor: i64,
        /// Its currency.
        pub currency: Currency,
        /// When it was granted.
        pub granted_at: Instant,
    }

    crate::plain_entity!();
}

pub mod channel {
    //! Where licensees release.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{ChannelId, LicenceId, StudioId},
    };

    /// An address under which a licensed song is or will be online, as its licensee told it.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "licence_channels")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ChannelId,
        /// The licence; each address once.
        pub licence_id: LicenceId,
        /// The licensor's studio.
        pub studio_id: StudioId,
        /// The address, `https://…`, in its normal form.
        pub url: String,
        /// When it was told.
        pub added_at: Instant,
    }

    crate::plain_entity!();
}

pub mod exclusive_claim {
    //! Who has a work exclusively.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{OrderId, WorkId},
    };

    /// The claim that decides the race: one row per work. It is let go of only while its licence does not stand yet, or once that has ended.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "exclusive_claims")]
    pub struct Model {
        /// The work.
        #[sea_orm(primary_key, auto_increment = false)]
        pub work_id: WorkId,
        /// The order that won it.
        pub order_id: OrderId,
        /// When.
        pub claimed_at: Instant,
    }

    crate::plain_entity!();
}

pub mod exclusive_end {
    //! Exclusives that have ended.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{LicenceId, OrderId, StudioId, UserId, WorkId},
    };

    /// An exclusive licence that has ended, for nothing is kept of what was paid for it, and the claim that was let go of with it. Append-only.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "exclusive_ends")]
    pub struct Model {
        /// The licence.
        #[sea_orm(primary_key, auto_increment = false)]
        pub licence_id: LicenceId,
        /// The licensor's studio.
        pub studio_id: StudioId,
        /// The order that had claimed the work.
        pub order_id: OrderId,
        /// The work.
        pub work_id: WorkId,
        /// When the order had claimed it.
        pub claimed_at: Instant,
        /// When it ended.
        pub ended_at: Instant,
        /// Who put the work on sale again.
        pub ended_by: Option<UserId>,
    }

    crate::plain_entity!();
}

pub mod usage {
    //! What a licensed song has come to, as it was told.
    use sea_orm::entity::prelude::*;

    use super::super::meter::{CapKind, Side};
    use crate::{
        env::Instant,
        ids::{ApiKeyId, LicenceId, StudioId, UsageId, UserId},
    };

    /// A report: how much one source counts of one kind of use, from the beginning to a day. The database refuses to change or delete it.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "licence_usage")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: UsageId,
        /// The licence under which it was told.
        pub licence_id: LicenceId,
        /// The licensor's studio.
        pub studio_id: StudioId,
        /// Which kind of use.
        pub cap: CapKind,
        /// Who counts it, such as `Spotify`.
        pub source: String,
        /// How much it counts in all, zero or more.
        pub total: i64,
        /// The day to which it counts.
        pub as_of: Date,
        /// Who told.
        pub side: Side,
        /// The studio's member who did, if one did.
        pub user_id: Option<UserId>,
        /// The studio's program that did, if one did.
        pub api_key_id: Option<ApiKeyId>,
        /// When.
        pub reported_at: Instant,
    }

    crate::plain_entity!();
}

pub mod usage_warning {
    //! The warnings that were sent.
    use sea_orm::entity::prelude::*;

    use crate::{env::Instant, ids::LicenceId};

    /// That licensee and studio were warned, once for each threshold of a licence.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "licence_warnings")]
    pub struct Model {
        /// The licence.
        #[sea_orm(primary_key, auto_increment = false)]
        pub licence_id: LicenceId,
        /// The threshold that was reached, in percent of a cap: one of [`super::super::meter::THRESHOLDS`].
        #[sea_orm(primary_key, auto_increment = false)]
        pub threshold: i32,
        /// When.
        pub warned_at: Instant,
    }

    crate::plain_entity!();
}

pub mod upgrade {
    //! Licences that took another's place.
    use sea_orm::entity::prelude::*;

    use crate::{env::Instant, ids::LicenceId};

    /// An upgrade that was granted. Whether it stands is derived from the money that is kept for it: where all of that is gone, the licence that it replaced
    /// is in force again. The database refuses to change or delete it.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "licence_upgrades")]
    pub struct Model {
        /// The new licence.
        #[sea_orm(primary_key, auto_increment = false)]
        pub licence_id: LicenceId,
        /// The one that it replaces.
        pub replaced_id: LicenceId,
        /// Which upgrade of that one it is, counted from 1; each once. A second one follows only on one that was given back.
        pub attempt: i32,
        /// When it was granted.
        pub granted_at: Instant,
    }

    crate::plain_entity!();
}
