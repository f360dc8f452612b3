//! Offers: made, haggled over, ordered once, and withdrawn with their work.

use chrono::Duration;
use domain::{
    actor::{Actor, Ctx, Role},
    email::EmailAddress,
    identity::entity::user,
    ids::{BeatId, OfferId},
    licensing::{commands::set_tier_enabled, terms::TierCode},
    links::Purpose,
    money::{Currency, Money},
    offers::{
        OfferError,
        commands::{
            Answer, Device, MakeOffer, OfferSettings, OrderOffer, answer_as_buyer, answer_as_studio, make_offer,
            order_offer, set_offers, tend,
        },
        entity::{OfferAct, OfferSide, OfferState, offer},
        queries::{find_by_link, list_offers, steps_of_offers},
        rules::{MAX_OPEN_PER_IP, MAX_WORDS_CHARS, OFFERS_PER_ADDRESS, OfferFault, QUIET_LEAST},
    },
    outbox::{Job, entity::job},
    page::PageRequest,
    pricing::{Country, commands::settings::set_tax_rates, queries::facts_of_lines, rules::settings::TaxSettings},
    report::Explain,
    sales::{
        self, SalesError, Settled,
        commands::checkout::order_url,
        entity::{OrderState, order},
    },
    share::Share,
    store,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel, QueryOrder};

use crate::{
    books::assert_proved,
    shop::Shop,
    support::{World, on_each_database},
};

/// The exclusive licence of the default tiers.
const PRICE: i64 = 90_000;

/// A manager of the studio, with an account.
async fn manager(world: &World, shop: &Shop) -> Ctx {
    let actor = shop.manager();
    let id = actor.user().unwrap();
    let email: EmailAddress = format!("{id}@example.com").parse().unwrap();
    let row = user::Model {
        id,
        email_key: email.account_key(),
        email,
        name: "Nova Reyes".into(),
        password_hash: "none: this account signs in by no password".into(),
        email_verified_at: None,
        created_at: world.ctx.env.now(),
    };
    row.into_active_model().insert(&world.db).await.unwrap();
    world.as_actor(actor)
}

async fn takes(world: &World, shop: &Shop, tier: TierCode, minimum: Option<i64>) {
    let settings = OfferSettings {
        tier,
        takes_offers: true,
        minimum: minimum.map(|minor| Money::new(minor, shop.currency)),
        answer_days: 7,
    };
    let tx = store::begin(&world.db).await.unwrap();
    set_offers(&tx, &world.as_actor(shop.manager()), shop.studio, None, &settings).await.unwrap();
    tx.commit().await.unwrap();
}

fn offering(beat: BeatId, tier: TierCode, email: &str, minor: i64) -> MakeOffer {
    MakeOffer {
        beat,
        tier,
        email: email.into(),
        amount: Money::new(minor, Currency::EUR),
        words: "For my album".into(),
        device: Device::default(),
    }
}

async fn made(world: &World, shop: &Shop, request: &MakeOffer) -> Result<offer::Model, OfferError> {
    let made = make_offer(&shop.services, &world.as_actor(Actor::Anonymous), shop.studio, request).await;
    made.map(|made| made.offer)
}

async fn studio_says(world: &World, shop: &Shop, id: OfferId, answer: Answer<'_>) -> Result<offer::Model, OfferError> {
    let manager = manager(world, shop).await;
    let tx = store::begin(&world.db).await.unwrap();
    let answered = answer_as_studio(&tx, &manager, id, answer).await?;
    tx.commit().await.unwrap();
    Ok(answered)
}

async fn buyer_says(world: &World, id: OfferId, answer: Answer<'_>) -> Result<offer::Model, OfferError> {
    let tx = store::begin(&world.db).await.unwrap();
    let answered = answer_as_buyer(&tx, &world.as_actor(Actor::Anonymous), id, answer, Device::default()).await?;
    tx.commit().await.unwrap();
    Ok(answered)
}

