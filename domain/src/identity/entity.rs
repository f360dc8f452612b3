//! Tables of identity.

use crate::text_enum;

text_enum! {
    /// What a mailed link is for.
    pub enum MailPurpose {
        /// Proves that the address is the account's.
        VerifyEmail = "verify_email",
        /// Sets a new password.
        ResetPassword = "reset_password",
        /// Somebody tried to sign up with this address, which has an account already. Carries no link.
        AccountExists = "account_exists",
    }
}

text_enum! {
    /// What was changed of how an account is opened. Its owner is mailed, so that they learn of it if somebody else has done it.
    pub enum AccountNotice {
        /// A passkey was added.
        PasskeyAdded = "passkey_added",
        /// A passkey was removed.
        PasskeyRemoved = "passkey_removed",
        /// The second factor was turned on.
        SecondFactorOn = "second_factor_on",
        /// The second factor was turned off.
        SecondFactorOff = "second_factor_off",
        /// The password was changed by somebody who knew the one before.
        PasswordChanged = "password_changed",
        /// The password was set anew by a mailed link.
        PasswordReset = "password_reset",
    }
}

text_enum! {
    /// Why a sign-in ended.
    pub enum RevokedReason {
        /// The person signed out, here or from the list of sign-ins.
        SignedOut = "signed_out",
        /// A refresh token came a second time: somebody holds a copy.
        TokenReused = "token_reused",
        /// The password was set anew.
        PasswordReset = "password_reset",
        /// The password was changed from another sign-in.
        PasswordChanged = "password_changed",
        /// The account was closed.
        AccountClosed = "account_closed",
        /// Whoever operates the program has ended it.
        EndedByOperator = "ended_by_operator",
    }
}

text_enum! {
    /// What a browser does with a passkey.
    pub enum CeremonyKind {
        /// Makes one, for an account.
        Add = "add",
        /// Signs in with one.
        SignIn = "sign_in",
        /// Proves by one that whoever sits there is the person who signed in.
        Prove = "prove",
    }
}

text_enum! {
    /// Where a passkey is kept.
    pub enum PasskeyBackup {
        /// On one device, which it never leaves.
        NotEligible = "not_eligible",
        /// On one device, from which it may be copied to others.
        Eligible = "eligible",
        /// On several devices of one person, or in a safe of theirs.
        Exists = "exists",
    }
}

text_enum! {
    /// What becomes of a sale of a beat of several makers who have not signed their split.
    pub enum UnsignedSplits {
        /// There is none: such a beat is not on sale.
        Refuse = "refuse",
        /// It is sold, and the makers' money waits until they have signed.
        Park = "park",
    }
}

text_enum! {
    /// The colour of a studio's public pages: each is legible by day and by night.
    pub enum Accent {
        /// Blue.
        Cobalt = "cobalt",
        /// Dark yellow.
        Gold = "gold",
        /// Next to black, by night next to white.
        Ink = "ink",
        /// Green.
        Moss = "moss",
        /// Pink.
        Rose = "rose",
        /// Between green and blue.
        Teal = "teal",
        /// Violet.
        Violet = "violet",
    }
}

pub mod user {
    //! Accounts.
    use sea_orm::entity::prelude::*;

    use crate::{email::EmailAddress, env::Instant, ids::UserId};

    /// A person's account.
    #[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "users")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: UserId,
        /// The address, as typed.
        pub email: EmailAddress,
        /// The form by which two spellings are one account; unique.
        pub email_key: String,
        /// The person's name.
        pub name: String,
        /// The password's argon2id hash.
        pub password_hash: String,
        /// When the address was proved; none until then.
        pub email_verified_at: Option<Instant>,
        /// When they signed up.
        pub created_at: Instant,
    }

    impl std::fmt::Debug for Model {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.debug_struct("user").field("id", &self.id).finish_non_exhaustive()
        }
    }

    crate::plain_entity!();
}

pub mod studio {
    //! Studios.
    use sea_orm::entity::prelude::*;

    use super::{Accent, UnsignedSplits};
    use crate::{email::EmailAddress, env::Instant, ids::StudioId, money::Currency};

    /// A studio: the tenant.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "studios")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: StudioId,
        /// Its word in addresses.
        pub slug: String,
        /// Its name.
        pub name: String,
        /// Its own currency: everything on sale has a price in it, whatever else it is sold in.
        pub currency: Currency,
        /// Where it is reached.
        pub contact_email: EmailAddress,
        /// Its legal name, where it differs.
        pub legal_name: Option<String>,
        /// Its postal address.
        pub address: Option<String>,
        /// Whose law governs.
        pub governing_law: String,
        /// When it was founded.
        pub created_at: Instant,
        /// What becomes of sales whose split is unsigned.
        pub unsigned_splits: UnsignedSplits,
        /// The colour of its public pages; none for the house's own.
        pub accent: Option<Accent>,
    }

    crate::plain_entity!();
}

