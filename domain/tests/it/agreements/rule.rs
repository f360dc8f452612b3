//! Whose money an executed sheet divides, and which work it may be of.

use domain::{
    agreements::entity::SigningOrder,
    parties::{self, PartyInput, entity::PartyKind},
    splits,
};

use super::table::{FOUR, Table, address, sheet};
use crate::support::on_each_database;

#[tokio::test]
async fn who_is_credited_without_an_address_is_the_one_who_signs() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        // The makers are credited by name alone; of the third's name there are two.
        for _ in 0..2 {
            let namesake = PartyInput {
                kind: PartyKind::Person,
                name: FOUR[2].into(),
                legal_name: None,
                email: None,
                ipi: None,
                isni: None,
            };
            table
                .run(async |tx| parties::create_party(tx, &table.manager, table.studio, namesake.clone()).await)
                .await
                .unwrap();
        }
        let id = table.draft(&sheet(Some(table.work), &[500_000, 300_000, 200_000]), SigningOrder::Parallel).await.id;
        table.send(id).await.unwrap();
        for party in 0..3 {
            table.signs(id, party).await;
        }
        let rule = splits::rule_at(&world.db, table.work, world.ctx.env.now()).await.unwrap().unwrap();
        let owners: Vec<_> = rule.master.iter().map(|(party, _)| *party).collect();
        assert_eq!(owners[..2], table.shop.makers);
        let booked = parties::find_parties_by_ids(&world.db, &owners).await.unwrap();
        for (party, owner) in owners.iter().enumerate() {
            let email = booked[owner].email.as_ref().map(|email| email.account_key());
            assert_eq!(email, Some(address(party).to_lowercase()), "{}", booked[owner].name);
        }
        let all = parties::list_parties(&world.db, &table.manager, table.studio, domain::page::PageRequest::default());
        assert_eq!(all.await.unwrap().rows.len(), 2 + 2 + 1, "nobody knows which of the two signed");
    })
    .await;
}
