//! Invoices, what is paid of them, and what a studio sets for them.

pub mod settings {
    //! What a studio sets for its invoices.
    use sea_orm::entity::prelude::*;

    use crate::{env::Instant, ids::StudioId, pricing::Country};

    /// How a studio invoices.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "invoice_settings")]
    pub struct Model {
        /// Whose.
        #[sea_orm(primary_key, auto_increment = false)]
        pub studio_id: StudioId,
        /// What numbers begin with, such as `INV`.
        pub prefix: String,
        /// Where the studio is.
        pub country: Option<Country>,
        /// Its VAT identification number.
        pub vat_id: Option<String>,
        /// Its number at the tax office.
        pub tax_number: Option<String>,
        /// Why no tax is charged, where none is.
        pub tax_note: Option<String>,
        /// Where clients pay by bank transfer.
        pub bank_details: Option<String>,
        /// For how many days invoices can be paid.
        pub due_days: i32,
        /// How many days before that a client is reminded; none: not before.
        pub remind_before_days: Option<i32>,
        /// Whether they are on the day itself.
        pub remind_at_due: bool,
        /// How many days lie between reminders after that, at the least.
        pub remind_every_days: i32,
        /// How many reminders there are of an invoice, at the most.
        pub max_reminders: i32,
        /// When it was last changed.
        pub updated_at: Instant,
    }

    crate::plain_entity!();
}

pub mod counter {
    //! Numbers that were given out.
    use sea_orm::entity::prelude::*;

    use crate::ids::StudioId;

    /// The last number of a studio and year. Whoever gives out the next one holds it.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "invoice_counters")]
    pub struct Model {
        /// Whose.
        #[sea_orm(primary_key, auto_increment = false)]
        pub studio_id: StudioId,
        /// The year, by UTC.
        #[sea_orm(primary_key, auto_increment = false)]
        pub year: i32,
        /// The number.
        pub last_number: i32,
    }

    crate::plain_entity!();
}

pub mod invoice {
    //! Invoices and credit notes.
    use sea_orm::entity::prelude::*;

    use crate::{
        catalog::Sha256,
        env::Instant,
        ids::{ClientId, InvoiceId, ProjectId, QuoteId, StudioId, UserId},
        invoices::entity::InvoiceKind,
        money::{Currency, Money},
    };

    /// An invoice or a credit note; append-only, numbered without a gap.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "invoices")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: InvoiceId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// What it is.
        pub kind: InvoiceKind,
        /// In which year it was issued, by UTC.
        pub year: i32,
        /// Its number in that year, from 1.
        pub number: i32,
        /// The number in print, such as `INV-2026-0001`; unique in the studio.
        pub reference: String,
        /// For whom.
        pub client_id: ClientId,
        /// For which project.
        pub project_id: Option<ProjectId>,
        /// The quote whose schedule it follows.
        pub quote_id: Option<QuoteId>,
        /// The stage of that, by its position.
        pub stage: Option<i32>,
        /// Of a credit note, the invoice.
        pub credits_id: Option<InvoiceId>,
        /// Of a fee for being late, the invoice that is.
        pub late_fee_of: Option<InvoiceId>,
        /// Up to which day that is charged for.
        pub late_fee_through: Option<Date>,
        /// What it comes to before tax, in minor units.
        pub net_minor: i64,
        /// The tax.
        pub tax_minor: i64,
        /// Both.
        pub total_minor: i64,
        /// Their currency.
        pub currency: Currency,
        /// When it was issued.
        pub issued_at: Instant,
        /// The last day on which it can be paid in time; none of a credit note.
        pub due_on: Option<Date>,
        /// What it says: [`crate::invoices::content::InvoiceContent`] in JSON.
        pub content: String,
        /// SHA-256 of that.
        pub sha256: Sha256,
        /// The key under which it was asked for, if one was given; unique per studio.
        pub request_key: Option<String>,
        /// Who has issued it; none if the program has, by the schedule.
        pub issued_by: Option<UserId>,
    }

    crate::plain_entity!();

    impl Model {
        /// What it comes to, tax and all.
        pub fn total(&self) -> Money {
            self.money(self.total_minor)
        }

        /// An amount in its currency.
        pub fn money(&self, minor: i64) -> Money {
            Money::new(minor, self.currency)
        }
    }
}

