//! Tables of payouts.

use crate::text_enum;

text_enum! {
    /// How a payee is paid.
    pub enum PayoutMethod {
        /// By the gateway, to the payee's account there.
        Gateway = "gateway",
        /// By the studio itself, which records it.
        Manual = "manual",
        /// By a SEPA credit transfer of the studio's bank.
        Sepa = "sepa",
        /// By an ACH credit of the studio's bank.
        Ach = "ach",
    }
}

text_enum! {
    /// Where a payout stands.
    pub enum PayoutState {
        /// Booked, and on its way to the gateway.
        Sending = "sending",
        /// The gateway has sent it, or the studio has.
        Paid = "paid",
        /// It stands in a file for the studio's bank.
        Exported = "exported",
        /// The gateway has refused it: it is owed again, and is tried again.
        Failed = "failed",
        /// Failed, and not tried any more.
        Cancelled = "cancelled",
        /// It had left, and came back: it is owed again.
        Returned = "returned",
    }
}

text_enum! {
    /// How a bank is told to pay.
    pub enum BankScheme {
        /// Euros within SEPA, by pain.001.
        Sepa = "sepa",
        /// Dollars within the United States, by a NACHA file.
        Ach = "ach",
    }
}

impl From<BankScheme> for PayoutMethod {
    fn from(scheme: BankScheme) -> Self {
        match scheme {
            BankScheme::Sepa => Self::Sepa,
            BankScheme::Ach => Self::Ach,
        }
    }
}

text_enum! {
    /// Where a payee's account at the gateway stands.
    pub enum PayeeState {
        /// The link was mailed; there is no account yet.
        Invited = "invited",
        /// There is one, and the gateway has more to ask.
        Incomplete = "incomplete",
        /// Money can be sent to it.
        Ready = "ready",
    }
}

text_enum! {
    /// What a payee is told of a payout.
    pub enum PayoutNotice {
        /// It has left, or stands in a file for the bank.
        Left = "left",
        /// It could not be sent, and is owed as before.
        Failed = "failed",
        /// It came back, and is owed again.
        Returned = "returned",
    }
}

text_enum! {
    /// Who is told that a payee's bank details have changed.
    pub enum PayoutSide {
        /// Who is paid.
        Payee = "payee",
        /// Who pays.
        Studio = "studio",
    }
}

pub mod payee {
    //! Payees' accounts at gateways.
    use sea_orm::entity::prelude::*;

    use super::PayeeState;
    use crate::{
        email::EmailAddress,
        env::Instant,
        ids::{PartyId, PayeeId, StudioId, UserId},
    };

    /// A payee at a gateway; one per party and gateway.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "payees")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: PayeeId,
        /// Whose books they are paid from.
        pub studio_id: StudioId,
        /// Who.
        pub party_id: PartyId,
        /// The gateway's name.
        pub gateway: String,
        /// The gateway's id for the account; none until the link was followed, and again once it was reset.
        pub gateway_account: Option<String>,
        /// Their country, ISO 3166-1 alpha-2.
        pub country: String,
        /// Where the link was mailed.
        pub email: EmailAddress,
        /// Where the account stands, as last seen.
        pub state: PayeeState,
        /// What the gateway still has to know, in its words, one a line.
        pub missing: String,
        /// When the link was last mailed.
        pub invited_at: Instant,
        /// By whom.
        pub invited_by: Option<UserId>,
        /// When the gateway was last asked.
        pub checked_at: Option<Instant>,
    }

    crate::plain_entity!();
}

pub mod payee_bank {
    //! Payees' bank accounts.
    use sea_orm::entity::prelude::*;

    use super::BankScheme;
    use crate::{
        env::Instant,
        ids::{PartyId, PayeeBankChangeId, StudioId, UserId},
    };

