//! How clients move: each move is written down, and none is made in silence.

use chrono::Duration;
use domain::{
    clients::{
        ClientError,
        commands::{NewClient, create_client, move_client, set_dormant_after, tend},
        entity::{self as client, ClientStage},
        queries::find_dormant_letter,
        records::stage_move,
    },
    ids::ClientId,
    money::Currency,
    outbox::{Job, entity::job},
    parties::add_note,
    production::entity::project::{self, ProjectKind, ProjectState},
    report::Explain,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use super::{done, enter, enter_party, manager, person};
use crate::{
    shop::Shop,
    support::{World, on_each_database},
};

async fn moves(world: &World, client: ClientId) -> Vec<stage_move::Model> {
    let of_client = stage_move::Entity::find().filter(stage_move::Column::ClientId.eq(client));
    of_client.order_by_asc(stage_move::Column::MovedAt).all(&world.db).await.unwrap()
}

async fn stage(world: &World, client: ClientId) -> ClientStage {
    client::Entity::find_by_id(client).one(&world.db).await.unwrap().unwrap().stage
}

async fn letters(world: &World) -> Vec<Job> {
    let rows = job::Entity::find().filter(job::Column::Kind.eq("mail_dormant")).all(&world.db).await.unwrap();
    rows.into_iter().map(|row| serde_json::from_value(row.payload).unwrap()).collect()
}

#[tokio::test]
async fn a_party_is_a_client_once_and_every_move_is_written_down() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let (mona, monas) = manager(world, shop.studio, "mona").await;
        let ada = enter_party(world, &shop, person("Ada", None)).await;
        let known = || NewClient::Known(ada.id);
        let first = done(world, async |tx| create_client(tx, &monas, shop.studio, known(), ClientStage::Lead).await);
        let first = first.await.unwrap();
        let again = done(world, async |tx| create_client(tx, &monas, shop.studio, known(), ClientStage::Active).await);
        assert_eq!(again.await.unwrap(), first, "as it was");

        world.clock.advance(Duration::days(2));
        for (to, words) in
            [(ClientStage::Talking, " They called "), (ClientStage::Talking, "twice"), (ClientStage::Lead, "")]
        {
            done(world, async |tx| move_client(tx, &monas, first.id, to, words).await).await.unwrap();
            world.clock.advance(Duration::hours(1));
        }
        let told: Vec<_> = moves(world, first.id)
            .await
            .into_iter()
            .map(|row| (row.from_stage, row.to_stage, row.moved_by, row.words))
            .collect();
        let expected = [
            (None, ClientStage::Lead, Some(mona), String::new()),
            (Some(ClientStage::Lead), ClientStage::Talking, Some(mona), "They called".to_owned()),
            (Some(ClientStage::Talking), ClientStage::Lead, Some(mona), String::new()),
        ];
        assert_eq!(told, expected, "to where it is, a client is not moved");

        let long =
            done(world, async |tx| move_client(tx, &monas, first.id, ClientStage::Agreed, &"x".repeat(501)).await);
        assert!(matches!(long.await, Err(ClientError::Words)));
        let row = moves(world, first.id).await.remove(1);
        let changed = stage_move::ActiveModel { words: Set("otherwise".into()), ..row.clone().into_active_model() };
        assert!(changed.update(&world.db).await.is_err(), "a move stays what it was");
        assert!(stage_move::Entity::delete_by_id(row.id).exec(&world.db).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn nobody_is_dormant_for_whom_a_project_is_open() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let ada = enter(world, &shop, "Ada", None).await.unwrap();
        let open = project::Model {
            id: world.ctx.env.id(),
            studio_id: shop.studio,
            client_id: Some(ada.id),
            kind: ProjectKind::Record,
            state: ProjectState::Active,
            title: "First album".into(),
            created_at: world.ctx.env.now(),
        };
        let open = open.into_active_model().insert(&world.db).await.unwrap();
        done(world, async |tx| set_dormant_after(tx, &world.ctx, shop.studio, Some(90)).await).await.unwrap();
        world.clock.advance(Duration::days(91));
        assert_eq!(tend(&shop.services).await.unwrap(), 0);
        let over = project::ActiveModel { state: Set(ProjectState::Delivered), ..open.into_active_model() };
        over.update(&world.db).await.unwrap();
        assert_eq!(tend(&shop.services).await.unwrap(), 1);
        assert_eq!(stage(world, ada.id).await, ClientStage::Dormant);
    })
    .await;
}

#[tokio::test]
async fn silence_moves_nobody_unless_the_studio_has_set_it_and_then_it_is_told() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let mut clients = Vec::new();
        for (name, at) in [("Ada", ClientStage::Lead), ("Bo", ClientStage::Active), ("Cleo", ClientStage::Delivered)] {
            let client = enter(world, &shop, name, None).await.unwrap();
            done(world, async |tx| move_client(tx, &world.ctx, client.id, at, "").await).await.unwrap();
            clients.push(client);
        }
        world.clock.advance(Duration::days(400));
        assert_eq!(tend(&shop.services).await.unwrap(), 0, "nothing is set");
        for days in [6, 3651] {
            let refused =
                done(world, async |tx| set_dormant_after(tx, &world.ctx, shop.studio, Some(days)).await).await;
            assert_eq!(refused.unwrap_err().explain().field.as_deref(), Some("dormantAfterDays"));
        }
        done(world, async |tx| set_dormant_after(tx, &world.ctx, shop.studio, Some(90)).await).await.unwrap();
        // A word about Cleo is a sign of life.
        done(world, async |tx| add_note(tx, &world.ctx, clients[2].party_id, "Writes again").await).await.unwrap();
        let moved_at = world.ctx.env.now();
        assert_eq!(tend(&shop.services).await.unwrap(), 1);
        assert_eq!(stage(world, clients[0].id).await, ClientStage::Dormant);
        assert_eq!(stage(world, clients[1].id).await, ClientStage::Active, "work goes on");
        assert_eq!(stage(world, clients[2].id).await, ClientStage::Delivered);
        let told = moves(world, clients[0].id).await.pop().unwrap();
        assert_eq!((told.moved_by, told.words.as_str()), (None, "No sign of life for 90 days"));
        assert_eq!(letters(world).await, [Job::MailDormant { studio: shop.studio, when: moved_at }]);
        let letter = find_dormant_letter(&world.db, shop.studio, moved_at).await.unwrap().unwrap();
        assert_eq!((letter.names, letter.words), (vec!["Ada".to_owned()], told.words));

        assert_eq!(tend(&shop.services).await.unwrap(), 0, "once");
        world.clock.advance(Duration::days(91));
        assert_eq!(tend(&shop.services).await.unwrap(), 1, "Cleo has been silent since");
        assert_eq!(letters(world).await.len(), 2);
        done(world, async |tx| set_dormant_after(tx, &world.ctx, shop.studio, None).await).await.unwrap();
        done(world, async |tx| move_client(tx, &world.ctx, clients[0].id, ClientStage::Lead, "Back").await)
            .await
            .unwrap();
        world.clock.advance(Duration::days(400));
        assert_eq!(tend(&shop.services).await.unwrap(), 0);
    })
    .await;
}
