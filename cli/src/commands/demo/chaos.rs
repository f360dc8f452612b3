//! `ledgerline demo --chaos`: a seeded series of sales in a storm. Messages are duplicated, held, overtaken, lost and dropped, most buyers close their
//! browsers as soon as they have paid, money goes back and banks dispute; the books are proved after every step, and in the end everybody has what they
//! should have.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use domain::{
    sales::{
        commands::reconcile::reconcile,
        entitlements::money_of_orders,
        entity::{OrderState, order},
        proof::prove_all,
        rules::money_back::{Entitlement, OrderMoney, entitlement},
    },
    services::Services,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::Serialize;

use super::{REPERTOIRE, Walk, short};
use crate::{
    client::{Beat, Control, Guest, Messages, PlacedOrder, Producer, Studio, until},
    wiring,
};

/// How messages travel: of a thousand so many are duplicated, held, overtaken, never sent, and lost on their way, which is tried again.
const WEATHER: [(&str, &str); 7] = [
    ("duplicate", "500"),
    ("delay", "250"),
    ("delay_s", "10"),
    ("reorder", "300"),
    ("drop", "200"),
    ("lose", "200"),
    ("every_kind", "true"),
];

/// How long the last message may take.
const PATIENCE: Duration = Duration::from_mins(5);

/// How far the gateway's clock is driven ahead while the last messages are waited for, in seconds.
const AHEAD_S: &str = "60";

/// What is given back in part: by the studio, and in the gateway's dashboard. No payee's share of either is a whole cent.
const PART_HERE_MINOR: i64 = 1_001;
const PART_THERE_MINOR: i64 = 777;

/// What becomes of a sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It stands.
    Kept,
    /// The studio gives a part of it back.
    PartHere,
    /// A part of it is given back in the gateway's dashboard.
    PartThere,
    /// All of it is.
    WholeThere,
    /// The buyer's bank disputes it, and the studio wins.
    Won,
    /// The bank disputes it, and wins.
    Lost,
}

/// What becomes of all sales, in an order that the seed decides.
const FATES: [Fate; 12] = [
    Fate::Kept,
    Fate::Kept,
    Fate::Kept,
    Fate::PartHere,
    Fate::PartHere,
    Fate::PartThere,
    Fate::PartThere,
    Fate::WholeThere,
    Fate::Won,
    Fate::Won,
    Fate::Lost,
    Fate::Lost,
];

/// A sale and what becomes of it.
struct Deal {
    buyer: String,
    guest: Guest,
    order: PlacedOrder,
    fate: Fate,
    /// The dispute at the gateway, once there is one.
    dispute: Option<String>,
}

/// The storm as the facts tell it.
#[derive(Debug, Serialize)]
pub(super) struct Chaos {
    /// What it followed from.
    seed: u64,
    /// What happened, and whether the books held after it.
    steps: Vec<Proved>,
    /// How many of those the proof did not hold after.
    drifted: usize,
    /// How messages fared.
    messages: Option<Messages>,
    /// Of how many events the gateway's list alone has told.
    dropped: u64,
}

/// A step, and what the proof said after it.
#[derive(Debug, Serialize)]
struct Proved {
    what: String,
    holds: bool,
    orders: u64,
    payments: u64,
    licences: u64,
    journals: u64,
    /// What has drifted, in words.
    drifts: Vec<String>,
}

/// `SplitMix64`.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn one_in(&mut self, many: u64) -> bool {
        self.next().is_multiple_of(many)
    }

    fn shuffle<T>(&mut self, things: &mut [T]) {
        for last in (1..things.len()).rev() {
            let place = usize::try_from(self.next() % (last as u64 + 1)).unwrap_or(0);
            things.swap(last, place);
        }
    }
}

