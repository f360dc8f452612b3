//! What speaks for the studio when a payment is disputed: what was bought and on which terms, by whom, from where it was accepted, and every download.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{
    SalesError,
    entity::{dispute, order, payment},
    queries,
};
use crate::{
    booking::{commands::find_deposit, entity::booking},
    catalog::{Sha256, entity::asset},
    delivery::entity::{DeliverableKind, deliverable, download},
    email::EmailAddress,
    env::Instant,
    invoices::{
        self,
        content::{InvoiceContent, read},
    },
    licensing::{entity::licence, queries::licences_of_orders},
    masters,
    money::Money,
    ports::DisputeEvidence,
    report::StoreError,
};

/// The most downloads that a pack lists, the latest ones.
pub const MAX_DOWNLOADS: u64 = 500;

/// The longest log of downloads that gateways take as text, in characters.
const LOG_CHARS: usize = 20_000;

/// A licence that was bought with the disputed payment.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EvidenceLicence {
    /// The contract's reference.
    pub reference: String,
    /// The beat's title.
    pub title: String,
    /// The tier's name.
    pub tier: String,
    /// When it was granted.
    pub granted_at: Instant,
    /// The SHA-256 of the sealed contract as the buyer got it; none until it is made.
    pub contract_sha256: Option<Sha256>,
}

/// A download. Where a bucket gives its files out itself it is the handing out of the address: whether it was fetched there, or how often, is not known here.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EvidenceDownload {
    /// When.
    pub at: Instant,
    /// What, by its file's name.
    pub file: String,
    /// From where.
    pub ip: String,
    /// With what.
    pub user_agent: String,
}

/// Where and when the buyer accepted the contracts.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Consent {
    /// When the order was placed, the contracts shown before it and accepted with it.
    pub at: Instant,
    /// From where.
    pub ip: Option<String>,
    /// With what.
    pub user_agent: Option<String>,
}

/// What speaks for the studio.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EvidencePack {
    /// The gateway's id for the dispute.
    pub dispute: String,
    /// The bank's reason.
    pub reason: String,
    /// How much is disputed.
    pub amount: Money,
    /// The order's reference.
    pub order: String,
    /// Who bought.
    pub buyer_name: String,
    /// Where the files went.
    pub buyer_email: EmailAddress,
    /// When it was paid.
    pub paid_at: Option<Instant>,
    /// When the last file was ready.
    pub delivered_at: Option<Instant>,
    /// Where and when the buyer agreed.
    pub consent: Consent,
    /// The session in the studio that it was paid ahead of, in sentences; none of what bought licences.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// The invoice that it pays, in sentences; none of what bought licences.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invoice: Option<String>,
    /// What was bought.
    pub licences: Vec<EvidenceLicence>,
    /// Every download of what was licensed, or of the invoiced project's masters, oldest first: the latest [`MAX_DOWNLOADS`].
    pub downloads: Vec<EvidenceDownload>,
}

impl EvidencePack {
    /// What is sent to the gateway, with the studio's own words.
    pub fn answer(&self, statement: &str) -> DisputeEvidence {
        let sold: Vec<String> = self
            .licences
            .iter()
            .map(|licence| {
                let hash = licence.contract_sha256.as_ref().map_or_else(String::new, |sha| format!(", SHA-256 {sha}"));
                format!("{} ({}), contract {}{hash}", licence.title, licence.tier, licence.reference)
            })
            .collect();
        let what = match (&self.session, &self.invoice) {
            (Some(_), _) => "The terms of cancellation were",
            (None, Some(_)) => "The invoice was",
            (None, None) => "The licence contract was",
        };
        let accepted = format!(
            "{what} shown before payment and accepted on {} from {} ({}).",
            self.consent.at.format("%Y-%m-%d %H:%M:%S UTC"),
            self.consent.ip.as_deref().unwrap_or("an address that is not known"),
            self.consent.user_agent.as_deref().unwrap_or("browser not known"),
        );
        DisputeEvidence {
            customer_name: self.buyer_name.clone(),
            customer_email: self.buyer_email.clone(),
            customer_ip: self.consent.ip.clone(),
            product_description: match (&self.session, &self.invoice) {
                (Some(session), _) => {
                    format!("A session in a recording studio, paid ahead. Order {}: {session}", self.order)
                }
                (None, Some(invoice)) => {
                    format!("Services of a music studio, invoiced. Order {}: {invoice}", self.order)
                }
                (None, None) => format!(
                    "Music licences, delivered as files by download link. Order {}: {}.",
                    self.order,
                    sold.join("; ")
                ),
            },
            access_log: self.access_log(),
            statement: format!("{statement}\n\n{accepted}"),
        }
    }

    /// One line a download, the latest that fit; each says that a file was asked for by its link and given out, and no more.
    fn access_log(&self) -> String {
        let mut left = LOG_CHARS;
        let mut lines: Vec<String> = Vec::new();
        for download in self.downloads.iter().rev() {
            let EvidenceDownload { at, file, ip, user_agent } = download;
            let line = format!("{} {ip} {file} ({user_agent})", at.format("%Y-%m-%d %H:%M:%S UTC"));
            let length = line.chars().count() + 1;
            if length > left {
                break;
            }
            left -= length;
            lines.push(line);
        }
        lines.reverse();
        lines.join("\n")
    }
}

