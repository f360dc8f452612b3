//! Whose money an executed sheet divides, and which work it may be of.

use domain::{
    agreements::{
        AgreementError, Prepared,
        commands::{self, AgreementEdit, NewAgreement},
        entity::{AgreementState, SigningOrder, agreement},
        testing::PlainDocuments,
    },
    catalog::{self, rules::shares::ShareLine},
    email::EmailAddress,
    identity::entity::UnsignedSplits,
    ids::{AgreementId, BeatId, PartyId},
    licensing::queries::effective_tiers,
    page::PageRequest,
    parties::{self, PartyInput, entity::PartyKind},
    report::Explain,
    splits,
};
use serde_json::json;

use super::table::{FOUR, Table, address, device, sheet};
use crate::{
    splits::{jobs, owed, parked, sell},
    support::on_each_database,
};

impl Table {
    /// Enters a party that has no address.
    async fn enter(&self, name: &str) -> PartyId {
        let party = PartyInput {
            kind: PartyKind::Person,
            name: name.into(),
            legal_name: None,
            email: None,
            ipi: None,
            isni: None,
        };
        self.run(async |tx| parties::create_party(tx, &self.manager, self.studio, party).await).await.unwrap().id
    }

    /// Sets who is credited with a beat, in equal parts but for the first.
    async fn credit(&self, beat: BeatId, parties: &[PartyId]) {
        let rest = u32::try_from(parties.len() - 1).unwrap() * 200_000;
        let line = |(place, party): (usize, &PartyId)| ShareLine {
            party: *party,
            role: "producer".into(),
            share_ppm: if place == 0 { 1_000_000 - rest } else { 200_000 },
        };
        let lines: Vec<ShareLine> = parties.iter().enumerate().map(line).collect();
        self.run(async |tx| catalog::set_collaborators(tx, &self.manager, beat, &lines).await).await.unwrap();
    }

    /// Executes a document that the first so many parties sign.
    pub(super) async fn executed(&self, document: &serde_json::Value, signers: usize) -> AgreementId {
        let id = self.draft(document, SigningOrder::Parallel).await.id;
        self.execute(id, signers).await;
        id
    }

    /// Sends a draft that the first so many parties sign.
    async fn execute(&self, id: AgreementId, signers: usize) {
        self.send(id).await.unwrap();
        for party in 0..signers {
            self.signs(id, party).await;
        }
        assert_eq!(self.row(id).await.state, AgreementState::Executed);
    }

    /// Writes what shall replace an executed agreement.
    async fn amend(&self, id: AgreementId, document: &serde_json::Value) -> Result<agreement::Model, AgreementError> {
        let earlier = self.current(id).await;
        let document =
            Prepared::amending(&PlainDocuments, &self.services.env, &document.to_string(), &earlier, &json!(null));
        let new = NewAgreement { document: document.unwrap(), signing_order: SigningOrder::Parallel };
        self.run(async |tx| commands::amend_agreement(tx, &self.manager, id, &new).await).await
    }
}

#[tokio::test]
async fn a_sheet_that_leaves_out_who_is_credited_divides_nothing() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let (shop, work) = (&table.shop, table.work);
        let beat = shop.unsigned_beat_of(work, "Night Drive", true).await;
        shop.set_unsigned(UnsignedSplits::Park).await;
        sell(shop, beat).await;

        // Nova alone signs that everything is Nova's: of what is Orson's, too, nobody else disposes.
        let mut document = sheet(Some(work), &[1_000_000]);
        let alone = table.executed(&document, 1).await;
        assert_eq!(splits::release_parked(&table.services, work).await.unwrap(), 0);
        sell(shop, beat).await;
        assert_eq!((parked(world, shop).await, owed(world, shop).await), (2 * 2913, [0, 0]));
        let unsigned = async || splits::unsigned_beats(&world.db, &[beat]).await.unwrap().contains(&beat);
        assert!(unsigned().await);
        shop.set_unsigned(UnsignedSplits::Refuse).await;
        let offers = async || effective_tiers(&world.db, table.studio, &[beat]).await.unwrap().remove(&beat).unwrap();
        assert!(offers().await.is_empty());
        let published = table.run(async |tx| catalog::publish_beat(tx, &table.manager, beat).await).await;
        assert!(matches!(published, Err(catalog::CatalogError::SplitUnsigned)));

        // Orson signs the same, and so gives up his part.
        let orson = json!({ "name": FOUR[1], "kind": "person", "email": address(1), "role": "writer", "signs": true });
        document["parties"].as_array_mut().unwrap().push(orson);
        let both = table.amend(alone, &document).await.unwrap().id;
        table.execute(both, 2).await;
        assert!(!unsigned().await && !offers().await.is_empty());
        assert_eq!(splits::release_parked(&table.services, work).await.unwrap(), 2);
        assert_eq!((parked(world, shop).await, owed(world, shop).await), (0, [2 * 2913, 0]));
    })
    .await;
}