async fn ordered(world: &World, shop: &Shop, id: OfferId) -> Result<order::Model, OfferError> {
    let seen_total = offer::Entity::find_by_id(id).one(&world.db).await.unwrap().unwrap().amount();
    let request =
        OrderOffer { buyer_name: "Ada Lovelace".into(), country: None, seen_total, device: Device::default() };
    order_offer(&shop.services, &world.as_actor(Actor::Anonymous), id, &request).await
}

async fn state(world: &World, id: OfferId) -> OfferState {
    offer::Entity::find_by_id(id).one(&world.db).await.unwrap().unwrap().state
}

/// Whom the letters about an offer go to, in the order of its steps.
async fn letters(world: &World, id: OfferId) -> Vec<(i32, OfferSide)> {
    let rows = job::Entity::find().order_by_asc(job::Column::Id).all(&world.db).await.unwrap();
    let mut letters: Vec<_> = rows
        .into_iter()
        .filter_map(|row| match serde_json::from_value(row.payload).unwrap() {
            Job::MailOffer { offer, step, to } if offer == id => Some((step, to)),
            _ => None,
        })
        .collect();
    letters.sort_unstable();
    letters
}

#[tokio::test]
async fn an_offer_is_haggled_over_accepted_and_bought_at_its_price() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        takes(world, &shop, TierCode::Exclusive, None).await;
        let offer = made(world, &shop, &offering(beat, TierCode::Exclusive, "Ada@example.com", 50_000)).await.unwrap();
        assert_eq!(offer.expires_at, offer.made_at + Duration::days(7));
        assert_eq!(letters(world, offer.id).await, [(1, OfferSide::Buyer), (1, OfferSide::Studio)]);
        let low = studio_says(world, &shop, offer.id, Answer::Counter(Money::new(50_000, Currency::EUR), "")).await;
        assert!(matches!(low, Err(OfferError::Fault(OfferFault::NotAbove(_)))));
        world.clock.advance(Duration::days(1));
        let counter = Answer::Counter(Money::new(70_000, Currency::EUR), "It took a month");
        let countered = studio_says(world, &shop, offer.id, counter).await.unwrap();
        assert_eq!((countered.state, countered.amount_minor), (OfferState::Countered, 70_000));
        assert_eq!(countered.expires_at, world.ctx.env.now() + Duration::days(7), "each answer takes its own time");
        assert!(matches!(ordered(world, &shop, offer.id).await, Err(OfferError::Fault(OfferFault::NotNow { .. }))));
        let lower = buyer_says(world, offer.id, Answer::Counter(Money::new(49_999, Currency::EUR), "")).await;
        assert!(matches!(lower, Err(OfferError::Fault(OfferFault::BelowOwn(own))) if own.minor == 50_000), "{lower:?}");
        let accepted = buyer_says(world, offer.id, Answer::Accept).await.unwrap();
        assert_eq!((accepted.state, accepted.amount_minor), (OfferState::Accepted, 70_000));
        assert!(studio_says(world, &shop, offer.id, Answer::Decline("")).await.is_err(), "nobody goes back on it");

        // A tier that is off sale meanwhile takes nothing from what was agreed upon.
        let tx = store::begin(&world.db).await.unwrap();
        let manager = world.as_actor(shop.manager());
        set_tier_enabled(&tx, &manager, shop.studio, None, TierCode::Exclusive, false).await.unwrap();
        tx.commit().await.unwrap();
        let order = ordered(world, &shop, offer.id).await.unwrap();
        assert_eq!((order.total_minor, order.buyer_email.as_str()), (70_000, "Ada@example.com"));
        assert_eq!(ordered(world, &shop, offer.id).await.unwrap().id, order.id, "a second click is the same order");
        let lines = sales::queries::lines_of_order(&world.db, order.id).await.unwrap();
        assert_eq!((lines.len(), lines[0].price_minor, &lines[0].terms), (1, 70_000, &offer.terms));
        assert!(lines[0].shown_text_sha256.is_some(), "the contract is kept as it was offered");
        sales::open_checkout(&shop.services, order.id).await.unwrap();
        assert_eq!(shop.gateway.request(order.id).success_url, order_url(&shop.services, order.id));
        shop.gateway.pay(order.id);
        sales::settle_order(&shop.services, order.id).await.unwrap();
        shop.do_jobs().await;
        assert_eq!(shop.found(order.id).await.state, OrderState::Paid);
        assert_eq!(state(world, offer.id).await, OfferState::Bought);
        assert!(matches!(ordered(world, &shop, offer.id).await, Err(OfferError::Ordered(OrderState::Paid))));
        let steps = steps_of_offers(&world.db, &[offer.id]).await.unwrap().remove(&offer.id).unwrap();
        let acts: Vec<_> = steps.iter().map(|step| (step.side, step.act)).collect();
        assert_eq!(
            acts,
            [
                (OfferSide::Buyer, OfferAct::Offered),
                (OfferSide::Studio, OfferAct::Offered),
                (OfferSide::Buyer, OfferAct::Accepted),
                (OfferSide::House, OfferAct::Bought)
            ]
        );
        assert!(steps[1].user_id.is_some() && steps[2].user_id.is_none(), "who of the studio it was");
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn what_was_agreed_upon_is_taxed_as_a_price_on_the_list() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        takes(world, &shop, TierCode::Wav, None).await;
        let (country, rate) = ("DE".parse::<Country>().unwrap(), Share::from_ppm(190_000).unwrap());
        let rate = TaxSettings { country, name: "VAT".into(), rate, included: false };
        let tx = store::begin(&world.db).await.unwrap();
        set_tax_rates(&tx, &world.as_actor(shop.manager()), shop.studio, &[rate]).await.unwrap();
        tx.commit().await.unwrap();
        let offer = made(world, &shop, &offering(beat, TierCode::Wav, "ada@example.com", 4_000)).await.unwrap();
        studio_says(world, &shop, offer.id, Answer::Accept).await.unwrap();
        let nowhere = ordered(world, &shop, offer.id).await;
        assert!(matches!(nowhere, Err(OfferError::Sale(SalesError::CountryNeeded))), "{nowhere:?}");

        let request = OrderOffer {
            buyer_name: "Ada Lovelace".into(),
            country: Some(country),
            seen_total: Money::new(4_760, Currency::EUR),
            device: Device::default(),
        };
        let order = async |request: &OrderOffer| {
            order_offer(&shop.services, &world.as_actor(Actor::Anonymous), offer.id, request).await
        };
        let illegible = order(&OrderOffer { buyer_name: "Kim 민수".into(), ..request.clone() }).await;
        assert!(matches!(illegible, Err(OfferError::Sale(SalesError::Illegible(_)))), "{illegible:?}");
        let untaxed = order(&OrderOffer { seen_total: offer.amount(), ..request.clone() }).await.unwrap_err();
        assert_eq!(untaxed.explain().code, "TOTAL_CHANGED", "nobody is charged more than they saw");
        let now = world.ctx.env.now();
        let priced = offer.agreed().priced(&world.db, Some(country), now).await.unwrap().unwrap();
        let contract = offer.agreed().contract(&world.db, &priced, now).await.unwrap().unwrap();
        let placed = order(&request).await.unwrap();
        assert_eq!((placed.total_minor, priced.total().minor), (4_760, 4_760));
        let line = sales::queries::lines_of_order(&world.db, placed.id).await.unwrap().remove(0);
        let facts = facts_of_lines(&world.db, &[line.id]).await.unwrap().remove(&line.id).unwrap();
        assert_eq!((facts.tax_minor(), facts.list_minor(line.price_minor)), (760, 4_000));
        let shown = shop.services.contracts.offer_sha256(&contract).unwrap();
        assert_eq!(line.shown_text_sha256, Some(shown), "the contract is the one that was shown");
        sales::open_checkout(&shop.services, placed.id).await.unwrap();
        shop.gateway.pay(placed.id);
        sales::settle_order(&shop.services, placed.id).await.unwrap();
        assert_eq!(state(world, offer.id).await, OfferState::Bought);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn an_order_that_was_not_paid_frees_the_offer_and_no_other_does() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        takes(world, &shop, TierCode::Wav, None).await;
        let offer = made(world, &shop, &offering(beat, TierCode::Wav, "ada@example.com", 4_000)).await.unwrap();
        studio_says(world, &shop, offer.id, Answer::Accept).await.unwrap();
        let first = ordered(world, &shop, offer.id).await.unwrap();
        // The database holds it too, whoever writes.
        let row = offer::Entity::find_by_id(offer.id).one(&world.db).await.unwrap().unwrap();
        let forgotten = offer::ActiveModel { order_id: Set(None), ..row.into_active_model() };
        assert!(forgotten.update(&world.db).await.is_err());
        world.clock.advance(Duration::hours(1));
        sales::settle_order(&shop.services, first.id).await.unwrap();
        assert_eq!(shop.found(first.id).await.state, OrderState::Expired);
        let second = ordered(world, &shop, offer.id).await.unwrap();
        assert_ne!(second.id, first.id);
        // While it can be paid, the offer does not end beside it.
        world.clock.advance(Duration::days(7));
        assert_eq!(tend(&shop.services).await.unwrap(), 0);
        sales::settle_order(&shop.services, second.id).await.unwrap();
        assert_eq!(tend(&shop.services).await.unwrap(), 1);
        assert_eq!(state(world, offer.id).await, OfferState::Expired);
        assert!(matches!(ordered(world, &shop, offer.id).await, Err(OfferError::Fault(OfferFault::NotNow { .. }))));
    })
    .await;
}

