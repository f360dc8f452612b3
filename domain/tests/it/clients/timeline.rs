//! Everything that has happened with a client, in one list.

use chrono::Duration;
use domain::{
    clients::{
        ClientError,
        commands::move_client,
        entity::ClientStage,
        timeline::{Event, EventKind, TimelinePage, list_events},
    },
    ids::{ClientId, JobId},
    licensing::terms::TierCode,
    money::{Currency, Money},
    parties::add_note,
    ports::Mail,
    production::{
        commands::{NewProject, cancel_project, create_project},
        entity::project::{self, ProjectKind},
    },
    reviews::rules::{Terms, Verdict},
    sent_mails,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set};

use super::{done, enter, manager};
use crate::{
    reviews::House,
    shop::Shop,
    support::{World, on_each_database},
};

async fn page(world: &World, client: ClientId, page: TimelinePage) -> (Vec<Event>, bool, bool) {
    let found = list_events(&world.db, &world.ctx, client, page).await.unwrap();
    (found.rows, found.has_previous, found.has_next)
}

fn mail(job: JobId, to: &str, reply_to: &str) -> Mail {
    Mail {
        job,
        to: to.parse().unwrap(),
        from_name: "Nova Sound".into(),
        reply_to: Some(reply_to.parse().unwrap()),
        subject: "Your files".into(),
        text: String::new(),
        html: String::new(),
        calendar: None,
    }
}

#[tokio::test]
async fn what_has_happened_is_told_newest_first_page_by_page_and_of_nobody_else() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        // Ada buys in another spelling of her address than the studio has.
        let ada = enter(world, &shop, "Ada", Some("ADA@example.com")).await.unwrap();
        let bo = enter(world, &shop, "Bo", Some("bo@example.com")).await.unwrap();
        world.clock.advance(Duration::hours(1));
        let beat = shop.beat("Night Drive", true).await;
        let order = shop.sell(&[(beat, TierCode::Mp3)], 3_000).await;
        world.clock.advance(Duration::hours(1));
        shop.give_back(shop.payment(order.id).await.id, Some(500)).await.unwrap();
        world.clock.advance(Duration::hours(1));
        let (mona, monas) = manager(world, shop.studio, "mona").await;
        done(world, async |tx| add_note(tx, &monas, ada.party_id, "Likes it loud").await).await.unwrap();
        world.clock.advance(Duration::hours(1));
        done(world, async |tx| move_client(tx, &monas, ada.id, ClientStage::Talking, "Bought").await).await.unwrap();
        world.clock.advance(Duration::hours(1));
        let job = world.ctx.env.id();
        for _ in 0..2 {
            sent_mails::record(&world.db, &world.ctx, shop.studio, &mail(job, "ada@example.com", "nova@example.com"))
                .await
                .unwrap();
        }
        let own = mail(world.ctx.env.id(), "nova@example.com", "nova@example.com");
        sent_mails::record(&world.db, &world.ctx, shop.studio, &own).await.unwrap();

        let whole = TimelinePage::new(Some(100), None, None, None).unwrap();
        let (all, has_previous, has_next) = page(world, ada.id, whole).await;
        assert!(!has_previous && !has_next);
        let kinds: Vec<EventKind> = all.iter().map(|event| event.kind).collect();
        let expected = [
            EventKind::Mail,
            EventKind::Stage,
            EventKind::Note,
            EventKind::Refund,
            // At one instant the kind decides.
            EventKind::Order,
            EventKind::Licence,
            EventKind::Stage,
        ];
        assert_eq!(kinds, expected, "{all:?}");
        let stage = &all[1];
        assert_eq!((stage.title.as_str(), stage.detail.as_deref(), stage.by), ("talking", Some("Bought"), Some(mona)));
        assert_eq!(all[3].amount, Some(Money::new(500, Currency::EUR)));
        let bought = &all[4];
        assert_eq!((&bought.title, bought.amount), (&order.reference, Some(Money::new(3_000, Currency::EUR))));
        assert_eq!(all.last().unwrap().detail, None, "nothing was said");

        // The same, two at a time, there and back.
        let (mut there, mut after) = (Vec::new(), None::<String>);
        loop {
            let (rows, previous, next) =
                page(world, ada.id, TimelinePage::new(Some(2), after.as_deref(), None, None).unwrap()).await;
            assert_eq!(previous, after.is_some());
            after = rows.last().map(Event::cursor);
            there.extend(rows);
            if !next {
                break;
            }
        }
        assert_eq!(there, all);
        let before = all[4].cursor();
        let back = TimelinePage::new(None, None, Some(2), Some(&before)).unwrap();
        assert_eq!(page(world, ada.id, back).await, (all[2..4].to_vec(), true, true));

        let (bos, ..) = page(world, bo.id, whole).await;
        assert_eq!(bos.iter().map(|event| event.kind).collect::<Vec<_>>(), [EventKind::Stage]);
        let nobody = list_events(&world.db, &world.ctx, world.ctx.env.id(), whole).await;
        assert!(matches!(nobody, Err(ClientError::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn projects_reviews_and_approvals_of_a_client_are_told() {
    on_each_database(async |world| {
        let house = House::open(world).await;
        let ada = enter(world, &house.shop, "Ada", Some("ADA@example.com")).await.unwrap();
        let of_ada =
            project::ActiveModel { id: Set(house.project), client_id: Set(Some(ada.id)), ..Default::default() };
        of_ada.update(&world.db).await.unwrap();
        world.clock.advance(Duration::hours(1));
        let review = house.review(Terms { rounds: 2, extra_price: None, sign_off_days: None }).await;
        let reviewer = house.invite(review.id, "Ada", true).await;
        let version = house.version().await;
        house.send(version.id).await.unwrap();
        world.clock.advance(Duration::hours(1));
        house.say(reviewer, Verdict::Approve, version.number, None).await.unwrap();
        world.clock.advance(Duration::hours(1));
        let new = NewProject {
            kind: ProjectKind::Record,
            title: "Second album".into(),
            client: Some(ada.id),
            currency: None,
            starts_on: None,
            due_on: None,
        };
        let studio = house.shop.studio;
        let second = done(world, async |tx| create_project(tx, &house.manager, studio, new).await).await.unwrap();
        world.clock.advance(Duration::hours(1));
        done(world, async |tx| cancel_project(tx, &house.manager, second.id, "They moved away").await).await.unwrap();

        let whole = TimelinePage::new(Some(100), None, None, None).unwrap();
        let (all, ..) = page(world, ada.id, whole).await;
        let told: Vec<_> =
            all.iter().map(|event| (event.kind, event.title.as_str(), event.detail.as_deref())).collect();
        let expected = [
            (EventKind::Project, "Second album", Some("cancelled")),
            (EventKind::Project, "Second album", Some("opened")),
            (EventKind::MixApproval, "Night Drive", Some("1")),
            (EventKind::Review, "Night Drive", Some("approved")),
            (EventKind::Stage, "lead", None),
        ];
        assert_eq!(told, expected);
        assert_eq!(all[0].by, house.manager.actor.user());
    })
    .await;
}
