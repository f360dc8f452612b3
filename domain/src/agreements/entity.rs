//! Tables of agreements.

mod words;

pub use words::{AgreementNotice, AgreementState, EvidenceKind, LinkReason, SignerState, SigningOrder};

pub mod agreement {
    //! Agreements.
    use sea_orm::entity::prelude::*;

    use super::{AgreementState, SigningOrder};
    use crate::{
        agreements::document::Template,
        catalog::Sha256,
        env::Instant,
        ids::{AgreementId, SignerId, StudioId, WorkId},
    };

    /// An agreement.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "agreements")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: AgreementId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// The one reference, such as `AG-7K3M9Q2X`; unique everywhere.
        pub reference: String,
        /// The template.
        pub template: Template,
        /// The current version's title.
        pub title: String,
        /// The work that it is about, if it is one of the studio's.
        pub work_id: Option<WorkId>,
        /// Where it stands.
        pub state: AgreementState,
        /// In which order it is signed.
        pub signing_order: SigningOrder,
        /// The current version's number.
        pub version: i32,
        /// The number of the version that a signer has proposed and the studio has not answered.
        pub counter_version: Option<i32>,
        /// Who has proposed it.
        pub counter_by: Option<SignerId>,
        /// The executed agreement that this one shall replace.
        pub supersedes_id: Option<AgreementId>,
        /// Until when it can be signed, once sent.
        pub expires_at: Option<Instant>,
        /// When its term ends, if it does.
        pub term_ends_on: Option<Date>,
        /// When the end of the term was announced.
        pub term_announced_at: Option<Instant>,
        /// How many entries the evidence chain has.
        pub evidence_count: i32,
        /// The hash of its last entry: tells of entries that are missing at the end.
        pub evidence_head: Sha256,
        /// When it was written.
        pub created_at: Instant,
        /// When it was last sent.
        pub sent_at: Option<Instant>,
        /// When the last signature was made.
        pub executed_at: Option<Instant>,
        /// When it ended without execution.
        pub closed_at: Option<Instant>,
        /// Why, a sentence.
        pub closed_reason: Option<String>,
    }

    crate::plain_entity!();

    impl Model {
        /// Where it stands at a moment: what the schedule has not ended yet is over when its time is.
        pub fn stands_at(&self, now: Instant) -> AgreementState {
            let late = self.state.is_out() && self.expires_at.is_some_and(|at| at <= now);
            if late { AgreementState::Expired } else { self.state }
        }
    }
}

pub mod version {
    //! Versions of documents; append-only.
    use sea_orm::entity::prelude::*;

    use crate::{
        catalog::Sha256,
        env::Instant,
        ids::{AgreementId, SignerId},
    };

    /// A version of an agreement's document. Those that a signer has proposed stand here too; an agreement's own number says which is current.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "agreement_versions")]
    pub struct Model {
        /// The agreement.
        #[sea_orm(primary_key, auto_increment = false)]
        pub agreement_id: AgreementId,
        /// Its number, from 1.
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i32,
        /// The document in canonical form.
        pub document: String,
        /// SHA-256 of its text.
        pub text_sha256: Sha256,
        /// What it says: [`crate::agreements::document::Reading`] without the document itself.
        pub reading: Json,
        /// The signer who proposed it; none: the studio.
        pub proposed_by: Option<SignerId>,
        /// What the proposer said about it.
        pub note: Option<String>,
        /// When.
        pub created_at: Instant,
    }

    crate::plain_entity!();
}

pub mod clause_default {
    //! What studios change in templates' clauses.
    use sea_orm::entity::prelude::*;

    use crate::{agreements::document::Template, env::Instant, ids::StudioId};

    /// What a studio changes in a template's clauses: its new agreements begin with it. There is a row only where something is changed.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "clause_defaults")]
    pub struct Model {
        /// The studio.
        #[sea_orm(primary_key, auto_increment = false)]
        pub studio_id: StudioId,
        /// The template.
        #[sea_orm(primary_key, auto_increment = false)]
        pub template: Template,
        /// The changes, as a document's `clauses` has them.
        pub edits: Json,
        /// When they were set.
        pub updated_at: Instant,
    }

    crate::plain_entity!();
}

pub mod signer {
    //! Signers.
    use sea_orm::entity::prelude::*;

    use super::SignerState;
    use crate::{
        agreements::document::{Mark, PaperMark},
        catalog::Sha256,
        email::EmailAddress,
        env::Instant,
        ids::{AgreementId, PartyId, SignerId},
    };