impl Walk {
    /// Sells in a storm.
    pub(super) async fn through_chaos(&mut self, services: &Services, seed: u64, audio: Option<&Path>) -> Result<()> {
        self.say(&format!("Ledgerline in a storm (--seed {seed}), at {}\n", self.base));
        self.facts.chaos = Some(Chaos { seed, steps: Vec::new(), drifted: 0, messages: None, dropped: 0 });
        let (producer, studio) = self.open_shop(audio, &REPERTOIRE[..2]).await?;
        let beats = self.facts.beats.clone();
        self.agree(&producer, &studio, &beats[0]).await?;

        let (control, mut chance, seed) = (Control::new(&self.base)?, Chance(seed), seed.to_string());
        let weather: Vec<_> = WEATHER.into_iter().chain([("seed", seed.as_str())]).collect();
        control.act("schedule", &weather).await.context("a storm is made")?;
        let mut deals = self.sell_all(services, &studio, &beats[0], &mut chance).await?;
        let rivals = self.race(services, &studio, &beats[1]).await?;
        chance.shuffle(&mut deals);
        for deal in &mut deals {
            self.first_blow(services, &control, (&producer, &studio), deal).await?;
        }
        chance.shuffle(&mut deals);
        for deal in &deals {
            self.last_blow(services, &control, deal).await?;
        }
        self.clear_up(services, &control, &studio).await?;

        let began = Instant::now();
        check_deals(services, &deals).await?;
        let winner = check_race(services, &rivals).await?;
        self.told(&format!("everybody has what they should; {winner} has the exclusive"), began, "");
        let ledger = producer.ledger(&studio).await?;
        self.check_ledger(&ledger)?;
        self.facts.ledger = Some(ledger);
        self.sum_up(&deals)
    }

    /// Every buyer pays, and most close their browsers then, so that the gateway's messages alone tell of it.
    async fn sell_all(
        &mut self,
        services: &Services,
        studio: &Studio,
        beat: &Beat,
        chance: &mut Chance,
    ) -> Result<Vec<Deal>> {
        let mut fates = FATES;
        chance.shuffle(&mut fates);
        let mut deals = Vec::with_capacity(fates.len());
        for (number, fate) in (1..).zip(fates) {
            let began = Instant::now();
            let (buyer, email) = (format!("Buyer {number}"), format!("buyer{number}@example.com"));
            let tier = if chance.one_in(2) { "mp3" } else { "wav" };
            let guest = Guest::new(&self.base)?;
            let order = guest.place_order(studio, beat, tier, &buyer, &email).await?;
            let comes_back = fate == Fate::PartHere || chance.one_in(4);
            if comes_back {
                guest.pay(&order).await?;
            } else {
                guest.pay_and_leave(&order).await?;
            }
            let how = if comes_back { "comes back" } else { "closes the browser" };
            let what = format!("{buyer} pays {} ({tier}) and {how}", order.total);
            deals.push(Deal { buyer, guest, order, fate, dispute: None });
            self.prove(services, what, began).await?;
        }
        Ok(deals)
    }

    /// Two want the same work for themselves.
    async fn race(&mut self, services: &Services, studio: &Studio, beat: &Beat) -> Result<Vec<Deal>> {
        let mut rivals = Vec::new();
        for (buyer, email) in [("Rival One", "one@example.com"), ("Rival Two", "two@example.com")] {
            let guest = Guest::new(&self.base)?;
            let order = guest.place_order(studio, beat, "exclusive", buyer, email).await?;
            rivals.push(Deal { buyer: buyer.to_owned(), guest, order, fate: Fate::Kept, dispute: None });
        }
        for rival in &rivals {
            let began = Instant::now();
            rival.guest.pay_and_leave(&rival.order).await?;
            let what = format!("{} pays for “{}” as an exclusive", rival.buyer, short(&beat.title));
            self.prove(services, what, began).await?;
        }
        Ok(rivals)
    }