#[tokio::test]
async fn who_is_credited_after_the_signatures_has_still_to_sign() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let (shop, [nova, orson]) = (&table.shop, table.shop.makers);
        let beat = shop.unsigned_beat_of(table.work, "Night Drive", true).await;
        shop.set_unsigned(UnsignedSplits::Park).await;
        table.executed(&sheet(Some(table.work), &[500_000; 2]), 2).await;
        sell(shop, beat).await;
        assert_eq!((parked(world, shop).await, owed(world, shop).await), (0, [1457, 1456]));

        let late = table.enter("Dana").await;
        table.credit(beat, &[nova, orson, late]).await;
        sell(shop, beat).await;
        assert_eq!((parked(world, shop).await, owed(world, shop).await), (2913, [1457, 1456]));
        assert!(splits::unsigned_beats(&world.db, &[beat]).await.unwrap().contains(&beat));
        // Nor does a beat of hers alone follow what the two have signed.
        table.credit(beat, &[late]).await;
        sell(shop, beat).await;
        assert_eq!(splits::release_parked(&table.services, table.work).await.unwrap(), 0);
        assert_eq!(parked(world, shop).await, 2 * 2913);

        // She was credited by mistake: with the credits as they were, what waited is given out.
        let before = jobs(world).await;
        table.credit(beat, &[nova, orson]).await;
        assert_eq!(jobs(world).await, before + 1);
        assert_eq!(splits::release_parked(&table.services, table.work).await.unwrap(), 2);
        assert_eq!((parked(world, shop).await, owed(world, shop).await), (0, [3 * 1457, 3 * 1456]));
    })
    .await;
}

#[tokio::test]
async fn who_is_credited_without_an_address_is_the_one_who_signs() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        // The makers are credited by name alone; of the third's name there are two.
        for _ in 0..2 {
            table.enter(FOUR[2]).await;
        }
        table.executed(&sheet(Some(table.work), &[500_000, 300_000, 200_000]), 3).await;
        let rule = splits::rule_at(&world.db, table.work, world.ctx.env.now()).await.unwrap().unwrap();
        let owners: Vec<_> = rule.master.iter().map(|(party, _)| *party).collect();
        assert_eq!(owners[..2], table.shop.makers);
        let booked = parties::find_parties_by_ids(&world.db, &owners).await.unwrap();
        for (party, owner) in owners.iter().enumerate() {
            let email = booked[owner].email.as_ref().map(EmailAddress::account_key);
            assert_eq!(email, Some(address(party).to_lowercase()), "{}", booked[owner].name);
        }
        let all = parties::list_parties(&world.db, &table.manager, table.studio, PageRequest::default());
        assert_eq!(all.await.unwrap().rows.len(), 2 + 2 + 1, "nobody knows which of the two signed");
    })
    .await;
}

#[tokio::test]
async fn an_amendment_is_of_the_work_of_what_it_replaces() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let id = table.executed(&sheet(Some(table.work), &[500_000; 2]), 2).await;
        // Another of the same title, and none at all.
        let other = table.shop.work("Night Drive").await;
        for work in [Some(other), None] {
            let refused = table.amend(id, &sheet(work, &[400_000, 600_000])).await.unwrap_err();
            assert!(matches!(refused, AgreementError::AmendsAnotherWork), "{refused}");
            assert_eq!(refused.explain().field.as_deref(), Some("document.reference.work"));
        }
        let amendment = table.amend(id, &sheet(Some(table.work), &[400_000, 600_000])).await.unwrap();
        // Nor is it brought to another work afterwards.
        let edit = AgreementEdit {
            expected_version: 1,
            document: table.revised(amendment.id, &sheet(Some(other), &[400_000, 600_000])).await,
            signing_order: None,
            note: None,
            expires_in_days: None,
        };
        let edited =
            table.run(async |tx| commands::edit_agreement(tx, &table.manager, amendment.id, &edit).await).await;
        assert!(matches!(edited, Err(AgreementError::AmendsAnotherWork)));
    })
    .await;
}

