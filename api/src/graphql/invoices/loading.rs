//! What many quotes or invoices of one answer ask for, loaded at once.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use domain::{
    ids::{InvoiceId, OrderId, QuoteId},
    invoices::{
        entity::{answer, invoice, reminder, stage, transfer, version},
        queries,
        rules::standing::Standing,
    },
};

use crate::graphql::{errors::Failure, loaders::CallerLoader};

/// Loads the versions of a quote, each with its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct VersionsOfQuote(pub QuoteId);

impl Loader<VersionsOfQuote> for CallerLoader {
    type Value = Vec<(version::Model, Option<answer::Model>)>;
    type Error = Failure;

    async fn load(&self, keys: &[VersionsOfQuote]) -> Result<HashMap<VersionsOfQuote, Self::Value>, Failure> {
        let quotes: Vec<QuoteId> = keys.iter().map(|key| key.0).collect();
        let db = &self.caller.services.db;
        let versions = queries::versions_of_quotes(db, &quotes).await?;
        let mut answers = queries::answers_of_quotes(db, &quotes).await?;
        let answered = |(quote, rows): (QuoteId, Vec<version::Model>)| {
            let mut of_quote = answers.remove(&quote).unwrap_or_default();
            let with_answer = |row: version::Model| {
                let place = of_quote.iter().position(|answer| answer.version == row.number);
                (row, place.map(|place| of_quote.swap_remove(place)))
            };
            (VersionsOfQuote(quote), rows.into_iter().map(with_answer).collect())
        };
        Ok(versions.into_iter().map(answered).collect())
    }
}

/// Loads the schedule of a quote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StagesOfQuote(pub QuoteId);

impl Loader<StagesOfQuote> for CallerLoader {
    type Value = Vec<stage::Model>;
    type Error = Failure;

    async fn load(&self, keys: &[StagesOfQuote]) -> Result<HashMap<StagesOfQuote, Self::Value>, Failure> {
        let quotes: Vec<QuoteId> = keys.iter().map(|key| key.0).collect();
        let found = queries::stages_of_quotes(&self.caller.services.db, &quotes).await?;
        Ok(found.into_iter().map(|(quote, rows)| (StagesOfQuote(quote), rows)).collect())
    }
}

/// Loads the invoice of a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct InvoiceOf(pub InvoiceId);

impl Loader<InvoiceOf> for CallerLoader {
    type Value = invoice::Model;
    type Error = Failure;

    async fn load(&self, keys: &[InvoiceOf]) -> Result<HashMap<InvoiceOf, Self::Value>, Failure> {
        let found = queries::invoices_by_ids(&self.caller.services.db, &ids(keys, |key| key.0)).await?;
        Ok(found.into_iter().map(|(id, row)| (InvoiceOf(id), row)).collect())
    }
}

/// Loads how an invoice stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StandingOfInvoice(pub InvoiceId);

impl Loader<StandingOfInvoice> for CallerLoader {
    type Value = Standing;
    type Error = Failure;

    async fn load(&self, keys: &[StandingOfInvoice]) -> Result<HashMap<StandingOfInvoice, Self::Value>, Failure> {
        let db = &self.caller.services.db;
        let found = queries::invoices_by_ids(db, &ids(keys, |key| key.0)).await?;
        let rows: Vec<invoice::Model> = found.into_values().collect();
        let standings = queries::standings(db, &rows).await?;
        Ok(standings.into_iter().map(|(id, standing)| (StandingOfInvoice(id), standing)).collect())
    }
}

/// Loads the credit notes over an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CreditNotesOfInvoice(pub InvoiceId);

impl Loader<CreditNotesOfInvoice> for CallerLoader {
    type Value = Vec<invoice::Model>;
    type Error = Failure;

    async fn load(&self, keys: &[CreditNotesOfInvoice]) -> Result<HashMap<CreditNotesOfInvoice, Self::Value>, Failure> {
        let found = queries::credit_notes_of_invoices(&self.caller.services.db, &ids(keys, |key| key.0)).await?;
        Ok(found.into_iter().map(|(id, rows)| (CreditNotesOfInvoice(id), rows)).collect())
    }
}

/// Loads the transfers of an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TransfersOfInvoice(pub InvoiceId);

impl Loader<TransfersOfInvoice> for CallerLoader {
    type Value = Vec<transfer::Model>;
    type Error = Failure;

    async fn load(&self, keys: &[TransfersOfInvoice]) -> Result<HashMap<TransfersOfInvoice, Self::Value>, Failure> {
        let found = queries::transfers_of_invoices(&self.caller.services.db, &ids(keys, |key| key.0)).await?;
        Ok(found.into_iter().map(|(id, rows)| (TransfersOfInvoice(id), rows)).collect())
    }
}

/// Loads the reminders of an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RemindersOfInvoice(pub InvoiceId);

impl Loader<RemindersOfInvoice> for CallerLoader {
    type Value = Vec<reminder::Model>;
    type Error = Failure;

    async fn load(&self, keys: &[RemindersOfInvoice]) -> Result<HashMap<RemindersOfInvoice, Self::Value>, Failure> {
        let found = queries::reminders_of_invoices(&self.caller.services.db, &ids(keys, |key| key.0)).await?;
        Ok(found.into_iter().map(|(id, rows)| (RemindersOfInvoice(id), rows)).collect())
    }
}

/// Loads the orders that pay an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OrdersOfInvoice(pub InvoiceId);

impl Loader<OrdersOfInvoice> for CallerLoader {
    type Value = Vec<OrderId>;
    type Error = Failure;

    async fn load(&self, keys: &[OrdersOfInvoice]) -> Result<HashMap<OrdersOfInvoice, Self::Value>, Failure> {
        let found = queries::orders_of_invoices(&self.caller.services.db, &ids(keys, |key| key.0)).await?;
        Ok(found.into_iter().map(|(id, rows)| (OrdersOfInvoice(id), rows)).collect())
    }
}

fn ids<K>(keys: &[K], id: impl Fn(&K) -> InvoiceId) -> Vec<InvoiceId> {
    keys.iter().map(id).collect()
}
