//! Quotes: versions, answers and schedules.

pub mod quote {
    //! Quotes.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{AgreementId, ClientId, ProjectId, QuoteId, StudioId},
        invoices::entity::QuoteState,
        money::{Currency, Money},
    };

    /// What a studio asks for a project.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "quotes")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: QuoteId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// For which project.
        pub project_id: ProjectId,
        /// For whom.
        pub client_id: ClientId,
        /// The reference, such as `QT-7K3M9Q2X`; unique everywhere.
        pub reference: String,
        /// Where it stands.
        pub state: QuoteState,
        /// The number of its present version.
        pub version: i32,
        /// What the present version is called.
        pub title: String,
        /// What it comes to, tax and all, in minor units.
        pub total_minor: i64,
        /// Its currency.
        pub currency: Currency,
        /// Until when it can be accepted.
        pub valid_until: Instant,
        /// Whether nothing is invoiced before an agreement is executed.
        pub requires_agreement: bool,
        /// Which; none until it is named.
        pub agreement_id: Option<AgreementId>,
        /// When it was begun.
        pub created_at: Instant,
        /// When it was last changed.
        pub updated_at: Instant,
        /// When its client was last mailed.
        pub mailed_at: Option<Instant>,
        /// When it was accepted.
        pub accepted_at: Option<Instant>,
        /// When the studio has ended it.
        pub ended_at: Option<Instant>,
        /// Why.
        pub end_reason: Option<String>,
    }

    crate::plain_entity!();

    impl Model {
        /// What it comes to, tax and all.
        pub fn total(&self) -> Money {
            Money::new(self.total_minor, self.currency)
        }

        /// Whether it waits for an answer that can be given no more.
        pub fn is_expired(&self, now: Instant) -> bool {
            self.state == QuoteState::Sent && now >= self.valid_until
        }
    }
}

pub mod version {
    //! Versions of quotes.
    use sea_orm::entity::prelude::*;

    use crate::{catalog::Sha256, env::Instant, ids::QuoteId};

    /// A version of a quote; frozen once it is sent.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "quote_versions")]
    pub struct Model {
        /// The quote.
        #[sea_orm(primary_key, auto_increment = false)]
        pub quote_id: QuoteId,
        /// Its number, from 1.
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i32,
        /// What it says: [`crate::invoices::content::QuoteContent`] in JSON.
        pub content: String,
        /// SHA-256 of that.
        pub sha256: Sha256,
        /// When it was last saved.
        pub saved_at: Instant,
        /// When it was sent.
        pub sent_at: Option<Instant>,
    }

    crate::plain_entity!();
}

pub mod answer {
    //! Answers to quotes.
    use sea_orm::entity::prelude::*;

    use crate::{catalog::Sha256, env::Instant, ids::QuoteId, invoices::entity::QuoteAct};

    /// How a client has answered a version; append-only. One is accepted at the most.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "quote_answers")]
    pub struct Model {
        /// The quote.
        #[sea_orm(primary_key, auto_increment = false)]
        pub quote_id: QuoteId,
        /// The version.
        #[sea_orm(primary_key, auto_increment = false)]
        pub version: i32,
        /// How.
        pub act: QuoteAct,
        /// The name that was typed by who accepted.
        pub name: Option<String>,
        /// Why it was declined.
        pub reason: Option<String>,
        /// SHA-256 of what was answered.
        pub sha256: Sha256,
        /// From where.
        pub ip: Option<String>,
        /// With what.
        pub user_agent: Option<String>,
        /// When.
        pub at: Instant,
    }

    crate::plain_entity!();
}

pub mod stage {
    //! Schedules of accepted quotes.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{InvoiceId, QuoteId},
        invoices::entity::{Phase, StageKind},
    };

    /// A stage of an accepted quote, which is invoiced once.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "quote_stages")]
    pub struct Model {
        /// The quote.
        #[sea_orm(primary_key, auto_increment = false)]
        pub quote_id: QuoteId,
        /// Its place, from 1.
        #[sea_orm(primary_key, auto_increment = false)]
        pub position: i32,
        /// What it is.
        pub kind: StageKind,
        /// What it is called.
        pub name: String,
        /// What is to be paid, before tax, in minor units of the quote's currency.
        pub net_minor: i64,
        /// The tax on it.
        pub tax_minor: i64,
        /// On which day it is invoiced by itself.
        pub due_on: Option<Date>,
        /// The part of the work that reaches it, unless a day is set: once it is done for all songs, it is invoiced by itself.
        pub phase: Option<Phase>,
        /// When it was reached.
        pub reached_at: Option<Instant>,
        /// The invoice.
        pub invoice_id: Option<InvoiceId>,
    }

    crate::plain_entity!();
}