    /// What first befalls a sale.
    async fn first_blow(
        &mut self,
        services: &Services,
        control: &Control,
        (producer, studio): (&Producer, &Studio),
        deal: &mut Deal,
    ) -> Result<()> {
        let (began, buyer) = (Instant::now(), &deal.buyer);
        let what = match deal.fate {
            Fate::Kept => return Ok(()),
            Fate::PartHere => {
                deal.guest.wait_for_delivery(&deal.order).await?;
                producer.refund(studio, &deal.order.reference, PART_HERE_MINOR, "EUR").await?;
                format!("{buyer} gets a part back from the studio")
            }
            Fate::PartThere => {
                let (payment, amount) = (payment_of(control, deal).await?, PART_THERE_MINOR.to_string());
                control.act("refund", &[("payment", payment.as_str()), ("amount", amount.as_str())]).await?;
                format!("{buyer} gets a part back in the gateway's dashboard")
            }
            Fate::WholeThere => {
                let payment = payment_of(control, deal).await?;
                control.act("refund", &[("payment", payment.as_str())]).await?;
                format!("{buyer} gets all back in the gateway's dashboard")
            }
            Fate::Won | Fate::Lost => {
                let payment = payment_of(control, deal).await?;
                let opened = control.act("dispute", &[("payment", payment.as_str())]).await?;
                deal.dispute = opened["id"].as_str().map(str::to_owned);
                format!("{buyer}'s bank disputes the payment")
            }
        };
        self.prove(services, what, began).await
    }

    /// What a bank decides.
    async fn last_blow(&mut self, services: &Services, control: &Control, deal: &Deal) -> Result<()> {
        let (Some(dispute), began) = (&deal.dispute, Instant::now()) else { return Ok(()) };
        let outcome = if deal.fate == Fate::Won { "won" } else { "lost" };
        control.act("close-dispute", &[("dispute", dispute.as_str()), ("outcome", outcome)]).await?;
        self.prove(services, format!("the dispute of {} is {outcome}", deal.buyer), began).await
    }

    /// Lets the last messages come, and has the reconciler find what none of them has told.
    async fn clear_up(&mut self, services: &Services, control: &Control, studio: &Studio) -> Result<()> {
        let began = Instant::now();
        let studio = wiring::find_studio(&services.db, Some(&studio.slug)).await?;
        wiring::wait_for_jobs(services, studio, 0).await?;
        until("the last message", PATIENCE, async || {
            let is_over = control.messages().await?.waiting == 0;
            if !is_over {
                control.act("clock", &[("advance_s", AHEAD_S)]).await?;
            }
            Ok(is_over.then_some(()))
        })
        .await?;
        let messages = control.messages().await?;
        self.prove(services, format!("{} messages were sent; the sky clears", messages.attempts), began).await?;

        let began = Instant::now();
        reconcile(services).await.context("reading what the gateway has to tell")?;
        wiring::wait_for_jobs(services, studio, 0).await?;
        let dropped = messages.events.saturating_sub(messages.taken);
        if let Some(chaos) = &mut self.facts.chaos {
            (chaos.messages, chaos.dropped) = (Some(messages), dropped);
        }
        self.prove(services, format!("of {dropped} events the gateway's list alone has told"), began).await
    }

    /// Proves the books, now, while jobs run and messages come, and tells what it came to.
    async fn prove(&mut self, services: &Services, what: String, began: Instant) -> Result<()> {
        let proof = prove_all(&services.db).await?;
        let sums: Vec<_> = proof.sums.iter().map(ToString::to_string).collect();
        let said = format!(
            "proof: {} orders, {} payments, {} licences, {} journals, Σ {}",
            proof.orders,
            proof.payments,
            proof.licences,
            proof.journals,
            if sums.is_empty() { "0".to_owned() } else { sums.join(", ") }
        );
        let drifts: Vec<_> =
            proof.drifts.iter().map(|drift| format!("{}: {}", drift.reference, drift.kind.said())).collect();
        let holds = proof.holds();
        if holds {
            self.told(&what, began, &said);
        } else {
            self.say(&format!("✗ {what:<58}          {said}"));
            for drift in &drifts {
                self.say(&format!("      ✗ {drift}"));
            }
        }
        if let Some(chaos) = &mut self.facts.chaos {
            chaos.drifted += usize::from(!holds);
            let (orders, payments, licences, journals) = (proof.orders, proof.payments, proof.licences, proof.journals);
            chaos.steps.push(Proved { what, holds, orders, payments, licences, journals, drifts });
        }
        Ok(())
    }

