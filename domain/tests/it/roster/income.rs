//! What studios have earned, however it is looked at.

use std::collections::BTreeMap;

use domain::{
    actor::{Actor, Role},
    ids::StudioId,
    money::Currency,
    roster::{
        commands::grant_roster,
        forecast::forecast,
        income::{By, Income, income},
    },
    royalties::{
        RoyaltyError,
        queries::imports::totals_of,
        rules::{Exact, Subject},
    },
};

use super::{House, Sold, day, exact, person};
use crate::support::on_each_database;

fn sold(of: Option<Subject>, month: &'static str, net: &'static str) -> Sold {
    Sold { of, source: "Spotify", territory: "DE", month, net }
}

async fn asked(shop: &House, actor: &Actor, studios: &[StudioId], by: By) -> Result<Vec<Income>, RoyaltyError> {
    let ctx = shop.services.ctx(actor.clone());
    income(&shop.services.db, &ctx, studios, by, day("2026-01-01"), day("2026-12-31")).await
}

fn told(rows: &[Income]) -> Vec<(&str, &str, String)> {
    rows.iter().map(|row| (&*row.name, row.currency.code(), row.net.to_string())).collect()
}

#[tokio::test]
async fn however_it_is_looked_at_it_sums_to_the_statements_totals() {
    on_each_database(async |world| {
        let shop = House::open(world).await;
        let second = shop.another("Second").await;
        let mia = shop.member(Role::Manager, "Mia").await;
        shop.join(second, mia, Role::Manager).await;
        let manager = person(mia, &[(shop.studio, Role::Manager), (second, Role::Manager)]);
        let tx = shop.services.begin().await.unwrap();
        for studio in [shop.studio, second] {
            grant_roster(&tx, &shop.services.ctx(Actor::System), studio, mia).await.unwrap();
        }
        shop.services.commit(tx).await.unwrap();

        let (drive, dusk) = (shop.work("Night Drive").await, shop.work("Dusk").await);
        let [first, alternate] = [shop.recording(drive, "Night Drive").await, shop.recording(drive, "Remix").await];
        let euros = [
            sold(Some(Subject::Recording(first)), "2026-07-01", "10.000000000001"),
            sold(Some(Subject::Recording(alternate)), "2026-08-01", "0.5"),
            Sold { territory: "GB", ..sold(Some(Subject::Work(drive)), "2026-08-01", "2.25") },
            Sold { source: "", territory: "", ..sold(None, "2026-08-01", "-1") },
        ];
        let dollars = [sold(Some(Subject::Work(dusk)), "2026-07-01", "7"), sold(None, "2026-09-01", "0.000000000003")];
        let others = [Sold { source: "Deezer", ..sold(None, "2026-07-01", "99.99") }];
        let imports = [
            shop.statement(shop.studio, Currency::EUR, &euros).await,
            shop.statement(shop.studio, Currency::USD, &dollars).await,
            shop.statement(second, Currency::EUR, &others).await,
        ];
        // What is not read to its end does not count.
        shop.waiting(shop.studio).await;

        let mut totals: BTreeMap<&str, Exact> = BTreeMap::new();
        for row in totals_of(&shop.services.db, &imports).await.unwrap() {
            totals.entry(row.currency.code()).or_default().accumulate(row.amount).unwrap();
        }
        let both = [shop.studio, second];
        for by in [By::Studio, By::Work, By::Source, By::Territory, By::Month] {
            let mut sums: BTreeMap<&str, Exact> = BTreeMap::new();
            for row in asked(&shop, &manager, &both, by).await.unwrap() {
                sums.entry(row.currency.code()).or_default().accumulate(row.net).unwrap();
            }
            assert_eq!(sums, totals, "{by:?}");
        }

        let works = asked(&shop, &manager, &[shop.studio], By::Work).await.unwrap();
        let wanted = [
            ("Night Drive", "EUR", "12.750000000001".to_owned()),
            ("Not matched yet", "EUR", "-1".to_owned()),
            ("Dusk", "USD", "7".to_owned()),
            ("Not matched yet", "USD", "0.000000000003".to_owned()),
        ];
        assert_eq!(told(&works), wanted);
        assert_eq!(works[0].key, drive.to_string());
        let studios = asked(&shop, &manager, &both, By::Studio).await.unwrap();
        assert_eq!((&*studios[0].name, studios[0].net), ("Second", exact("99.99")));
        let months = asked(&shop, &manager, &[shop.studio], By::Month).await.unwrap();
        let keys: Vec<_> = months.iter().map(|row| (&*row.key, row.currency.code())).collect();
        assert_eq!(keys, [("2026-07", "EUR"), ("2026-07", "USD"), ("2026-08", "EUR"), ("2026-09", "USD")]);
        let places = asked(&shop, &manager, &[shop.studio], By::Territory).await.unwrap();
        let names: Vec<&str> = places.iter().map(|row| &*row.name).collect();
        assert_eq!(names, ["Germany", "United Kingdom", "Not said", "Germany"]);
    })
    .await;
}