/// Gathers what speaks for the studio in a dispute. For who may see the dispute: it asks nothing itself.
///
/// # Errors
/// If the dispute's payment or order is gone.
pub async fn gather(db: &impl ConnectionTrait, dispute: &dispute::Model) -> Result<EvidencePack, SalesError> {
    let payment = payment::Entity::find_by_id(dispute.payment_id).one(db).await?.ok_or(SalesError::NoPayment)?;
    let order = queries::order(db, payment.order_id).await?.ok_or(SalesError::NoOrder)?;
    let licences = licences_of_orders(db, &[order.id]).await?.remove(&order.id).unwrap_or_default();
    Ok(EvidencePack {
        dispute: dispute.gateway_dispute.clone(),
        reason: dispute.reason.clone(),
        amount: Money::new(dispute.amount_minor, dispute.currency),
        order: order.reference.clone(),
        buyer_name: order.buyer_name.clone(),
        buyer_email: order.buyer_email.clone(),
        paid_at: order.paid_at,
        delivered_at: order.delivered_at,
        consent: Consent {
            at: order.placed_at,
            ip: order.buyer_ip.clone(),
            user_agent: order.buyer_user_agent.clone(),
        },
        session: session_of(db, &order).await?,
        invoice: invoice_of(db, &order).await?,
        downloads: downloads(db, &order, &licences).await?,
        licences: with_contracts(db, &order, licences).await?,
    })
}

/// What is said of the booking whose deposit an order has paid.
async fn session_of(db: &impl ConnectionTrait, order: &order::Model) -> Result<Option<String>, StoreError> {
    let Some(deposit) = find_deposit(db, order.id).await? else { return Ok(None) };
    let Some(row) = booking::Entity::find_by_id(deposit.booking_id).one(db).await? else { return Ok(None) };
    let at = |at: Instant| at.format("%Y-%m-%d %H:%M UTC");
    Ok(Some(format!(
        "{}. Booked by {} on {}, from {} to {}; it is {} now. It could be cancelled for nothing until {}; of the deposit {} % are kept after that.",
        deposit.title,
        row.client_name.as_deref().unwrap_or("the buyer"),
        at(row.created_at),
        at(row.starts_at),
        at(row.ends_at),
        row.state,
        at(row.free_until),
        row.kept_share,
    )))
}

/// What is said of the invoice that an order pays: what it is for, and how that was agreed.
async fn invoice_of(db: &impl ConnectionTrait, order: &order::Model) -> Result<Option<String>, StoreError> {
    let Some(invoice) = invoices::queries::invoice_of_order(db, order.id).await? else { return Ok(None) };
    let mut said = format!("Invoice {} of {}", invoice.reference, invoice.issued_at.format("%Y-%m-%d"));
    if let Ok(content) = read::<InvoiceContent>(&invoice.content) {
        let lines: Vec<&str> = content.lines.iter().map(|line| line.what.as_str()).collect();
        said = format!("{said}, sent to {} ({}): {}", content.client.name, content.client.email, lines.join("; "));
    }
    let agreed = invoices::queries::acceptance_of(db, &invoice).await?;
    Ok(Some(format!("{said}. {}", agreed.unwrap_or_default()).trim_end().to_owned()))
}

async fn with_contracts(
    db: &impl ConnectionTrait,
    order: &order::Model,
    licences: Vec<licence::Model>,
) -> Result<Vec<EvidenceLicence>, StoreError> {
    let contracts = deliverable::Entity::find()
        .filter(deliverable::Column::OrderId.eq(order.id))
        .filter(deliverable::Column::Kind.eq(DeliverableKind::Contract))
        .all(db)
        .await?;
    let assets = asset::Entity::find()
        .filter(asset::Column::Id.is_in(contracts.iter().filter_map(|contract| contract.asset_id)))
        .all(db)
        .await?;
    let lines = queries::lines_of_order(db, order.id).await?;
    let described = licences.into_iter().map(|licence| {
        let contract = contracts.iter().find(|contract| contract.licence_id == licence.id);
        let asset = contract.and_then(|contract| assets.iter().find(|asset| Some(asset.id) == contract.asset_id));
        let line = lines.iter().find(|line| line.id == licence.order_line_id);
        EvidenceLicence {
            title: line.map_or_else(String::new, |line| line.beat_title.clone()),
            tier: licence.terms.tier_name,
            reference: licence.reference,
            granted_at: licence.granted_at,
            contract_sha256: asset.map(|asset| asset.sha256.clone()),
        }
    });
    Ok(described.collect())
}

async fn downloads(
    db: &impl ConnectionTrait,
    order: &order::Model,
    licences: &[licence::Model],
) -> Result<Vec<EvidenceDownload>, StoreError> {
    let invoice = invoices::queries::invoice_of_order(db, order.id).await?;
    if let Some(project) = invoice.and_then(|invoice| invoice.project_id) {
        let rows = masters::queries::downloads_of_project(db, project, MAX_DOWNLOADS).await?;
        let named = rows.into_iter().map(|(row, file)| EvidenceDownload {
            at: row.at,
            file,
            ip: row.ip,
            user_agent: row.user_agent,
        });
        return Ok(named.collect());
    }
    let files = deliverable::Entity::find().filter(deliverable::Column::OrderId.eq(order.id)).all(db).await?;
    let mut rows = download::Entity::find()
        .filter(download::Column::LicenceId.is_in(licences.iter().map(|licence| licence.id)))
        .order_by_desc(download::Column::Id)
        .limit(MAX_DOWNLOADS)
        .all(db)
        .await?;
    rows.reverse();
    let named = rows.into_iter().map(|row| EvidenceDownload {
        at: row.at,
        file: files
            .iter()
            .find(|file| file.id == row.deliverable_id)
            .map_or_else(String::new, |file| file.file_name.clone()),
        ip: row.ip,
        user_agent: row.user_agent,
    });
    Ok(named.collect())
}
