//! A gateway in memory: a test does what buyers, banks and the gateway's own dashboard do, the program asks.

mod answers;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use chrono::Duration;
use domain::{
    env::Instant,
    ids::OrderId,
    money::Money,
    ports::{
        Capture, CheckoutRequest, DisputeEvidence, DisputeStanding, GatewayDispute, GatewayError, GatewayEvent,
        GatewayPayment, GatewayRefund, PayeeAccount, PaymentStanding, RefundStanding, Transfer, TransferRequest,
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

fn silence(what: &'static str) -> GatewayError {
    GatewayError::Transient { what, source: "it hangs".into() }
}

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
