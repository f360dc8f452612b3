//! What is still to come or to be paid with a party: nobody can go through with it who does not know who it is.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Value};

use super::{Subject, first_named};
use crate::{
    actor::Ctx,
    clients::queries::clients_of_parties,
    invoices::{
        entity::{InvoiceKind, invoice},
        queries,
    },
    parties::ErasureError,
    store::Tx,
};

/// Refuses while a booking is to come, a quote can be accepted or invoiced, an invoice is not settled, or a dispute of a royalty statement is not answered.
pub(super) async fn require_none(tx: &Tx, ctx: &Ctx, subject: &Subject) -> Result<(), ErasureError> {
    let now: Value = ctx.env.now().into();
    let by_now = |mut sets: Vec<Vec<Value>>| {
        for values in &mut sets {
            values.push(now.clone());
        }
        sets
    };
    let booked = "SELECT rooms.name AS name FROM bookings JOIN rooms ON rooms.id = bookings.room_id
         WHERE (bookings.party_id = $1 OR bookings.id IN (SELECT booking_id FROM booking_people WHERE party_id = $1))
         AND bookings.state IN ('held', 'confirmed') AND bookings.ends_at > $2 ORDER BY bookings.id LIMIT 1";
    let held = "SELECT rooms.name AS name FROM bookings JOIN rooms ON rooms.id = bookings.room_id
         WHERE bookings.studio_id = $1 AND lower(bookings.client_email) = $2 AND bookings.party_id IS NULL
         AND bookings.state IN ('held', 'confirmed') AND bookings.ends_at > $3 ORDER BY bookings.id LIMIT 1";
    for (text, sets) in [(booked, subject.by_party()), (held, subject.by_address())] {
        if let Some(room) = first_named(tx, text, by_now(sets)).await? {
            return Err(ErasureError::BookingToCome { room });
        }
    }
    let quoted = "SELECT quotes.reference AS name FROM quotes JOIN clients ON clients.id = quotes.client_id
         WHERE clients.party_id = $1 AND ((quotes.state = 'sent' AND quotes.valid_until > $2)
              OR (quotes.state = 'accepted' AND EXISTS (SELECT 1 FROM quote_stages
                  WHERE quote_stages.quote_id = quotes.id AND quote_stages.invoice_id IS NULL)))
         ORDER BY quotes.id LIMIT 1";
    if let Some(reference) = first_named(tx, quoted, by_now(subject.by_party())).await? {
        return Err(ErasureError::OpenQuote { reference });
    }
    let disputed = "SELECT payee_statements.reference AS name FROM line_disputes
         JOIN payee_statements ON payee_statements.id = line_disputes.statement_id
         WHERE payee_statements.party_id = $1 AND line_disputes.state = 'open' ORDER BY line_disputes.id LIMIT 1";
    if let Some(reference) = first_named(tx, disputed, subject.by_party()).await? {
        return Err(ErasureError::OpenDispute { reference });
    }
    let clients = clients_of_parties(tx, &subject.family).await?;
    let issued = invoice::Entity::find()
        .filter(invoice::Column::ClientId.is_in(clients.values().map(|client| client.id)))
        .filter(invoice::Column::Kind.eq(InvoiceKind::Invoice))
        .order_by_asc(invoice::Column::Id)
        .all(tx)
        .await?;
    let standings = queries::standings(tx, &issued).await?;
    let is_open = |row: &invoice::Model| {
        standings.get(&row.id).is_some_and(|standing| !standing.is_settled() || standing.owed_back_minor() > 0)
    };
    match issued.into_iter().find(is_open) {
        Some(row) => Err(ErasureError::OpenInvoice { reference: row.reference }),
        None => Ok(()),
    }
}
