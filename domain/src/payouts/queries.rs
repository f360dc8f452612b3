//! How payees stand, and what was paid to them.

use std::collections::{BTreeMap, HashMap};

use chrono::{Duration, NaiveDate};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use super::{
    PayoutError,
    entity::{
        PayoutState, payee, payee_bank, payee_bank_change, payee_terms, payout, payout_batch, payout_minimum,
        payout_terms,
    },
    rules::{self, DEFAULT_HOLD_DAYS, Hold, LINK_DAYS, Standing, Terms, WaitsFor, unpaid_sources},
};
use crate::{
    actor::Ctx,
    email::EmailAddress,
    env::Instant,
    identity::entity::{studio, user},
    ids::{PartyId, PayeeBankChangeId, PayeeId, PayoutBatchId, PayoutId, StudioId, UserId},
    ledger::{
        entity::journal,
        queries::{Payee, list_payees, shares_of_sales},
    },
    links::{LinkKey, Purpose},
    money::{Currency, Money},
    page::{self, Page, PageRequest},
    parties::{entity as parties, family_of, successors_of},
    policy::{self, Action},
    report::StoreError,
    sales::entity::{RefundState, payment, refund},
    store::Db,
};

/// How a payee stands in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayeeBalance {
    /// Who.
    pub party: PartyId,
    /// What is owed to them and not on its way: what can be paid and what is held back.
    pub owed: Money,
    /// What can be paid now, whichever way.
    pub payable: Money,
    /// Why nothing can, if something is owed.
    pub waits_for: Option<WaitsFor>,
    /// What holds their payouts, if something does.
    pub hold: Option<Hold>,
    /// What is held back: all that is owed while their payouts are held; else what was sold lately, is about to be given back, or was tried without real money.
    pub held: Money,
    /// What is suspended while disputes are open.
    pub suspended: Money,
    /// What they owe, because what they were paid was taken back; they are paid nothing until it is settled.
    pub due: Money,
    /// From which amount on is paid.
    pub minimum: Money,
    /// The payout that the gateway is sending, or that has failed and waits.
    pub under_way: Option<payout::Model>,
}

/// How all payees of a studio stand while a gateway is in use, by party and currency.
pub async fn list_payee_balances(
    db: &Db,
    ctx: &Ctx,
    gateway: &str,
    studio: StudioId,
) -> Result<Vec<PayeeBalance>, PayoutError> {
    policy::require(&ctx.actor, Action::ReadLedger, studio)?;
    let payees = list_payees(db, ctx, studio, None).await?;
    let withheld = shares_of_sales(db, studio, None, &held_sales(db, ctx, gateway, studio).await?).await?;
    let terms = TermsInForce::load(db, ctx, studio).await?;
    let waiting = payout::Entity::find()
        .filter(payout::Column::StudioId.eq(studio))
        .filter(payout::Column::State.is_in([PayoutState::Sending, PayoutState::Failed]))
        .all(db)
        .await?;
    let mut under_way: HashMap<(PartyId, Currency), payout::Model> =
        waiting.into_iter().map(|row| ((row.party_id, row.currency), row)).collect();
    let balance = |payee: Payee| {
        let (party, currency) = (payee.party, payee.owed.currency);
        let withheld_minor = withheld.get(&(party, currency)).copied().unwrap_or(0);
        let standing = Standing { owed_minor: payee.owed.minor, withheld_minor };
        let terms = terms.of(party, currency);
        let (payable, waits_for) = match rules::check_amount(None, standing, &terms, 1) {
            Ok(payable) => (payable, None),
            Err(refusal) => (Money::zero(currency), WaitsFor::of(&refusal)),
        };
        let held_minor = if terms.hold.is_some() { standing.owed_minor.max(0) } else { standing.held_minor() };
        PayeeBalance {
            party,
            owed: payee.owed,
            payable,
            waits_for,
            hold: terms.hold,
            held: Money::new(held_minor, currency),
            suspended: payee.suspended,
            due: payee.due,
            minimum: terms.minimum,
            under_way: under_way.remove(&(party, currency)),
        }
    };
    Ok(payees.into_iter().map(balance).collect())
}

/// The sales of which nothing is paid while a gateway is in use: those of gateways without real money.
pub(super) fn play_sales(gateway: &str) -> Condition {
    Condition::any().add(journal::Column::Source.is_in(unpaid_sources(gateway).iter().copied()))
}