#[tokio::test]
async fn an_order_that_came_to_nothing_frees_the_offer_whatever_it_was() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        takes(world, &shop, TierCode::Wav, None).await;
        let offer = made(world, &shop, &offering(beat, TierCode::Wav, "ada@example.com", 4_000)).await.unwrap();
        studio_says(world, &shop, offer.id, Answer::Accept).await.unwrap();
        let send_back = async |order: &order::Model| {
            sales::open_checkout(&shop.services, order.id).await.unwrap();
            shop.gateway.pay_amount(order.id, Money::new(3_999, Currency::EUR));
            assert_eq!(sales::settle_order(&shop.services, order.id).await.unwrap(), Settled::Refunding);
        };
        let first = ordered(world, &shop, offer.id).await.unwrap();
        send_back(&first).await;
        let cancel_url = shop.gateway.request(first.id).cancel_url;
        assert_eq!(cancel_url, order_url(&shop.services, first.id), "there is no cart to go back to");
        let second = ordered(world, &shop, offer.id).await.unwrap();
        // Nobody has settled it when the buyer comes back.
        world.clock.advance(Duration::hours(1));
        let third = ordered(world, &shop, offer.id).await.unwrap();
        assert_eq!(shop.found(second.id).await.state, OrderState::Expired);
        send_back(&third).await;
        world.clock.advance(Duration::days(7));
        assert_eq!(tend(&shop.services).await.unwrap(), 1);
        assert_eq!(state(world, offer.id).await, OfferState::Expired);
    })
    .await;
}

