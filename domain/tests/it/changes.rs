//! What has changed in a studio, as those who look at it are told.

use domain::{
    changes::{ChangeKind, Marks, forget, marks},
    ids::StudioId,
    licensing::terms::TierCode,
    money::Currency,
};

use crate::{
    reviews::House,
    shop::Shop,
    support::{World, on_each_database},
};

async fn stand(world: &World, studio: StudioId) -> Marks {
    marks(&world.db, studio).await.unwrap()
}

#[tokio::test]
async fn what_any_command_changes_is_told_of_its_own_studio_alone() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let elsewhere: StudioId = shop.services.env.id();
        let begun = stand(world, shop.studio).await;
        let beat = shop.beat("Night Drive", false).await;
        let with_beat = stand(world, shop.studio).await;
        assert!(with_beat.since(&begun).contains(&ChangeKind::Beats));
        assert!(!with_beat.since(&begun).contains(&ChangeKind::Orders));
        shop.order(&[(beat, TierCode::Mp3)], 3_000).await;
        let ordered = stand(world, shop.studio).await;
        assert!(ordered.since(&with_beat).contains(&ChangeKind::Orders));
        assert!(!ordered.since(&with_beat).contains(&ChangeKind::Beats));
        assert_eq!(ordered.since(&ordered), []);
        assert_eq!(stand(world, elsewhere).await, Marks::default());
    })
    .await;
}

#[tokio::test]
async fn a_mix_that_can_be_heard_is_told_as_its_review_would_be() {
    on_each_database(async |world| {
        let house = House::open(world).await;
        let before = stand(world, house.shop.studio).await;
        house.version_at(house.song, -14_000).await;
        assert!(stand(world, house.shop.studio).await.since(&before).contains(&ChangeKind::Reviews));
    })
    .await;
}

#[tokio::test]
async fn old_marks_are_forgotten_and_that_is_no_change() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        shop.beat("Night Drive", false).await;
        shop.beat("Dusk", false).await;
        let before = stand(world, shop.studio).await;
        assert!(forget(&world.db, 1).await.unwrap() > 0);
        assert_eq!(forget(&world.db, 1).await.unwrap(), 0);
        let after = stand(world, shop.studio).await;
        assert_eq!(after.since(&before), []);
        // The newest is still known, so that what comes is told from the next of its kind.
        shop.beat("Dawn", false).await;
        assert!(stand(world, shop.studio).await.since(&after).contains(&ChangeKind::Beats));
    })
    .await;
}
