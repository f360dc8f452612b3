//! A gateway in memory: a test does what buyers, banks and the gateway's own dashboard do, the program asks.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use chrono::Duration;
use domain::{
    env::Instant,
    ids::OrderId,
    money::Money,
    ports::{
        AccountRequest, Capture, Checkout, CheckoutRequest, CheckoutState, DisputeEvidence, DisputeStanding,
        EventError, EventPage, GatewayDispute, GatewayError, GatewayEvent, GatewayPayment, GatewayRefund,
        IdempotencyKey, PayeeAccount, PaymentGateway, PaymentStanding, RefundStanding, Transfer, TransferRequest,
    },
};

/// How a checkout stands: open, closed, or gone through with by a payment.
enum Session {
    Open,
    Expired,
    Paid(String),
}

#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "switches that tests turn, each for itself")]
struct Held {
    checkouts: BTreeMap<String, (CheckoutRequest, Session)>,
    /// How many checkouts were opened for an order after the first.
    again: BTreeMap<OrderId, u32>,
    payments: BTreeMap<String, GatewayPayment>,
    /// What was asked for under which key, and what came of it.
    captures: BTreeMap<String, String>,
    refunds: BTreeMap<String, (String, GatewayRefund)>,
    refuses_capture: BTreeSet<String>,
    /// Whether nothing can be given back, as when the balance is too low; and the keys under which that was said, which it says again.
    refuses_refunds: bool,
    refused_keys: BTreeSet<String>,
    loses_answers: bool,
    /// What does not answer: a checkout, a payment, or all.
    silent: BTreeSet<String>,
    /// What it answers to in a way that makes no sense.
    garbled: BTreeSet<String>,
    answers: BTreeMap<String, DisputeEvidence>,
    accounts: BTreeMap<String, PayeeAccount>,
    /// Which account was made under which key.
    account_keys: BTreeMap<String, String>,
    /// What was asked to be sent under which key, and whether it was.
    transfers: BTreeMap<String, (TransferRequest, Option<Transfer>)>,
    refuses_transfers: bool,
    loses_transfers: bool,
    refuses_lists: bool,
    events: Vec<GatewayEvent>,
    numbers: u32,
}

impl Held {
    fn number(&mut self) -> u32 {
        self.numbers += 1;
        self.numbers
    }

    /// The order's checkout that was opened last.
    fn checkout_of(&self, order: OrderId) -> String {
        format!("cs_{order}{}", self.suffix(order))
    }

    /// The payment of that.
    fn payment_of(&self, order: OrderId) -> String {
        format!("pi_{order}{}", self.suffix(order))
    }

    fn suffix(&self, order: OrderId) -> String {
        self.again.get(&order).map_or_else(String::new, |again| format!("_{again}"))
    }
}

/// The gateway.
#[derive(Default)]
pub(crate) struct TestGateway {
    held: Mutex<Held>,
    /// How often it was asked for anything.
    pub(crate) asked: AtomicUsize,
    /// Whether it keeps its fee when money goes back; else it gives its part of that back too.
    pub(crate) keeps_fees: AtomicBool,
    /// How many events a page of its list has; two at the least, so that pages are turned.
    pub(crate) events_a_page: AtomicUsize,
    /// How often it was asked to send money.
    pub(crate) transfer_calls: AtomicUsize,
}

fn refused(what: &'static str, code: &str) -> GatewayError {
    GatewayError::Refused { what, code: code.into(), message: "no".into() }
}

fn silence(what: &'static str) -> GatewayError {
    GatewayError::Transient { what, source: "it hangs".into() }
}

/// The least that it collects.
const LEAST_MINOR: i64 = 50;

/// The name of all that can be silent.
const ALL: &str = "*";

