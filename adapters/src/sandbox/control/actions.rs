//! What can be made to happen.

use serde_json::{Value, json};

use crate::sandbox::{
    form::Form,
    objects,
    schedule::Schedule,
    store::{Failure, NewRefund, Refusal, Settings, Store, Verdict},
};

/// The furthest that the clock is driven at once, in seconds: a year.
const FURTHEST_S: i64 = 366 * 24 * 60 * 60;

/// The furthest that the clock is ever ahead of the real one, in seconds: a hundred years.
const FURTHEST_AHEAD_S: i64 = 100 * FURTHEST_S;

/// The longest that a request hangs, in milliseconds: ten minutes.
const LONGEST_HANG_MS: u64 = 10 * 60 * 1_000;

/// The most requests that faults are ordered for at once.
const MOST_FAULTS: u32 = 1_000_000;

/// The longest that an event is held before it is first sent, in seconds: three days.
const LONGEST_DELAY_S: u32 = 3 * 24 * 60 * 60;

/// Runs an action by its name; answers what it acted on, or the settings as they are now.
pub(super) async fn run(store: &Store, action: &str, form: &Form) -> Result<Value, Failure> {
    match action {
        "dispute" | "close-dispute" | "escalate" | "refund" | "fail-refund" | "settle" | "account" => {
            let tx = store.begin().await?;
            let object = act(store, &tx, action, form).await?;
            tx.commit().await?;
            Ok(object)
        }
        "clock" => {
            let advance_s = number(form, "advance_s", FURTHEST_S)?.ok_or_else(|| Refusal::missing("advance_s"))?;
            set(store, |settings| {
                settings.clock_ahead_s = settings.clock_ahead_s.saturating_add(advance_s).min(FURTHEST_AHEAD_S);
            })
            .await
        }
        "transfers" => {
            let fail = flag(form, "fail");
            set(store, |settings| settings.transfers_fail = fail).await
        }
        "settlement" => {
            let wait_s = number(form, "wait_s", FURTHEST_S)?.unwrap_or(0);
            set(store, |settings| settings.settlement_s = wait_s).await
        }
        "faults" => {
            let fail = number(form, "fail", MOST_FAULTS)?.unwrap_or(0);
            let lose = number(form, "lose", MOST_FAULTS)?.unwrap_or(0);
            let hang = number(form, "hang", MOST_FAULTS)?.unwrap_or(0);
            let hang_ms = number(form, "hang_ms", LONGEST_HANG_MS)?.unwrap_or(60_000);
            set(store, |settings| {
                let faults = &mut settings.faults;
                (faults.fail, faults.lose, faults.hang, faults.hang_ms) = (fail, lose, hang, hang_ms);
            })
            .await
        }
        "schedule" => {
            let schedule = read_schedule(form)?;
            let every_kind = flag(form, "every_kind");
            set(store, |settings| (settings.schedule, settings.every_kind) = (schedule, every_kind)).await
        }
        _ => {
            let action: String = action.chars().take(40).collect();
            Err(Refusal::no_such("action", "action", &action).into())
        }
    }
}

/// What happens to an object, in one transaction with its events.
async fn act(store: &Store, tx: &domain::store::Tx, action: &str, form: &Form) -> Result<Value, Failure> {
    match action {
        "dispute" => {
            let charge = store.find_charge(tx, needed(form, "payment")?).await?;
            let reason = form.text("reason").unwrap_or("fraudulent");
            let amount = number(form, "amount", i64::MAX)?;
            let opened = store.open_dispute(tx, charge, amount, reason, flag(form, "inquiry")).await?;
            store.dispute_object(tx, &opened).await
        }
        "close-dispute" => {
            let verdict = match form.text("outcome") {
                Some("won") => Verdict::Won,
                Some("lost") => Verdict::Lost,
                _ => return Err(Refusal::invalid("outcome", "A dispute is won or lost.").into()),
            };
            let closed = store.close_dispute(tx, needed(form, "dispute")?, verdict).await?;
            store.dispute_object(tx, &closed).await
        }
        "escalate" => {
            let escalated = store.escalate(tx, needed(form, "dispute")?).await?;
            store.dispute_object(tx, &escalated).await
        }
        "refund" => {
            let payment = needed(form, "payment")?.to_owned();
            let amount = number(form, "amount", i64::MAX)?;
            let refunded = store.refund(tx, NewRefund { payment, amount, ..NewRefund::default() }).await?;
            Ok(objects::refund(&refunded))
        }
        "fail-refund" => {
            let id = needed(form, "refund")?;
            store.fail_refund(tx, id).await?;
            Ok(store.object(tx, id).await?.unwrap_or_default())
        }
        "settle" => {
            let payment = needed(form, "payment")?;
            let well = match form.text("outcome") {
                Some("succeeds") => true,
                Some("fails") => false,
                _ => return Err(Refusal::invalid("outcome", "A debit succeeds or fails.").into()),
            };
            store.settle_now(tx, payment, well).await?;
            Ok(objects::charge(&store.find_charge(tx, payment).await?))
        }
        _ => {
            let account = store.set_account(tx, needed(form, "account")?, needed(form, "state")?).await?;
            Ok(objects::account(&account))
        }
    }
}

async fn set(store: &Store, change: impl FnOnce(&mut Settings)) -> Result<Value, Failure> {
    store.set(change).await?;
    Ok(json!({ "now": store.now_s(), "settings": store.settings() }))
}

fn needed<'a>(form: &'a Form, name: &str) -> Result<&'a str, Failure> {
    form.text(name).ok_or_else(|| Refusal::missing(name).into())
}

/// A box that is ticked, or `true`.
fn flag(form: &Form, name: &str) -> bool {
    matches!(form.text(name), Some("true" | "on" | "1"))
}

/// A whole number from 0 to `most`, if it is given.
fn number<T>(form: &Form, name: &str, most: T) -> Result<Option<T>, Failure>
where
    T: std::str::FromStr + PartialOrd + Default,
{
    let Some(text) = form.text(name) else { return Ok(None) };
    let number = text.parse::<T>().ok().filter(|number| (T::default()..=most).contains(number));
    number.map(Some).ok_or_else(|| Refusal::not_integer(name, text).into())
}

fn read_schedule(form: &Form) -> Result<Schedule, Failure> {
    let permille = |name: &str| Ok::<u16, Failure>(number(form, name, 1_000)?.unwrap_or(0));
    let calm = Schedule::default();
    Ok(Schedule {
        seed: number(form, "seed", u64::MAX)?.unwrap_or(calm.seed),
        duplicate: permille("duplicate")?,
        delay: permille("delay")?,
        delay_s: number(form, "delay_s", LONGEST_DELAY_S)?.unwrap_or(calm.delay_s),
        reorder: permille("reorder")?,
        drop: permille("drop")?,
        lose: permille("lose")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schedule_is_read_within_its_bounds_and_calm_where_nothing_is_said() {
        let form = |text: &str| Form::parse(text.as_bytes()).unwrap();
        assert_eq!(read_schedule(&form("")).unwrap(), Schedule::default());
        let read = read_schedule(&form("seed=7&duplicate=1000&drop=5")).unwrap();
        assert_eq!(read, Schedule { seed: 7, duplicate: 1_000, drop: 5, ..Schedule::default() });
        for bad in ["drop=1001", "drop=-1", "drop=x", "delay_s=99999999", "seed=1.5"] {
            assert!(matches!(read_schedule(&form(bad)), Err(Failure::Refused(_))), "{bad}");
        }
    }
}
