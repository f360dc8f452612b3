//! Lists of people: what would become of each line is shown, then it is entered, once, and nothing that the list says is lost.

use std::collections::HashMap;

use chrono::Duration;
use domain::{
    actor::{Actor, Ctx, Role},
    catalog::Sha256,
    clients::{
        ClientError,
        entity::{self as client, ClientStage},
        exports::export_clients,
        imports::{KEPT_DAYS, commit_import, enter_import, forget_imports, stage_import},
        queries::{count_lines, list_lines},
        records::{ImportFormat, ImportState, LineOutcome, import, import_line, stage_move},
    },
    ids::ClientImportId,
    money::Currency,
    outbox::entity::{JobState, job},
    page::PageRequest,
    parties::{self, PartyInput, entity as party, erase_party, find_profile, list_notes, records::note},
    policy::Denied,
    report::Explain,
};
use interchange::{
    contact::{Import, ReadError},
    people_csv, vcard,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
};

use super::{done, enter, enter_party, manager, party as found, person};
use crate::{
    shop::Shop,
    support::{World, on_each_database},
};

use LineOutcome::{Enter, Refuse, Same, Update};

fn read(format: ImportFormat, bytes: &[u8]) -> Result<Import, ReadError> {
    match format {
        ImportFormat::Csv => people_csv::read(bytes),
        ImportFormat::Vcard => vcard::read(bytes),
    }
}

async fn staged_by(ctx: &Ctx, shop: &Shop, format: ImportFormat, bytes: &[u8]) -> Result<import::Model, ClientError> {
    let list = read(format, bytes).unwrap();
    stage_import(&shop.services, ctx, shop.studio, format, Sha256::of(bytes), list).await
}

async fn staged(world: &World, shop: &Shop, format: ImportFormat, bytes: &[u8]) -> import::Model {
    staged_by(&world.ctx, shop, format, bytes).await.unwrap()
}

async fn lines(world: &World, id: ClientImportId) -> Vec<import_line::Model> {
    list_lines(&world.db, id, None, 0, 1_000).await.unwrap()
}

async fn outcomes(world: &World, id: ClientImportId) -> Vec<LineOutcome> {
    lines(world, id).await.into_iter().map(|line| line.outcome).collect()
}

async fn entered(world: &World, shop: &Shop, id: ClientImportId) {
    done(world, async |tx| commit_import(tx, &world.ctx, id).await).await.unwrap();
    enter_import(&shop.services, id).await.unwrap();
}

async fn clients(world: &World) -> u64 {
    client::Entity::find().count(&world.db).await.unwrap()
}

