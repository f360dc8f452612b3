//! The words of a receipt.

use serde::{Deserialize, Serialize};

use super::model::{Person, Receipt};
use crate::error::DocumentError;
use crate::format;
use crate::words::{Fact, Voice, clean, map_strings};
use crate::world::Typesetter;

/// Everything that a reader of the receipt sees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptText {
    /// BCP 47 code of the language.
    pub language: String,
    /// What kind of document this is.
    pub kind: String,
    /// The order's reference.
    pub reference: String,
    /// Who sold to whom, and when.
    pub facts: Vec<Fact>,
    /// Heading of the lines.
    pub lines_heading: String,
    /// What was bought, at the prices on the list.
    pub lines: Vec<Row>,
    /// What stands between the lines and the total.
    pub sums: Vec<Fact>,
    /// The total.
    pub total: Fact,
    /// Heading of the payments.
    pub payment_heading: String,
    /// How it was paid, and what was given back.
    pub payments: Vec<Fact>,
    /// That nothing was to be paid; empty if something was.
    pub free: String,
    /// What stands at the end.
    pub closing: String,
}

/// A line of the receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// What it is.
    pub title: String,
    /// More about it.
    pub detail: String,
    /// What it costs.
    pub amount: String,
}

/// The words of a receipt, as the bundled fonts can show them.
///
/// # Errors
/// [`DocumentError::Invalid`] when it does not add up.
pub fn receipt_text(receipt: &Receipt) -> Result<ReceiptText, DocumentError> {
    receipt.check()?;
    let voice = Voice::new(receipt.language.receipt_texts());
    let money = |minor| format::money(minor, &receipt.currency, receipt.decimals, receipt.language);
    let mut lines = Vec::with_capacity(receipt.lines.len());
    for line in &receipt.lines {
        let (tier, reference) = (clean(&line.tier), clean(&line.reference));
        let own = [("tier", tier.as_str()), ("reference", reference.as_str())];
        let detail = match &receipt.upgrade {
            None => voice.say_with("line.detail", &own)?,
            Some(upgrade) => {
                let (replaced, before) = (clean(&upgrade.replaced), clean(&upgrade.tier));
                let earlier = [("replaced", replaced.as_str()), ("replaced_tier", before.as_str())];
                voice.say_with("line.upgrade", &[own, earlier].concat())?
            }
        };
        lines.push(Row { title: clean(&line.title), detail, amount: money(line.list) });
    }
    let text = ReceiptText {
        language: receipt.language.code().to_owned(),
        kind: voice.say("kind")?,
        reference: clean(&receipt.reference),
        facts: facts(receipt, &voice)?,
        lines_heading: voice.say("lines.heading")?,
        lines,
        sums: sums(receipt, &voice, &money)?,
        total: Fact { label: voice.say("sum.total")?, value: money(receipt.total) },
        payment_heading: voice.say("payment.heading")?,
        payments: payments(receipt, &voice, &money)?,
        free: if receipt.total == 0 { voice.say("payment.free")? } else { String::new() },
        closing: voice.say("closing")?,
    };
    map_strings(&text, &|value| Typesetter::worldwide().legible(value))
}

fn facts(receipt: &Receipt, voice: &Voice) -> Result<Vec<Fact>, DocumentError> {
    let Person { name, legal_name, address, email } = &receipt.seller;
    let values = [
        ("fact.reference", Some(receipt.reference.clone())),
        ("fact.date", Some(format::date(receipt.paid_at.date_naive(), receipt.language))),
        ("fact.seller", Some(name.clone())),
        ("fact.seller_legal", legal_name.clone()),
        ("fact.seller_address", address.clone()),
        ("fact.seller_email", Some(email.clone())),
        ("fact.buyer", Some(receipt.buyer.name.clone())),
        ("fact.buyer_email", Some(receipt.buyer.email.clone())),
        ("fact.buyer_country", receipt.buyer.address.clone()),
    ];
    let mut facts = Vec::with_capacity(values.len());
    for (key, value) in values {
        if let Some(value) = value {
            // Of a postal address each line stands behind the other.
            let value = value.lines().map(clean).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(", ");
            facts.push(Fact { label: voice.say(key)?, value });
        }
    }
    Ok(facts)
}

fn sums(receipt: &Receipt, voice: &Voice, money: &impl Fn(u64) -> String) -> Result<Vec<Fact>, DocumentError> {
    let mut sums = Vec::new();
    if receipt.list() != receipt.total {
        sums.push(Fact { label: voice.say("sum.list")?, value: money(receipt.list()) });
    }
    for discount in &receipt.discounts {
        sums.push(Fact { label: clean(&discount.name), value: format!("−{}", money(discount.minor_units)) });
    }
    if let Some(upgrade) = &receipt.upgrade {
        let replaced = clean(&upgrade.replaced);
        if upgrade.credited > 0 {
            let label = voice.say_with("sum.credited", &[("replaced", &replaced)])?;
            sums.push(Fact { label, value: format!("−{}", money(upgrade.credited)) });
        }
        if upgrade.rounded_up > 0 {
            sums.push(Fact { label: voice.say("sum.rounded_up")?, value: money(upgrade.rounded_up) });
        }
    }
    if let Some(tax) = &receipt.tax {
        let name = clean(&tax.amount.name);
        let within = tax.included && tax.amount.minor_units > 0;
        let label = if within { voice.say_with("sum.included", &[("name", &name)])? } else { name };
        sums.push(Fact { label, value: money(tax.amount.minor_units) });
    }
    Ok(sums)
}

fn payments(receipt: &Receipt, voice: &Voice, money: &impl Fn(u64) -> String) -> Result<Vec<Fact>, DocumentError> {
    let mut payments = Vec::new();
    for payment in &receipt.payments {
        let date = format::date(payment.received_at.date_naive(), receipt.language);
        let (service, id) = (clean(&payment.service), clean(&payment.id));
        let own = [("service", service.as_str()), ("date", date.as_str()), ("id", id.as_str())];
        payments.push(Fact { label: voice.say_with("payment.line", &own)?, value: money(payment.minor_units) });
    }
    if receipt.given_back > 0 {
        let label = voice.say("payment.given_back")?;
        payments.push(Fact { label, value: format!("−{}", money(receipt.given_back)) });
    }
    Ok(payments)
}
