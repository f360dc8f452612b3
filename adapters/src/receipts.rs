//! Receipts, typeset by the `documents` crate: the facts are carried over here, no word of the receipt is written here.

use documents::{
    DocumentError, Language,
    receipt::{Amount, Line, Payment, Person, Receipt, Tax, Upgrade, to_pdf},
};
use domain::{money::Money, sales::receipt};

/// Why a receipt could not be made; the source of the port's error, for the log.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReceiptError {
    #[error("an amount is below zero, or its currency has too many decimals")]
    OutOfRange,
    #[error(transparent)]
    Document(#[from] DocumentError),
}

/// Typesets a receipt, in English.
pub(crate) fn typeset(receipt: &receipt::Receipt) -> Result<Vec<u8>, ReceiptError> {
    Ok(to_pdf(&document(receipt)?)?)
}

fn minor_units(amount: Money) -> Result<u64, ReceiptError> {
    u64::try_from(amount.minor).map_err(|_| ReceiptError::OutOfRange)
}

fn person(party: &receipt::Party) -> Person {
    Person {
        name: party.name.clone(),
        legal_name: party.legal_name.clone(),
        address: party.address.clone(),
        email: party.email.to_string(),
    }
}

fn document(receipt: &receipt::Receipt) -> Result<Receipt, ReceiptError> {
    let named = |name: String, amount: Money| -> Result<Amount, ReceiptError> {
        Ok(Amount { name, minor_units: minor_units(amount)? })
    };
    let line = |line: &receipt::ReceiptLine| -> Result<Line, ReceiptError> {
        Ok(Line {
            title: line.title.clone(),
            tier: line.tier.clone(),
            reference: line.reference.clone(),
            list: minor_units(line.list)?,
        })
    };
    let payment = |payment: &receipt::ReceiptPayment| -> Result<Payment, ReceiptError> {
        Ok(Payment {
            service: payment.gateway.clone(),
            id: payment.id.clone(),
            minor_units: minor_units(payment.amount)?,
            received_at: payment.received_at,
        })
    };
    let upgrade = |upgrade: &receipt::ReceiptUpgrade| -> Result<Upgrade, ReceiptError> {
        Ok(Upgrade {
            replaced: upgrade.replaced.clone(),
            tier: upgrade.tier.clone(),
            credited: minor_units(upgrade.credited)?,
            rounded_up: minor_units(upgrade.rounded_up)?,
        })
    };
    let tax = match &receipt.tax {
        Some((rule, amount)) => Some(Tax { amount: named(rule.to_string(), *amount)?, included: rule.included }),
        None => None,
    };
    Ok(Receipt {
        language: Language::En,
        reference: receipt.reference.clone(),
        paid_at: receipt.paid_at,
        seller: person(&receipt.seller),
        buyer: person(&receipt.buyer),
        currency: receipt.total.currency.code().to_owned(),
        decimals: u8::try_from(receipt.total.currency.decimals()).map_err(|_| ReceiptError::OutOfRange)?,
        lines: receipt.lines.iter().map(line).collect::<Result<_, _>>()?,
        upgrade: receipt.upgrade.as_ref().map(upgrade).transpose()?,
        discounts: receipt
            .discounts
            .iter()
            .map(|(name, amount)| named(name.to_string(), *amount))
            .collect::<Result<_, _>>()?,
        tax,
        total: minor_units(receipt.total)?,
        payments: receipt.payments.iter().map(payment).collect::<Result<_, _>>()?,
        given_back: minor_units(receipt.given_back)?,
    })
}

#[cfg(test)]
mod tests {
    use documents::format;
    use domain::money::Currency;

    use super::*;

    #[test]
    fn documents_write_money_as_pages_and_mails_do() {
        for (minor, currency) in
            [(5, Currency::EUR), (1_234_567, Currency::USD), (5_000, Currency::JPY), (1_234_567, Currency::BHD)]
        {
            let decimals = u8::try_from(currency.decimals()).unwrap();
            let printed = format::money(u64::try_from(minor).unwrap(), currency.code(), decimals, Language::En);
            assert_eq!(printed.replace('\u{a0}', " "), Money::new(minor, currency).to_string());
        }
    }
}
