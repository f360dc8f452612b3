//! Files that are taken in and read.

use std::{ops::Range, path::Path, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use domain::{
    actor::Actor,
    catalog::Sha256,
    ids::StatementImportId,
    money::{Currency, Money},
    outbox::entity::{JobState, job},
    ports::{FileStore, FileStream, PortError, Stored},
    pricing::Country,
    royalties::{
        RoyaltyError,
        commands::{
            imports::{
                Rate, Receipt, accept_import, cancel_import, read_import, reaggregate, record_receipt, set_rate,
                teach_format,
            },
            terms::{NewRule, save_rule},
        },
        entity::{ImportState, RateSource, facet, import},
        queries::imports::{line_at, lines_of_item, placed_of},
        rules::{
            Base, Channel, Contract, Covers, Exact, Fraction, Payable, Rate as RoyaltyRate, Rule, RuleId, Subject, When,
        },
    },
    services::Services,
};
use interchange::statements::{Column, Description, Field};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
};

use super::{Desk, cases::CASES, exact, file, packed, row};
use crate::support::on_each_database;

const ISRC: &str = "QZAB12600001";

#[tokio::test]
async fn each_format_comes_to_its_total_to_the_last_decimal() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        for case in CASES {
            let bytes = case.rows().join("\n") + "\n";
            let taken = desk.taken(bytes.as_bytes(), Some(case.currency.parse().unwrap())).await;
            let mut import = desk.read(taken.import.id).await;
            if case.sold.is_none() && case.period.is_none() {
                assert_eq!(Desk::codes(&import), ["NO_DATE"], "{}", case.id);
                let id = import.id;
                import = desk.done(async |tx, ctx| accept_import(tx, ctx, id).await).await.unwrap();
            }
            assert_eq!(import.state, ImportState::Ready, "{}: {:?}", case.id, import.problem);
            assert_eq!((import.format.as_deref(), import.lines), (Some(case.id), 2));
            let totals = desk.totals(import.id).await;
            assert_eq!(totals.len(), 1, "{}", case.id);
            assert_eq!((totals[0].currency.code(), totals[0].amount), (case.currency, exact(case.amounts.2)));
            let sums = desk.sums(import.id).await;
            let net = Exact::sum(sums.iter().map(|sum| sum.net)).unwrap();
            assert_eq!(net, exact(case.amounts.2), "{}", case.id);
            let items = desk.items(import.id).await;
            let lines = lines_of_item(&desk.services, import.id, items[0].number, None, 10).await.unwrap();
            let raw: Vec<&str> = lines.iter().map(|line| line.raw.as_str()).collect();
            assert_eq!(raw, case.rows()[1..], "{}", case.id);
            let net = Exact::sum(lines.iter().map(|line| line.line.net)).unwrap();
            assert_eq!(net, exact(case.amounts.2), "each line alone is read as it was in the file: {}", case.id);
        }
    })
    .await;
}

#[tokio::test]
async fn the_same_file_is_one_statement_and_the_same_content_a_duplicate() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::USD).await;
        let bytes = file(&[row("Night Drive", ISRC, "10", "1.5"), row("Night Drive", ISRC, "3", "0.000000000001")]);
        let first = desk.ready(&bytes).await;
        let again = desk.taken(&bytes, None).await;
        assert!(again.is_known);
        assert_eq!(again.import, first);
        assert_eq!(import::Entity::find().count(&desk.services.db).await.unwrap(), 1);
        assert_eq!(read_import(&desk.services, first.id).await.unwrap(), ImportState::Ready);
        assert_eq!(desk.find(first.id).await, first);

        let other = desk.imported(&packed(&bytes)).await;
        assert_eq!((other.state, other.duplicate_of), (ImportState::Duplicate, Some(first.id)));
        assert!(desk.sums(other.id).await.is_empty() && desk.items(other.id).await.is_empty());
        assert!(desk.taken(&packed(&bytes), None).await.is_known);
    })
    .await;
}

