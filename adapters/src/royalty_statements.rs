//! Payees' statements of royalties and letters of direction, typeset by the `documents` crate: the facts are carried over here, no word of either is written here.

use documents::{
    DocumentError, Language,
    direction::{self, Agreed, Direction},
    royalty_statement::{
        Account, Activity, ActivityKind, Charge, ChargeKind, Payer, Reserve, RoyaltyStatement, Waits, to_pdf,
    },
};
use domain::parties::entity as parties;
use domain::royalties::{
    entity::{self, WaitsFor, activity},
    queries::payees::{AccountView, LetterOfDirection, StatementDocument},
    rules::{Kind, RoyaltyFault},
};

/// Why a statement could not be made; the source of the port's error, for the log.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StatementError {
    #[error("the currency has too many decimals")]
    OutOfRange,
    #[error(transparent)]
    Fault(#[from] RoyaltyFault),
    #[error(transparent)]
    Document(#[from] DocumentError),
}

/// Typesets a payee's statement, in English.
pub(crate) fn typeset(statement: &StatementDocument) -> Result<Vec<u8>, StatementError> {
    Ok(to_pdf(&document(statement)?)?)
}

/// Typesets a letter of direction, in English. Whoever has a legal name signs with it.
pub(crate) fn typeset_direction(letter: &LetterOfDirection) -> Result<Vec<u8>, StatementError> {
    let name = |party: &parties::Model| party.legal_name.clone().unwrap_or_else(|| party.name.clone());
    let (part, of): (u64, u64) = letter.part.into();
    let agreed = letter.agreed.as_ref().map(|agreed| Agreed {
        reference: agreed.reference.clone(),
        executed_on: agreed.executed_on,
        sha256: agreed.document_sha256.to_string(),
    });
    Ok(direction::to_pdf(&Direction {
        language: Language::En,
        reference: letter.rule.to_string(),
        written_at: letter.written_at,
        studio: letter.studio.name.clone(),
        payer: name(&letter.payer),
        payee: name(&letter.payee),
        part,
        of,
        effective_on: letter.effective_on,
        agreed,
        titles: letter.titles.clone(),
    })?)
}

fn document(from: &StatementDocument) -> Result<RoyaltyStatement, StatementError> {
    let StatementDocument { view, studio, party } = from;
    let waits = view.payee.waits_for.map(|waits| match waits {
        WaitsFor::Nothing => Waits::Nothing,
        WaitsFor::Minimum => Waits::Minimum,
        WaitsFor::Hold => Waits::Hold(view.payee.reason.clone().unwrap_or_default()),
    });
    Ok(RoyaltyStatement {
        language: Language::En,
        reference: view.statement.reference.clone(),
        issued_at: view.statement.issued_at,
        from: view.run.from_on,
        through: view.run.through_on,
        payer: Payer {
            name: studio.name.clone(),
            legal_name: studio.legal_name.clone(),
            address: studio.address.clone(),
            email: studio.contact_email.to_string(),
        },
        payee: party.name.clone(),
        payee_legal_name: party.legal_name.clone(),
        currency: view.run.currency.code().to_owned(),
        decimals: u8::try_from(view.run.currency.decimals()).map_err(|_| StatementError::OutOfRange)?,
        accounts: view.accounts.iter().map(|of| account(from, of)).collect::<Result<_, _>>()?,
        balance: view.payee.balance_minor,
        due: view.payee.due_minor,
        waits,
    })
}

fn account(from: &StatementDocument, of: &AccountView) -> Result<Account, StatementError> {
    let row = &of.account;
    let charges = of.charges.iter().filter_map(|charge| {
        let kind = match charge.kind {
            entity::ChargeKind::Cost => ChargeKind::Cost,
            entity::ChargeKind::Advance => ChargeKind::Advance,
            // What was paid is a step of its own; what is shared is charged to nobody's account.
            entity::ChargeKind::Payment | entity::ChargeKind::Shared => return None,
        };
        Some(Charge { kind, on: charge.on_date, note: charge.note.clone(), amount: charge.amount_minor })
    });
    let reserves = of.reserves.iter().map(|row| Reserve { on: row.release_on, amount: row.amount_minor });
    Ok(Account {
        name: row.account_group.clone(),
        opening: row.opening_minor,
        paid: of.paid_minor()?,
        activities: of.activities.iter().map(|row| activity(from, row)).collect(),
        held: row.held_minor,
        released: row.released_minor,
        earned: of.earned_minor()?,
        costs: row.costs_minor,
        tax: row.tax_minor,
        advances: row.advances_minor,
        closing: row.closing_minor,
        unrecouped: row.unrecouped_minor,
        charges: charges.collect(),
        reserves: reserves.collect(),
    })
}

fn activity(from: &StatementDocument, row: &activity::Activity) -> Activity {
    let kind = match row.kind {
        Kind::Share => ActivityKind::Share,
        Kind::Royalty => ActivityKind::Royalty,
        Kind::Borne => ActivityKind::Borne,
        Kind::Retroactive => ActivityKind::Retroactive,
        Kind::HeldBase => ActivityKind::HeldBase,
    };
    let title = row.subject().and_then(|subject| from.view.titles.get(&subject).cloned());
    let paid_to = from.view.paid_to.get(&row.rule).cloned();
    Activity { kind, title, units: row.units.raw(), amount: row.amount.raw(), paid_to }
}