    /// A person who signs for a party.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "agreement_signers")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: SignerId,
        /// The agreement.
        pub agreement_id: AgreementId,
        /// For which party of the document, by index.
        pub party_index: i32,
        /// The party's address in the document, as an account's key: tells the party when the document's rows move.
        pub party_key: String,
        /// Place in the signing order, from 1.
        pub position: i32,
        /// Their name.
        pub name: String,
        /// Where their links and codes go.
        pub email: EmailAddress,
        /// Where they stand.
        pub state: SignerState,
        /// Who handed it on to them; none for who stands in the document.
        pub delegated_by: Option<SignerId>,
        /// To whom they have handed it on.
        pub replaced_by: Option<SignerId>,
        /// Why they declined or want paper, and where it is to be sent: what a signer says of wanting paper is for the studio alone.
        pub reason: Option<String>,
        /// What whoever handed it on said to them: for the two of them and the studio.
        pub note: Option<String>,
        /// What the studio said when it did not take the change that they proposed last: for them alone.
        pub refusal: Option<String>,
        /// The party in the studio's books, once executed.
        pub party_id: Option<PartyId>,
        /// The version that was signed.
        pub signed_version: Option<i32>,
        /// SHA-256 of the signed version's text.
        pub signed_text_sha256: Option<Sha256>,
        /// SHA-256 of the part of it that concerned them.
        pub concerns_sha256: Option<Sha256>,
        /// SHA-256 of what was shown before signing.
        pub shown_sha256: Option<Sha256>,
        /// The version of the consent to electronic records.
        pub consent_version: Option<String>,
        /// The visible mark, a [`crate::agreements::document::Mark`].
        pub mark: Option<Json>,
        /// When they signed.
        pub signed_at: Option<Instant>,
        /// From where.
        pub ip: Option<String>,
        /// With what.
        pub user_agent: Option<String>,
        /// When they were last mailed a link.
        pub mailed_at: Option<Instant>,
        /// How often the schedule has reminded them.
        pub reminders: i32,
        /// When they became a signer.
        pub created_at: Instant,
    }

    crate::plain_entity!();

    impl Model {
        /// What they signed on paper, if they did; while the signature stands.
        pub fn paper(&self) -> Option<PaperMark> {
            match serde_json::from_value(self.mark.clone()?) {
                Ok(Mark::Paper(paper)) => Some(paper),
                _ => None,
            }
        }

        /// Whether they have asked for paper, or signed on it; as long as that stands.
        pub fn is_on_paper(&self) -> bool {
            self.state == SignerState::Paper || self.paper().is_some()
        }
    }
}

pub mod link {
    //! Mailed links.
    use sea_orm::entity::prelude::*;

    use super::LinkReason;
    use crate::{
        env::Instant,
        ids::{AgreementId, SignerId, SigningLinkId},
    };

    /// A single-use link to a signer; its token is derived from the id and the installation's key.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "agreement_links")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: SigningLinkId,
        /// The agreement.
        pub agreement_id: AgreementId,
        /// To whom.
        pub signer_id: SignerId,
        /// Why.
        pub reason: LinkReason,
        /// When it was made.
        pub created_at: Instant,
        /// Until when it opens.
        pub expires_at: Instant,
        /// When its mail was handed over.
        pub mailed_at: Option<Instant>,
        /// When it was opened.
        pub used_at: Option<Instant>,
        /// When a later link, or the agreement's end, made it void.
        pub voided_at: Option<Instant>,
    }

    crate::plain_entity!();
}

pub mod session {
    //! Signing sessions.
    use sea_orm::entity::prelude::*;

    use crate::{
        catalog::Sha256,
        env::Instant,
        ids::{AgreementId, SignerId, SigningLinkId, SigningSessionId},
    };

    /// A browser in which a link was opened, found by the secret in its cookie.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "signing_sessions")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: SigningSessionId,
        /// The agreement.
        pub agreement_id: AgreementId,
        /// Whose.
        pub signer_id: SignerId,
        /// The link that began it; one each.
        pub link_id: SigningLinkId,
        /// SHA-256 of the cookie's secret; unique.
        pub secret_fingerprint: String,
        /// How many codes were asked for; the present code follows from it, the id and the installation's secret.
        pub codes: i32,
        /// The id of that secret; none where it was not yet kept, or no code was asked for.
        pub code_secret: Option<String>,
        /// Until when the present code is good.
        pub code_expires_at: Option<Instant>,
        /// How often the present code was entered wrongly.
        pub attempts: i32,
        /// The number of the last code that was mailed.
        pub codes_mailed: i32,
        /// When a code was entered rightly.
        pub verified_at: Option<Instant>,
        /// The version that was last shown.
        pub shown_version: Option<i32>,
        /// SHA-256 of what was shown.
        pub shown_sha256: Option<Sha256>,
        /// The version of the consent to electronic records.
        pub consent_version: Option<String>,
        /// When it was given.
        pub consented_at: Option<Instant>,
        /// When the session began.
        pub created_at: Instant,
        /// Until when it lasts.
        pub expires_at: Instant,
    }

    crate::plain_entity!();
}

pub mod evidence {
    //! The evidence chain; append-only, each entry bound to the one before by a trigger.
    use sea_orm::entity::prelude::*;

    use super::EvidenceKind;
    use crate::{
        catalog::Sha256,
        env::Instant,
        ids::{AgreementId, SignerId},
    };

    /// An entry of an agreement's chain.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "agreement_evidence")]
    pub struct Model {
        /// The agreement.
        #[sea_orm(primary_key, auto_increment = false)]
        pub agreement_id: AgreementId,
        /// Its number, from 1 without a gap.
        #[sea_orm(primary_key, auto_increment = false)]
        pub seq: i32,
        /// When.
        pub at: Instant,
        /// What.
        pub kind: EvidenceKind,
        /// The signer who did it, or whom it was done to; none: the agreement as a whole.
        pub signer_id: Option<SignerId>,
        /// The whole entry as canonical JSON: the text that is hashed.
        pub event: String,
        /// The hash of the entry before; 64 zeros for the first.
        pub previous: Sha256,
        /// SHA-256 over `previous`, a line feed, and `event`.
        pub hash: Sha256,
    }

    crate::plain_entity!();
}