#[tokio::test]
async fn the_same_lines_are_a_duplicate_however_they_are_written_and_wherever_their_blocks_end() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::USD).await;
        let rows: Vec<String> =
            (0..20_000).map(|line| row("Night Drive", ISRC, "1", &format!("0.{line:06}"))).collect();
        let text = String::from_utf8(file(&rows)).unwrap();
        let first = desk.ready(text.as_bytes()).await;
        let marked = format!("\u{feff}{text}");
        for other in [
            marked.clone().into_bytes(),
            text.replace('\n', "\r\n").into_bytes(),
            marked.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            format!("A statement of ours\n\n{text}").into_bytes(),
        ] {
            let other = desk.imported(&other).await;
            assert_eq!((other.state, other.duplicate_of), (ImportState::Duplicate, Some(first.id)));
        }
        let fewer = desk.imported(&file(&rows[1..])).await;
        assert_eq!((fewer.state, Desk::codes(&fewer)), (ImportState::Held, vec!["PERIOD_OVERLAPS".to_owned()]));
    })
    .await;
}

#[tokio::test]
async fn lines_that_no_rule_tells_apart_are_one_sum_and_each_stays_reachable() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let recording = desk.recording("Night Drive", Some(ISRC)).await;
        desk.unsigned("Morning", Some("QZAB12600002")).await;
        let rows = [
            row("Night Drive", ISRC, "10", "1.5"),
            row("Morning", "QZAB12600002", "1", "0.25"),
            row("Night Drive", "qz-ab1-26-00001", "3", "0.5"),
            row("Night Drive", ISRC, "-2", "-0.125"),
            row("Night Drive", ISRC, "0", "0"),
        ];
        let import = desk.ready(&file(&rows)).await;
        let items = desk.items(import.id).await;
        assert_eq!(items.len(), 2);
        assert_eq!((items[0].number, items[0].recording_id), (0, Some(recording)));
        let sums = desk.sums(import.id).await;
        let of_first: Vec<_> =
            sums.iter().filter(|sum| sum.item == 0).map(|sum| (sum.returned, sum.lines, sum.net)).collect();
        assert_eq!(of_first, [(false, 3, exact("2")), (true, 1, exact("-0.125"))]);
        assert!(sums.iter().all(|sum| sum.channel == Some(Channel::Stream) && sum.territory.is_none()));
        assert!(sums.iter().all(|sum| sum.used_on == "2026-07-01".parse().unwrap()));

        let lines = lines_of_item(&desk.services, import.id, 0, None, 2).await.unwrap();
        assert_eq!(lines.iter().map(|line| line.place.line).collect::<Vec<_>>(), [2, 4]);
        let behind = Some(lines[1].place.offset);
        let rest = lines_of_item(&desk.services, import.id, 0, behind, 10).await.unwrap();
        assert_eq!(rest.iter().map(|line| line.place.line).collect::<Vec<_>>(), [5, 6]);
        let found = line_at(&desk.services, import.id, lines[1].place.offset).await.unwrap().unwrap();
        assert_eq!((found.raw.as_str(), found.line.net, found.item), (rows[2].as_str(), exact("0.5"), 0));
        assert_eq!(found.line.subject, Some(Subject::Recording(recording)));
        assert_eq!(found.line.territory.map(Country::code), Some("US"));
        assert_eq!(line_at(&desk.services, import.id, lines[1].place.offset + 1).await.unwrap(), None);

        let placed = placed_of(&desk.services.db, &import).await.unwrap();
        assert_eq!((placed[0].matched, placed[0].waiting), (exact("1.875"), exact("0.25")));
        let facets = facet::Entity::find().filter(facet::Column::ImportId.eq(import.id));
        let facets = facets.all(&desk.services.db).await.unwrap();
        assert_eq!(facets.len(), 3);
        assert!(facets.iter().all(|facet| facet.net == exact("2.125") && facet.lines == 5));
    })
    .await;
}

