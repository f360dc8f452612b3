//! What the gateway answers to the program.

use std::sync::atomic::Ordering;

use async_trait::async_trait;
use domain::{
    env::Instant,
    money::Money,
    ports::{
        AccountRequest, Checkout, CheckoutRequest, CheckoutState, DisputeEvidence, DisputeStanding, EventError,
        EventPage, GatewayDispute, GatewayError, GatewayEvent, GatewayPayment, GatewayRefund, IdempotencyKey,
        PayeeAccount, PaymentGateway, PaymentStanding, RefundStanding, Transfer, TransferRequest,
    },
};

use super::{Session, TestGateway, fee_of, refund_fee, silence};

fn refused(what: &'static str, code: &str) -> GatewayError {
    GatewayError::Refused { what, code: code.into(), message: "no".into() }
}

/// The least that it collects.
const LEAST_MINOR: i64 = 50;

#[async_trait]
impl PaymentGateway for TestGateway {
    fn name(&self) -> &'static str {
        "test"
    }

    async fn open_checkout(&self, request: &CheckoutRequest) -> Result<Checkout, GatewayError> {
        if request.total.minor < LEAST_MINOR {
            return Err(refused("opening a checkout", "amount_too_small"));
        }
        let mut held = self.held();
        let mut id = held.checkout_of(request.order);
        if let Some((standing, session)) = held.checkouts.get(&id)
            && standing.key != request.key
        {
            let is_live = match session {
                Session::Open => true,
                Session::Expired => false,
                // One that has failed since can be paid by nobody.
                Session::Paid(payment) => {
                    !matches!(held.payments[payment].standing, PaymentStanding::Cancelled | PaymentStanding::Unpaid)
                }
            };
            assert!(!is_live, "an order has one checkout that can be paid at the most");
            *held.again.entry(request.order).or_insert(1) += 1;
            id = held.checkout_of(request.order);
        }
        let standing = held.checkouts.entry(id.clone()).or_insert_with(|| (request.clone(), Session::Open));
        assert_eq!(standing.0, *request, "the same key carries the same request");
        Ok(Checkout { pay_url: format!("http://gateway.test/{id}"), id })
    }

    async fn find_checkout(&self, id: &str) -> Result<Option<CheckoutState>, GatewayError> {
        let held = self.asked_for(id)?;
        Ok(held.checkouts.get(id).map(|(_, session)| match session {
            Session::Open => CheckoutState::Open,
            Session::Expired => CheckoutState::Expired,
            Session::Paid(payment) => {
                let payment = held.payments[payment].clone();
                let has_failed = payment.standing == PaymentStanding::Unpaid;
                if has_failed { CheckoutState::Failed(payment) } else { CheckoutState::Completed(payment) }
            }
        }))
    }

    async fn close_checkout(&self, id: &str) -> Result<Option<CheckoutState>, GatewayError> {
        {
            let mut held = self.held();
            if let Some((_, session)) = held.checkouts.get_mut(id)
                && matches!(session, Session::Open)
            {
                *session = Session::Expired;
            }
        }
        self.find_checkout(id).await
    }

    async fn find_payment(&self, id: &str) -> Result<Option<GatewayPayment>, GatewayError> {
        Ok(self.asked_for(id)?.payments.get(id).cloned())
    }

    async fn capture(&self, payment: &str, key: &IdempotencyKey) -> Result<GatewayPayment, GatewayError> {
        const WHAT: &str = "capturing a payment";
        let mut held = self.asked_for(payment)?;
        let first = held.captures.entry(key.value.clone()).or_insert_with(|| payment.to_owned()).clone();
        assert_eq!(first, payment, "the same key carries the same request");
        let is_refused = held.refuses_capture.contains(payment);
        let found = held.payments.get_mut(payment).ok_or_else(|| refused(WHAT, "resource_missing"))?;
        match found.standing {
            PaymentStanding::Authorised { .. } if is_refused => {
                found.standing = PaymentStanding::Cancelled;
                Err(refused(WHAT, "capture_charge_authorization_expired"))
            }
            PaymentStanding::Authorised { .. } | PaymentStanding::Captured => {
                found.standing = PaymentStanding::Captured;
                (found.captured, found.fee) = (found.amount, fee_of(found.amount));
                Ok(found.clone())
            }
            _ => Err(refused(WHAT, "payment_intent_unexpected_state")),
        }
    }

    async fn cancel(&self, payment: &str, _: &IdempotencyKey) -> Result<GatewayPayment, GatewayError> {
        const WHAT: &str = "cancelling a payment";
        let mut held = self.asked_for(payment)?;
        let found = held.payments.get_mut(payment).ok_or_else(|| refused(WHAT, "resource_missing"))?;
        // Of a checkout nothing is cancelled but what is held.
        if !matches!(found.standing, PaymentStanding::Authorised { .. } | PaymentStanding::Cancelled) {
            return Err(refused(WHAT, "payment_intent_unexpected_state"));
        }
        found.standing = PaymentStanding::Cancelled;
        Ok(found.clone())
    }

    async fn refund(&self, payment: &str, amount: Money, key: &IdempotencyKey) -> Result<GatewayRefund, GatewayError> {
        const WHAT: &str = "giving money back";
        let mut held = self.asked_for(payment)?;
        if let Some((of, made)) = held.refunds.get(&key.value) {
            assert_eq!((of.as_str(), made.amount), (payment, amount), "the same key carries the same request");
            return Ok(made.clone());
        }
        if held.refuses_refunds || held.refused_keys.contains(&key.value) {
            held.refused_keys.insert(key.value.clone());
            return Err(refused(WHAT, "insufficient_funds"));
        }
        let id = format!("re_{}", held.number());
        let keeps = self.keeps_fees.load(Ordering::SeqCst);
        let found = held.payments.get_mut(payment).ok_or_else(|| refused(WHAT, "resource_missing"))?;
        let gone: i64 = found
            .refunds
            .iter()
            .filter(|refund| refund.standing != RefundStanding::Failed)
            .map(|refund| refund.amount.minor)
            .sum();
        if gone + amount.minor > found.captured.minor {
            return Err(refused(WHAT, "charge_already_refunded"));
        }
        let made = GatewayRefund {
            id,
            key: Some(key.value.clone()),
            standing: RefundStanding::Succeeded,
            amount,
            fee: refund_fee(found, amount, keeps),
        };
        found.refunds.push(made.clone());
        held.refunds.insert(key.value.clone(), (payment.to_owned(), made.clone()));
        Ok(made)
    }

    async fn answer_dispute(
        &self,
        dispute: &str,
        evidence: &DisputeEvidence,
        key: &IdempotencyKey,
    ) -> Result<GatewayDispute, GatewayError> {
        let mut held = self.asked_for(dispute)?;
        let is_lost = held.loses_answers;
        let first = held.answers.entry(key.value.clone()).or_insert_with(|| evidence.clone()).clone();
        assert_eq!(first, *evidence, "the same key carries the same request");
        let mut all = held.payments.values_mut().flat_map(|payment| &mut payment.disputes);
        let found = all.find(|known| known.id == dispute);
        let found = found.ok_or_else(|| refused("answering a dispute", "resource_missing"))?;
        found.standing = DisputeStanding::UnderReview;
        let answered = found.clone();
        // It has taken the answer; what it says of it is lost.
        if is_lost { Err(silence("answering a dispute")) } else { Ok(answered) }
    }

    async fn create_account(&self, request: &AccountRequest) -> Result<PayeeAccount, GatewayError> {
        let mut held = self.asked_for(&request.key.value)?;
        let number = held.number();
        let id = held.account_keys.entry(request.key.value.clone()).or_insert_with(|| format!("acct_{number}")).clone();
        let fresh =
            PayeeAccount { id: id.clone(), can_receive: false, missing: vec!["external_account".into(), "tos".into()] };
        Ok(held.accounts.entry(id).or_insert(fresh).clone())
    }

    async fn find_account(&self, id: &str) -> Result<Option<PayeeAccount>, GatewayError> {
        Ok(self.asked_for(id)?.accounts.get(id).cloned())
    }

    async fn onboarding_link(&self, account: &str, _: &str, _: &str) -> Result<String, GatewayError> {
        drop(self.asked_for(account)?);
        Ok(format!("http://gateway.test/onboarding/{account}"))
    }

    async fn transfer(&self, request: &TransferRequest) -> Result<Transfer, GatewayError> {
        const WHAT: &str = "sending money";
        self.transfer_calls.fetch_add(1, Ordering::SeqCst);
        let mut held = self.asked_for(&request.account)?;
        let number = held.number();
        let (refuses, loses) = (held.refuses_transfers, held.loses_transfers);
        let fresh = || {
            let sent = Transfer {
                id: format!("tr_{number}"),
                key: Some(request.key.value.clone()),
                account: request.account.clone(),
                amount: request.amount,
                reversed: Money::zero(request.amount.currency),
            };
            (request.clone(), (!refuses).then_some(sent))
        };
        let (asked, sent) = held.transfers.entry(request.key.value.clone()).or_insert_with(fresh).clone();
        assert_eq!(asked, *request, "the same key carries the same request");
        // A key's answer stays what it was, a refusal too.
        let sent = sent.ok_or_else(|| refused(WHAT, "transfers_not_allowed"))?;
        if loses { Err(silence(WHAT)) } else { Ok(sent) }
    }

    async fn find_transfer(&self, id: &str) -> Result<Option<Transfer>, GatewayError> {
        let held = self.asked_for(id)?;
        Ok(held.transfers.values().filter_map(|(_, sent)| sent.clone()).find(|sent| sent.id == id))
    }

    async fn list_transfers(&self, group: &str) -> Result<Vec<Transfer>, GatewayError> {
        let held = self.asked_for(group)?;
        if held.refuses_lists {
            return Err(refused("listing transfers", "resource_missing"));
        }
        let of_group = held.transfers.values().filter(|(request, _)| request.group == group);
        Ok(of_group.filter_map(|(_, sent)| sent.clone()).collect())
    }

    async fn reverse_transfer(&self, _: &str, _: Money, _: &IdempotencyKey) -> Result<Transfer, GatewayError> {
        Err(refused("taking money back", "unsupported"))
    }

    async fn events(&self, since: Instant, page: Option<&str>) -> Result<EventPage, GatewayError> {
        let held = self.asked_for("events")?;
        let newest_first: Vec<&GatewayEvent> = held.events.iter().rev().filter(|event| event.at >= since).collect();
        let behind = page.map_or(0, |page| newest_first.iter().position(|event| event.id == page).unwrap() + 1);
        let length = self.events_a_page.load(Ordering::SeqCst).max(2);
        let events: Vec<GatewayEvent> = newest_first.iter().skip(behind).take(length).copied().cloned().collect();
        let has_more = behind + events.len() < newest_first.len();
        let next = events.last().map(|event| event.id.clone()).filter(|_| has_more);
        Ok(EventPage { events, next })
    }

    fn read_event(&self, _: Option<&str>, _: &[u8], _: Instant) -> Result<GatewayEvent, EventError> {
        Err(EventError::BadSignature)
    }
}
