//! Chores that come round by themselves: orders whose events were lost are settled, the gateway's list of events is read, payouts tried again, holds ended, seals raised and renewed, signers reminded, stages of quotes invoiced and clients reminded of invoices, reviews signed off, events sent again to webhooks, masters delivered and recalled, silent clients moved, alerts about royalties raised, balances folded, the records of
//! studios' domains looked for, and what is over is cleared away.
//!
//! Every process may run the schedule; a chore that two do at once is done once or twice without harm.

use std::time::Duration;

use adapters::jobs;
use chrono::Duration as Span;
use domain::{
    actor::Actor,
    agreements, booking, changes, clients, domains,
    env::Instant,
    free_downloads, identity,
    ids::{OrderId, TypedId},
    invoices,
    ledger::commands::fold_balances,
    masters, offers,
    outbox::work,
    parties, payouts, reviews, roster,
    sales::{
        self,
        commands::{reconcile as sales_reconcile, settlement::settle_order},
        rules::Silence,
    },
    seals,
    services::Services,
    webhooks,
};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

/// How often orders that were placed lately and still await payment are looked at.
const SETTLE_EVERY: Duration = Duration::from_secs(20);

/// An order this young is settled by its webhook or return page; older ones are looked at.
const SETTLE_AFTER_S: i64 = 20;

/// How often older ones are looked at, and the house is cleared.
const CLEAR_EVERY: Duration = Duration::from_mins(10);

/// For how long orders are looked at often.
const LATELY_MIN: i64 = 60;

/// For how long done jobs are remembered.
const REMEMBER_DONE_DAYS: i64 = 30;

/// Does the chores until it is told to stop.
pub async fn run(services: Services, stop: CancellationToken) {
    let mut often = tokio::time::interval(SETTLE_EVERY);
    let mut seldom = tokio::time::interval(CLEAR_EVERY);
    for ticks in [&mut often, &mut seldom] {
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    }
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = often.tick() => {
                reconcile(&services, Some(Span::minutes(LATELY_MIN))).await;
                read_gateway(&services).await;
                tend_payouts(&services).await;
                tend_bookings(&services).await;
                tend_webhooks(&services).await;
                raise_seals(&services).await;
            }
            _ = seldom.tick() => {
                reconcile(&services, None).await;
                tend_agreements(&services).await;
                tend_offers(&services).await;
                tend_clients(&services).await;
                tend_reviews(&services).await;
                tend_invoices(&services).await;
                tend_masters(&services).await;
                tend_alerts(&services).await;
                tend_domains(&services).await;
                fold(&services).await;
                clear(&services).await;
            }
        }
    }
}

/// Settles the orders that still await payment, of any age or placed no longer ago than given: so a sale is fulfilled or closed even if every
/// event of the gateway was lost.
pub async fn reconcile(services: &Services, no_older_than: Option<Span>) {
    let now = services.env.now();
    let (gateway, until) = (services.gateway.name(), now - Span::seconds(SETTLE_AFTER_S));
    let unsettled = match sales::queries::list_unsettled(&services.db, gateway, until).await {
        Ok(unsettled) => unsettled,
        Err(error) => return report("listing unsettled orders", &error),
    };
    let mut silence = Silence::default();
    for order in unsettled {
        if no_older_than.is_some_and(|age| placed_before(order, now - age)) {
            continue;
        }
        let settled = settle_order(services, order).await;
        match &settled {
            Ok(outcome) => tracing::debug!(%order, ?outcome, "looked at"),
            Err(error) => report("settling an order", error),
        }
        if silence.is_kept(&settled) {
            return;
        }
    }
}

/// Reads what the gateway has to tell of events, payments and claims: whatever messages were lost, the books say the same.
pub async fn read_gateway(services: &Services) {
    match sales_reconcile::reconcile(services).await {
        Ok(reconciled) => tracing::debug!(?reconciled, "the gateway was read"),
        Err(error) => report("reading the gateway", &error),
    }
}