#[tokio::test]
async fn lines_of_a_packed_file_are_reached_too() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::USD).await;
        let rows = [
            row("Night Drive", ISRC, "10", "1.5"),
            row("Nuit d’été", "QZAB12600002", "1", "0.25"),
            row("Night Drive", ISRC, "3", "0.5"),
        ];
        let import = desk.ready(&packed(&file(&rows))).await;
        let lines = lines_of_item(&desk.services, import.id, 1, None, 10).await.unwrap();
        assert_eq!(lines.len(), 1);
        assert_eq!((lines[0].raw.as_str(), lines[0].line.units), (rows[1].as_str(), 1));
        let lines = lines_of_item(&desk.services, import.id, 0, None, 10).await.unwrap();
        let raw: Vec<&str> = lines.iter().map(|line| line.raw.as_str()).collect();
        assert_eq!(raw, [&rows[0], &rows[2]]);
    })
    .await;
}

#[tokio::test]
async fn a_drifted_header_waits_until_it_is_taught() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::USD).await;
        let text = String::from_utf8(file(&[row("Night Drive", ISRC, "10", "1.5")])).unwrap();
        for drifted in [
            text.replace("Quantity", "Units"),
            text.replace("Store\tArtist", "Artist\tStore"),
            text.replace("\tRecoup (USD)", "\tRecoup (USD)\tBonus"),
        ] {
            let import = desk.imported(drifted.as_bytes()).await;
            assert_eq!(import.state, ImportState::Quarantined);
            let near = import.drift().unwrap().nearest.unwrap();
            assert_eq!((near.id.as_str(), near.changes.is_empty()), ("distrokid", false));
        }
        let waiting = import::Entity::find().filter(import::Column::State.eq(ImportState::Quarantined));
        let waiting = waiting.all(&desk.services.db).await.unwrap();
        let units = waiting.iter().find(|row| row.drift().unwrap().header.contains(&"Units".to_owned())).unwrap();
        let columns = units.drift().unwrap().nearest.unwrap().proposal;
        let columns = columns.into_iter().map(|column| match column.heading.as_str() {
            "Units" => Column { field: Some(Field::Quantity), ..column },
            _ => column,
        });
        let mut description: Description =
            serde_json::from_value(serde_json::json!({ "id": "own", "name": "Own", "columns": [] })).unwrap();
        description.columns = columns.collect();
        let studio = desk.shop.studio;
        let bare = Description { columns: Vec::new(), ..description.clone() };
        let refused = desk.done(async |tx, ctx| teach_format(tx, ctx, studio, bare).await).await.unwrap_err();
        assert!(matches!(refused, RoyaltyError::Format { .. }), "{refused}");
        // The heading of the amounts says the currency only in the form that leaves room for it.
        for column in &mut description.columns {
            column.heading = column.heading.replace("Earnings (USD)", "Earnings ({currency})");
        }
        let taught = description.clone();
        let format = desk.done(async |tx, ctx| teach_format(tx, ctx, studio, taught).await).await.unwrap();
        assert_eq!(format.number, 1);
        let same = desk.done(async |tx, ctx| teach_format(tx, ctx, studio, description).await).await.unwrap();
        assert_eq!(same, format);

        let read = desk.read(units.id).await;
        assert_eq!(
            (read.state, read.format.as_deref(), read.format_number),
            (ImportState::Ready, Some("own"), Some(1))
        );
        assert_eq!(desk.totals(read.id).await[0].amount, exact("1.5"));
        let still = import::Entity::find().filter(import::Column::State.eq(ImportState::Quarantined));
        assert_eq!(still.count(&desk.services.db).await.unwrap(), 2);
    })
    .await;
}