    /// Where a payee without an account at the gateway is paid. The database takes no other details without a new row of their history.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "payee_banks")]
    pub struct Model {
        /// Who.
        #[sea_orm(primary_key, auto_increment = false)]
        pub party_id: PartyId,
        /// Whose books they are paid from.
        pub studio_id: StudioId,
        /// How.
        pub scheme: BankScheme,
        /// Whose account it is, in the characters that banks take.
        pub holder: String,
        /// The IBAN, or the account's number.
        pub account: String,
        /// The BIC, if it is known, or the bank's routing number.
        pub bank: Option<String>,
        /// Whether it is a savings account; for ACH, which has to know.
        pub savings: bool,
        /// When this was told.
        pub set_at: Instant,
        /// By whom.
        pub set_by: Option<UserId>,
        /// The row of the history that tells of it.
        pub change_id: Option<PayeeBankChangeId>,
    }

    crate::plain_entity!();
}

pub mod payee_bank_change {
    //! The history of payees' bank details.
    use sea_orm::entity::prelude::*;

    use super::BankScheme;
    use crate::{
        env::Instant,
        ids::{PartyId, PayeeBankChangeId, StudioId, UserId},
    };

    /// What a payee's bank details were changed to, by whom and when. Append-only.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "payee_bank_changes")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: PayeeBankChangeId,
        /// Whose books they are paid from.
        pub studio_id: StudioId,
        /// Who.
        pub party_id: PartyId,
        /// How.
        pub scheme: BankScheme,
        /// Whose account it is.
        pub holder: String,
        /// The account, [masked](crate::payouts::rules::bank::masked).
        pub masked_account: String,
        /// The BIC, if it is known, or the bank's routing number.
        pub bank: Option<String>,
        /// Whether it is a savings account.
        pub savings: bool,
        /// When this was told.
        pub set_at: Instant,
        /// By whom; none if it was the program itself.
        pub set_by: Option<UserId>,
    }

    crate::plain_entity!();
}

pub mod payout_terms {
    //! What holds for all payouts of a studio.
    use sea_orm::entity::prelude::*;

    use crate::ids::StudioId;

    /// A studio's terms; where there are none, those of [`crate::payouts::rules`] hold.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "payout_terms")]
    pub struct Model {
        /// Whose.
        #[sea_orm(primary_key, auto_increment = false)]
        pub studio_id: StudioId,
        /// For how many days the money of a sale is held back.
        pub hold_days: i32,
    }

    crate::plain_entity!();
}

pub mod payout_minimum {
    //! From which amount on is paid.
    use sea_orm::entity::prelude::*;

    use crate::{
        ids::{PartyId, PayoutMinimumId, StudioId},
        money::Currency,
    };

    /// The least that is paid in a currency.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "payout_minimums")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: PayoutMinimumId,
        /// Whose books.
        pub studio_id: StudioId,
        /// To whom; none for everybody who has none of their own.
        pub party_id: Option<PartyId>,
        /// The currency.
        pub currency: Currency,
        /// In minor units.
        pub minimum_minor: i64,
    }

    crate::plain_entity!();
}

pub mod payee_terms {
    //! What royalties' terms of payees say of payouts.
    use sea_orm::entity::prelude::*;

    use crate::{
        ids::{PartyId, StudioId},
        money::Currency,
    };

    /// A version of a rule of royalties, as far as payouts keep to it. Royalties write it; here it is read alone.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "royalty_rules")]
    pub struct Model {
        /// Whose it is.
        #[sea_orm(primary_key, auto_increment = false)]
        pub studio_id: StudioId,
        /// The rule's name, the same in all its versions.
        #[sea_orm(primary_key, auto_increment = false)]
        pub rule: String,
        /// Its number among them; of those in force the highest holds.
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i32,
        /// From which day on it is in force.
        pub effective_on: Date,
        /// Whose terms they are; none of rules of another kind.
        pub payee_id: Option<PartyId>,
        /// The least that is paid out, in minor units.
        pub minimum_minor: Option<i64>,
        /// Its currency.
        pub minimum_currency: Option<Currency>,
        /// Why nothing is paid out for now.
        pub hold_reason: Option<String>,
        /// Through which day; until further notice if none is named.
        pub hold_through: Option<Date>,
    }