/// The sales whose money is held back now: [`play_sales`], those younger than the hold, and those of which something is to be given back and is not yet booked.
pub(super) async fn held_sales(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    gateway: &str,
    studio: StudioId,
) -> Result<Condition, StoreError> {
    let behind = ctx.env.now() - Duration::days(hold_days_of(db, studio).await?.into());
    let asked_back = refund::Entity::find()
        .select_only()
        .column(refund::Column::PaymentId)
        .filter(refund::Column::StudioId.eq(studio))
        .filter(refund::Column::State.eq(RefundState::Requested))
        .filter(refund::Column::JournalId.is_null());
    // A sale's journal is named by its payment.
    let payments = payment::Entity::find()
        .select_only()
        .column(payment::Column::GatewayPayment)
        .filter(payment::Column::Id.in_subquery(asked_back.into_query()));
    Ok(play_sales(gateway)
        .add(journal::Column::PostedAt.gt(behind))
        .add(journal::Column::ExternalId.in_subquery(payments.into_query())))
}

/// The least that is paid to a party: its own, else the studio's, else nothing.
fn least_of(minimums: &[payout_minimum::Model], party: PartyId, currency: Currency) -> i64 {
    let of = |party: Option<PartyId>| minimums.iter().find(|row| row.party_id == party && row.currency == currency);
    of(Some(party)).or_else(|| of(None)).map_or(0, |row| row.minimum_minor)
}

/// What a studio keeps to today when it pays: of what its payouts ask for and of what the payees' terms of royalties do, the stricter.
#[derive(Debug)]
pub(super) struct TermsInForce {
    today: NaiveDate,
    minimums: Vec<payout_minimum::Model>,
    of_payees: HashMap<PartyId, payee_terms::Model>,
}

impl TermsInForce {
    pub(super) async fn load(db: &impl ConnectionTrait, ctx: &Ctx, studio: StudioId) -> Result<Self, StoreError> {
        let today = ctx.env.now().date_naive();
        let mut rows = payee_terms::Entity::find()
            .filter(payee_terms::Column::StudioId.eq(studio))
            .filter(payee_terms::Column::PayeeId.is_not_null())
            .all(db)
            .await?;
        // In the order of runs, which no database's collation has a say in.
        rows.sort_by(|one, other| (&one.rule, one.number).cmp(&(&other.rule, other.number)));
        let successors = successors_of(db, rows.iter().filter_map(|row| row.payee_id)).await?;
        // Of payees who are one now, the terms of who is there hold, or else those of the rule named first.
        let (merged, own): (Vec<_>, Vec<_>) =
            rows.iter().partition(|row| row.payee_id.is_some_and(|payee| successors.contains_key(&payee)));
        let present =
            |row: &payee_terms::Model| row.payee_id.map(|payee| successors.get(&payee).copied().unwrap_or(payee));
        let mut named: HashMap<PartyId, &str> = HashMap::new();
        for row in own.into_iter().chain(merged) {
            if let Some(payee) = present(row) {
                named.entry(payee).or_insert(&row.rule);
            }
        }
        let mut of_payees = HashMap::new();
        for row in rows.iter().filter(|row| row.effective_on <= today) {
            if let Some(payee) = present(row).filter(|payee| named.get(payee) == Some(&row.rule.as_str())) {
                of_payees.insert(payee, row.clone());
            }
        }
        Ok(Self { today, minimums: minimums_of(db, studio).await?, of_payees })
    }

    /// What is kept to when a party is paid in a currency.
    pub(super) fn of(&self, party: PartyId, currency: Currency) -> Terms {
        let of_payee = self.of_payees.get(&party);
        let own = of_payee
            .filter(|row| row.minimum_currency == Some(currency))
            .and_then(|row| row.minimum_minor)
            .unwrap_or(0);
        let minimum = Money::new(own.max(least_of(&self.minimums, party, currency)), currency);
        let hold = of_payee.and_then(|row| {
            let is_over = row.hold_through.is_some_and(|through| through < self.today);
            let reason = row.hold_reason.clone().filter(|_| !is_over)?;
            Some(Hold { reason, through: row.hold_through })
        });
        Terms { minimum, hold }
    }
}

