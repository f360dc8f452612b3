//! What is known of a party beside the books: who may see and change it, and what is refused.

use domain::{
    actor::{Actor, Role, Scope},
    edit::Edit,
    ids::ApiKeyId,
    money::Currency,
    page::PageRequest,
    parties::{
        self, PartyError, ProfileChange, add_note, delete_note,
        details::{Contact, Link, PostalAddress},
        edit_note, find_profile, find_tax, list_notes,
        records::{ContactKind, LinkKind},
        set_tax, update_profile,
    },
    policy::Denied,
    report::Explain,
};

use super::{done, enter_party, manager, person};
use crate::{shop::Shop, support::on_each_database};

fn change() -> ProfileChange {
    ProfileChange {
        pro: Edit::To(Some(" GEMA ".into())),
        publisher: Edit::To(Some("Night Music".into())),
        publisher_ipi: Edit::To(Some("00045620792".into())),
        address: Edit::To(PostalAddress {
            street: Some("Hauptstr. 1".into()),
            city: Some("Berlin".into()),
            country: Some("de".into()),
            ..PostalAddress::default()
        }),
        contacts: Edit::To(vec![Contact { kind: ContactKind::Phone, value: "+49 30 1234".into(), label: None }]),
        links: Edit::To(vec![Link { kind: None, url: "open.spotify.com/artist/1".into() }]),
        tags: Edit::To(vec!["#Vocals".into(), "vocals".into()]),
    }
}

#[tokio::test]
async fn what_is_known_is_kept_tidied_and_changed_field_by_field() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let ada = enter_party(world, &shop, person("Ada", None)).await.id;
        // Eight digits could be half of a number.
        let half = ProfileChange { publisher_ipi: Edit::To(Some("45620792".into())), ..change() };
        let refused = done(world, async |tx| update_profile(tx, &world.ctx, ada, half).await).await;
        assert!(matches!(refused, Err(PartyError::Identifier { field: "publisherIpi", .. })), "{refused:?}");
        done(world, async |tx| update_profile(tx, &world.ctx, ada, change()).await).await.unwrap();
        let (_, profile) = find_profile(&world.db, &world.ctx, ada).await.unwrap();
        let details = profile.details.unwrap();
        assert_eq!((details.pro.as_deref(), details.publisher.as_deref()), (Some("GEMA"), Some("Night Music")));
        assert_eq!(details.country.map(domain::pricing::Country::code), Some("DE"));
        assert_eq!((profile.links[0].kind, profile.tags.as_slice()), (LinkKind::Spotify, &["vocals".to_owned()][..]));

        let second = ProfileChange {
            publisher: Edit::To(None),
            publisher_ipi: Edit::To(None),
            contacts: Edit::To(Vec::new()),
            ..ProfileChange::default()
        };
        done(world, async |tx| update_profile(tx, &world.ctx, ada, second).await).await.unwrap();
        let (_, profile) = find_profile(&world.db, &world.ctx, ada).await.unwrap();
        let details = profile.details.unwrap();
        assert_eq!(
            (details.pro.as_deref(), details.publisher, details.city.as_deref()),
            (Some("GEMA"), None, Some("Berlin"))
        );
        assert!(profile.contacts.is_empty() && profile.links.len() == 1);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_accepted_names_its_field_and_nothing_is_changed() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let ada = enter_party(world, &shop, person("Ada", None)).await.id;
        let wrong = [
            (ProfileChange { pro: Edit::To(Some("x".repeat(101))), ..change() }, "pro"),
            (
                ProfileChange {
                    publisher: Edit::To(None),
                    publisher_ipi: Edit::To(Some("00045620792".into())),
                    ..change()
                },
                "publisher",
            ),
            (
                ProfileChange {
                    address: Edit::To(PostalAddress { country: Some("Germany".into()), ..PostalAddress::default() }),
                    ..change()
                },
                "address.country",
            ),
            (
                ProfileChange {
                    links: Edit::To(vec![Link { kind: Some(LinkKind::Spotify), url: "https://ada.example".into() }]),
                    ..change()
                },
                "links.0.url",
            ),
            (
                ProfileChange {
                    contacts: Edit::To(vec![Contact { kind: ContactKind::Email, value: "nobody".into(), label: None }]),
                    ..change()
                },
                "contacts.0.value",
            ),
            (ProfileChange { tags: Edit::To(vec!["x".repeat(61)]), publisher_ipi: Edit::Keep, ..change() }, "tags.0"),
        ];
        for (change, field) in wrong {
            let refused = done(world, async |tx| update_profile(tx, &world.ctx, ada, change).await).await;
            let report = refused.unwrap_err().explain();
            assert_eq!(report.field.as_deref(), Some(field), "{report:?}");
            assert!(report.remedy.is_some(), "{report:?}");
        }
        let (_, profile) = find_profile(&world.db, &world.ctx, ada).await.unwrap();
        assert_eq!(profile, parties::Profile::default());
    })
    .await;
}