#[tokio::test]
async fn lines_are_read_again_by_the_version_of_a_format_that_has_read_them() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::USD).await;
        let teach = async |net: &str, gross: &str| {
            let description = serde_json::json!({
                "id": "own", "name": "Own", "currency": "USD", "columns": [
                    { "heading": "Sold", "field": "sold" }, { "heading": "Title", "field": "title" },
                    { "heading": "Net", "field": net }, { "heading": "Gross", "field": gross },
                ],
            });
            let description = serde_json::from_value(description).unwrap();
            let studio = desk.shop.studio;
            desk.done(async |tx, ctx| teach_format(tx, ctx, studio, description).await).await.unwrap().number
        };
        assert_eq!(teach("amount", "gross").await, 1);
        let of = |month: &str| format!("Sold,Title,Net,Gross\n2026-{month}-01,Night Drive,1.5,2\n");
        let first = desk.ready(of("07").as_bytes()).await;
        assert_eq!(teach("gross", "amount").await, 2);
        let second = desk.ready(of("08").as_bytes()).await;
        for (import, number, net) in [(first, 1, "1.5"), (second, 2, "2")] {
            assert_eq!(import.format_number, Some(number));
            let lines = lines_of_item(&desk.services, import.id, 0, None, 10).await.unwrap();
            assert_eq!((lines[0].line.net, desk.totals(import.id).await[0].amount), (exact(net), exact(net)));
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_in_the_studios_currency_is_rated_and_booked_and_other_money_waits_for_its_rate() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let import = desk.ready(&file(&[row("Night Drive", ISRC, "10", "100")])).await;
        let booked = || job::Entity::find().filter(job::Column::Kind.eq("post_statement")).count(&desk.services.db);
        assert_eq!(booked().await.unwrap(), 0);
        let rate =
            |of: &str, to: &str, source| Rate { account_currency: Currency::EUR, of: exact(of), to: exact(to), source };
        let set =
            async |rate: Rate| desk.done(async |tx, ctx| set_rate(tx, ctx, import.id, Currency::USD, rate).await).await;
        for wrong in
            [rate("0", "1", RateSource::Studio), rate("1", "-1", RateSource::Studio), rate("1", "1", RateSource::Bank)]
        {
            assert!(matches!(set(wrong).await, Err(RoyaltyError::Rate { .. })), "{wrong:?}");
        }
        let missing = desk.done(async |tx, ctx| {
            set_rate(tx, ctx, import.id, Currency::JPY, rate("1", "1", RateSource::Studio)).await
        });
        assert!(matches!(missing.await, Err(RoyaltyError::NotFound { .. })));
        let rated = set(rate("1", "0.92", RateSource::Studio)).await.unwrap();
        assert_eq!((rated.rate_to, rated.rate_source), (Some(exact("0.92")), Some(RateSource::Studio)));
        assert_eq!(booked().await.unwrap(), 1);
        set(rate("1", "0.92", RateSource::Studio)).await.unwrap();
        assert_eq!(booked().await.unwrap(), 1, "the same rate is no other");
        set(rate("1", "0.93", RateSource::Statement)).await.unwrap();

        let on = "2026-11-02".parse().unwrap();
        let receive = async |money: Money| {
            let receipt = Receipt { currency: Currency::USD, bank: money, on, is_confirmed: false };
            desk.done(async |tx, ctx| record_receipt(tx, ctx, import.id, receipt).await).await
        };
        assert!(matches!(receive(Money::new(9_000, Currency::JPY)).await, Err(RoyaltyError::Rate { .. })));
        let received = receive(Money::new(9_290, Currency::EUR)).await.unwrap();
        assert_eq!((received.bank_minor, received.rate_to), (Some(9_290), Some(exact("0.93"))));

        // Of another there is no rate but the bank's.
        let other = desk.ready(&later(file(&[row("Night Drive", ISRC, "10", "50")]))).await;
        let by_bank = desk
            .done(async |tx, ctx| {
                let bank = Money::new(4_600, Currency::EUR);
                let receipt = Receipt { currency: Currency::USD, bank, on, is_confirmed: false };
                record_receipt(tx, ctx, other.id, receipt).await
            })
            .await
            .unwrap();
        assert_eq!(by_bank.rate_source, Some(RateSource::Bank));
        assert_eq!((by_bank.rate_of, by_bank.rate_to), (Some(exact("50")), Some(exact("46"))));
    })
    .await;
}