/// Tries payouts again that have failed, and asks the gateway what no message has told of payouts and payees.
pub async fn tend_payouts(services: &Services) {
    match payouts::commands::tend(services).await {
        Ok(tended) => tracing::debug!(?tended, "payouts were looked after"),
        Err(error) => report("looking after payouts", &error),
    }
}

/// An order's id tells the second in which it was placed.
fn placed_before(order: OrderId, instant: Instant) -> bool {
    let placed_s = order.uuid().get_timestamp().map_or(u64::MAX, |time| time.to_unix().0);
    u64::try_from(instant.timestamp()).is_ok_and(|instant_s| placed_s < instant_s)
}

/// Clears away what is over: carts, ways in that were last used, jobs done and events sent to webhooks long ago, and what the queue remembers of them.
pub async fn clear(services: &Services) {
    if let Err(error) = clear_carts(services).await {
        report("clearing carts away", &*error);
    }
    if let Err(error) = forget_unconfirmed(services).await {
        report("forgetting addresses that were not confirmed", &*error);
    }
    if let Err(error) = forget_ways_in(services).await {
        report("forgetting how people came in long ago", &*error);
    }
    if let Err(error) = forget_marks(services).await {
        report("forgetting marks of what has changed", &*error);
    }
    if let Err(error) = forget_deliveries(services).await {
        report("forgetting what webhooks were sent long ago", &*error);
    }
    let done_before = services.env.now() - Span::days(REMEMBER_DONE_DAYS);
    if let Err(error) = work::sweep_done(&services.db, done_before).await {
        report("forgetting old jobs", &error);
    }
    if let Err(error) = jobs::sweep(&services.db).await {
        report("sweeping the queue", &error);
    }
}

/// Ends agreements whose time to sign is over, reminds signers who have not answered, and announces terms that end.
pub async fn tend_agreements(services: &Services) {
    match agreements::commands::tend(services).await {
        Ok(tended) => tracing::debug!(?tended, "agreements were looked after"),
        Err(error) => report("looking after agreements", &error),
    }
}

/// Declines offers below their studio's minimum, hours after they were made, and ends those that nobody answered or ordered in time.
pub async fn tend_offers(services: &Services) {
    match offers::commands::tend(services).await {
        Ok(ended) => tracing::debug!(ended, "offers were looked after"),
        Err(error) => report("looking after offers", &error),
    }
}

/// Writes the keys of parties that have none, moves clients to dormant of whom nothing was heard for as long as their studio waits, and forgets old lists.
pub async fn tend_clients(services: &Services) {
    match parties::index_parties(services).await {
        Ok(indexed) => tracing::debug!(indexed, "parties can be found"),
        Err(error) => report("writing the keys of parties", &error),
    }
    match clients::commands::tend(services).await {
        Ok(moved) => tracing::debug!(moved, "clients were looked after"),
        Err(error) => report("looking after clients", &error),
    }
    match clients::imports::forget_imports(services).await {
        Ok(lines) => tracing::debug!(lines, "old lists were forgotten"),
        Err(error) => report("forgetting old lists", &error),
    }
}

/// Warns whose time to decide on a mix runs out, and approves what nobody has decided in time.
pub async fn tend_reviews(services: &Services) {
    match reviews::commands::tend(services).await {
        Ok(done) => tracing::debug!(done, "reviews were looked after"),
        Err(error) => report("looking after reviews", &error),
    }
}

/// Lets go of what was held for clients who have not confirmed it in time.
pub async fn tend_bookings(services: &Services) {
    match booking::commands::tend(services).await {
        Ok(ended) => tracing::debug!(ended, "bookings were looked after"),
        Err(error) => report("looking after bookings", &error),
    }
}

/// Puts the jobs of events that are to be sent to webhooks now.
pub async fn tend_webhooks(services: &Services) {
    match webhooks::commands::tend(services).await {
        Ok(put) => tracing::debug!(put, "webhooks were looked after"),
        Err(error) => report("looking after webhooks", &error),
    }
}

