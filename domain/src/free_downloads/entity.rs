//! Tables of free downloads.

pub mod free_download {
    //! Which beats are downloaded for free.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{BeatId, StudioId},
    };

    /// A beat whose tagged preview is downloaded for an address.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "free_downloads")]
    pub struct Model {
        /// The beat.
        #[sea_orm(primary_key, auto_increment = false)]
        pub beat_id: BeatId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// Since when.
        pub opened_at: Instant,
    }

    crate::plain_entity!();
}

pub mod request {
    //! Who has asked for one.
    use sea_orm::entity::prelude::*;

    use crate::{
        email::EmailAddress,
        env::Instant,
        ids::{BeatId, FreeDownloadRequestId, StudioId},
    };

    /// A request for a download: nothing comes of it before its link confirms the address.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "free_download_requests")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: FreeDownloadRequestId,
        /// Whose beat it is.
        pub studio_id: StudioId,
        /// The beat.
        pub beat_id: BeatId,
        /// The address that was given.
        pub email: EmailAddress,
        /// The wording that stood beside the form.
        pub wording_version: String,
        /// When it was asked for.
        pub asked_at: Instant,
        /// Until when its link confirms and downloads.
        pub expires_at: Instant,
        /// When the link confirmed the address; none until then.
        pub confirmed_at: Option<Instant>,
    }

    crate::plain_entity!();
}

pub mod consent {
    //! Who may be mailed.
    use sea_orm::entity::prelude::*;

    use crate::{
        email::EmailAddress,
        env::Instant,
        ids::{FreeDownloadRequestId, MailingConsentId, PartyId, StudioId},
    };

    /// A party's consent to be mailed by a studio. Of one address one stands at a time; the database refuses to change or forget it, but for its
    /// withdrawal.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "mailing_consents")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: MailingConsentId,
        /// Who may mail.
        pub studio_id: StudioId,
        /// Who consents.
        pub party_id: PartyId,
        /// Their address, as they gave it.
        pub email: EmailAddress,
        /// The same in the form by which it is compared.
        pub email_key: String,
        /// The version of the wording that they consented to.
        pub wording_version: String,
        /// The request whose link confirmed it.
        pub request_id: FreeDownloadRequestId,
        /// When it was given: when the link confirmed it.
        pub given_at: Instant,
        /// The network address that the link was followed from.
        pub given_ip: Option<String>,
        /// When it was withdrawn.
        pub withdrawn_at: Option<Instant>,
    }

    crate::plain_entity!();
}