#[tokio::test]
async fn the_tax_number_is_for_those_who_pay_and_for_no_key() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let ada = enter_party(world, &shop, person("Ada", None)).await.id;
        for (number, field) in
            [(("unknown", "DE"), "taxId"), (("DE123456789", "Germany"), "country"), (("DE123456789", ""), "country")]
        {
            let refused = done(world, async |tx| set_tax(tx, &world.ctx, ada, Some(number)).await).await;
            assert_eq!(refused.unwrap_err().explain().field.as_deref(), Some(field));
        }
        done(world, async |tx| set_tax(tx, &world.ctx, ada, Some(("de 123 456 789", "de"))).await).await.unwrap();
        let (_, manager) = manager(world, shop.studio, "mona").await;
        assert_eq!(find_tax(&world.db, &manager, ada).await.unwrap().unwrap().tax_id, "DE 123 456 789");
        let scopes = [Scope::SalesRead, Scope::SalesWrite, Scope::LedgerRead].into();
        let key = Actor::ApiKey { key: world.ctx.env.id::<ApiKeyId>(), studio: shop.studio, scopes };
        let engineer = Actor::User {
            user: world.ctx.env.id(),
            memberships: vec![(shop.studio, Role::Engineer)],
            closed: Vec::new(),
        };
        for actor in [key, engineer] {
            let refused = find_tax(&world.db, &world.as_actor(actor.clone()), ada).await;
            assert!(matches!(refused, Err(PartyError::Denied(Denied::NotAllowed))), "{actor:?}");
        }
        done(world, async |tx| set_tax(tx, &world.ctx, ada, None).await).await.unwrap();
        assert_eq!(find_tax(&world.db, &manager, ada).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_note_is_its_authors() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let ada = enter_party(world, &shop, person("Ada", None)).await.id;
        let (mona, monas) = manager(world, shop.studio, "mona").await;
        let (_, ottos) = manager(world, shop.studio, "otto").await;
        for words in ["", " \u{200b} ", &"x".repeat(5001)] {
            let refused = done(world, async |tx| add_note(tx, &monas, ada, words).await).await;
            assert!(matches!(refused, Err(PartyError::NoteWords)), "{refused:?}");
        }
        let note = done(world, async |tx| add_note(tx, &monas, ada, " Likes it\nloud ").await).await.unwrap();
        assert_eq!((note.words.as_str(), note.written_by, note.edited_at), ("Likes it\nloud", Some(mona), None));
        let others = done(world, async |tx| edit_note(tx, &ottos, note.id, "quiet").await).await;
        assert!(matches!(others, Err(PartyError::NotAuthor)), "{others:?}");
        let others = done(world, async |tx| delete_note(tx, &ottos, note.id).await).await;
        assert!(matches!(others, Err(PartyError::NotAuthor)), "{others:?}");
        world.clock.advance(chrono::Duration::hours(1));
        let edited = done(world, async |tx| edit_note(tx, &monas, note.id, "Likes it quiet").await).await.unwrap();
        assert_eq!((edited.edited_at, edited.written_at), (Some(world.ctx.env.now()), note.written_at));
        done(world, async |tx| delete_note(tx, &monas, note.id).await).await.unwrap();
        assert!(list_notes(&world.db, &monas, ada, PageRequest::default()).await.unwrap().rows.is_empty());
        let gone = done(world, async |tx| delete_note(tx, &monas, note.id).await).await;
        assert!(matches!(gone, Err(PartyError::NoNote)), "{gone:?}");
    })
    .await;
}