pub mod closure {
    //! Studios that are closed.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{StudioId, UserId},
    };

    /// That a studio is closed. Once it is open again there is none.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "studio_closures")]
    pub struct Model {
        /// The studio.
        #[sea_orm(primary_key, auto_increment = false)]
        pub studio_id: StudioId,
        /// Since when.
        pub closed_at: Instant,
        /// By which of its owners; none if whoever operates the program has closed it.
        pub closed_by: Option<UserId>,
        /// Why, in their words.
        pub reason: Option<String>,
    }

    crate::plain_entity!();
}

pub mod member {
    //! Members.
    use sea_orm::entity::prelude::*;

    use crate::{
        actor::Role,
        env::Instant,
        ids::{StudioId, UserId},
    };

    /// A person in a studio.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "members")]
    pub struct Model {
        /// The studio.
        #[sea_orm(primary_key, auto_increment = false)]
        pub studio_id: StudioId,
        /// The account.
        #[sea_orm(primary_key, auto_increment = false)]
        pub user_id: UserId,
        /// As what.
        pub role: Role,
        /// Since when.
        pub joined_at: Instant,
    }

    crate::plain_entity!();
}

pub mod approval_limit {
    //! Up to which amount members let money leave.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{StudioId, UserId},
        money::Currency,
    };

    /// Up to which amount a user may approve a run, or let payees be paid, at once. Who has none may do neither, but for owners.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "approval_limits")]
    pub struct Model {
        /// The studio.
        #[sea_orm(primary_key, auto_increment = false)]
        pub studio_id: StudioId,
        /// The user.
        #[sea_orm(primary_key, auto_increment = false)]
        pub user_id: UserId,
        /// The currency.
        #[sea_orm(primary_key, auto_increment = false)]
        pub currency: Currency,
        /// The amount, in minor units.
        pub limit_minor: i64,
        /// When it was set.
        pub set_at: Instant,
        /// By whom.
        pub set_by: Option<UserId>,
    }

    crate::plain_entity!();
}

pub mod invitation {
    //! Invitations.
    use sea_orm::entity::prelude::*;

    use crate::{
        actor::Role,
        email::EmailAddress,
        env::Instant,
        ids::{InvitationId, StudioId, UserId},
    };

    /// An invitation to join a studio.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "invitations")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: InvitationId,
        /// The studio.
        pub studio_id: StudioId,
        /// Who is invited.
        pub email: EmailAddress,
        /// As what.
        pub role: Role,
        /// By whom.
        pub invited_by: UserId,
        /// When.
        pub created_at: Instant,
        /// Until when the link holds.
        pub expires_at: Instant,
        /// When it was accepted.
        pub accepted_at: Option<Instant>,
        /// When it was taken back.
        pub revoked_at: Option<Instant>,
    }

    crate::plain_entity!();
}

pub mod sign_in {
    //! Sign-ins.
    use sea_orm::entity::prelude::*;

    use super::RevokedReason;
    use crate::{
        env::Instant,
        ids::{SignInId, UserId},
    };

    /// One signed-in device.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "sign_ins")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: SignInId,
        /// Whose.
        pub user_id: UserId,
        /// What the device's program called itself.
        pub user_agent: String,
        /// The network address it came from.
        pub ip: String,
        /// When.
        pub created_at: Instant,
        /// When its tokens were last renewed.
        pub last_seen_at: Instant,
        /// When it ended.
        pub revoked_at: Option<Instant>,
        /// Why it ended.
        pub revoked_reason: Option<RevokedReason>,
        /// When it has last proved whose it is since it began; none if it has not.
        pub proved_at: Option<Instant>,
    }

    crate::plain_entity!();
}

pub mod refresh_token {
    //! Refresh tokens.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{RefreshTokenId, SignInId},
    };

    /// One refresh token; good for one use.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "refresh_tokens")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: RefreshTokenId,
        /// The sign-in that it renews.
        pub sign_in_id: SignInId,
        /// SHA-256 of the secret; unique.
        pub fingerprint: String,
        /// When it was issued.
        pub issued_at: Instant,
        /// Until when it is good.
        pub expires_at: Instant,
        /// When it was used.
        pub used_at: Option<Instant>,
    }

    crate::plain_entity!();
}

