//! Stripe's test cards, and nothing else: a real card number is refused before anything is done with it.

use serde_json::{Value, json};

/// What comes of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It is paid, or held if the payment is captured later.
    Pays,
    /// Its bank asks the buyer to approve first.
    Challenges,
    /// It is paid, and disputed at once when it is captured.
    IsDisputed,
    /// It is refused, for a reason of [`declined`].
    Declines(&'static str),
}

/// Every card that is accepted, and what the pay page says of it.
pub(super) static CARDS: [(&str, Outcome, &str); 9] = [
    ("4242424242424242", Outcome::Pays, "is paid"),
    ("5555555555554444", Outcome::Pays, ""),
    ("378282246310005", Outcome::Pays, ""),
    ("4000000000000002", Outcome::Declines("card_declined"), "is declined"),
    ("4000000000009995", Outcome::Declines("insufficient_funds"), "has too little on it"),
    ("4000000000000069", Outcome::Declines("expired_card"), ""),
    ("4000000000000119", Outcome::Declines("processing_error"), ""),
    ("4000002760003184", Outcome::Challenges, "is approved in a second step"),
    (DISPUTED, Outcome::IsDisputed, "is paid, then disputed"),
];

const DISPUTED: &str = "4000000000000259";

/// A test card. Only its last four digits are ever kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Card {
    number: &'static str,
    pub(super) outcome: Outcome,
}

impl Card {
    /// The test card with a number, written with or without spaces; none for any other text, a real card's number among them.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let number: String = text.chars().take(40).filter(|c| !matches!(c, ' ' | '-')).collect();
        let (number, outcome, _) = *CARDS.iter().find(|(known, ..)| *known == number)?;
        Some(Self { number, outcome })
    }

    /// The test card behind one of Stripe's names for payment methods, such as `pm_card_visa`.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::parse(match name {
            "pm_card_visa" => "4242424242424242",
            "pm_card_mastercard" => "5555555555554444",
            "pm_card_amex" => "378282246310005",
            "pm_card_chargeDeclined" | "pm_card_visa_chargeDeclined" => "4000000000000002",
            "pm_card_chargeDeclinedInsufficientFunds" | "pm_card_visa_chargeDeclinedInsufficientFunds" => {
                "4000000000009995"
            }
            "pm_card_chargeDeclinedExpiredCard" => "4000000000000069",
            "pm_card_chargeDeclinedProcessingError" => "4000000000000119",
            "pm_card_authenticationRequired" => "4000002760003184",
            "pm_card_createDispute" => DISPUTED,
            _ => return None,
        })
    }

    /// The last four digits.
    pub(super) fn last4(self) -> &'static str {
        &self.number[self.number.len() - 4..]
    }

    /// The number as it is read, in groups of four.
    pub(super) fn grouped(number: &str) -> String {
        number.as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join(" ")
    }
}

/// Whether a card with these last digits is disputed once its money is collected.
pub(super) fn is_disputed(last4: &str) -> bool {
    DISPUTED.ends_with(last4)
}

/// The brand, as Stripe writes it, of a card with these last digits.
pub(super) fn brand(last4: &str) -> &'static str {
    match last4 {
        "4444" => "mastercard",
        "0005" => "amex",
        _ => "visa",
    }
}

/// The error object for the reason of a failed attempt: what `last_payment_error` holds and the pay page tells.
pub(super) fn declined(reason: &str) -> Value {
    let (kind, code, decline_code, message) = match reason {
        "insufficient_funds" => {
            ("card_error", "card_declined", Some("insufficient_funds"), "Your card has insufficient funds.")
        }
        "expired_card" => ("card_error", "expired_card", Some("expired_card"), "Your card has expired."),
        "processing_error" => (
            "card_error",
            "processing_error",
            Some("processing_error"),
            "An error occurred while processing your card. Try again in a little bit.",
        ),
        "payment_intent_authentication_failure" => (
            "invalid_request_error",
            "payment_intent_authentication_failure",
            None,
            "The provided payment method has failed authentication. Try another one.",
        ),
        "debit_failed" => (
            "invalid_request_error",
            "payment_intent_payment_attempt_failed",
            None,
            "The payment failed because the bank could not debit the account.",
        ),
        _ => ("card_error", "card_declined", Some("generic_decline"), "Your card was declined."),
    };
    let mut error = json!({ "type": kind, "code": code, "message": message, "doc_url": doc_url(code) });
    if let Some(decline_code) = decline_code {
        error["decline_code"] = decline_code.into();
    }
    error
}

/// Where Stripe explains a code.
pub(super) fn doc_url(code: &str) -> String {
    format!("https://docs.stripe.com/error-codes#{}", code.replace('_', "-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The check digit of ISO/IEC 7812-1.
    fn adds_up(number: &str) -> bool {
        let digits = number.bytes().rev().map(|byte| u32::from(byte - b'0')).enumerate();
        let sum: u32 = digits
            .map(|(place, digit)| match (place % 2, digit * 2) {
                (0, _) => digit,
                (_, doubled) if doubled > 9 => doubled - 9,
                (_, doubled) => doubled,
            })
            .sum();
        sum.is_multiple_of(10)
    }

    #[test]
    fn only_test_cards_are_taken() {
        assert!(CARDS.iter().all(|(number, ..)| adds_up(number)));
        for good in ["4242 4242 4242 4242", "4000000000000002", "3782-822463-10005"] {
            assert!(Card::parse(good).is_some(), "{good}");
        }
        for bad in ["", "4242 4242 4242 4241", "4111 1111 1111 1111", "４２４２４２４２４２４２４２４２", "card"]
        {
            assert!(Card::parse(bad).is_none(), "{bad}");
        }
        assert_eq!(Card::parse("4242424242424242").unwrap().last4(), "4242");
        assert_eq!(Card::grouped("378282246310005"), "3782 8224 6310 005");
    }

    #[test]
    fn what_follows_from_the_last_digits_follows_from_no_other_card() {
        for (number, outcome, _) in CARDS {
            assert_eq!(is_disputed(&number[number.len() - 4..]), outcome == Outcome::IsDisputed, "{number}");
        }
    }

    #[test]
    fn every_refusal_of_a_card_has_its_words() {
        let too_little = declined("insufficient_funds");
        assert_eq!(
            (too_little["code"].as_str(), too_little["decline_code"].as_str()),
            (Some("card_declined"), Some("insufficient_funds"))
        );
        assert_eq!(declined("card_declined")["decline_code"], "generic_decline");
        assert_eq!(declined("debit_failed")["code"], "payment_intent_payment_attempt_failed");
    }
}