pub mod invoice_order {
    //! Orders that pay invoices.
    use sea_orm::entity::prelude::*;

    use crate::ids::{InvoiceId, OrderId};

    /// That an order without lines pays an invoice, or what is left to pay of it; append-only.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "invoice_orders")]
    pub struct Model {
        /// The order.
        #[sea_orm(primary_key, auto_increment = false)]
        pub order_id: OrderId,
        /// The invoice.
        pub invoice_id: InvoiceId,
    }

    crate::plain_entity!();
}

pub mod transfer {
    //! Bank transfers.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{InvoiceId, InvoiceTransferId, JournalId, StudioId, UserId},
        invoices::entity::TransferKind,
        ledger::rules::service::Transferred,
        money::{Currency, Money},
    };

    /// Money of an invoice that came to the studio's bank account, or left it; append-only.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "invoice_transfers")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: InvoiceTransferId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// The invoice.
        pub invoice_id: InvoiceId,
        /// Which way it went.
        pub kind: TransferKind,
        /// What it pays of the invoice, tax and all, in minor units; below zero what it takes back.
        pub applied_minor: i64,
        /// The tax within that.
        pub tax_minor: i64,
        /// What is beyond the invoice and owed back; below zero what was sent back of it.
        pub excess_minor: i64,
        /// Their currency, the invoice's.
        pub currency: Currency,
        /// The day on which it came or left.
        pub happened_on: Date,
        /// What the studio says of it; may be empty.
        pub note: String,
        /// The key under which it was recorded, if one was given; unique per studio.
        pub request_key: Option<String>,
        /// Of a counter entry, what it takes back.
        pub reverses_id: Option<InvoiceTransferId>,
        /// The journal that books it.
        pub journal_id: JournalId,
        /// Who has recorded it.
        pub recorded_by: Option<UserId>,
        /// When.
        pub recorded_at: Instant,
    }

    crate::plain_entity!();

    impl Model {
        /// All of it; below zero what left.
        pub fn amount(&self) -> Money {
            Money::new(self.applied_minor.saturating_add(self.excess_minor), self.currency)
        }

        /// What it moves in the books.
        pub const fn moved(&self) -> Transferred {
            Transferred {
                applied_minor: self.applied_minor,
                tax_minor: self.tax_minor,
                excess_minor: self.excess_minor,
            }
        }
    }
}

pub mod reminder {
    //! Reminders.
    use sea_orm::entity::prelude::*;

    use crate::{env::Instant, ids::InvoiceId, invoices::entity::ReminderKind};

    /// That a client was reminded; append-only.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "invoice_reminders")]
    pub struct Model {
        /// The invoice.
        #[sea_orm(primary_key, auto_increment = false)]
        pub invoice_id: InvoiceId,
        /// Which reminder it was, from 1.
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i32,
        /// When, in respect of the day on which it was due.
        pub kind: ReminderKind,
        /// When.
        pub at: Instant,
    }

    crate::plain_entity!();
}

pub mod watch {
    //! When invoices are looked at.
    use sea_orm::entity::prelude::*;

    use crate::{env::Instant, ids::InvoiceId};

    /// When an invoice is looked at next: whether to remind of it, or to charge for its being late. It says nothing of how the invoice stands.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "invoice_watches")]
    pub struct Model {
        /// The invoice.
        #[sea_orm(primary_key, auto_increment = false)]
        pub invoice_id: InvoiceId,
        /// When.
        pub next_at: Instant,
    }

    crate::plain_entity!();
}