impl TestGateway {
    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap()
    }

    /// What it holds, if it answers to a question about a thing.
    fn asked_for(&self, id: &str) -> Result<MutexGuard<'_, Held>, GatewayError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let held = self.held();
        if held.silent.contains(ALL) || held.silent.contains(id) {
            Err(silence("asking"))
        } else if held.garbled.contains(id) {
            Err(GatewayError::Lasting { what: "asking", source: "it makes no sense".into() })
        } else {
            Ok(held)
        }
    }

    /// Lets it answer without sense to all that is about the payment of an order.
    pub(crate) fn garble(&self, order: OrderId) {
        let mut held = self.held();
        let id = held.payment_of(order);
        held.garbled.insert(id);
    }

    /// Lets it answer to nothing any more, or to all again.
    pub(crate) fn fall_silent(&self, is_silent: bool) {
        let mut held = self.held();
        held.silent.clear();
        held.silent.extend(is_silent.then(|| ALL.to_owned()));
    }

    /// Lets it answer to nothing any more that is about a payment.
    pub(crate) fn fall_silent_about_payment(&self, payment: &str) {
        self.held().silent.insert(payment.to_owned());
    }

    /// Pays a checkout in full; the gateway keeps 2.9 %. What is to be collected later is held.
    pub(crate) fn pay(&self, order: OrderId) -> GatewayPayment {
        let amount = self.request(order).total;
        self.pay_amount(order, amount)
    }

    /// Pays a checkout with any amount.
    pub(crate) fn pay_amount(&self, order: OrderId, amount: Money) -> GatewayPayment {
        let request = self.request(order);
        let standing = match request.capture {
            Capture::AtOnce => PaymentStanding::Captured,
            Capture::Later => PaymentStanding::Authorised { capture_before: request.expires_at + Duration::days(7) },
        };
        self.stand(order, amount, standing)
    }

    /// Brings the payment of a checkout to where it stands.
    pub(crate) fn stand(&self, order: OrderId, amount: Money, standing: PaymentStanding) -> GatewayPayment {
        let mut held = self.held();
        let id = held.payment_of(order);
        let is_collected = standing == PaymentStanding::Captured;
        let payment = GatewayPayment {
            id: id.clone(),
            order: Some(order),
            standing,
            amount,
            captured: if is_collected { amount } else { Money::zero(amount.currency) },
            fee: if is_collected { fee_of(amount) } else { Money::zero(amount.currency) },
            refunds: Vec::new(),
            disputes: Vec::new(),
        };
        let checkout = held.checkout_of(order);
        held.checkouts.get_mut(&checkout).unwrap().1 = Session::Paid(id.clone());
        held.payments.insert(id, payment.clone());
        payment
    }

    /// Charges the buyer of an order once more; the second payment's id.
    pub(crate) fn charge_again(&self, order: OrderId) -> String {
        let mut held = self.held();
        let mut again = held.payments[&held.payment_of(order)].clone();
        again.id = format!("pi_again_{}", held.number());
        let id = again.id.clone();
        held.payments.insert(id.clone(), again);
        id
    }

    /// Collects an amount that names an order beside its checkout; the payment's id.
    pub(crate) fn charge_beside(&self, order: OrderId, amount: Money) -> String {
        self.beside(order, amount, PaymentStanding::Captured)
    }

    /// Holds such an amount; the payment's id.
    pub(crate) fn hold_beside(&self, order: OrderId, amount: Money, capture_before: Instant) -> String {
        self.beside(order, amount, PaymentStanding::Authorised { capture_before })
    }

    fn beside(&self, order: OrderId, amount: Money, standing: PaymentStanding) -> String {
        let mut held = self.held();
        let id = format!("pi_beside_{}", held.number());
        let is_collected = standing == PaymentStanding::Captured;
        let payment = GatewayPayment {
            id: id.clone(),
            order: Some(order),
            standing,
            amount,
            captured: if is_collected { amount } else { Money::zero(amount.currency) },
            fee: if is_collected { fee_of(amount) } else { Money::zero(amount.currency) },
            refunds: Vec::new(),
            disputes: Vec::new(),
        };
        held.payments.insert(id.clone(), payment);
        id
    }

    /// Gives all of a payment back in the gateway's own dashboard.
    pub(crate) fn return_by_hand(&self, payment: &str) {
        let mut held = self.held();
        let id = format!("re_hand_{}", held.number());
        let payment = held.payments.get_mut(payment).unwrap();
        let (amount, fee) = (payment.captured, Money::zero(payment.captured.currency));
        payment.refunds.push(GatewayRefund { id, key: None, standing: RefundStanding::Succeeded, amount, fee });
    }

    /// Forgets a checkout, as if it had been opened at another.
    pub(crate) fn forget(&self, order: OrderId) {
        let mut held = self.held();
        let id = held.checkout_of(order);
        held.checkouts.remove(&id);
    }

    /// Closes a checkout unpaid.
    pub(crate) fn expire(&self, order: OrderId) {
        let mut held = self.held();
        let id = held.checkout_of(order);
        held.checkouts.get_mut(&id).unwrap().1 = Session::Expired;
    }

    /// Whether nobody can pay a checkout any more.
    pub(crate) fn is_expired(&self, order: OrderId) -> bool {
        let held = self.held();
        matches!(held.checkouts[&held.checkout_of(order)].1, Session::Expired)
    }

    /// What was opened for an order, the last time.
    pub(crate) fn request(&self, order: OrderId) -> CheckoutRequest {
        let held = self.held();
        held.checkouts[&held.checkout_of(order)].0.clone()
    }

    /// The payment of an order's last checkout as it stands.
    pub(crate) fn payment(&self, order: OrderId) -> GatewayPayment {
        let held = self.held();
        held.payments[&held.payment_of(order)].clone()
    }

    /// The payments of all checkouts of an order as they stand, by their ids.
    pub(crate) fn payments(&self, order: OrderId) -> Vec<GatewayPayment> {
        self.held().payments.values().filter(|payment| payment.order == Some(order)).cloned().collect()
    }

    /// The payments given back by us, each under its key.
    pub(crate) fn refunds(&self) -> Vec<(String, String)> {
        self.held().refunds.iter().map(|(key, (payment, _))| (payment.clone(), key.clone())).collect()
    }

    /// The evidence that was sent, once for each key.
    pub(crate) fn answers(&self) -> Vec<DisputeEvidence> {
        self.held().answers.values().cloned().collect()
    }

    /// Lets what it says to an answer of a dispute be lost on the way, or arrive again.
    pub(crate) fn lose_answers(&self, are_lost: bool) {
        self.held().loses_answers = are_lost;
    }

    /// Lets the bank refuse to have a payment collected.
    pub(crate) fn refuse_capture(&self, order: OrderId) {
        let mut held = self.held();
        let id = held.payment_of(order);
        held.refuses_capture.insert(id);
    }

    /// Lets the gateway refuse to give anything back, or not any more.
    pub(crate) fn refuse_refunds(&self, are_refused: bool) {
        self.held().refuses_refunds = are_refused;
    }

    /// Gives money back in the gateway's own dashboard; the refund's id.
    pub(crate) fn refund_by_hand(&self, order: OrderId, minor: i64) -> String {
        let mut held = self.held();
        let id = format!("re_hand_{}", held.number());
        let keeps = self.keeps_fees.load(Ordering::SeqCst);
        let payment = held.payments.get_mut(&format!("pi_{order}")).unwrap();
        let amount = Money::new(minor, payment.captured.currency);
        let fee = refund_fee(payment, amount, keeps);
        let refund = GatewayRefund { id: id.clone(), key: None, standing: RefundStanding::Succeeded, amount, fee };
        payment.refunds.push(refund);
        id
    }

    /// Brings a refund to where it stands.
    pub(crate) fn refund_stands(&self, order: OrderId, id: &str, standing: RefundStanding) {
        let mut held = self.held();
        let payment = held.payments.get_mut(&format!("pi_{order}")).unwrap();
        payment.refunds.iter_mut().find(|refund| refund.id == id).unwrap().standing = standing;
    }

    /// Lets the buyer's bank dispute so much of an order's payment; the dispute's id.
    pub(crate) fn dispute(&self, order: OrderId, minor: i64, evidence_by: Instant) -> String {
        self.dispute_payment(&format!("pi_{order}"), minor, evidence_by)
    }

    /// Lets the buyer's bank dispute so much of a payment; the dispute's id.
    pub(crate) fn dispute_payment(&self, payment: &str, minor: i64, evidence_by: Instant) -> String {
        let mut held = self.held();
        let id = format!("dp_{}", held.number());
        let payment = held.payments.get_mut(payment).unwrap();
        payment.disputes.push(GatewayDispute {
            id: id.clone(),
            standing: DisputeStanding::NeedsResponse,
            amount: Money::new(minor, payment.captured.currency),
            fee: Money::new(1500, payment.captured.currency),
            reason: "fraudulent".into(),
            evidence_by: Some(evidence_by),
        });
        id
    }

    /// Decides a dispute over an order's payment; the fee stays.
    pub(crate) fn decide(&self, order: OrderId, id: &str, standing: DisputeStanding) {
        self.decide_payment(&format!("pi_{order}"), id, standing);
    }

    /// Decides a dispute over a payment; the fee stays.
    pub(crate) fn decide_payment(&self, payment: &str, id: &str, standing: DisputeStanding) {
        let mut held = self.held();
        let payment = held.payments.get_mut(payment).unwrap();
        let dispute = payment.disputes.iter_mut().find(|dispute| dispute.id == id).unwrap();
        (dispute.standing, dispute.evidence_by) = (standing, None);
    }

    /// Lets a payee have told all that the gateway has to know.
    pub(crate) fn enable(&self, account: &str) {
        let mut held = self.held();
        let known = held.accounts.get_mut(account).unwrap();
        (known.can_receive, known.missing) = (true, Vec::new());
    }

    /// Lets it refuse every transfer, or none.
    pub(crate) fn refuse_transfers(&self, are_refused: bool) {
        self.held().refuses_transfers = are_refused;
    }

    /// Lets what it says to transfers be lost on the way, or arrive again.
    pub(crate) fn lose_transfers(&self, are_lost: bool) {
        self.held().loses_transfers = are_lost;
    }

    /// Closes a payee's account: it is known no more.
    pub(crate) fn close_account(&self, account: &str) {
        self.held().accounts.remove(account);
    }

    /// Lets it refuse to list transfers, or not any more.
    pub(crate) fn refuse_lists(&self, are_refused: bool) {
        self.held().refuses_lists = are_refused;
    }

    /// Sends what was refused under a key after all, as if its refusal had been an answer to something else; the transfer's id.
    pub(crate) fn send_after_all(&self, key: &str) -> String {
        let mut held = self.held();
        let id = format!("tr_{}", held.number());
        let (request, sent) = held.transfers.get_mut(key).unwrap();
        *sent = Some(Transfer {
            id: id.clone(),
            key: Some(key.to_owned()),
            account: request.account.clone(),
            amount: request.amount,
            reversed: Money::zero(request.amount.currency),
        });
        id
    }

    /// The transfers that were sent.
    pub(crate) fn transfers(&self) -> Vec<Transfer> {
        self.held().transfers.values().filter_map(|(_, sent)| sent.clone()).collect()
    }

    /// Under how many keys transfers were asked for.
    pub(crate) fn transfer_keys(&self) -> usize {
        self.held().transfers.len()
    }

    /// Takes so much of a transfer back in the gateway's own dashboard.
    pub(crate) fn take_back(&self, transfer: &str, minor: i64) {
        let mut held = self.held();
        let mut sent = held.transfers.values_mut().filter_map(|(_, sent)| sent.as_mut());
        sent.find(|sent| sent.id == transfer).unwrap().reversed.minor = minor;
    }

    /// Writes an event into the gateway's list, and gives it as a message would bring it. It names the order only as the gateway's own object would.
    pub(crate) fn tell(&self, kind: &str, order: OrderId, at: Instant) -> GatewayEvent {
        let mut held = self.held();
        let is_checkout = kind.starts_with("checkout");
        let event = GatewayEvent {
            id: format!("evt_{}", held.number()),
            kind: kind.into(),
            at,
            order: is_checkout.then_some(order),
            checkout: is_checkout.then(|| held.checkout_of(order)),
            payment: Some(held.payment_of(order)),
            account: None,
            transfer: None,
        };
        held.events.push(event.clone());
        event
    }

    /// Writes an event about a second payment of an order into the gateway's list, and gives it as a message would bring it.
    pub(crate) fn list_second(&self, kind: &str, order: OrderId, payment: &str, at: Instant) -> GatewayEvent {
        let mut held = self.held();
        let event = GatewayEvent {
            id: format!("evt_{}", held.number()),
            kind: kind.into(),
            at,
            order: Some(order),
            checkout: None,
            payment: Some(payment.to_owned()),
            account: None,
            transfer: None,
        };
        held.events.push(event.clone());
        event
    }
}

/// What the gateway keeps of a payment.
fn fee_of(amount: Money) -> Money {
    Money::new(amount.minor * 29 / 1000, amount.currency)
}

/// What it takes for a refund: nothing, or below zero what it gives back of its fee.
fn refund_fee(payment: &GatewayPayment, amount: Money, keeps: bool) -> Money {
    let part = if keeps { 0 } else { payment.fee.minor * amount.minor / payment.captured.minor };
    Money::new(-part, amount.currency)
}

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
