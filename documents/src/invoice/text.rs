//! The words of an invoice.

use serde::{Deserialize, Serialize};

use super::model::{Invoice, Kind, LateFee, Side};
use crate::error::DocumentError;
use crate::format;
use crate::words::{Fact, Voice, clean, map_strings};
use crate::world::Typesetter;

/// Everything that a reader of the invoice sees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceText {
    /// BCP 47 code of the language.
    pub language: String,
    /// What kind of document this is.
    pub kind: String,
    /// Its number.
    pub reference: String,
    /// Heading of who asks.
    pub seller_heading: String,
    /// Who asks, in lines, the name first.
    pub seller: Vec<String>,
    /// Heading of who is asked.
    pub client_heading: String,
    /// Who is asked, in lines, the name first.
    pub client: Vec<String>,
    /// Number, dates, and what it goes back to.
    pub facts: Vec<Fact>,
    /// Headings of the columns of the lines.
    pub head: Row,
    /// What is asked for.
    pub lines: Vec<Row>,
    /// What stands between the lines and the total.
    pub sums: Vec<Fact>,
    /// The total.
    pub total: Fact,
    /// That the client owes the tax, why none is charged, and what else is to be said, in paragraphs.
    pub remarks: Vec<String>,
    /// Heading of how it is paid; empty of a credit note.
    pub payment_heading: String,
    /// How it is paid, in lines.
    pub payment: Vec<String>,
}

/// A line of the invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// What is done.
    pub what: String,
    /// How much of it.
    pub quantity: String,
    /// What one of it costs.
    pub unit: String,
    /// What it comes to.
    pub amount: String,
}

/// The words of an invoice, as the bundled fonts can show them.
///
/// # Errors
/// [`DocumentError::Invalid`] when it does not add up.
pub fn invoice_text(invoice: &Invoice) -> Result<InvoiceText, DocumentError> {
    invoice.check()?;
    let voice = Voice::new(invoice.language.invoice_texts());
    let money = |minor| format::money(minor, &invoice.currency, invoice.decimals, invoice.language);
    let lines = invoice.lines.iter().map(|line| Row {
        what: clean(&line.what),
        quantity: format::thousandths(line.quantity_milli, invoice.language),
        unit: money(line.unit),
        amount: money(line.net),
    });
    let payment = payment(invoice, &voice)?;
    let (kind, total) = match invoice.kind {
        Kind::Invoice => ("kind.invoice", "sum.total"),
        Kind::CreditNote => ("kind.credit_note", "sum.credited"),
    };
    let text = InvoiceText {
        language: invoice.language.code().to_owned(),
        kind: voice.say(kind)?,
        reference: clean(&invoice.reference),
        seller_heading: voice.say("seller.heading")?,
        seller: side(&invoice.seller, &voice)?,
        client_heading: voice.say("client.heading")?,
        client: side(&invoice.client, &voice)?,
        facts: facts(invoice, &voice)?,
        head: Row {
            what: voice.say("column.what")?,
            quantity: voice.say("column.quantity")?,
            unit: voice.say("column.unit")?,
            amount: voice.say("column.amount")?,
        },
        lines: lines.collect(),
        sums: sums(invoice, &voice, &money)?,
        total: Fact { label: voice.say(total)?, value: money(invoice.total) },
        remarks: remarks(invoice, &voice, &money)?,
        payment_heading: if payment.is_empty() { String::new() } else { voice.say("payment.heading")? },
        payment,
    };
    map_strings(&text, &|value| Typesetter::worldwide().legible(value))
}

/// The lines of a text that are something.
fn lines_of(text: &str) -> impl Iterator<Item = String> + '_ {
    text.lines().map(clean).filter(|line| !line.is_empty())
}

fn side(side: &Side, voice: &Voice) -> Result<Vec<String>, DocumentError> {
    let mut lines = vec![clean(&side.name)];
    lines.extend(side.legal_name.as_deref().map(clean));
    lines.extend(lines_of(&side.address));
    lines.extend(side.country.as_deref().map(clean));
    lines.push(clean(&side.email));
    for (key, number) in [("side.vat_id", &side.vat_id), ("side.tax_number", &side.tax_number)] {
        if let Some(number) = number {
            lines.push(voice.say_with(key, &[("number", &clean(number))])?);
        }
    }
    Ok(lines)
}

