//! Carts of before there were several currencies are in that of what is in them.

use domain::{money::Currency, sales::entity::cart, store};
use migrations::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, EntityTrait, QueryOrder};

use super::{EUR, USD};

/// A studio in euros with a cart in dollars, an empty one, and one in euros.
fn before(postgres: bool) -> String {
    let id = |n: u32| {
        let digits = format!("01935a8e7b4c7def81234567000{n:05}");
        if postgres { format!("'{digits}'") } else { format!("x'{digits}'") }
    };
    let at = "2026-11-02T00:00:00+00:00";
    let cart = |n: u32| {
        format!(
            "INSERT INTO carts (id, studio_id, secret_fingerprint, created_at, expires_at)
             VALUES ({}, {}, 'secret {n}', '{at}', '{at}');",
            id(n),
            id(1)
        )
    };
    let line = |n: u32, cart: u32, currency: &str| {
        format!(
            "INSERT INTO cart_lines (id, cart_id, beat_id, tier_code, price_minor, currency, terms, created_at)
             VALUES ({}, {}, {}, 'mp3', 3000, '{currency}', '{{}}', '{at}');",
            id(n),
            id(cart),
            id(4)
        )
    };
    format!(
        "INSERT INTO studios (id, slug, name, currency, contact_email, governing_law, created_at)
         VALUES ({studio}, 'nova', 'Nova', 'EUR', 'a@example.com', 'E', '{at}');
         INSERT INTO works (id, studio_id, title, created_at) VALUES ({work}, {studio}, 'Night Drive', '{at}');
         INSERT INTO recordings (id, studio_id, work_id, title, created_at)
         VALUES ({recording}, {studio}, {work}, 'Night Drive', '{at}');
         INSERT INTO beats (id, studio_id, work_id, recording_id, state, title, slug, description, created_at, updated_at)
         VALUES ({beat}, {studio}, {work}, {recording}, 'draft', 'Night Drive', 'night-drive', '', '{at}', '{at}');
         {} {} {} {} {}",
        cart(10),
        cart(11),
        cart(12),
        line(20, 10, "USD"),
        line(21, 12, "EUR"),
        studio = id(1),
        work = id(2),
        recording = id(3),
        beat = id(4),
    )
}

#[tokio::test]
async fn a_cart_of_before_is_in_the_currency_of_its_lines_and_an_empty_one_in_its_studios() {
    for database in migrations::testing::databases_before("m20261201_a_currencies").await {
        let db = store::connect(&database.url, 4).await.unwrap();
        db.execute_unprepared(&before(store::is_postgres(&db))).await.unwrap();
        Migrator::up(&db, None).await.unwrap();
        let carts = cart::Entity::find().order_by_asc(cart::Column::Id).all(&db).await.unwrap();
        let currencies: Vec<Currency> = carts.iter().map(|cart| cart.currency).collect();
        assert_eq!(currencies, [USD, EUR, EUR], "on {}", database.name);
        database.drop(db).await;
    }
}