#[tokio::test]
async fn below_the_minimum_looks_like_any_other_and_is_declined_hours_later() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        takes(world, &shop, TierCode::Exclusive, Some(60_000)).await;
        let low = made(world, &shop, &offering(beat, TierCode::Exclusive, "low@example.com", 59_999)).await.unwrap();
        let fair = made(world, &shop, &offering(beat, TierCode::Exclusive, "fair@example.com", 60_000)).await.unwrap();
        assert_eq!((low.state, low.expires_at), (fair.state, fair.expires_at), "nothing tells them apart");
        assert_eq!(letters(world, low.id).await, [(1, OfferSide::Buyer)], "the studio is spared");
        assert_eq!(letters(world, fair.id).await.len(), 2);
        assert_eq!(tend(&shop.services).await.unwrap(), 0);
        let until = low.decline_at.unwrap();
        assert!(until >= low.made_at + QUIET_LEAST && until < low.expires_at);
        world.clock.advance(until - low.made_at);
        assert_eq!(tend(&shop.services).await.unwrap(), 1);
        assert_eq!((state(world, low.id).await, state(world, fair.id).await), (OfferState::Declined, OfferState::Open));
        assert_eq!(letters(world, low.id).await, [(1, OfferSide::Buyer), (2, OfferSide::Buyer)]);

        // The studio may still take one that it sees in its list.
        let seen = made(world, &shop, &offering(beat, TierCode::Exclusive, "low@example.com", 50_000)).await.unwrap();
        let manager = world.as_actor(shop.manager());
        let open = Some(OfferState::Open);
        let list = list_offers(&world.db, &manager, shop.studio, open, PageRequest::default()).await.unwrap();
        assert!(list.rows.iter().any(|row| row.id == seen.id && row.below_minimum));
        let accepted = studio_says(world, &shop, seen.id, Answer::Accept).await.unwrap();
        assert_eq!((accepted.state, accepted.decline_at), (OfferState::Accepted, None));
        world.clock.advance(seen.decline_at.unwrap() - seen.made_at);
        tend(&shop.services).await.unwrap();
        assert_eq!(state(world, seen.id).await, OfferState::Accepted);

        // Who comes from one place does not find the minimum by trying many amounts at once.
        let place = Device { ip: Some("192.0.2.7".into()), user_agent: None };
        for number in 0..MAX_OPEN_PER_IP {
            let email = format!("try{number}@example.com");
            let request = offering(beat, TierCode::Exclusive, &email, 40_000);
            made(world, &shop, &MakeOffer { device: place.clone(), ..request }).await.unwrap();
        }
        let one_more = offering(beat, TierCode::Exclusive, "more@example.com", 70_000);
        let refused = made(world, &shop, &MakeOffer { device: place, ..one_more }).await.unwrap_err();
        assert_eq!(refused.explain().code, "OFFERS_FROM_HERE");
    })
    .await;
}