    fn sum_up(&self, deals: &[Deal]) -> Result<()> {
        let Some(chaos) = &self.facts.chaos else { bail!("there was no storm") };
        let count = |fates: &[Fate]| deals.iter().filter(|deal| fates.contains(&deal.fate)).count();
        let refunds = count(&[Fate::PartHere, Fate::PartThere, Fate::WholeThere]);
        let (won, lost) = (count(&[Fate::Won]), count(&[Fate::Lost]));
        self.say(&format!(
            "\n  {} sales and a race for an exclusive, {refunds} refunds, {won} disputes won and {lost} lost",
            deals.len()
        ));
        if let Some(Messages { events, attempts, taken, .. }) = chaos.messages {
            let dropped = chaos.dropped;
            self.say(&format!("  {events} events: sent {attempts} times, {taken} of them taken, {dropped} dropped"));
        }
        let (drifted, steps) = (chaos.drifted, chaos.steps.len());
        if drifted > 0 {
            bail!("the books had drifted after {drifted} of {steps} steps");
        }
        self.say(&format!("  the books held after each of {steps} steps"));
        Ok(())
    }
}

/// A deal's payment at the gateway.
async fn payment_of(control: &Control, deal: &Deal) -> Result<String> {
    let charges = control.charges().await?;
    let found = charges.into_iter().find(|charge| charge.reference == deal.order.reference);
    let found = found.with_context(|| format!("the gateway has no charge for {}", deal.order.reference))?;
    Ok(found.payment)
}

/// How deals' orders stand, and what came of their money.
async fn stand<'a>(services: &Services, deals: &'a [Deal]) -> Result<Vec<(&'a Deal, order::Model, OrderMoney)>> {
    let references = deals.iter().map(|deal| deal.order.reference.as_str());
    let rows = order::Entity::find().filter(order::Column::Reference.is_in(references)).all(&services.db).await?;
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let mut money = money_of_orders(&services.db, &ids).await?;
    let mut standing = Vec::with_capacity(deals.len());
    for deal in deals {
        let row = rows.iter().find(|row| row.reference == deal.order.reference).cloned();
        let row = row.with_context(|| format!("the order {} is gone", deal.order.reference))?;
        let money = money.remove(&row.id).unwrap_or_default();
        standing.push((deal, row, money));
    }
    Ok(standing)
}

/// Everybody's order is paid, what goes back went back, and the files open for whom they should.
async fn check_deals(services: &Services, deals: &[Deal]) -> Result<()> {
    for (deal, row, money) in stand(services, deals).await? {
        let total = row.total_minor;
        let (may, given_back_minor, lost_minor) = match deal.fate {
            Fate::Kept | Fate::Won => (Entitlement::Stands, 0, 0),
            Fate::PartHere => (Entitlement::Stands, PART_HERE_MINOR, 0),
            Fate::PartThere => (Entitlement::Stands, PART_THERE_MINOR, 0),
            Fate::WholeThere => (Entitlement::Revoked, total, 0),
            Fate::Lost => (Entitlement::Revoked, 0, total),
        };
        let expected =
            (may, OrderMoney { captured_minor: total, given_back_minor, lost_minor, ..OrderMoney::default() });
        let found = (entitlement(row.state, &money), money);
        if found != expected {
            bail!("{} ({:?}) ended as {found:?}, not as {expected:?}", row.reference, deal.fate);
        }
    }
    Ok(())
}

/// One of the rivals has the exclusive, and nothing was charged to the others; who.
async fn check_race(services: &Services, rivals: &[Deal]) -> Result<String> {
    let mut winners = Vec::new();
    for (rival, row, money) in stand(services, rivals).await? {
        match row.state {
            OrderState::Paid | OrderState::Delivered => winners.push(rival.buyer.clone()),
            OrderState::Expired if money == OrderMoney::default() => {}
            state => bail!("{} ended {state}, with {money:?}", rival.buyer),
        }
    }
    match <[String; 1]>::try_from(winners) {
        Ok([winner]) => Ok(winner),
        Err(winners) => bail!("one has the exclusive, not {winners:?}"),
    }
}
