//! What was signed about people is in the books and in the next sheet: nothing is typed twice.

use domain::{
    agreements::{entity::SigningOrder, queries, testing::PlainDocuments},
    edit::Edit,
    page::PageRequest,
    parties::{self, PartyChange, entity::PartyKind},
};
use serde_json::{Value, json};

use super::table::{Table, sheet};
use crate::support::on_each_database;

#[tokio::test]
async fn what_was_signed_about_people_is_not_typed_again() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let [nova, orson] = table.shop.makers;
        let known = PartyChange { legal_name: Edit::To(Some("Orson Brandt".into())), ..PartyChange::default() };
        table.run(async |tx| parties::update_party(tx, &table.manager, orson, known).await).await.unwrap();

        let mut document = sheet(Some(table.work), &[500_000; 2]);
        let all = document["parties"].as_array_mut().unwrap();
        for (key, value) in [
            ("legal_name", "Nova Okafor"),
            ("ipi", "41234567806"),
            ("isni", "0000 0000 0405 0620"),
            ("pro", "ZAiKS"),
            ("address", "12 Elm Street"),
        ] {
            all[0][key] = json!(value);
        }
        all[1]["legal_name"] = json!("Somebody Else");
        all.push(json!({
            "name": "Harbour Songs", "kind": "company", "role": "publisher", "signs": false, "ipi": "70011122296", "pro": "PRS",
        }));
        document["terms"]["composition"]["writers"][0]["publishers"] = json!([
            { "party": 2, "role": "original", "share_ppm": 500_000 },
            { "name": "Administracja", "role": "administrator", "share_ppm": 150_000, "of": 0 },
        ]);
        table.executed(&document, 2).await;

        // In the books: what was empty is filled, and nothing else is changed.
        let booked = parties::find_parties_by_ids(&world.db, &[nova, orson]).await.unwrap();
        assert_eq!(booked[&nova].legal_name.as_deref(), Some("Nova Okafor"));
        assert_eq!(booked[&nova].ipi.as_deref(), Some("41234567806"));
        assert_eq!(booked[&nova].isni.as_deref(), Some("0000000004050620"));
        assert_eq!(booked[&orson].legal_name.as_deref(), Some("Orson Brandt"));
        let listed = parties::list_parties(&world.db, &table.manager, table.studio, PageRequest::default()).await;
        let label = listed.unwrap().rows.into_iter().find(|row| row.name == "Harbour Songs").unwrap();
        assert_eq!((label.kind, label.ipi.as_deref()), (PartyKind::Company, Some("70011122296")));

        // In the next sheet: with the society and the publishers, who are named where they are no parties.
        let work = table.shop.work("Day Walk").await;
        let beat = table.shop.unsigned_beat_of(work, "Day Walk", false).await;
        let text = queries::prefill_split_sheet(&world.db, &table.manager, &PlainDocuments, beat).await.unwrap();
        let next: Value = serde_json::from_str(&text).unwrap();
        let party = &next["parties"][0];
        assert_eq!((&party["pro"], &party["address"]), (&json!("ZAiKS"), &json!("12 Elm Street")));
        assert_eq!((&party["name"], &party["ipi"]), (&json!("Nova"), &json!("41234567806")));
        let writers = &next["terms"]["composition"]["writers"];
        assert_eq!(
            writers[0]["publishers"],
            json!([
                { "name": "Harbour Songs", "ipi": "70011122296", "pro": "PRS", "role": "original", "share_ppm": 500_000 },
                { "name": "Administracja", "role": "administrator", "share_ppm": 150_000, "of": 0 },
            ])
        );
        assert_eq!((&writers[0]["share_ppm"], &writers[1]["publishers"]), (&json!(600_000), &Value::Null));
        table.draft(&next, SigningOrder::Parallel).await;
    })
    .await;
}