#[tokio::test]
async fn an_exclusive_withdraws_every_offer_for_its_work_and_each_is_told() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let work = shop.work("Night Drive").await;
        let (beat, alternate) =
            (shop.beat_of(work, "Night Drive", true).await, shop.beat_of(work, "Night Drive Slow", true).await);
        let other = shop.beat("Day Walk", true).await;
        for tier in [TierCode::Exclusive, TierCode::Wav] {
            takes(world, &shop, tier, None).await;
        }
        let open = made(world, &shop, &offering(beat, TierCode::Wav, "a@example.com", 4_000)).await.unwrap();
        let agreed =
            made(world, &shop, &offering(alternate, TierCode::Exclusive, "b@example.com", 70_000)).await.unwrap();
        studio_says(world, &shop, agreed.id, Answer::Accept).await.unwrap();
        let apart = made(world, &shop, &offering(other, TierCode::Wav, "a@example.com", 4_000)).await.unwrap();

        // While it is only claimed, nothing of it can be ordered, and nothing has ended.
        let buying = shop.order(&[(beat, TierCode::Exclusive)], PRICE).await;
        shop.gateway.pay(buying.id);
        sales::settle_order(&shop.services, buying.id).await.unwrap();
        let refused = ordered(world, &shop, agreed.id).await;
        assert!(matches!(refused, Err(OfferError::Sale(SalesError::NotOnSale))), "{refused:?}");
        assert_eq!(state(world, agreed.id).await, OfferState::Accepted);
        shop.do_jobs().await;
        for id in [open.id, agreed.id] {
            assert_eq!(state(world, id).await, OfferState::Withdrawn);
            assert_eq!(letters(world, id).await.last().map(|(_, to)| *to), Some(OfferSide::Buyer));
        }
        assert_eq!(state(world, apart.id).await, OfferState::Open);
        let late = made(world, &shop, &offering(beat, TierCode::Wav, "c@example.com", 4_000)).await;
        assert!(matches!(late, Err(OfferError::Sale(SalesError::NotOnSale))));
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_offered_is_refused_by_name() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let offer = offering(beat, TierCode::Exclusive, "ada@example.com", 50_000);
        let code = async |request: &MakeOffer| made(world, &shop, request).await.unwrap_err().explain().code;
        assert_eq!(code(&offer).await, "OFFERS_NOT_TAKEN");
        takes(world, &shop, TierCode::Exclusive, None).await;
        let yen = Money::new(50_000, Currency::JPY);
        for (request, expected) in [
            (MakeOffer { amount: yen, ..offer.clone() }, "OTHER_CURRENCY"),
            (offering(beat, TierCode::Exclusive, "ada@example.com", 0), "OFFER_AMOUNT"),
            (offering(beat, TierCode::Exclusive, "ada@example.com", PRICE), "OFFER_AT_PRICE"),
            (offering(beat, TierCode::Exclusive, "ada", 50_000), "OFFER_EMAIL"),
            (MakeOffer { words: "x".repeat(MAX_WORDS_CHARS + 1), ..offer.clone() }, "OFFER_WORDS"),
            (offering(beat, TierCode::Wav, "ada@example.com", 4_000), "OFFERS_NOT_TAKEN"),
        ] {
            assert_eq!(code(&request).await, expected);
        }
        let standing = made(world, &shop, &offer).await.unwrap();
        let twice = offering(beat, TierCode::Exclusive, "ADA@example.com", 60_000);
        let link_mails = letters(world, standing.id).await.len();
        assert_eq!(made(world, &shop, &twice).await.unwrap().id, standing.id, "one mailbox, one offer");
        assert_eq!(steps_of_offers(&world.db, &[standing.id]).await.unwrap()[&standing.id].len(), 1);
        assert_eq!(letters(world, standing.id).await.len(), link_mails + 1, "and its link once more");
        for _ in 0..OFFERS_PER_ADDRESS.attempts {
            let _ = made(world, &shop, &twice).await;
        }
        assert_eq!(code(&twice).await, "TOO_MANY_OFFERS", "attempts count though they were refused");

        // Of two studios neither answers the other's.
        let stranger = Actor::User {
            user: world.ctx.env.id(),
            memberships: vec![(world.ctx.env.id(), Role::Owner)],
            closed: Vec::new(),
        };
        let tx = store::begin(&world.db).await.unwrap();
        let foreign = answer_as_studio(&tx, &world.as_actor(stranger), standing.id, Answer::Accept).await;
        assert!(matches!(foreign, Err(OfferError::NoOffer)));
        drop(tx);
        let now = world.ctx.env.now();
        let links = &shop.services.links;
        let token = links.token(Purpose::Offer, standing.id, None);
        assert_eq!(find_by_link(&world.db, links, &token, now).await.unwrap().id, standing.id);
        let order_token = links.token(Purpose::Order, standing.id, None);
        assert!(matches!(find_by_link(&world.db, links, &order_token, now).await, Err(OfferError::Link(_))));
        let back = buyer_says(world, standing.id, Answer::Decline("")).await.unwrap();
        assert_eq!(back.state, OfferState::Withdrawn, "what nobody has answered is taken back");
        assert!(studio_says(world, &shop, standing.id, Answer::Accept).await.is_err());
    })
    .await;
}