/// For how many days a studio holds the money of a sale back.
pub(crate) async fn hold_days_of(db: &impl ConnectionTrait, studio: StudioId) -> Result<i32, StoreError> {
    let terms = payout_terms::Entity::find_by_id(studio).one(db).await?;
    Ok(terms.map_or(DEFAULT_HOLD_DAYS, |terms| terms.hold_days))
}

/// From which amounts on a studio pays.
async fn minimums_of(db: &impl ConnectionTrait, studio: StudioId) -> Result<Vec<payout_minimum::Model>, StoreError> {
    Ok(payout_minimum::Entity::find().filter(payout_minimum::Column::StudioId.eq(studio)).all(db).await?)
}

/// A studio's terms: for how many days money is held back, and from which amounts on is paid, the studio's before its payees'.
pub async fn find_terms(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
) -> Result<(i32, Vec<payout_minimum::Model>), PayoutError> {
    policy::require(&ctx.actor, Action::ReadLedger, studio)?;
    let mut minimums = minimums_of(db, studio).await?;
    minimums.sort_by_key(|row| (row.party_id, row.currency.code()));
    Ok((hold_days_of(db, studio).await?, minimums))
}

/// One payout; none if there is none that the caller may see.
pub async fn find_payout(db: &Db, ctx: &Ctx, id: PayoutId) -> Result<Option<payout::Model>, PayoutError> {
    let found = payout::Entity::find_by_id(id).one(db).await?;
    Ok(policy::visible(&ctx.actor, Action::ReadLedger, found, |row| row.studio_id)?)
}

/// A studio's payouts, of one party alone if so asked, and of those that were merged into it.
pub async fn list_payouts(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    party: Option<PartyId>,
    request: PageRequest<PayoutId>,
) -> Result<Page<payout::Model>, PayoutError> {
    policy::require(&ctx.actor, Action::ReadLedger, studio)?;
    let mut query = payout::Entity::find().filter(payout::Column::StudioId.eq(studio));
    if let Some(party) = party {
        query = query.filter(payout::Column::PartyId.is_in(family_of(db, party).await?));
    }
    Ok(page::fetch(db, query, payout::Column::Id, request).await?)
}

/// A studio's files for its bank. They name bank accounts: for those alone who may pay.
pub async fn list_batches(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    request: PageRequest<PayoutBatchId>,
) -> Result<Page<payout_batch::Model>, PayoutError> {
    policy::require_standing(&ctx.actor, Action::ManagePayouts, studio)?;
    let query = payout_batch::Entity::find().filter(payout_batch::Column::StudioId.eq(studio));
    Ok(page::fetch(db, query, payout_batch::Column::Id, request).await?)
}

/// The payouts that stand in files, each file's in the order in which they were made. Of files that the caller has been shown.
pub async fn payouts_of_batches(
    db: &Db,
    batches: &[PayoutBatchId],
) -> Result<HashMap<PayoutBatchId, Vec<payout::Model>>, StoreError> {
    let rows = payout::Entity::find()
        .filter(payout::Column::BatchId.is_in(batches.iter().copied()))
        .order_by_asc(payout::Column::Id)
        .all(db)
        .await?;
    let mut of_batches: HashMap<PayoutBatchId, Vec<payout::Model>> = HashMap::new();
    for row in rows {
        if let Some(batch) = row.batch_id {
            of_batches.entry(batch).or_default().push(row);
        }
    }
    Ok(of_batches)
}

/// Where a payee is paid: at the gateway, by the studio's bank, or both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayeeRoute {
    /// Who.
    pub party: PartyId,
    /// Their account at the gateway in use.
    pub account: Option<payee::Model>,
    /// Their bank account.
    pub bank: Option<payee_bank::Model>,
}

/// Where a studio's payees are paid, as far as it is known. For those alone who may pay.
pub async fn list_routes(db: &Db, ctx: &Ctx, gateway: &str, studio: StudioId) -> Result<Vec<PayeeRoute>, PayoutError> {
    policy::require_standing(&ctx.actor, Action::ManagePayouts, studio)?;
    let accounts = payee::Entity::find()
        .filter(payee::Column::StudioId.eq(studio))
        .filter(payee::Column::Gateway.eq(gateway))
        .all(db)
        .await?;
    let banks = payee_bank::Entity::find().filter(payee_bank::Column::StudioId.eq(studio)).all(db).await?;
    let mut routes: BTreeMap<PartyId, PayeeRoute> = BTreeMap::new();
    let empty = |party| PayeeRoute { party, account: None, bank: None };
    for account in accounts {
        let party = account.party_id;
        routes.entry(party).or_insert_with(|| empty(party)).account = Some(account);
    }
    for bank in banks {
        let party = bank.party_id;
        routes.entry(party).or_insert_with(|| empty(party)).bank = Some(bank);
    }
    Ok(routes.into_values().collect())
}

