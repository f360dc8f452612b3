//! In which ways the money can be wrong, and how each is found: one statement a kind.

use crate::text_enum;

text_enum! {
    /// In which way the money is not as it should be.
    pub enum DriftKind {
        /// A journal's entries do not sum to zero.
        JournalUnbalanced = "journal_unbalanced",
        /// A sale or a refund is booked of a payment that is not there.
        JournalUnpaid = "journal_unpaid",
        /// A payment at the gateway names an order that is not here, and something of it is kept. Told of the whole installation alone, for nobody can say
        /// whose it is.
        PaymentUnmatched = "payment_unmatched",
        /// A payment is in no journal.
        PaymentUnbooked = "payment_unbooked",
        /// What was collected by a payment is not what its journal books.
        PaymentAstray = "payment_astray",
        /// A refunded payment is in no journal of a refund.
        RefundUnbooked = "refund_unbooked",
        /// A payment that came for nothing sold is to be given back, and nothing that does so is under way.
        RefundForgotten = "refund_forgotten",
        /// What was given back is not what its journal books, or a refund that failed is booked still.
        RefundAstray = "refund_astray",
        /// A dispute holds money, has lost it or is over, and no journal says so, or not what the gateway says.
        DisputeUnbooked = "dispute_unbooked",
        /// An order is granted, and no payment of its total was collected.
        OrderUnpaid = "order_unpaid",
        /// A line of a granted order has no licence.
        LineUnlicensed = "line_unlicensed",
        /// A licence belongs to an order that was not granted.
        LicenceUngranted = "licence_ungranted",
        /// A work is claimed, and neither stands a licence of it nor is anything held for one.
        ClaimIdle = "claim_idle",
        /// An exclusive has ended, and something of its price is kept, for a refund has failed since.
        ExclusiveKept = "exclusive_kept",
        /// A coupon counts other uses than orders have taken of it.
        CouponAstray = "coupon_astray",
        /// Two journals stand for the same thing.
        SourceTwice = "source_twice",
        /// A folded balance is not what the entries come to that it was folded of.
        FoldWrong = "fold_wrong",
        /// A payable is below zero, or a receivable.
        PayeeBelowZero = "payee_below_zero",
        /// The parts of a sale in a journal are not what its entries owe.
        PartsAstray = "parts_astray",
        /// More of a sale was given back or lost than it had brought in.
        SaleOverdrawn = "sale_overdrawn",
        /// A payout is not booked as it stands, or not what its journal books.
        PayoutUnbooked = "payout_unbooked",
        /// What the gateway has sent to a payee, or what of it came back, is not what the payout says.
        PayoutAstray = "payout_astray",
        /// A journal books a payout that is not there.
        PayoutUnknown = "payout_unknown",
        /// A payout is on its way for longer than [`STUCK_DAYS`](super::STUCK_DAYS).
        PayoutStuck = "payout_stuck",
        /// What is kept of an invoice by its payments and transfers is not what the books have of it.
        InvoiceAstray = "invoice_astray",
        /// A transfer is not booked as it was recorded.
        TransferAstray = "transfer_astray",
        /// A number of an invoice follows none.
        InvoiceGap = "invoice_gap",
        /// What a statement says is due, or what of it reached the bank, is not what its journal books.
        StatementAstray = "statement_astray",
        /// What was charged against royalties is not booked as it was recorded.
        RoyaltyChargeAstray = "royalty_charge_astray",
        /// What payees are owed after a run of royalties, or what it has withheld, is not what its journal books.
        RoyaltyRunAstray = "royalty_run_astray",
        /// A closed period is not as it was closed.
        PeriodChanged = "period_changed",
    }
}

