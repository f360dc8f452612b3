//! Lists of clients: narrowed, ordered, page by page. How long they take is measured by `cargo xtask bench studio`.

use domain::{
    catalog::Sha256,
    clients::{
        ClientError,
        commands::move_client,
        entity::{self as client, ClientStage},
        imports::{commit_import, enter_import, stage_import},
        queries::{ClientFilter, ClientOrder, list_clients},
        records::ImportFormat,
    },
    edit::Edit,
    ids::ClientId,
    money::Currency,
    page::{PageError, PageRequest},
    parties::{PartyChange, ProfileChange, find_parties_by_ids, update_party, update_profile},
};
use interchange::people_csv;

use super::{done, enter};
use crate::{
    shop::Shop,
    support::{World, on_each_database},
};

/// A page of clients.
async fn page(
    world: &World,
    shop: &Shop,
    filter: &ClientFilter,
    order: ClientOrder,
    request: PageRequest<ClientId>,
) -> Vec<client::Model> {
    list_clients(&world.db, &world.ctx, shop.studio, filter, order, request).await.unwrap().rows
}

async fn names(world: &World, rows: &[client::Model]) -> Vec<String> {
    let ids: Vec<_> = rows.iter().map(|row| row.party_id).collect();
    let parties = find_parties_by_ids(&world.db, &ids).await.unwrap();
    ids.iter().map(|id| parties[id].name.clone()).collect()
}

fn search(text: &str) -> ClientFilter {
    ClientFilter { search: Some(text.into()), ..ClientFilter::default() }
}

#[tokio::test]
async fn clients_are_found_by_the_beginnings_of_words_by_tag_and_by_stage() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let people = [
            ("Łucja Nowak", "lucja@example.com"),
            ("DJ Nova", "booking@nova.example"),
            ("山田夜子", "yako@example.jp"),
            ("Żaneta O'Brien", "z.obrien@example.com"),
        ];
        let mut clients = Vec::new();
        for (name, email) in people {
            clients.push(enter(world, &shop, name, Some(email)).await.unwrap());
        }
        let tagged = ProfileChange { tags: Edit::To(vec!["Night Owls".into()]), ..ProfileChange::default() };
        done(world, async |tx| update_profile(tx, &world.ctx, clients[2].party_id, tagged).await).await.unwrap();
        done(world, async |tx| move_client(tx, &world.ctx, clients[1].id, ClientStage::Active, "").await)
            .await
            .unwrap();
        let first = PageRequest::default();
        for (text, expected) in [
            ("lucja", vec!["Łucja Nowak"]),
            ("NO", vec!["DJ Nova", "Łucja Nowak"]),
            ("no dj", vec!["DJ Nova"]),
            ("夜", vec!["山田夜子"]),
            ("obrien", vec!["Żaneta O'Brien"]),
            ("z.obrien@example.com", vec!["Żaneta O'Brien"]),
            ("ucja", vec![]),
            ("!?", vec![]),
            ("%", vec![]),
            (" ", vec!["DJ Nova", "Łucja Nowak", "Żaneta O'Brien", "山田夜子"]),
        ] {
            let found = page(world, &shop, &search(text), ClientOrder::Name, first).await;
            assert_eq!(names(world, &found).await, expected, "{text:?}");
        }
        let by_tag = ClientFilter { tag: Some("#night owls".into()), ..ClientFilter::default() };
        assert_eq!(names(world, &page(world, &shop, &by_tag, ClientOrder::Newest, first).await).await, ["山田夜子"]);
        let by_stage = ClientFilter { stage: Some(ClientStage::Active), ..search("nova") };
        assert_eq!(names(world, &page(world, &shop, &by_stage, ClientOrder::Newest, first).await).await, ["DJ Nova"]);

        // Who is renamed is found by the new name alone.
        let change = PartyChange { name: Edit::To("Nightingale".into()), ..PartyChange::default() };
        done(world, async |tx| update_party(tx, &world.ctx, clients[0].party_id, change).await).await.unwrap();
        assert!(page(world, &shop, &search("nowak"), ClientOrder::Name, first).await.is_empty());
        assert_eq!(page(world, &shop, &search("nighting"), ClientOrder::Name, first).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn every_order_goes_there_and_back_and_a_wrong_cursor_is_named() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        // Two of one name stand side by side, each once.
        for name in ["Dora", "Ada", "Bo", "ada", "Cleo"] {
            enter(world, &shop, name, None).await.unwrap();
        }
        let all = ClientFilter::default();
        for order in [ClientOrder::Newest, ClientOrder::Name, ClientOrder::LongestAtStage] {
            let whole = page(world, &shop, &all, order, PageRequest::largest()).await;
            assert_eq!(whole.len(), 5);
            let (mut there, mut after) = (Vec::new(), None::<String>);
            loop {
                let request = PageRequest::new(Some(2), after.as_deref(), None, None).unwrap();
                let found = list_clients(&world.db, &world.ctx, shop.studio, &all, order, request).await.unwrap();
                after = found.rows.last().map(|row| row.id.to_string());
                there.extend(found.rows);
                if !found.has_next {
                    break;
                }
            }
            assert_eq!(there, whole, "{order:?}");
            let before = whole[4].id.to_string();
            let request = PageRequest::new(None, None, Some(2), Some(&before)).unwrap();
            assert_eq!(page(world, &shop, &all, order, request).await, whole[2..4], "{order:?}");
        }
        let by_name = page(world, &shop, &all, ClientOrder::Name, PageRequest::largest()).await;
        let sorted: Vec<String> = names(world, &by_name).await.iter().map(|name| name.to_lowercase()).collect();
        assert_eq!(sorted, ["ada", "ada", "bo", "cleo", "dora"]);
        let nowhere = PageRequest::largest().behind(world.ctx.env.id());
        let refused = list_clients(&world.db, &world.ctx, shop.studio, &all, ClientOrder::Name, nowhere).await;
        assert!(matches!(refused, Err(ClientError::Page(PageError::Cursor { field: "after" }))), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn ten_thousand_clients_are_taken_in_and_found() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let client = |n| {
            let tag = if n % 100 == 0 { "rare" } else { "common" };
            format!("Client {n} Somebody,c{n}@example.com,+49 30 {n:05},{tag},Note {n}\n")
        };
        let head = "Name,E-mail 1 - Value,Phone 1 - Value,Labels,Notes\n";
        let list = head.to_owned() + &(0..10_000).map(client).collect::<Vec<_>>().concat();
        let ctx = &world.ctx;
        let read = people_csv::read(list.as_bytes()).unwrap();
        let sha256 = Sha256::of(list.as_bytes());
        let import = stage_import(&shop.services, ctx, shop.studio, ImportFormat::Csv, sha256, read).await.unwrap();
        done(world, async |tx| commit_import(tx, ctx, import.id).await).await.unwrap();
        assert_eq!(enter_import(&shop.services, import.id).await.unwrap(), 10_000);
        let found = page(world, &shop, &search("c9999@"), ClientOrder::Newest, PageRequest::default()).await;
        assert_eq!(names(world, &found).await, ["Client 9999 Somebody"]);
        let rare = ClientFilter { tag: Some("rare".into()), ..ClientFilter::default() };
        let found = page(world, &shop, &rare, ClientOrder::Name, PageRequest::largest()).await;
        assert_eq!(found.len(), 100, "one of each hundred");
    })
    .await;
}
