//! Invoices, typeset by the `documents` crate: the facts are carried over here, no word of the invoice is written here.

use documents::{
    DocumentError, Language,
    invoice::{Invoice, Kind, LateFee, Line, Side, Tax, to_pdf},
};
use domain::invoices::{content, entity::InvoiceKind, queries::InvoiceDocument, rules::fees};

/// Why an invoice could not be made; the source of the port's error, for the log.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InvoiceError {
    #[error("an amount is below zero, or a number is out of range")]
    OutOfRange,
    #[error(transparent)]
    Document(#[from] DocumentError),
}

/// Typesets an invoice or a credit note, in English.
pub(crate) fn typeset(invoice: &InvoiceDocument) -> Result<Vec<u8>, InvoiceError> {
    Ok(to_pdf(&document(invoice)?)?)
}

fn in_range<To>(value: impl TryInto<To>) -> Result<To, InvoiceError> {
    value.try_into().map_err(|_| InvoiceError::OutOfRange)
}

fn side(from: &content::Side) -> Side {
    Side {
        name: from.name.clone(),
        legal_name: from.legal_name.clone(),
        address: from.address.clone(),
        country: from.country().map(|country| country.name().to_owned()),
        email: from.email.to_string(),
        vat_id: from.vat_id.clone(),
        tax_number: from.tax_number.clone(),
    }
}

fn line(from: &content::Line) -> Result<Line, InvoiceError> {
    Ok(Line {
        what: from.what.clone(),
        quantity_milli: in_range(from.quantity_milli)?,
        unit: in_range(from.unit_minor)?,
        net: in_range(from.net_minor)?,
    })
}

fn late_fee(from: &fees::LateFee) -> Result<LateFee, InvoiceError> {
    let (flat, monthly_ppm) = match from.charge {
        fees::Charge::Flat(minor) => (Some(in_range(minor)?), None),
        fees::Charge::Monthly(share) => (None, Some(share.ppm())),
    };
    Ok(LateFee { flat, monthly_ppm, grace_days: in_range(from.grace_days)?, cap_ppm: from.cap.ppm() })
}

fn document(invoice: &InvoiceDocument) -> Result<Invoice, InvoiceError> {
    let said = &invoice.content;
    let tax = match &said.tax {
        Some(tax) => Some(Tax {
            name: tax.to_string(),
            minor_units: in_range(invoice.sums.tax_minor)?,
            reverse_charge: tax.reverse_charge,
        }),
        None => None,
    };
    Ok(Invoice {
        language: Language::En,
        kind: match invoice.kind {
            InvoiceKind::Invoice => Kind::Invoice,
            InvoiceKind::CreditNote => Kind::CreditNote,
        },
        reference: invoice.reference.clone(),
        issued_at: invoice.issued_at,
        supplied_on: said.supplied_on,
        due_on: invoice.due_on,
        title: said.title.clone(),
        quote: said.quote.clone(),
        of_invoice: said.of_invoice.clone(),
        seller: side(&said.seller),
        client: side(&said.client),
        currency: invoice.currency.code().to_owned(),
        decimals: in_range(invoice.currency.decimals())?,
        lines: said.lines.iter().map(line).collect::<Result<_, _>>()?,
        net: in_range(invoice.sums.net_minor)?,
        tax,
        tax_note: said.tax_note.clone(),
        total: in_range(invoice.sums.total_minor())?,
        late_fee: said.late_fee.as_ref().map(late_fee).transpose()?,
        pay_url: invoice.pay_url.clone(),
        bank_details: said.bank_details.clone(),
        notes: said.notes.clone(),
    })
}