const LIST: &str = "Name,Nickname,E-mail 1 - Value,Phone 1 - Value,Labels,Notes,IPI,Stage,Birthday
Ada Lovelace,,ada@example.com,+49 30 1234,vocals,Met in Kraków,00045620792,talking,1815-12-10
Łucja Nowak,DJ Łucja,lucja@example.com,,,,,,
=HYPERLINK(\"x\"),,evil@example.com,,,,,,
Bo,,bo@example.com,,,,00045620793,,
,,,,,Nobody at all,,,
Ada Lovelace,,ADA@example.com,+49 40 9876,,,,,
";

#[tokio::test]
async fn a_list_is_shown_entered_once_and_sent_again_says_nothing_new() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let known = enter(world, &shop, "DJ Łucja", Some("Lucja@example.com")).await.unwrap();
        let import = staged(world, &shop, ImportFormat::Csv, LIST.as_bytes()).await;
        assert_eq!(outcomes(world, import.id).await, [Enter, Update, Refuse, Refuse, Refuse, Update]);
        let shown = lines(world, import.id).await;
        assert_eq!(shown.iter().map(|line| line.number).collect::<Vec<_>>(), [2, 3, 4, 5, 6, 7]);
        assert_eq!(shown[1].party_id, Some(known.party_id));
        for (line, part) in [(2, "is a formula"), (3, "mistyped"), (4, "name")] {
            assert!(shown[line].problem.as_ref().unwrap().contains(part), "{:?}", shown[line]);
        }
        assert_eq!(clients(world).await, 1, "nothing is entered yet");
        let again = staged(world, &shop, ImportFormat::Csv, LIST.as_bytes()).await;
        assert_eq!((again.id, lines(world, again.id).await.len()), (import.id, 6), "the same list is that one");

        for _ in 0..2 {
            let committed = done(world, async |tx| commit_import(tx, &world.ctx, import.id).await).await.unwrap();
            assert_eq!(committed.state, ImportState::Entering);
        }
        let jobs = job::Entity::find().filter(job::Column::Kind.eq("enter_import")).count(&world.db).await.unwrap();
        assert_eq!(jobs, 1);
        assert_eq!(enter_import(&shop.services, import.id).await.unwrap(), 3);
        assert_eq!(enter_import(&shop.services, import.id).await.unwrap(), 0, "twice is once");
        assert_eq!(outcomes(world, import.id).await, [Enter, Update, Refuse, Refuse, Refuse, Update]);
        assert!(
            lines(world, import.id).await.iter().all(|line| line.facts.is_none()),
            "what was said is in the books now"
        );
        assert_eq!(clients(world).await, 2);
        let ada =
            party::Entity::find().filter(party::Column::Name.eq("Ada Lovelace")).one(&world.db).await.unwrap().unwrap();
        assert_eq!(ada.ipi.as_deref(), Some("00045620792"));
        let (_, profile) = find_profile(&world.db, &world.ctx, ada.id).await.unwrap();
        assert_eq!(
            profile.contacts.iter().map(|row| row.value.as_str()).collect::<Vec<_>>(),
            ["+49 30 1234", "+49 40 9876"]
        );
        assert_eq!(profile.tags, ["vocals"]);
        let notes = list_notes(&world.db, &world.ctx, ada.id, PageRequest::default()).await.unwrap().rows;
        assert_eq!(
            notes.iter().map(|note| note.words.as_str()).collect::<Vec<_>>(),
            ["Met in Kraków\n\nBirthday: 1815-12-10"]
        );
        let ada =
            client::Entity::find().filter(client::Column::PartyId.eq(ada.id)).one(&world.db).await.unwrap().unwrap();
        assert_eq!(ada.stage, ClientStage::Talking);
        let moves = stage_move::Entity::find().filter(stage_move::Column::ClientId.eq(ada.id)).count(&world.db).await;
        assert_eq!(moves.unwrap(), 1);
        assert_eq!(found(world, known.party_id).await.legal_name.as_deref(), Some("Łucja Nowak"));

        let anew = staged(world, &shop, ImportFormat::Csv, LIST.as_bytes()).await;
        assert_ne!(anew.id, import.id);
        assert_eq!(outcomes(world, anew.id).await, [Same, Same, Refuse, Refuse, Refuse, Same]);
        let before = note::Entity::find().count(&world.db).await.unwrap();
        entered(world, &shop, anew.id).await;
        assert_eq!((clients(world).await, note::Entity::find().count(&world.db).await.unwrap()), (2, before));
    })
    .await;
}

#[tokio::test]
async fn what_is_written_out_comes_back_as_it_was() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let import = staged(world, &shop, ImportFormat::Csv, LIST.as_bytes()).await;
        entered(world, &shop, import.id).await;
        let written = export_clients(&world.db, &world.ctx, shop.studio).await.unwrap();
        let contacts: Vec<_> = written.into_iter().map(|client| client.contact).collect();
        let list = people_csv::write(&contacts);
        let back = staged(world, &shop, ImportFormat::Csv, list.as_bytes()).await;
        assert!(outcomes(world, back.id).await.iter().all(|outcome| *outcome == LineOutcome::Same), "{list}");
        let cards = vcard::write(&contacts);
        let back = staged(world, &shop, ImportFormat::Vcard, cards.as_bytes()).await;
        assert!(outcomes(world, back.id).await.iter().all(|outcome| *outcome == LineOutcome::Same), "{cards}");
        let viewer = Actor::User {
            user: world.ctx.env.id(),
            memberships: vec![(shop.studio, Role::Viewer)],
            closed: Vec::new(),
        };
        let refused = export_clients(&world.db, &world.as_actor(viewer), shop.studio).await;
        assert!(matches!(refused, Err(ClientError::Denied(Denied::NotAllowed))));
    })
    .await;
}

#[tokio::test]
async fn who_is_meant_is_told_by_address_number_and_name_or_not_at_all() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let numbered = PartyInput { ipi: Some("00045620792".into()), ..person("Ada", Some("ada@example.com")) };
        let ada = enter_party(world, &shop, numbered).await.id;
        let bo = enter_party(world, &shop, person("Bo", Some("bo@example.com"))).await.id;
        let cleo = enter_party(world, &shop, person("Cleo", None)).await.id;
        for _ in 0..2 {
            enter_party(world, &shop, person("Dora", None)).await;
        }
        let list = "Name,E-mail,IPI\nAugusta,,045620792\nBo,bo@example.com,045620792\nCleo,cleo@example.com,\nAda,other@example.com,\nDora,,\n";
        let import = staged(world, &shop, ImportFormat::Csv, list.as_bytes()).await;
        let shown: HashMap<String, import_line::Model> =
            lines(world, import.id).await.into_iter().map(|line| (line.name.clone(), line)).collect();
        assert_eq!((shown["Augusta"].outcome, shown["Augusta"].party_id), (LineOutcome::Update, Some(ada)));
        assert!(shown["Bo"].problem.as_ref().unwrap().contains("several parties"), "the address is Bo's, the number Ada's");
        assert_eq!(shown["Cleo"].party_id, Some(cleo), "they had no address until now");
        assert_eq!(shown["Ada"].outcome, LineOutcome::Enter, "another address is another Ada");
        assert!(shown["Dora"].problem.as_ref().unwrap().contains("merge them"));
        entered(world, &shop, import.id).await;
        assert_eq!(found(world, cleo).await.email.map(|email| email.to_string()).as_deref(), Some("cleo@example.com"));
        assert_eq!(found(world, bo).await.ipi, None, "nothing of a refused line is entered");
        let notes = list_notes(&world.db, &world.ctx, ada, PageRequest::default()).await.unwrap().rows;
        assert_eq!(notes[0].words, "Name: Augusta", "what differs is told, and changes nothing");
    })
    .await;
}

