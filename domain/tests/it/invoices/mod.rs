//! Quotes and invoices: what is asked, what is paid of it, and what becomes of that.

mod crediting;
mod ending;
mod money_back;
mod numbers;
mod paying;
mod phases;
mod quotes;
mod schedule;
mod tax;
mod tending;
mod transfers;

use chrono::Duration;
use domain::{
    actor::{Actor, Ctx, Role},
    clients::entity::{self as clients, ClientStage},
    email::EmailAddress,
    identity::entity::{studio, user},
    ids::{ClientId, OrderId, PartyId, ProjectId, UserId},
    invoices::{
        InvoiceError,
        commands::{
            self, AcceptQuote, BillTo, CreditInvoice, IssueInvoice, QuoteDraft, RecordTransfer, issue_invoice,
            open_payment, settle_payments,
        },
        entity::{InvoiceNotice, QuoteNotice, invoice, quote, transfer},
        queries::{self, ProjectBalance},
        rules::{lines::NewLine, standing::Standing},
    },
    money::{Currency, Money},
    offers::commands::Device,
    outbox::{Job, entity::job},
    parties::entity as party,
    production::entity::project::{self, ProjectKind, ProjectState},
    sales::{self, Settled, entity::OrderState},
    services::Services,
    share::Share,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};

use crate::{shop::Shop, support::World};

/// A studio with a client, a project of theirs, and somebody who owns it all.
struct Desk {
    shop: Shop,
    client: ClientId,
    project: ProjectId,
    owner: Ctx,
}

fn device() -> Device {
    Device { ip: Some("127.0.0.1".into()), user_agent: Some("test".into()) }
}

fn share(ppm: u32) -> Share {
    Share::from_ppm(ppm).unwrap()
}

fn bill_to() -> BillTo {
    BillTo { address: "Kanalstraße 5\n80538 München".into(), ..BillTo::default() }
}

fn lines(minor: i64, currency: Currency) -> Vec<NewLine> {
    let unit = Money::new(minor, currency);
    vec![NewLine { what: "Mixing".into(), quantity_milli: 1_000, unit, recoupable: false }]
}

impl Desk {
    async fn open(world: &World, currency: Currency) -> Self {
        let shop = Shop::open(world, currency).await;
        let (db, env) = (&world.db, &world.ctx.env);
        let addressed = studio::ActiveModel {
            id: Set(shop.studio),
            address: Set(Some("Hafenweg 1\n20457 Hamburg".into())),
            ..Default::default()
        };
        addressed.update(db).await.unwrap();
        let email: EmailAddress = "nova.reyes@example.com".parse().unwrap();
        let user_id: UserId = env.id();
        let row = user::Model {
            id: user_id,
            email_key: email.account_key(),
            email,
            name: "Nova Reyes".into(),
            password_hash: "none: this account signs in by no password".into(),
            email_verified_at: Some(env.now()),
            created_at: env.now(),
        };
        row.into_active_model().insert(db).await.unwrap();
        let (party_id, client, project): (PartyId, ClientId, ProjectId) = (env.id(), env.id(), env.id());
        let row = party::Model {
            id: party_id,
            studio_id: shop.studio,
            kind: party::PartyKind::Person,
            name: "Ada Lovelace".into(),
            legal_name: None,
            email: Some("ada@example.com".parse().unwrap()),
            ipi: None,
            isni: None,
            created_at: env.now(),
        };
        row.into_active_model().insert(db).await.unwrap();
        let row = clients::Model {
            id: client,
            studio_id: shop.studio,
            party_id,
            stage: ClientStage::Talking,
            stage_since: env.now(),
            created_at: env.now(),
        };
        row.into_active_model().insert(db).await.unwrap();
        let row = project::Model {
            id: project,
            studio_id: shop.studio,
            client_id: Some(client),
            kind: ProjectKind::Record,
            state: ProjectState::Planned,
            title: "Night Drive".into(),
            created_at: env.now(),
        };
        row.into_active_model().insert(db).await.unwrap();
        let memberships = vec![(shop.studio, Role::Owner)];
        let owner = shop.services.ctx(Actor::User { user: user_id, memberships, closed: Vec::new() });
        Self { shop, client, project, owner }
    }

    fn services(&self) -> &Services {
        &self.shop.services
    }

    /// Whoever holds a link.
    fn nobody(&self) -> Ctx {
        self.services().ctx(Actor::Anonymous)
    }

    /// An invoice of the project over so much before tax.
    fn asking(&self, minor: i64, currency: Currency) -> IssueInvoice {
        IssueInvoice {
            client: self.client,
            project: Some(self.project),
            title: "Mix of Night Drive".into(),
            bill_to: bill_to(),
            currency,
            lines: lines(minor, currency),
            supplied_on: None,
            reverse_charge: false,
            due_days: None,
            notes: String::new(),
            key: None,
        }
    }

    async fn issue(&self, minor: i64) -> invoice::Model {
        let new = self.asking(minor, self.shop.currency);
        issue_invoice(self.services(), &self.owner, &new).await.unwrap()
    }

    /// A quote for the project over so much before tax: half of it before the work, the rest at the end.
    fn draft(&self, minor: i64) -> QuoteDraft {
        QuoteDraft {
            title: "Mix of Night Drive".into(),
            client: bill_to(),
            currency: self.shop.currency,
            lines: lines(minor, self.shop.currency),
            valid_until: self.services().env.now() + Duration::days(14),
            deposit: share(500_000),
            milestones: Vec::new(),
            late_fee: None,
            reverse_charge: false,
            requires_agreement: false,
            notes: "Two rounds of changes.".into(),
        }
    }