fn facts(invoice: &Invoice, voice: &Voice) -> Result<Vec<Fact>, DocumentError> {
    let date = |date| format::date(date, invoice.language);
    let of_invoice = match invoice.kind {
        Kind::Invoice => "fact.late_invoice",
        Kind::CreditNote => "fact.credited_invoice",
    };
    let values = [
        ("fact.number", Some(invoice.reference.clone())),
        ("fact.issued_on", Some(date(invoice.issued_at.date_naive()))),
        ("fact.supplied_on", invoice.supplied_on.map(date)),
        ("fact.due_on", invoice.due_on.map(date)),
        ("fact.title", Some(invoice.title.clone())),
        ("fact.quote", invoice.quote.clone()),
        (of_invoice, invoice.of_invoice.clone()),
    ];
    let mut facts = Vec::with_capacity(values.len());
    for (key, value) in values {
        if let Some(value) = value {
            facts.push(Fact { label: voice.say(key)?, value: clean(&value) });
        }
    }
    Ok(facts)
}

fn sums(invoice: &Invoice, voice: &Voice, money: &impl Fn(u64) -> String) -> Result<Vec<Fact>, DocumentError> {
    let mut sums = vec![Fact { label: voice.say("sum.net")?, value: money(invoice.net) }];
    if let Some(tax) = &invoice.tax {
        sums.push(Fact { label: clean(&tax.name), value: money(tax.minor_units) });
    }
    Ok(sums)
}

fn remarks(invoice: &Invoice, voice: &Voice, money: &impl Fn(u64) -> String) -> Result<Vec<String>, DocumentError> {
    let mut remarks = Vec::new();
    let charged = invoice.tax.as_ref().map_or(0, |tax| tax.minor_units);
    if invoice.tax.as_ref().is_some_and(|tax| tax.reverse_charge) {
        remarks.push(voice.say("tax.reverse_charge")?);
    } else if charged == 0 {
        match &invoice.tax_note {
            Some(note) => remarks.extend(lines_of(note)),
            None => remarks.push(voice.say("tax.none")?),
        }
    }
    if let Some(fee) = &invoice.late_fee {
        remarks.push(late_fee(fee, invoice, voice, money)?);
    }
    remarks.extend(lines_of(&invoice.notes));
    Ok(remarks)
}

fn late_fee(
    fee: &LateFee,
    invoice: &Invoice,
    voice: &Voice,
    money: &impl Fn(u64) -> String,
) -> Result<String, DocumentError> {
    let percent = |ppm| format::percent(ppm, invoice.language);
    let late = match fee.grace_days {
        0 => voice.say("late.at_once")?,
        1 => voice.say("late.a_day")?,
        days => voice.say_with("late.days", &[("days", &days.to_string())])?,
    };
    let cap = percent(fee.cap_ppm);
    let shared = [("late", late.as_str()), ("cap", cap.as_str())];
    match (fee.flat, fee.monthly_ppm) {
        (Some(flat), _) => voice.say_with("late.flat", &[shared[0], shared[1], ("fee", &money(flat))]),
        (None, ppm) => voice.say_with("late.monthly", &[shared[0], shared[1], ("fee", &percent(ppm.unwrap_or(0)))]),
    }
}

fn payment(invoice: &Invoice, voice: &Voice) -> Result<Vec<String>, DocumentError> {
    let mut payment = Vec::new();
    if invoice.kind == Kind::CreditNote {
        return Ok(payment);
    }
    if let Some(url) = &invoice.pay_url {
        payment.push(voice.say("payment.online")?);
        payment.push(clean(url));
    }
    if let Some(details) = &invoice.bank_details {
        payment.push(voice.say("payment.bank")?);
        payment.extend(lines_of(details));
        payment.push(voice.say_with("payment.reference", &[("reference", &clean(&invoice.reference))])?);
    }
    Ok(payment)
}