#[tokio::test]
async fn two_people_who_share_an_address_are_two() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        enter(world, &shop, "Jane Doe", Some("office@band.org")).await.unwrap();
        enter(world, &shop, "mail@duo.org", Some("mail@duo.org")).await.unwrap();
        let list = "Name,E-mail\nRick Roe,Office@band.org\nJane Doe,office@band.org\nUma,uma@trio.org\nVic,uma@trio.org\nTom,mail@duo.org\nXaver,not an address\n";
        let import = staged(world, &shop, ImportFormat::Csv, list.as_bytes()).await;
        assert_eq!(outcomes(world, import.id).await, [Enter, Same, Enter, Enter, Update, Enter]);
        let notices: Vec<Vec<String>> =
            lines(world, import.id).await.into_iter().map(|line| line.facts.unwrap().notices).collect();
        assert!(notices[0][0].contains("with Jane Doe") && notices[3][0].contains("with Uma"), "{notices:?}");
        assert!(notices[5][0].contains("'not an address' is not a mail address"), "{notices:?}");
        assert!(notices[1].is_empty() && notices[2].is_empty() && notices[4].is_empty(), "{notices:?}");
        entered(world, &shop, import.id).await;
        assert_eq!(clients(world).await, 6);
        let again = staged(world, &shop, ImportFormat::Csv, list.as_bytes()).await;
        assert_eq!(outcomes(world, again.id).await, [Same; 6]);
    })
    .await;
}

#[tokio::test]
async fn cards_in_any_encoding_are_read_and_what_is_no_list_is_refused_by_name() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let card = |name: &str| {
            format!(
                "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{name}\r\nEMAIL:{}@example.com\r\nX-IPI:00045620792\r\nEND:VCARD\r\n",
                name.len()
            )
        };
        let utf16: Vec<u8> =
            std::iter::once(0xfeff).chain(card("Zoë Łucja").encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let latin = card("Zo\u{eb}").chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect::<Vec<u8>>();
        for (bytes, name) in [(utf16, "Zoë Łucja"), (latin, "Zoë")] {
            let import = staged(world, &shop, ImportFormat::Vcard, &bytes).await;
            let shown = lines(world, import.id).await;
            assert_eq!((shown.len(), shown[0].name.as_str()), (1, name));
            assert_eq!(shown[0].facts.as_ref().unwrap().ipi.as_deref(), Some("00045620792"));
        }
        let old = "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C5=81ucja\r\nEND:VCARD\r\n";
        let import = staged(world, &shop, ImportFormat::Vcard, old.as_bytes()).await;
        let refused = lines(world, import.id).await.remove(0);
        assert!(refused.problem.unwrap().contains("export it again"), "the remedy is told");
        for (format, bytes) in [
            (ImportFormat::Csv, &b""[..]),
            (ImportFormat::Csv, &b"what,is,this\n1,2,3\n"[..]),
            (ImportFormat::Csv, &b"Name\n\"never closed\n"[..]),
            (ImportFormat::Vcard, &b"Name,E-mail\nAda,ada@example.com\n"[..]),
            (ImportFormat::Vcard, &b"\x00\x01\x02"[..]),
        ] {
            let report = ClientError::Unread(read(format, bytes).unwrap_err()).explain();
            assert_eq!((report.code, report.field.as_deref()), ("BAD_LIST", Some("body")), "{report:?}");
        }
        let engineer = Actor::User {
            user: world.ctx.env.id(),
            memberships: vec![(shop.studio, Role::Engineer)],
            closed: Vec::new(),
        };
        let engineer = world.as_actor(engineer);
        let refused = staged_by(&engineer, &shop, ImportFormat::Csv, LIST.as_bytes()).await;
        assert!(matches!(refused, Err(ClientError::Denied(Denied::NotAllowed))));
    })
    .await;
}