impl DriftKind {
    /// What is wrong, a sentence that the reference goes before.
    pub const fn said(self) -> &'static str {
        match self {
            Self::JournalUnbalanced => "the entries of its journal do not sum to zero",
            Self::JournalUnpaid => "a journal books a payment that is not there",
            Self::PaymentUnmatched => {
                "the gateway keeps money of a payment for an order that is not here; give it back there"
            }
            Self::PaymentUnbooked => "the payment is in no journal",
            Self::PaymentAstray => "what the payment collected is not what its journal books",
            Self::RefundAstray => "what was given back is not what its journal books",
            Self::RefundForgotten => "the payment is to be given back, and no refund of it is under way",
            Self::DisputeUnbooked => "the payment is disputed, and no journal says how it stands",
            Self::ClaimIdle => "a work is claimed without a licence, and no payment is held for it",
            Self::ExclusiveKept => "an exclusive of the order has ended, and something of what was paid for it is kept",
            Self::CouponAstray => "counts other uses than orders have taken of it",
            Self::RefundUnbooked => "the payment was given back, and no journal says so",
            Self::OrderUnpaid => "the order was granted without a payment of its total",
            Self::LineUnlicensed => "a line of the granted order has no licence",
            Self::LicenceUngranted => "the licence belongs to an order that was not granted",
            Self::SourceTwice => "two journals stand for the same thing",
            Self::FoldWrong => "the folded balance is not what its entries come to",
            Self::PayeeBelowZero => "what is owed to a payee, or by one, is below zero",
            Self::PartsAstray => "the parts of the sale are not what its journal owes",
            Self::SaleOverdrawn => "more of the sale was given back or lost than it had brought in",
            Self::PayoutUnbooked => "the payout is not booked as it stands",
            Self::PayoutAstray => "what was sent to the payee, or came back, is not what the payout says",
            Self::PayoutUnknown => "its journal books a payout that is not there",
            Self::PayoutStuck => {
                "the payout is on its way for days; see why, and end it if its gateway is not in use any more"
            }
            Self::InvoiceAstray => "what is kept of the invoice is not what the books have of it",
            Self::TransferAstray => "a transfer of the invoice is not booked as it was recorded",
            Self::InvoiceGap => "the number of the invoice follows none",
            Self::StatementAstray => "what is due by the statement, or reached the bank, is not what its journal books",
            Self::RoyaltyChargeAstray => "the charge against royalties is not booked as it was recorded",
            Self::RoyaltyRunAstray => "what the run of royalties has given out is not what its journal books",
            Self::PeriodChanged => "the closed period is not as it was closed",
        }
    }

    /// The rows that have drifted in that way: from which table, by which column they are named, since when, and what is wrong with them; none of what
    /// takes more than a statement to find.
    pub(super) const fn check(self) -> Option<Check> {
        const JOURNALS: Check = Check { rows: "journals", reference: "reference", since: "posted_at", wrong: "" };
        const ACCOUNTS: Check =
            Check { rows: "accounts", reference: "kind || ' ' || currency", since: "opened_at", wrong: "" };
        Some(match self {
            Self::JournalUnbalanced => Check {
                wrong: "EXISTS (SELECT 1 FROM entries WHERE journal_id = journals.id GROUP BY currency HAVING SUM(amount_minor) <> 0)",
                ..JOURNALS
            },
            Self::JournalUnpaid => Check {
                // What takes a sale back names the sale, and itself by an id of its own.
                wrong: "kind IN ('sale', 'refund_due', 'refund', 'dispute_opened') AND NOT EXISTS (SELECT 1 FROM payments
                        WHERE gateway = journals.source AND gateway_payment = journals.external_id)
                        AND NOT EXISTS (SELECT 1 FROM journals AS sales JOIN payments
                        ON payments.gateway = sales.source AND payments.gateway_payment = sales.external_id
                        WHERE sales.id = journals.of_id)",
                ..JOURNALS
            },
            Self::SourceTwice => Check {
                wrong: "EXISTS (SELECT 1 FROM journals AS others WHERE others.source = journals.source
                        AND others.external_id = journals.external_id AND others.kind = journals.kind
                        AND others.id <> journals.id)",
                ..JOURNALS
            },
            Self::FoldWrong => Check {
                wrong: "EXISTS (SELECT 1 FROM account_folds WHERE account_id = accounts.id AND balance_minor <>
                        (SELECT COALESCE(SUM(amount_minor), 0) FROM entries
                         WHERE account_id = accounts.id AND seq <= account_folds.through_seq))",
                ..ACCOUNTS
            },
            Self::PayeeBelowZero => Check {
                wrong: "((kind = 'payable' AND (SELECT SUM(amount_minor) FROM entries WHERE account_id = accounts.id) > 0)
                        OR (kind = 'receivable' AND (SELECT SUM(amount_minor) FROM entries WHERE account_id = accounts.id) < 0))",
                ..ACCOUNTS
            },
            // A payable and a receivable are one: what the parts say is owed stands in either.
            Self::PartsAstray => Check {
                wrong: "EXISTS (SELECT 1 FROM (
                            SELECT -SUM(amount_minor) AS owed,
                                   (SELECT COALESCE(SUM(live_minor + suspended_minor), 0) FROM journal_parts
                                    WHERE journal_id = journals.id AND holder NOT IN ('studio', 'service')) AS parts
                            FROM entries JOIN accounts ON accounts.id = entries.account_id
                            WHERE entries.journal_id = journals.id
                            AND accounts.kind IN ('payable', 'receivable', 'suspended', 'splits_parked', 'tax_due')) AS sums
                        WHERE COALESCE(sums.owed, 0) <> sums.parts)
                        AND (kind IN ('sale', 'dispute_opened', 'dispute_won', 'dispute_lost')
                             OR (kind IN ('refund', 'refund_failed') AND of_id IS NOT NULL))",
                ..JOURNALS
            },
            Self::SaleOverdrawn => Check {
                wrong: "kind = 'sale' AND (SELECT SUM(live_minor + suspended_minor) FROM journal_parts WHERE sale_id = journals.id) < 0",
                ..JOURNALS
            },
            Self::ClaimIdle
            | Self::ExclusiveKept
            | Self::OrderUnpaid
            | Self::LineUnlicensed
            | Self::LicenceUngranted
            | Self::CouponAstray => return self.check_of_orders(),
            Self::PaymentUnmatched
            | Self::PaymentUnbooked
            | Self::PaymentAstray
            | Self::RefundUnbooked
            | Self::RefundForgotten
            | Self::RefundAstray
            | Self::DisputeUnbooked => return self.check_of_payments(),
            Self::PayoutUnbooked | Self::PayoutAstray | Self::PayoutUnknown => return self.check_of_payouts(),
            Self::InvoiceAstray | Self::TransferAstray | Self::InvoiceGap => return self.check_of_invoices(),
            Self::StatementAstray | Self::RoyaltyChargeAstray | Self::RoyaltyRunAstray => {
                return self.check_of_royalties();
            }
            // Of what takes time more than the tables is asked.
            Self::PayoutStuck | Self::PeriodChanged => return None,
        })
    }

    /// [`Self::check`] of orders, and of what they have bought or claimed.
    const fn check_of_orders(self) -> Option<Check> {
        const ORDERS: Check = Check { rows: "orders", reference: "reference", since: "placed_at", wrong: "" };
        Some(match self {
            // A claim has no studio of its own: its order has.
            Self::ClaimIdle => Check {
                rows: "(SELECT orders.studio_id AS studio_id, orders.id AS order_id, orders.reference AS reference,
                               exclusive_claims.work_id AS work_id, exclusive_claims.claimed_at AS claimed_at
                        FROM exclusive_claims JOIN orders ON orders.id = exclusive_claims.order_id) AS claims",
                reference: "reference",
                since: "claimed_at",
                wrong: "NOT EXISTS (SELECT 1 FROM licences WHERE licences.order_id = claims.order_id
                                    AND licences.work_id = claims.work_id AND licences.exclusive)
                        AND NOT EXISTS (SELECT 1 FROM payments WHERE payments.order_id = claims.order_id
                                        AND payments.state = 'authorised')",
            },
            // Of what it was sold for: what came beside that goes back by itself.
            Self::ExclusiveKept => Check {
                wrong: "EXISTS (SELECT 1 FROM exclusive_ends WHERE exclusive_ends.order_id = orders.id)
                        AND EXISTS (SELECT 1 FROM payments JOIN journals ON journals.source = payments.gateway
                                    AND journals.external_id = payments.gateway_payment AND journals.kind = 'sale'
                                    WHERE payments.order_id = orders.id
                                    AND payments.state IN ('captured', 'refunding', 'refunded')
                                    AND (SELECT COALESCE(SUM(refunds.amount_minor), 0) FROM refunds
                                         WHERE refunds.payment_id = payments.id AND refunds.state <> 'failed')
                                      + (SELECT COALESCE(SUM(disputes.amount_minor), 0) FROM disputes
                                         WHERE disputes.payment_id = payments.id AND disputes.state = 'lost')
                                      < payments.amount_minor)",
                ..ORDERS
            },
            Self::OrderUnpaid => Check {
                wrong: "state IN ('paid', 'delivered') AND total_minor > 0 AND NOT EXISTS (SELECT 1 FROM payments
                        WHERE order_id = orders.id AND payments.state IN ('captured', 'refunded')
                        AND amount_minor = orders.total_minor AND payments.currency = orders.currency)",
                ..ORDERS
            },
            Self::LineUnlicensed => Check {
                wrong: "state IN ('paid', 'delivered') AND EXISTS (SELECT 1 FROM order_lines WHERE order_id = orders.id
                        AND NOT EXISTS (SELECT 1 FROM licences WHERE order_line_id = order_lines.id))",
                ..ORDERS
            },
            Self::LicenceUngranted => Check {
                rows: "licences",
                reference: "reference",
                since: "granted_at",
                wrong: "NOT EXISTS (SELECT 1 FROM orders WHERE id = licences.order_id AND state IN ('paid', 'delivered'))",
            },
            Self::CouponAstray => Check {
                rows: "coupons",
                reference: "'coupon ' || code",
                since: "created_at",
                wrong: "uses <> (SELECT COUNT(*) FROM coupon_uses WHERE coupon_uses.coupon_id = coupons.id)",
            },
            _ => return None,
        })
    }

    /// [`Self::check`] of what became of payments.
    const fn check_of_payments(self) -> Option<Check> {
        const PAYMENTS: Check =
            Check { rows: "payments", reference: "gateway_payment", since: "received_at", wrong: "" };
        const REFUNDS: Check =
            Check { rows: "refunds", reference: "COALESCE(gateway_refund, reason)", since: "requested_at", wrong: "" };
        Some(match self {
            Self::PaymentUnmatched => Check {
                rows: "unmatched_payments",
                reference: "gateway_payment",
                since: "seen_at",
                wrong: "kept_minor > 0 AND NOT EXISTS (SELECT 1 FROM payments WHERE payments.gateway = unmatched_payments.gateway
                        AND payments.gateway_payment = unmatched_payments.gateway_payment)",
            },
            // What is nothing is not booked.
            Self::PaymentUnbooked => Check {
                wrong: "amount_minor > 0 AND state IN ('captured', 'refunding', 'refunded')
                        AND NOT EXISTS (SELECT 1 FROM journals WHERE source = payments.gateway
                        AND external_id = payments.gateway_payment AND kind IN ('sale', 'refund_due'))",
                ..PAYMENTS
            },
            // What the gateway holds and what it has kept are what was collected.
            Self::PaymentAstray => Check {
                wrong: "EXISTS (SELECT 1 FROM journals WHERE source = payments.gateway
                        AND external_id = payments.gateway_payment AND kind IN ('sale', 'refund_due')
                        AND (SELECT SUM(entries.amount_minor) FROM entries JOIN accounts ON accounts.id = entries.account_id
                             WHERE entries.journal_id = journals.id AND accounts.kind IN ('gateway_clearing', 'gateway_fees'))
                            <> payments.amount_minor)",
                ..PAYMENTS
            },
            Self::RefundUnbooked => Check {
                wrong:
                    "amount_minor > 0 AND state = 'refunded' AND NOT EXISTS (SELECT 1 FROM journals
                        WHERE source = payments.gateway AND external_id = payments.gateway_payment AND kind = 'refund')
                        AND NOT EXISTS (SELECT 1 FROM journals JOIN journals AS incomes ON incomes.id = journals.of_id
                        WHERE incomes.source = payments.gateway AND incomes.external_id = payments.gateway_payment
                        AND journals.kind = 'refund')
                        AND NOT EXISTS (SELECT 1 FROM journals JOIN journals AS opened ON opened.id = journals.of_id
                        JOIN journals AS incomes ON incomes.id = opened.of_id
                        WHERE incomes.source = payments.gateway AND incomes.external_id = payments.gateway_payment
                        AND journals.kind = 'dispute_lost')",
                ..PAYMENTS
            },
            Self::RefundForgotten => Check {
                wrong: "state = 'refunding' AND NOT EXISTS (SELECT 1 FROM refunds
                        WHERE refunds.payment_id = payments.id AND refunds.state = 'requested')",
                ..PAYMENTS
            },
            Self::RefundAstray => Check {
                wrong: "(state = 'failed' AND journal_id IS NOT NULL AND undone_journal IS NULL)
                        OR (journal_id IS NOT NULL AND
                            (SELECT -SUM(entries.amount_minor) FROM entries JOIN accounts ON accounts.id = entries.account_id
                             WHERE entries.journal_id = refunds.journal_id
                             AND accounts.kind IN ('gateway_clearing', 'gateway_fees')) <> refunds.amount_minor)
                        OR (state = 'succeeded' AND journal_id IS NULL AND NOT EXISTS
                            (SELECT 1 FROM disputes WHERE disputes.payment_id = refunds.payment_id
                             AND disputes.state IN ('needs_response', 'under_review')))",
                ..REFUNDS
            },
            Self::DisputeUnbooked => Check {
                rows: "disputes",
                reference: "gateway_dispute",
                since: "learned_at",
                wrong: "(state IN ('needs_response', 'under_review', 'lost') AND opened_journal IS NULL)
                        OR (state IN ('won', 'lost') AND opened_journal IS NOT NULL AND closed_journal IS NULL)
                        OR (state IN ('won', 'lost') AND told_fee_minor <> fee_minor)
                        OR (state IN ('won', 'lost') AND told_state IN ('won', 'lost') AND told_state <> state)",
            },
            _ => return None,
        })
    }

    /// [`Self::check`] of invoices. Whether one is paid is written nowhere: what it follows from is what the books have, or it has drifted.
    const fn check_of_invoices(self) -> Option<Check> {
        const INVOICES: Check = Check { rows: "invoices", reference: "reference", since: "issued_at", wrong: "" };
        Some(match self {
            Self::InvoiceAstray => Check {
                wrong: "kind = 'invoice' AND
                        (SELECT COALESCE(SUM(applied_minor), 0) FROM invoice_transfers WHERE invoice_id = invoices.id)
                        + (SELECT COALESCE(SUM(payments.amount_minor), 0) FROM payments
                           JOIN invoice_orders ON invoice_orders.order_id = payments.order_id
                           JOIN journals ON journals.source = payments.gateway
                           AND journals.external_id = payments.gateway_payment AND journals.kind = 'sale'
                           WHERE invoice_orders.invoice_id = invoices.id)
                        - (SELECT COALESCE(SUM(refunds.amount_minor), 0) FROM refunds
                           JOIN payments ON payments.id = refunds.payment_id
                           JOIN invoice_orders ON invoice_orders.order_id = payments.order_id
                           JOIN journals ON journals.source = payments.gateway
                           AND journals.external_id = payments.gateway_payment AND journals.kind = 'sale'
                           WHERE invoice_orders.invoice_id = invoices.id AND refunds.journal_id IS NOT NULL
                           AND refunds.state <> 'failed')
                        - (SELECT COALESCE(SUM(disputes.amount_minor), 0) FROM disputes
                           JOIN payments ON payments.id = disputes.payment_id
                           JOIN invoice_orders ON invoice_orders.order_id = payments.order_id
                           JOIN journals ON journals.source = payments.gateway
                           AND journals.external_id = payments.gateway_payment AND journals.kind = 'sale'
                           WHERE invoice_orders.invoice_id = invoices.id AND disputes.state = 'lost'
                           AND disputes.closed_journal IS NOT NULL)
                        + (SELECT COALESCE(SUM(entries.amount_minor), 0) FROM invoice_orders
                           JOIN journals ON journals.order_id = invoice_orders.order_id
                           JOIN entries ON entries.journal_id = journals.id
                           JOIN accounts ON accounts.id = entries.account_id
                           WHERE invoice_orders.invoice_id = invoices.id AND accounts.kind IN ('services', 'tax_due'))
                        + (SELECT COALESCE(SUM(entries.amount_minor), 0) FROM invoice_transfers
                           JOIN entries ON entries.journal_id = invoice_transfers.journal_id
                           JOIN accounts ON accounts.id = entries.account_id
                           WHERE invoice_transfers.invoice_id = invoices.id
                           AND accounts.kind IN ('services', 'tax_due')) <> 0",
                ..INVOICES
            },
            Self::TransferAstray => Check {
                rows: "invoice_transfers",
                reference: "(SELECT invoices.reference FROM invoices WHERE invoices.id = invoice_transfers.invoice_id)",
                since: "recorded_at",
                wrong: "applied_minor + excess_minor <>
                        (SELECT COALESCE(SUM(entries.amount_minor), 0) FROM entries
                         JOIN accounts ON accounts.id = entries.account_id
                         WHERE entries.journal_id = invoice_transfers.journal_id AND accounts.kind = 'bank')",
            },
            Self::InvoiceGap => Check {
                wrong: "number > 1 AND NOT EXISTS (SELECT 1 FROM invoices AS earlier
                        WHERE earlier.studio_id = invoices.studio_id AND earlier.year = invoices.year
                        AND earlier.number = invoices.number - 1)",
                ..INVOICES
            },
            _ => return None,
        })
    }

    /// [`Self::check`] of royalties. What payees were owed before a run and were paid since leads to what they are owed after it by what the run has booked.
    const fn check_of_royalties(self) -> Option<Check> {
        Some(match self {
            Self::StatementAstray => Check {
                rows: "statement_totals",
                reference: "(SELECT file_name FROM statement_imports WHERE statement_imports.id = statement_totals.import_id)",
                since: "rated_at",
                wrong: "(posted_minor IS NOT NULL AND posted_minor +
                            (SELECT COALESCE(SUM(entries.amount_minor), 0) FROM entries
                             JOIN accounts ON accounts.id = entries.account_id
                             WHERE entries.journal_id = statement_totals.journal_id
                             AND accounts.kind = 'royalty_suspense') <> 0)
                        OR (receipt_journal_id IS NOT NULL AND bank_minor <>
                            (SELECT COALESCE(SUM(entries.amount_minor), 0) FROM entries
                             JOIN accounts ON accounts.id = entries.account_id
                             WHERE entries.journal_id = statement_totals.receipt_journal_id
                             AND accounts.kind = 'bank'))",
            },
            // What is included in others' costs they have booked, and payouts book themselves.
            Self::RoyaltyChargeAstray => Check {
                rows: "royalty_charges",
                reference: "kind || ' of ' || on_date",
                since: "recorded_at",
                wrong: "kind <> 'payment' AND
                        ((included_party_id IS NULL) <> (journal_id IS NOT NULL)
                         OR (journal_id IS NOT NULL AND amount_minor <>
                             (SELECT COALESCE(SUM(entries.amount_minor), 0) FROM entries
                              JOIN accounts ON accounts.id = entries.account_id
                              WHERE entries.journal_id = royalty_charges.journal_id
                              AND accounts.kind = 'royalty_recoupable')))",
            },
            Self::RoyaltyRunAstray => Check {
                rows: "royalty_runs",
                reference: "'royalties ' || currency || ' ' || number",
                since: "created_at",
                wrong: "state = 'posted' AND
                        ((SELECT COALESCE(SUM(balance_minor), 0) FROM royalty_run_payees
                          WHERE run_id = royalty_runs.id)
                         - (SELECT COALESCE(SUM(balance_minor), 0) FROM royalty_run_payees
                            WHERE run_id = royalty_runs.opening_id)
                         + (SELECT COALESCE(SUM(amount_minor), 0) FROM royalty_charges
                            WHERE run_id = royalty_runs.id AND kind = 'payment')
                         + (SELECT COALESCE(SUM(entries.amount_minor), 0) FROM entries
                            JOIN accounts ON accounts.id = entries.account_id
                            WHERE entries.journal_id = royalty_runs.journal_id
                            AND accounts.kind IN ('payable', 'receivable')) <> 0
                         OR (SELECT COALESCE(SUM(tax_minor), 0) FROM royalty_run_accounts
                             WHERE run_id = royalty_runs.id)
                         + (SELECT COALESCE(SUM(entries.amount_minor), 0) FROM entries
                            JOIN accounts ON accounts.id = entries.account_id
                            WHERE entries.journal_id = royalty_runs.journal_id
                            AND accounts.kind = 'tax_due') <> 0)",
            },
            _ => return None,
        })
    }

    /// [`Self::check`] of payouts. That no payee is paid more than was owed, [`Self::PayeeBelowZero`] says.
    const fn check_of_payouts(self) -> Option<Check> {
        const PAYOUTS: Check = Check { rows: "payouts", reference: "reference", since: "requested_at", wrong: "" };
        Some(match self {
            Self::PayoutUnbooked => Check {
                wrong: "amount_minor <> (SELECT COALESCE(SUM(entries.amount_minor), 0)
                                         FROM entries JOIN accounts ON accounts.id = entries.account_id
                                         WHERE entries.journal_id = payouts.journal_id AND accounts.kind = 'payable'
                                         AND accounts.party_id = payouts.party_id AND accounts.currency = payouts.currency)
                        OR (CASE WHEN state IN ('failed', 'cancelled', 'returned') THEN 1 ELSE 0 END)
                           <> (SELECT COUNT(*) FROM journals WHERE journals.of_id = payouts.journal_id
                               AND journals.kind IN ('payout_failed', 'payout_returned'))",
                ..PAYOUTS
            },
            Self::PayoutAstray => Check {
                wrong: "(state IN ('sending', 'failed', 'cancelled') AND gateway_transfer IS NOT NULL)
                        OR (method = 'gateway' AND state IN ('paid', 'returned') AND gateway_transfer IS NULL)
                        OR (method = 'gateway'
                            AND reversed_minor <> CASE state WHEN 'returned' THEN amount_minor ELSE 0 END)",
                ..PAYOUTS
            },
            // An attempt that was booked back is a payout's no more.
            Self::PayoutUnknown => Check {
                rows: "journals",
                since: "posted_at",
                wrong: "source = 'payouts' AND kind IN ('payout', 'payout_by_hand')
                        AND NOT EXISTS (SELECT 1 FROM payouts WHERE payouts.journal_id = journals.id)
                        AND NOT EXISTS (SELECT 1 FROM journals AS undone WHERE undone.of_id = journals.id
                                        AND undone.kind = 'payout_failed')",
                ..PAYOUTS
            },
            _ => return None,
        })
    }
}

/// A check, in the words of SQL.
pub(super) struct Check {
    /// The table, with a column `studio_id` unless it is nobody's.
    pub(super) rows: &'static str,
    /// The column by which a row is named.
    pub(super) reference: &'static str,
    /// The column that says since when it is there.
    pub(super) since: &'static str,
    /// The condition that no row meets.
    pub(super) wrong: &'static str,
}
