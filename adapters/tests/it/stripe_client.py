"""Stripe's own client drives the sandbox gateway: every answer must be one that it reads.

Usage: stripe_client.py BASE_URL EVENT_FILE, with SANDBOX_KEY, SANDBOX_WEBHOOK_SECRET and SANDBOX_SIGNATURE in the environment.
"""

import json
import os
import pathlib
import sys
import urllib.error
import urllib.parse
import urllib.request

import stripe

base = sys.argv[1]
stripe.api_key = os.environ["SANDBOX_KEY"]
stripe.api_base = base
stripe.max_network_retries = 0


class Stay(urllib.request.HTTPRedirectHandler):
    """A redirect is the answer: where it leads is the shop's, which is not there."""

    def redirect_request(self, *_):
        return None


browser = urllib.request.build_opener(urllib.request.ProxyHandler({}), Stay)


def send(url, **form):
    request = urllib.request.Request(url, data=urllib.parse.urlencode(form).encode(), headers={"Accept": "application/json"})
    try:
        with browser.open(request) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as answer:
        return answer.code, answer.read()


def control(action, **form):
    status, body = send(f"{base}/control/{action}", **form)
    assert status == 200, (action, status, body)
    return json.loads(body)


def checkout(amount, **more):
    return stripe.checkout.Session.create(
        mode="payment",
        success_url="https://shop.example/thanks",
        cancel_url="https://shop.example/cart",
        customer_email="buyer@example.org",
        line_items=[
            {
                "quantity": 1,
                "price_data": {"currency": "eur", "unit_amount": amount, "product_data": {"name": "Night Bus"}},
            }
        ],
        metadata={"order": "order_1"},
        **more,
    )


def paid(amount, **more):
    session = checkout(amount, **more)
    status, _ = send(session.url, card="4242424242424242")
    assert status == 303, status
    session = stripe.checkout.Session.retrieve(session.id, expand=["payment_intent.latest_charge.balance_transaction"])
    assert session.status == "complete", session
    return session.payment_intent


def refused(what, code, kind=stripe.InvalidRequestError):
    try:
        what()
    except kind as error:
        assert error.code == code, (error.code, error.user_message)
        assert error.request_id, "an answer has an id"
    else:
        raise AssertionError(f"{code} was not refused")


# Create, retrieve, expire.
session = checkout(4999)
assert session.status == "open" and session.amount_total == 4999 and not session.livemode
assert stripe.checkout.Session.expire(session.id).status == "expired"
refused(lambda: stripe.checkout.Session.expire(session.id), None)
refused(lambda: stripe.checkout.Session.retrieve("cs_test_nope"), "resource_missing")
refused(lambda: checkout(10), "amount_too_small")
try:
    stripe.Refund.list(api_key="sk_live_1")
except stripe.AuthenticationError:
    pass
else:
    raise AssertionError("a live key was taken")

# Capture, in part and wholly.
held = paid(5000, payment_intent_data={"capture_method": "manual", "metadata": {"order": "order_1"}})
assert held.status == "requires_capture" and held.amount_capturable == 5000
captured = stripe.PaymentIntent.capture(held.id, amount_to_capture=3000, idempotency_key="capture:1")
assert captured.status == "succeeded" and captured.amount_received == 3000
again = stripe.PaymentIntent.capture(held.id, amount_to_capture=3000, idempotency_key="capture:1")
assert again.id == captured.id
assert not stripe.Refund.list(payment_intent=held.id).data, "what is let go is no refund"
refused(lambda: stripe.PaymentIntent.capture(held.id), "payment_intent_unexpected_state")
given_up = paid(5000, payment_intent_data={"capture_method": "manual"})
assert stripe.PaymentIntent.cancel(given_up.id, cancellation_reason="abandoned").status == "canceled"
assert not stripe.Charge.retrieve(given_up.latest_charge.id).refunded
assert stripe.PaymentIntent.modify(held.id, metadata={"note": "x"}).metadata["note"] == "x"

# A payment without a checkout.
made = stripe.PaymentIntent.create(amount=700, currency="eur", metadata={"note": "by hand"})
assert made.status == "requires_payment_method" and stripe.PaymentIntent.retrieve(made.id).amount == 700
refused(
    lambda: stripe.PaymentIntent.confirm(made.id, payment_method="pm_card_chargeDeclined"), "card_declined", stripe.CardError
)
assert stripe.PaymentIntent.retrieve(made.id).last_payment_error.decline_code == "generic_decline", "it was tried"
confirmed = stripe.PaymentIntent.confirm(made.id, payment_method="pm_card_visa")
assert confirmed.status == "succeeded" and confirmed.amount_received == 700 and confirmed.metadata["note"] == "by hand"
refused(
    lambda: stripe.PaymentIntent.confirm(made.id, payment_method="pm_card_visa"), "payment_intent_unexpected_state"
)
later = stripe.PaymentIntent.create(
    amount=900, currency="eur", capture_method="manual", payment_method="pm_card_visa", confirm=True
)
assert later.status == "requires_capture" and stripe.PaymentIntent.capture(later.id).amount_received == 900
assert stripe.Refund.create(payment_intent=later.id).amount == 900
refused(lambda: stripe.PaymentIntent.create(amount=10, currency="eur"), "amount_too_small")
refused(lambda: stripe.PaymentIntent.confirm(made.id, payment_method="pm_real"), "resource_missing")