pub mod api_key {
    //! API keys.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{ApiKeyId, StudioId},
    };

    /// A program's key.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "api_keys")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ApiKeyId,
        /// The studio.
        pub studio_id: StudioId,
        /// What the studio calls it.
        pub name: String,
        /// SHA-256 of the secret; unique.
        pub fingerprint: String,
        /// What it may do: a list of [`crate::actor::Scope`].
        pub scopes: Json,
        /// When it was made.
        pub created_at: Instant,
        /// When it was revoked.
        pub revoked_at: Option<Instant>,
    }

    crate::plain_entity!();
}

pub mod mail_token {
    //! Mailed links.
    use sea_orm::entity::prelude::*;

    use super::MailPurpose;
    use crate::{
        env::Instant,
        ids::{MailTokenId, UserId},
    };

    /// A mail with a single-use link.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "mail_tokens")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: MailTokenId,
        /// To whom.
        pub user_id: UserId,
        /// What for.
        pub purpose: MailPurpose,
        /// When it was written.
        pub created_at: Instant,
        /// Until when the link holds.
        pub expires_at: Instant,
        /// When the link was used.
        pub used_at: Option<Instant>,
    }

    crate::plain_entity!();
}

pub mod second_factor {
    //! The second step of signing in.
    use sea_orm::entity::prelude::*;

    use crate::{env::Instant, ids::UserId};

    /// An account's second factor: a secret by which an authenticator makes codes. It counts once a first code has confirmed it.
    #[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "second_factors")]
    pub struct Model {
        /// Whose.
        #[sea_orm(primary_key, auto_increment = false)]
        pub user_id: UserId,
        /// The secret, sealed.
        pub sealed_secret: String,
        /// When it was made.
        pub created_at: Instant,
        /// When it was confirmed; none until then.
        pub confirmed_at: Option<Instant>,
        /// The latest step of time whose code was used: no code of it or of one before is taken again.
        pub last_step: i64,
    }

    impl std::fmt::Debug for Model {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.debug_struct("second_factor").field("user_id", &self.user_id).finish_non_exhaustive()
        }
    }

    crate::plain_entity!();
}

pub mod recovery_code {
    //! Codes that stand in for an authenticator that was lost.
    use sea_orm::entity::prelude::*;

    use crate::{env::Instant, ids::UserId};

    /// A recovery code; good for one use.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "recovery_codes")]
    pub struct Model {
        /// Whose.
        #[sea_orm(primary_key, auto_increment = false)]
        pub user_id: UserId,
        /// SHA-256 of the code.
        #[sea_orm(primary_key, auto_increment = false)]
        pub fingerprint: String,
        /// When it was used.
        pub used_at: Option<Instant>,
    }

    crate::plain_entity!();
}

pub mod passkey {
    //! Passkeys.
    use sea_orm::entity::prelude::*;

    use super::PasskeyBackup;
    use crate::{
        env::Instant,
        ids::{PasskeyId, UserId},
    };

    /// A passkey of an account: its public half. The other half has never left the device.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "passkeys")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: PasskeyId,
        /// Whose.
        pub user_id: UserId,
        /// What they call it.
        pub name: String,
        /// By which devices know it, in base 64 for addresses; unique over all accounts.
        pub credential_id: String,
        /// Its public key, and what its device has said of it once and for all, likewise.
        pub public_key: String,
        /// How its device is reached, a bit for each way.
        pub transports: i32,
        /// How often it has signed, as its device counts; 0 where that does not.
        pub sign_count: i64,
        /// Where it is kept.
        pub backup: PasskeyBackup,
        /// When it was added.
        pub created_at: Instant,
        /// When it was last used; none until then.
        pub last_used_at: Option<Instant>,
    }

    crate::plain_entity!();
}

pub mod passkey_ceremony {
    //! What browsers do with passkeys.
    use sea_orm::entity::prelude::*;

    use super::CeremonyKind;
    use crate::{
        env::Instant,
        ids::{PasskeyCeremonyId, UserId},
    };

    /// A ceremony that was begun: the row goes when its answer comes, whatever that is.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "passkey_ceremonies")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: PasskeyCeremonyId,
        /// What is done.
        pub kind: CeremonyKind,
        /// Who does it; none for signing in, where nobody is known yet.
        pub user_id: Option<UserId>,
        /// The challenge, and what else the answer is held against, in base 64 for addresses.
        pub state: String,
        /// Until when an answer is taken.
        pub expires_at: Instant,
    }

    crate::plain_entity!();
}