    crate::plain_entity!();
}

pub mod payout_batch {
    //! Files for banks.
    use sea_orm::entity::prelude::*;

    use super::BankScheme;
    use crate::{
        catalog::Sha256,
        env::Instant,
        ids::{PayoutBatchId, StudioId, UserId},
        money::Currency,
    };

    /// A file for a bank, kept as it was given. Append-only.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "payout_batches")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: PayoutBatchId,
        /// Whose books.
        pub studio_id: StudioId,
        /// The reference, which the file bears.
        pub reference: String,
        /// How the bank is told.
        pub scheme: BankScheme,
        /// The currency.
        pub currency: Currency,
        /// What all payouts in it come to, in minor units.
        pub total_minor: i64,
        /// How many there are.
        pub payouts: i32,
        /// When the bank is to pay.
        pub execute_on: Date,
        /// The file.
        pub file: String,
        /// Its SHA-256.
        pub sha256: Sha256,
        /// The key under which it was asked for; the same key makes one.
        pub request_key: Option<String>,
        /// The SHA-256 of what was asked for under it.
        pub request_sha256: Sha256,
        /// When it was made.
        pub created_at: Instant,
        /// By whom.
        pub created_by: Option<UserId>,
    }

    crate::plain_entity!();
}

pub mod payout {
    //! Payouts.
    use sea_orm::entity::prelude::*;

    use super::{PayoutMethod, PayoutState};
    use crate::{
        env::Instant,
        ids::{JournalId, PartyId, PayoutBatchId, PayoutId, StudioId, UserId},
        money::Currency,
    };

    /// Money paid to a payee. Of those that the gateway sends one is under way at a time, per payee and currency.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "payouts")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: PayoutId,
        /// Whose books.
        pub studio_id: StudioId,
        /// To whom.
        pub party_id: PartyId,
        /// How.
        pub method: PayoutMethod,
        /// Where it stands.
        pub state: PayoutState,
        /// The reference, which journals, transfers and bank files bear.
        pub reference: String,
        /// How much, in minor units.
        pub amount_minor: i64,
        /// The currency.
        pub currency: Currency,
        /// The gateway that sends it.
        pub gateway: Option<String>,
        /// The payee's account there.
        pub gateway_account: Option<String>,
        /// The gateway's id for it, once it was sent.
        pub gateway_transfer: Option<String>,
        /// The file that it stands in.
        pub batch_id: Option<PayoutBatchId>,
        /// Which attempt this is, from 1. Each is booked and sent under a key of its own.
        pub attempt: i32,
        /// When this attempt was booked.
        pub attempt_at: Instant,
        /// Since when the gateway is being asked; none while nobody asks.
        pub tried_at: Option<Instant>,
        /// The journal that books the attempt.
        pub journal_id: JournalId,
        /// The journal that books it back.
        pub undone_journal: Option<JournalId>,
        /// Why the last attempt failed, or why it came back.
        pub failure: Option<String>,
        /// When it is tried again; none if not by itself.
        pub retry_at: Option<Instant>,
        /// How much of it has come back at the gateway, in minor units.
        pub reversed_minor: i64,
        /// What the studio says of it.
        pub note: String,
        /// The key under which it was asked for; the same key asks once.
        pub request_key: Option<String>,
        /// When it was asked for.
        pub requested_at: Instant,
        /// By whom.
        pub requested_by: Option<UserId>,
        /// When it left, or is to leave by the file that it stands in.
        pub paid_at: Option<Instant>,
        /// When the gateway was last asked what became of it.
        pub checked_at: Option<Instant>,
    }

    crate::plain_entity!();
}