#[tokio::test]
async fn who_was_erased_or_merged_is_meant_by_no_line() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        // Who is credited keeps a name; the studio's own party is the other.
        shop.beat("Night Drive", true).await;
        let gone = shop.makers[0].max(shop.makers[1]);
        let name = found(world, gone).await.name;
        done(world, async |tx| erase_party(tx, &world.ctx, gone, &name).await).await.unwrap();
        assert_eq!(found(world, gone).await.name, name);
        let list = format!("Name,E-mail,IPI\n{name},back@example.com,00045620792\n{name},,\n");
        let import = staged(world, &shop, ImportFormat::Csv, list.as_bytes()).await;
        assert!(lines(world, import.id).await.iter().all(|line| line.party_id.is_none()));
        entered(world, &shop, import.id).await;
        let kept = lines(world, import.id).await;
        assert_eq!(kept.iter().map(|line| line.outcome).collect::<Vec<_>>(), [Enter, Same], "{kept:?}");
        assert!(kept.iter().all(|line| line.party_id.is_some_and(|party| party != gone)));
        for forced in [
            party::ActiveModel { legal_name: Set(Some("Anybody".into())), ..Default::default() },
            party::ActiveModel { ipi: Set(Some("00045620792".into())), ..Default::default() },
            party::ActiveModel { isni: Set(Some("000000012146438X".into())), ..Default::default() },
        ] {
            let forced = party::ActiveModel { id: Set(gone), ..forced };
            assert!(forced.update(&world.db).await.is_err(), "the database holds it, too");
        }
    })
    .await;
}

#[tokio::test]
async fn a_list_that_is_sent_again_is_kept_anew_and_one_that_hangs_is_not_kept_for_ever() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let (mona, monas) = manager(world, shop.studio, "mona").await;
        let first = staged(world, &shop, ImportFormat::Csv, LIST.as_bytes()).await;
        world.clock.advance(Duration::days(KEPT_DAYS) - Duration::hours(1));
        let again = staged_by(&monas, &shop, ImportFormat::Csv, LIST.as_bytes()).await.unwrap();
        assert_eq!((again.id, again.created_by, again.created_at), (first.id, Some(mona), world.ctx.env.now()));
        world.clock.advance(Duration::hours(2));
        assert_eq!(forget_imports(&shop.services).await.unwrap(), 0);

        done(world, async |tx| commit_import(tx, &world.ctx, first.id).await).await.unwrap();
        world.clock.advance(Duration::days(KEPT_DAYS));
        assert_eq!(forget_imports(&shop.services).await.unwrap(), 0, "its job is still open");
        let hanging = job::Entity::find().filter(job::Column::Kind.eq("enter_import")).one(&world.db).await.unwrap();
        let dead = job::ActiveModel {
            state: Set(JobState::Dead),
            finished_at: Set(Some(world.ctx.env.now())),
            ..hanging.unwrap().into_active_model()
        };
        dead.update(&world.db).await.unwrap();
        assert_eq!(forget_imports(&shop.services).await.unwrap(), 6);
        assert_eq!(import::Entity::find().count(&world.db).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn lists_are_forgotten_and_with_them_who_is_erased() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let (mona, monas) = manager(world, shop.studio, "mona").await;
        let import = staged_by(&monas, &shop, ImportFormat::Csv, LIST.as_bytes()).await.unwrap();
        assert_eq!(import.created_by, Some(mona));
        let lucja = enter(world, &shop, "DJ Łucja", Some("lucja@example.com")).await.unwrap();
        done(world, async |tx| erase_party(tx, &world.ctx, lucja.party_id, "DJ Łucja").await).await.unwrap();
        assert!(
            lines(world, import.id).await.iter().all(|line| line.name != "Łucja Nowak"),
            "no list brings them back"
        );
        entered(world, &shop, import.id).await;
        let written = note::Entity::find().one(&world.db).await.unwrap().unwrap();
        assert_eq!(written.written_by, Some(mona), "by whoever has sent the list");
        assert_eq!(count_lines(&world.db, import.id).await.unwrap()[&LineOutcome::Refuse], 3);

        let kept = staged(world, &shop, ImportFormat::Vcard, b"BEGIN:VCARD\nVERSION:4.0\nFN:Ada\nEND:VCARD\n").await;
        world.clock.advance(Duration::days(KEPT_DAYS) - Duration::hours(1));
        assert_eq!(forget_imports(&shop.services).await.unwrap(), 0);
        world.clock.advance(Duration::hours(2));
        assert_eq!(forget_imports(&shop.services).await.unwrap(), 6);
        assert_eq!(import::Entity::find().count(&world.db).await.unwrap(), 0);
        let gone = done(world, async |tx| commit_import(tx, &world.ctx, kept.id).await).await;
        assert!(matches!(gone, Err(ClientError::NoImport)), "{gone:?}");
        assert!(parties::find_party(&world.db, &world.ctx, lucja.party_id).await.unwrap().is_some());
    })
    .await;
}