#[tokio::test]
async fn a_signed_split_is_replaced_by_its_amendment_alone() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        // Two sheets of one work are under way, and one of them is executed first; a third is not sent yet.
        let ours = sheet(Some(table.work), &[900_000, 100_000]);
        let late = table.draft(&ours, SigningOrder::Parallel).await;
        let unsent = table.draft(&ours, SigningOrder::Parallel).await;
        table.send(late.id).await.unwrap();
        table.signs(late.id, 0).await;
        let ctx = table.come_in(late.id, 1).await;
        let seen = table.read(late.id, &ctx).await;
        let first = table.executed(&sheet(Some(table.work), &[500_000; 2]), 2).await;
        let standing = table.row(first).await.reference;
        let refused = table.sign(&ctx, &seen).await.unwrap_err();
        assert!(matches!(&refused, AgreementError::SplitStands { reference } if *reference == standing), "{refused}");
        assert_eq!(table.row(late.id).await.state, AgreementState::PartlySigned);
        let rule = splits::rule_at(&world.db, table.work, world.ctx.env.now()).await.unwrap().unwrap();
        assert_eq!(rule.version.agreement_id, first);

        // It is taken back, once, and both who were asked and the studio are told; nobody is asked to sign the third.
        assert_eq!(table.jobs().await["void_others"], 1);
        let before = table.jobs().await.get("mail_agreement").copied().unwrap_or(0);
        assert_eq!(commands::void_others(&table.services, first).await.unwrap(), 1);
        assert_eq!(commands::void_others(&table.services, first).await.unwrap(), 0);
        let row = table.row(late.id).await;
        assert_eq!(row.state, AgreementState::Voided);
        assert_eq!(row.closed_reason, Some(format!("{standing} was signed by all for the same work")));
        assert_eq!(table.jobs().await["mail_agreement"], before + 3);
        table.assert_chain_holds(late.id).await;
        assert!(matches!(table.send(unsent.id).await, Err(AgreementError::SplitStands { .. })));
        // What shall replace the executed one stays out.
        let amendment = table.amend(first, &ours).await.unwrap().id;
        table.send(amendment).await.unwrap();
        assert_eq!(commands::void_others(&table.services, first).await.unwrap(), 0);
        // Nor is another begun.
        let new = table.written(&sheet(Some(table.work), &[900_000, 100_000]), SigningOrder::Parallel);
        let begun =
            table.run(async |tx| commands::create_agreement(tx, &table.manager, table.studio, &new).await).await;
        let begun = begun.unwrap_err();
        assert!(matches!(begun, AgreementError::SplitStands { .. }), "{begun}");
        assert_eq!(begun.explain().field.as_deref(), Some("document.reference.work"));
    })
    .await;
}

#[tokio::test]
async fn a_sheet_is_about_the_work_that_it_names() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let hit = table.shop.work("Hit").await;
        let titled = |work, title: &str| {
            let mut document = sheet(Some(work), &[250_000; 4]);
            document["terms"]["composition"]["title"] = json!(title);
            document
        };
        let draft = async |document: &serde_json::Value| {
            let new = table.written(document, SigningOrder::Parallel);
            table.run(async |tx| commands::create_agreement(tx, &table.manager, table.studio, &new).await).await
        };
        let refused = draft(&titled(hit, "Night Drive")).await.unwrap_err();
        assert_eq!(refused.to_string(), "the document is about “Night Drive”, and the work that it names is “Hit”");
        let told = refused.explain();
        assert_eq!((told.code, told.field.as_deref()), ("ANOTHER_TITLE", Some("document.terms.composition.title")));

        // As it is written in the catalogue, but for case and blanks; or as one of its beats is called.
        draft(&titled(hit, " HIT ")).await.unwrap();
        table.shop.unsigned_beat_of(hit, "Big Hit", false).await;
        draft(&titled(hit, "big hit")).await.unwrap();

        let id = table.sent(SigningOrder::Parallel).await;
        let edit = AgreementEdit {
            expected_version: 1,
            document: table.revised(id, &titled(hit, "Night Drive")).await,
            signing_order: None,
            note: None,
            expires_in_days: None,
        };
        let edited = table.run(async |tx| commands::edit_agreement(tx, &table.manager, id, &edit).await).await;
        assert!(matches!(edited, Err(AgreementError::AnotherTitle { .. })));
        let first = table.come_in(id, 0).await;
        let proposal = table.proposal(id, &titled(table.work, "Night Walk")).await;
        let countered = table.run(async |tx| commands::counter(tx, &first, &proposal, &device()).await).await;
        assert!(matches!(countered, Err(AgreementError::AnotherTitle { .. })));
    })
    .await;
}