/// Where one payee of a studio is paid, by what payouts go by: their own account at the gateway in use, and their own bank's. For who may see it: it asks
/// nothing itself.
pub async fn find_route(db: &Db, gateway: &str, studio: StudioId, party: PartyId) -> Result<PayeeRoute, StoreError> {
    let account = payee::Entity::find()
        .filter(payee::Column::StudioId.eq(studio))
        .filter(payee::Column::Gateway.eq(gateway))
        .filter(payee::Column::PartyId.eq(party))
        .one(db)
        .await?;
    let bank = payee_bank::Entity::find()
        .filter(payee_bank::Column::StudioId.eq(studio))
        .filter(payee_bank::Column::PartyId.eq(party))
        .order_by_desc(payee_bank::Column::SetAt)
        .one(db)
        .await?;
    Ok(PayeeRoute { party, account, bank })
}

/// A change of a payee's bank details, and who made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankChange {
    /// What they were changed to.
    pub change: payee_bank_change::Model,
    /// Who changed them, by name; none if it was the program itself.
    pub set_by: Option<String>,
}

/// The history of a studio's payees' bank details, newest first; of one payee, if one is named. For those alone who may pay.
pub async fn list_bank_changes(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    party: Option<PartyId>,
    request: PageRequest<PayeeBankChangeId>,
) -> Result<Page<BankChange>, PayoutError> {
    policy::require_standing(&ctx.actor, Action::ManagePayouts, studio)?;
    let mut query = payee_bank_change::Entity::find().filter(payee_bank_change::Column::StudioId.eq(studio));
    if let Some(party) = party {
        query = query.filter(payee_bank_change::Column::PartyId.is_in(family_of(db, party).await?));
    }
    let changes = page::fetch(db, query, payee_bank_change::Column::Id, request).await?;
    let ids: Vec<UserId> = changes.rows.iter().filter_map(|row| row.set_by).collect();
    let users = user::Entity::find().filter(user::Column::Id.is_in(ids)).all(db).await?;
    let names: HashMap<UserId, String> = users.into_iter().map(|user| (user.id, user.name)).collect();
    let by_whom = |change: payee_bank_change::Model| BankChange {
        set_by: change.set_by.and_then(|user| names.get(&user).cloned()),
        change,
    };
    Ok(changes.map(by_whom))
}

/// What the mail to a payee, and the page that it leads to, say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayeeLetter {
    /// The payee.
    pub payee: payee::Model,
    /// Their name.
    pub party_name: String,
    /// Whose books they are paid from.
    pub studio_name: String,
    /// Where answers go.
    pub studio_email: EmailAddress,
}

impl PayeeLetter {
    /// Until when the link leads to the gateway.
    pub fn holds_until(&self) -> Instant {
        self.payee.invited_at + Duration::days(LINK_DAYS)
    }

    fn token(&self, links: &LinkKey) -> String {
        links.token(Purpose::Payee, self.payee.id, Some(self.holds_until()))
    }

    /// The link.
    pub fn url(&self, public_url: &str, links: &LinkKey) -> String {
        format!("{public_url}/payee/{}", self.token(links))
    }

    /// Whether a token is that of the link which was mailed last. Earlier ones open nothing any more, for they may have gone to another address.
    pub fn opens(&self, token: &str, links: &LinkKey) -> bool {
        links.says(token, Purpose::Payee, self.payee.id, Some(self.holds_until()))
    }
}

/// What the mail to a payee says; none if the payee is gone. For the program itself, and for whoever holds the payee's link.
pub async fn find_payee_letter(db: &Db, id: PayeeId) -> Result<Option<PayeeLetter>, StoreError> {
    let Some(payee) = payee::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    let party = parties::Entity::find_by_id(payee.party_id).one(db).await?;
    let studio = studio::Entity::find_by_id(payee.studio_id).one(db).await?;
    Ok(party.zip(studio).map(|(party, studio)| PayeeLetter {
        payee,
        party_name: party.name,
        studio_name: studio.name,
        studio_email: studio.contact_email,
    }))
}