/// Invoices the stages of quotes whose day has come, reminds of invoices, and charges for paying late what was agreed.
pub async fn tend_invoices(services: &Services) {
    match invoices::commands::tend(services).await {
        Ok(tended) => tracing::debug!(?tended, "invoices were looked after"),
        Err(error) => report("looking after invoices", &error),
    }
}

/// Delivers masters that are paid, and recalls what is paid no more, wherever that was missed.
pub async fn tend_masters(services: &Services) {
    match masters::commands::tend(services).await {
        Ok(told) => tracing::debug!(told, "masters were looked after"),
        Err(error) => report("looking after masters", &error),
    }
}

/// Raises what of royalties wants looking at, and settles what is over.
pub async fn tend_alerts(services: &Services) {
    match roster::alerts::tend(services).await {
        Ok(raised) => tracing::debug!(raised, "alerts were looked after"),
        Err(error) => report("looking after alerts", &error),
    }
}

/// Looks whether the records are still there that show whose the domains of shops are.
pub async fn tend_domains(services: &Services) {
    match domains::looks::tend(services).await {
        Ok(lost) => tracing::debug!(lost, "domains were looked after"),
        Err(error) => report("looking after domains", &error),
    }
}

/// Folds the ledger's balances, so that reading one stays quick however long its account has been open.
pub async fn fold(services: &Services) {
    match fold_balances(&services.db, &services.ctx(Actor::System)).await {
        Ok(folded) => tracing::debug!(folded, "balances were folded"),
        Err(error) => report("folding balances", &error),
    }
}

/// Puts the jobs for seals whose timestamp is pending, and for those that are to be renewed before their certificates lapse.
pub async fn raise_seals(services: &Services) {
    if services.seals.can_raise()
        && let Err(error) = put_due_seals(services).await
    {
        report("looking for seals to be raised", &*error);
    }
}

type Broken = Box<dyn std::error::Error + Send + Sync>;

async fn clear_carts(services: &Services) -> Result<(), Broken> {
    let ctx = services.ctx(Actor::System);
    let tx = services.begin().await?;
    sales::commands::carts::drop_expired_carts(&tx, &ctx).await?;
    services.commit(tx).await?;
    Ok(())
}

async fn forget_ways_in(services: &Services) -> Result<(), Broken> {
    let ctx = services.ctx(Actor::System);
    let tx = services.begin().await?;
    identity::commands::forget_ways_in(&tx, &ctx).await?;
    services.commit(tx).await?;
    Ok(())
}

async fn forget_marks(services: &Services) -> Result<(), Broken> {
    let tx = services.begin().await?;
    changes::forget(&tx, changes::KEPT).await?;
    services.commit(tx).await?;
    Ok(())
}

async fn forget_deliveries(services: &Services) -> Result<(), Broken> {
    let ctx = services.ctx(Actor::System);
    let tx = services.begin().await?;
    webhooks::commands::forget(&tx, &ctx).await?;
    services.commit(tx).await?;
    Ok(())
}

async fn forget_unconfirmed(services: &Services) -> Result<(), Broken> {
    let ctx = services.ctx(Actor::System);
    let tx = services.begin().await?;
    free_downloads::commands::drop_unconfirmed(&tx, &ctx).await?;
    services.commit(tx).await?;
    Ok(())
}

async fn put_due_seals(services: &Services) -> Result<(), Broken> {
    let ctx = services.ctx(Actor::System);
    let tx = services.begin().await?;
    let put = seals::commands::take_due(&tx, &ctx).await?;
    services.commit(tx).await?;
    if put > 0 {
        tracing::info!(put, "seals are to be raised");
    }
    Ok(())
}

fn report(what: &'static str, error: &(dyn std::error::Error + 'static)) {
    tracing::warn!(what, error, "a chore was not done; it comes round again");
}