/// The same in another month, so that nothing overlaps.
fn later(bytes: Vec<u8>) -> Vec<u8> {
    String::from_utf8(bytes).unwrap().replace("2026-10-01", "2026-09-01").into_bytes()
}

#[tokio::test]
async fn a_statement_in_the_studios_currency_has_its_rate_at_once() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::USD).await;
        let import = desk.ready(&file(&[row("Night Drive", ISRC, "10", "100")])).await;
        let total = &desk.totals(import.id).await[0];
        assert_eq!((total.account_currency, total.rate_source), (Some(Currency::USD), Some(RateSource::Same)));
        let booked = job::Entity::find().filter(job::Column::Kind.eq("post_statement"));
        assert_eq!(booked.count(&desk.services.db).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_is_cancelled_never_counts() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::USD).await;
        let bytes = file(&[row("Night Drive", ISRC, "10", "100")]);
        let cancel = async |id: StatementImportId| desk.done(async |tx, ctx| cancel_import(tx, ctx, id).await).await;
        let waiting = desk.taken(&bytes, None).await.import;
        assert_eq!(cancel(waiting.id).await.unwrap().state, ImportState::Cancelled);
        assert_eq!(desk.read(waiting.id).await.state, ImportState::Cancelled);

        // One whose reader died, and that was cancelled meanwhile.
        let reading = desk.taken(&bytes, None).await.import;
        assert_ne!(reading.id, waiting.id);
        let begun = import::ActiveModel { state: Set(ImportState::Reading), ..reading.into_active_model() };
        let begun = begun.update(&desk.services.db).await.unwrap();
        assert!(cancel(begun.id).await.unwrap().cancel_asked_at.is_some());
        assert_eq!(desk.read(begun.id).await.state, ImportState::Cancelled);

        // One whose reading was given up: nobody is left to look whether it shall stop.
        let hanging = desk.taken(&bytes, None).await.import;
        let begun = import::ActiveModel { state: Set(ImportState::Reading), ..hanging.into_active_model() };
        let begun = begun.update(&desk.services.db).await.unwrap();
        let dead = job::ActiveModel {
            state: Set(JobState::Dead),
            finished_at: Set(Some(desk.services.env.now())),
            ..Default::default()
        };
        let reading = job::Entity::update_many().set(dead).filter(job::Column::Kind.eq("import_statement"));
        reading.exec(&desk.services.db).await.unwrap();
        assert_eq!(cancel(begun.id).await.unwrap().state, ImportState::Cancelled);

        // One whose reader died is read anew.
        let again = desk.taken(&bytes, None).await.import;
        let begun = import::ActiveModel { state: Set(ImportState::Reading), ..again.into_active_model() };
        let begun = begun.update(&desk.services.db).await.unwrap();
        assert_eq!(desk.read(begun.id).await.state, ImportState::Ready);
        assert!(matches!(cancel(begun.id).await, Err(RoyaltyError::StatementNotNow { .. })));
        assert_eq!(desk.sums(begun.id).await.len(), 1);
    })
    .await;
}

/// The files of a studio whose statement is stopped as soon as its reader fetches it.
struct Stopping(Services);