#[tokio::test]
async fn whoever_reads_a_studios_royalties_reads_its_income_on_a_roster_or_not() {
    on_each_database(async |world| {
        let shop = House::open(world).await;
        let second = shop.another("Second").await;
        let mia = shop.member(Role::Manager, "Mia").await;
        let manager = person(mia, &[(shop.studio, Role::Manager)]);
        shop.statement(shop.studio, Currency::EUR, &[sold(None, "2026-07-01", "1")]).await;
        assert_eq!(asked(&shop, &manager, &[shop.studio], By::Month).await.unwrap().len(), 1);
        let unknown: StudioId = shop.services.env.id();
        for studios in [&[shop.studio, second][..], &[unknown]] {
            let refused = asked(&shop, &manager, studios, By::Month).await.unwrap_err();
            assert_eq!(refused.to_string(), "there is no such studio");
        }
        let engineer = person(mia, &[(shop.studio, Role::Engineer)]);
        let refused = asked(&shop, &engineer, &[shop.studio], By::Month).await.unwrap_err();
        assert_eq!(refused.to_string(), "your role or key does not allow this");
        // Months that do not lie between the days are not told; the month of the first day is.
        let ctx = shop.services.ctx(manager.clone());
        let within = async |from: &str, through: &str| {
            income(&shop.services.db, &ctx, &[shop.studio], By::Month, day(from), day(through)).await.unwrap().len()
        };
        assert_eq!(within("2026-07-20", "2026-07-31").await, 1);
        assert_eq!(within("2026-08-01", "2026-12-31").await, 0);
        assert_eq!(within("2026-01-01", "2026-06-30").await, 0);
    })
    .await;
}

#[tokio::test]
async fn half_a_year_of_statements_gives_an_estimate() {
    on_each_database(async |world| {
        let shop = House::open(world).await;
        let ctx = shop.services.ctx(Actor::System);
        // The months before the one that it is.
        let this = shop.services.env.now().date_naive();
        let months: Vec<String> =
            (1..=6).rev().map(|back| (this - chrono::Months::new(back)).format("%Y-%m-01").to_string()).collect();
        for (number, month) in months.iter().enumerate() {
            assert_eq!(forecast(&shop.services.db, &ctx, shop.studio).await.unwrap(), [], "after {number} months");
            let month: &'static str = month.clone().leak();
            let nets = ["10", "40", "20", "50", "0.5", "35"];
            shop.statement(shop.studio, Currency::EUR, &[sold(None, month, nets[number])]).await;
        }
        let rows = forecast(&shop.services.db, &ctx, shop.studio).await.unwrap();
        assert_eq!(rows.len(), 3);
        assert_eq!((rows[0].low, rows[0].likely, rows[0].high), (exact("0.5"), exact("27.5"), exact("50")));
        assert_eq!(rows[0].month.format("%Y-%m").to_string(), this.format("%Y-%m").to_string());
    })
    .await;
}