    /// A quote that waits for its answer.
    async fn sent(&self, draft: &QuoteDraft) -> quote::Model {
        let quote = commands::create_quote(self.services(), &self.owner, self.project, draft).await.unwrap();
        self.send(&quote).await.unwrap()
    }

    async fn send(&self, quote: &quote::Model) -> Result<quote::Model, InvoiceError> {
        let tx = self.services().begin().await?;
        let sent = commands::send_quote(&tx, &self.owner, quote.id).await?;
        self.services().commit(tx).await?;
        Ok(sent)
    }

    async fn accept(&self, quote: &quote::Model, version: i32) -> Result<quote::Model, InvoiceError> {
        let accept = AcceptQuote { version, name: "Ada Lovelace".into(), device: device() };
        let tx = self.services().begin().await?;
        let accepted = commands::accept_quote(&tx, &self.nobody(), quote.id, &accept).await?;
        self.services().commit(tx).await?;
        Ok(accepted)
    }

    async fn reach(&self, quote: &quote::Model, position: i32) -> Result<invoice::Model, InvoiceError> {
        let tx = self.services().begin().await?;
        let issued = commands::reach_stage(&tx, &self.owner, quote.id, position).await?;
        self.services().commit(tx).await?;
        Ok(issued)
    }

    async fn standing(&self, invoice: &invoice::Model) -> Standing {
        let all = queries::standings(&self.services().db, std::slice::from_ref(invoice)).await.unwrap();
        all[&invoice.id]
    }

    async fn balance(&self) -> ProjectBalance {
        queries::balance_of_project(&self.services().db, self.project).await.unwrap()
    }

    /// The orders by which an invoice is paid, oldest first.
    async fn orders(&self, invoice: &invoice::Model) -> Vec<OrderId> {
        let all = queries::orders_of_invoices(&self.services().db, &[invoice.id]).await.unwrap();
        all.get(&invoice.id).cloned().unwrap_or_default()
    }

    async fn try_to_pay(&self, invoice: &invoice::Model) -> Result<Option<String>, InvoiceError> {
        open_payment(self.services(), &self.nobody(), invoice.id, &device()).await
    }

    /// Opens the page where what is left of an invoice is paid; its order.
    async fn open_page(&self, invoice: &invoice::Model) -> OrderId {
        self.try_to_pay(invoice).await.unwrap().expect("something is left to pay");
        for order in self.orders(invoice).await {
            if self.shop.found(order).await.state == OrderState::AwaitingPayment {
                return order;
            }
        }
        panic!("an order waits to be paid")
    }

    /// Pays what is left of an invoice at the gateway, and comes back to its page.
    async fn pay(&self, invoice: &invoice::Model) -> OrderId {
        let order = self.open_page(invoice).await;
        self.shop.gateway.pay(order);
        let settled = settle_payments(self.services(), invoice.id).await.unwrap();
        assert_eq!(settled, Some(Settled::Granted));
        self.shop.do_jobs().await;
        order
    }

    /// Hears of what became of an order's payment, twice.
    async fn hear(&self, kind: &str, order: OrderId) {
        let told = self.shop.gateway.tell(kind, order, self.services().env.now());
        for _ in 0..2 {
            sales::receive_event(self.services(), &told).await.unwrap();
        }
        self.shop.do_jobs().await;
    }

    fn transferred(&self, minor: i64) -> RecordTransfer {
        RecordTransfer {
            amount: Money::new(minor, self.shop.currency),
            happened_on: self.services().env.now().date_naive(),
            note: String::new(),
            key: None,
        }
    }

    async fn receive(&self, invoice: &invoice::Model, given: &RecordTransfer) -> Result<transfer::Model, InvoiceError> {
        let tx = self.services().begin().await?;
        let row = commands::record_transfer(&tx, &self.owner, invoice.id, given).await?;
        self.services().commit(tx).await?;
        self.shop.do_jobs().await;
        Ok(row)
    }

    async fn send_back(
        &self,
        invoice: &invoice::Model,
        given: &RecordTransfer,
    ) -> Result<transfer::Model, InvoiceError> {
        let tx = self.services().begin().await?;
        let row = commands::record_return(&tx, &self.owner, invoice.id, given).await?;
        self.services().commit(tx).await?;
        Ok(row)
    }

    async fn reverse(&self, transfer: &transfer::Model) -> Result<transfer::Model, InvoiceError> {
        let tx = self.services().begin().await?;
        let row = commands::reverse_transfer(&tx, &self.owner, transfer.id, "it has bounced").await?;
        self.services().commit(tx).await?;
        Ok(row)
    }

    async fn credit(&self, invoice: &invoice::Model, minor: Option<i64>) -> Result<invoice::Model, InvoiceError> {
        let amount = minor.map(|minor| Money::new(minor, invoice.currency));
        let credit = CreditInvoice { amount, reason: "A round of changes less".into(), key: None };
        commands::credit_invoice(self.services(), &self.owner, invoice.id, &credit).await
    }

    async fn jobs(&self) -> Vec<Job> {
        let rows = job::Entity::find().all(&self.services().db).await.unwrap();
        rows.into_iter().map(|row| serde_json::from_value(row.payload).unwrap()).collect()
    }

    /// How often a client was told something of any invoice.
    async fn told(&self, notice: InvoiceNotice) -> usize {
        let is_it = |job: &Job| matches!(job, Job::MailInvoice { what, .. } if *what == notice);
        self.jobs().await.iter().filter(|job| is_it(job)).count()
    }

    /// How often something was told of any quote.
    async fn told_of_quote(&self, notice: QuoteNotice) -> usize {
        let is_it = |job: &Job| matches!(job, Job::MailQuote { what, .. } if *what == notice);
        self.jobs().await.iter().filter(|job| is_it(job)).count()
    }
}