#[async_trait]
impl FileStore for Stopping {
    async fn put_file(&self, path: &Path) -> Result<Stored, PortError> {
        self.0.files.put_file(path).await
    }
    async fn put_bytes(&self, bytes: Bytes) -> Result<Stored, PortError> {
        self.0.files.put_bytes(bytes).await
    }
    async fn read(&self, sha256: &Sha256, range: Option<Range<u64>>) -> Result<Option<FileStream>, PortError> {
        self.0.files.read(sha256, range).await
    }
    async fn fetch(&self, sha256: &Sha256, to: &Path) -> Result<bool, PortError> {
        let reading = import::Entity::find().filter(import::Column::State.eq(ImportState::Reading));
        let reading = reading.one(&self.0.db).await.unwrap().unwrap();
        let tx = self.0.begin().await.unwrap();
        cancel_import(&tx, &self.0.ctx(Actor::System), reading.id).await.unwrap();
        tx.commit().await.unwrap();
        self.0.files.fetch(sha256, to).await
    }
    async fn exists(&self, sha256: &Sha256) -> Result<bool, PortError> {
        self.0.files.exists(sha256).await
    }
}

#[tokio::test]
async fn what_is_stopped_while_it_is_read_leaves_nothing_behind() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::USD).await;
        let stopping = Services { files: Arc::new(Stopping(desk.services.clone())), ..desk.services.clone() };
        // One that is read at once, and one of which it is noted how far it is.
        for count in [1, 120_000] {
            let rows = vec![row("Night Drive", ISRC, "1", "0.5"); count];
            let taken = desk.taken(&file(&rows), None).await.import;
            assert_eq!(read_import(&stopping, taken.id).await.unwrap(), ImportState::Cancelled);
            let import = desk.find(taken.id).await;
            assert_eq!(import.state, ImportState::Cancelled);
            assert_eq!(import.lines_read >= 100_000, count > 1);
            assert!(desk.items(import.id).await.is_empty() && desk.totals(import.id).await.is_empty());
            assert!(!desk.taken(&file(&rows), None).await.is_known, "it may be taken in again");
        }
    })
    .await;
}

#[tokio::test]
async fn rules_that_ask_for_more_have_it_added_up_anew() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::USD).await;
        let mut other = row("Night Drive", ISRC, "5", "0.75");
        other = other.replace("\tUS\t", "\tDE\t");
        let import = desk.ready(&file(&[row("Night Drive", ISRC, "10", "1.5"), other])).await;
        let before = desk.sums(import.id).await;
        assert_eq!(before.len(), 1);
        reaggregate(&desk.services, import.id).await.unwrap();
        assert_eq!(desk.sums(import.id).await, before, "nothing more is asked for");

        let [nova, orson] = desk.shop.makers;
        let contract = Contract {
            payer: nova,
            payer_group: None,
            payee: orson,
            group: None,
            covers: Covers::Everything,
            rates: vec![RoyaltyRate {
                when: When { territories: ["DE".parse().unwrap()].into(), ..When::default() },
                base: Base::NetReceipts,
                rate: Fraction::new(1, 10).unwrap(),
            }],
            escalation: None,
            payable: Payable::RecordOne,
            reserve: None,
        };
        let rule = NewRule {
            rule: RuleId("contract:orson".into()),
            title: "A tenth in Germany".into(),
            effective_on: "2026-01-01".parse().unwrap(),
            ends_on: None,
            content: Rule::Contract(Box::new(contract)),
            document_sha256: None,
            agreement: None,
            request_key: None,
        };
        desk.done(async |tx, ctx| save_rule(tx, ctx, desk.shop.studio, rule).await).await.unwrap();
        reaggregate(&desk.services, import.id).await.unwrap();
        let after = desk.sums(import.id).await;
        let by_country: Vec<_> = after.iter().map(|sum| (sum.territory.map(Country::code), sum.net)).collect();
        assert_eq!(by_country, [(Some("DE"), exact("0.75")), (Some("US"), exact("1.5"))]);
        reaggregate(&desk.services, import.id).await.unwrap();
        assert_eq!(desk.sums(import.id).await, after);
    })
    .await;
}