# Refund.
payment = paid(10000, payment_intent_data={"transfer_group": "LL-1"})
charge = payment.latest_charge
assert charge.balance_transaction.fee == 165 and charge.payment_method_details.card.last4 == "4242"
refund = stripe.Refund.create(payment_intent=payment.id, amount=1000, reason="requested_by_customer", metadata={"key": "r1"})
assert refund.status == "succeeded" and stripe.Refund.retrieve(refund.id).metadata["key"] == "r1"
assert [one.id for one in stripe.Refund.list(payment_intent=payment.id).auto_paging_iter()] == [refund.id]
assert stripe.BalanceTransaction.retrieve(refund.balance_transaction).net == -1000
assert stripe.Charge.retrieve(charge.id).amount_refunded == 1000
refused(lambda: stripe.Refund.create(charge=charge.id, amount=9001), None)

# Disputes.
control("dispute", payment=payment.id, amount=2000)
dispute = stripe.Dispute.list(payment_intent=payment.id).data[0]
assert dispute.status == "needs_response" and dispute.balance_transactions[0].fee == 1500
refused(lambda: stripe.Refund.create(payment_intent=payment.id), "charge_disputed")
answered = stripe.Dispute.modify(dispute.id, evidence={"uncategorized_text": "winning_evidence"}, submit=True)
assert answered.status == "won" and stripe.Dispute.retrieve(dispute.id).evidence_details.submission_count == 1

# Accounts and transfers.
account = stripe.Account.create(
    type="express", country="FR", email="payee@example.org", capabilities={"transfers": {"requested": True}}
)
assert account.requirements.currently_due and account.default_currency == "eur"
link = stripe.AccountLink.create(
    account=account.id,
    type="account_onboarding",
    return_url="https://shop.example/back",
    refresh_url="https://shop.example/again",
)


def transfer(amount, **more):
    return stripe.Transfer.create(amount=amount, currency="eur", destination=account.id, **more)


refused(lambda: transfer(100), "insufficient_capabilities_for_transfer")
status, _ = send(link.url, outcome="complete")
assert status == 303
assert stripe.Account.retrieve(account.id).capabilities.transfers == "active"
sent = transfer(2000, source_transaction=charge.id, metadata={"key": "t1"})
assert sent.transfer_group == "LL-1" and not sent.reversed
refused(lambda: transfer(90_000_000), "balance_insufficient")
control("transfers", fail="true")
refused(lambda: transfer(100), "transfers_not_allowed")
control("transfers", fail="false")
reversal = stripe.Transfer.create_reversal(sent.id, amount=500)
assert reversal.transfer == sent.id and len(stripe.Transfer.list_reversals(sent.id).data) == 1
listed = stripe.Transfer.list(transfer_group="LL-1", destination=account.id).data
assert [(one.id, one.amount_reversed) for one in listed] == [(sent.id, 500)]

# Events, page by page.
events = list(stripe.Event.list(limit=7).auto_paging_iter())
kinds = {event.type for event in events}
assert len({event.id for event in events}) == len(events) > 20, len(events)
assert {"charge.dispute.closed", "transfer.reversed", "account.updated", "refund.created"} <= kinds, kinds
assert stripe.Event.retrieve(events[0].id).id == events[0].id
since = stripe.Event.list(created={"gte": events[-1].created}, types=["transfer.created"])
assert [event.data.object.id for event in since.data] == [sent.id]

# A webhook.
body, signature, secret = (
    pathlib.Path(sys.argv[2]).read_bytes(),
    os.environ["SANDBOX_SIGNATURE"],
    os.environ["SANDBOX_WEBHOOK_SECRET"],
)
event = stripe.Webhook.construct_event(body, signature, secret)
assert event.type == "checkout.session.completed" and event.data.object.metadata["order"] == "order_1", event
try:
    stripe.Webhook.construct_event(body + b" ", signature, secret)
except stripe.SignatureVerificationError:
    pass
else:
    raise AssertionError("a changed body was believed")

# The interface fails.
control("faults", fail=1)
try:
    stripe.Refund.retrieve(refund.id)
except stripe.APIError as error:
    assert error.http_status == 500
else:
    raise AssertionError("it did not fail")

print("content")
