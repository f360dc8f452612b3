//! Calendar feeds as programs subscribe to them, and sessions as other programs read them.

use domain::{ids::CalendarFeedId, links::Purpose};
use reqwest::StatusCode;
use serde_json::json;

use crate::{
    matrix::fixture::Fixture,
    support::{World, on_each_database},
};

/// The column of the studio's owner.
const OWNER: usize = 2;

const FEEDS: &str = "query($studio: ID!) { calendarFeeds(studio: $studio) { nodes { id url revokedAt } } }";

/// Where the fixture's feed is read, as its owner is told.
async fn feed_url(world: &World, fixture: &Fixture) -> String {
    let token = fixture.token(world, OWNER).await.unwrap();
    let answer = world.ask(Some(&token), FEEDS, fixture.variables_of(FEEDS)).await;
    let feed = fixture.path_of("{feed}");
    let nodes = answer["data"]["calendarFeeds"]["nodes"].as_array().unwrap().clone();
    let node = nodes.iter().find(|node| node["id"] == feed).unwrap_or_else(|| panic!("{answer}"));
    let url = node["url"].as_str().unwrap();
    url.replace("http://127.0.0.1/", &format!("{}/", world.base))
}

#[tokio::test]
async fn a_feed_is_read_until_it_is_revoked_and_only_when_it_has_changed() {
    on_each_database(async |world| {
        let fixture = Fixture::new(world).await;
        let url = feed_url(world, &fixture).await;
        let first = world.http.get(&url).send().await.unwrap();
        assert_eq!(first.status(), StatusCode::OK);
        assert_eq!(first.headers()["content-type"], "text/calendar; charset=utf-8");
        assert_eq!(first.headers()["cache-control"], "private, no-cache");
        let tag = first.headers()["etag"].clone();
        let text = first.text().await.unwrap();
        assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.matches("BEGIN:VEVENT").count() == 3, "{text}");

        let again = world.http.get(&url).header("if-none-match", tag.clone()).send().await.unwrap();
        assert_eq!((again.status(), again.headers()["etag"].clone()), (StatusCode::NOT_MODIFIED, tag.clone()));
        assert!(again.text().await.unwrap().is_empty());
        let head = world.http.head(&url).send().await.unwrap();
        assert_eq!((head.status(), head.headers()["etag"].clone()), (StatusCode::OK, tag.clone()));

        let token = fixture.token(world, OWNER).await.unwrap();
        let change = "mutation($booking: ID!) { cancelBooking(input: { booking: $booking }) { userErrors { code } } }";
        world.ask(Some(&token), change, fixture.variables_of(change)).await;
        let changed = world.http.get(&url).header("if-none-match", tag).send().await.unwrap();
        assert_eq!(changed.status(), StatusCode::OK);
        assert_eq!(changed.text().await.unwrap().matches("BEGIN:VEVENT").count(), 2);

        let revoke = "mutation($feed: ID!) { revokeCalendarFeed(input: { feed: $feed }) { feed { revokedAt } userErrors { code } } }";
        let revoked = world.ask(Some(&token), revoke, fixture.variables_of(revoke)).await;
        assert_eq!(revoked["data"]["revokeCalendarFeed"]["userErrors"], json!([]), "{revoked}");
        let gone = world.http.get(&url).send().await.unwrap();
        assert_eq!(gone.status(), StatusCode::GONE);
        assert!(gone.text().await.unwrap().contains("FEED_REVOKED"));
        let unknown: CalendarFeedId = world.services.env.id();
        let links = &world.services.links;
        for token in ["x".to_owned(), links.token(Purpose::Calendar, unknown, None), links.token(Purpose::Order, unknown, None)] {
            let lost = world.http.get(format!("{}/calendars/{token}.ics", world.base)).send().await.unwrap();
            assert_eq!(lost.status(), StatusCode::NOT_FOUND, "{token}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_session_is_read_as_a_notification() {
    on_each_database(async |world| {
        let fixture = Fixture::new(world).await;
        let token = fixture.token(world, OWNER).await.unwrap();
        let get = async |path: &str| {
            world.http.get(format!("{}{}", world.base, fixture.path_of(path))).bearer_auth(&token).send().await.unwrap()
        };
        let file = get("/sessions/{session}/rin/{dpid}.xml").await;
        assert_eq!(
            (file.status(), file.headers()["content-type"].clone()),
            (StatusCode::OK, "application/xml; charset=utf-8".parse().unwrap())
        );
        let name = fixture.path_of("{session}.rin.xml");
        assert!(file.headers()["content-disposition"].to_str().unwrap().contains(&name));
        let text = file.text().await.unwrap();
        assert!(text.contains("First Light") && text.contains("LeadVocalist"), "{text}");
        let older = get("/sessions/{session}/rin/{dpid}.xml?version=2.0").await;
        assert_eq!(older.status(), StatusCode::OK);
        for (path, status, code) in [
            ("/sessions/{session}/rin/nova.xml", StatusCode::UNPROCESSABLE_ENTITY, "DPID"),
            ("/sessions/{session}/rin/{dpid}.xml?version=1", StatusCode::UNPROCESSABLE_ENTITY, "RIN_VERSION"),
            ("/sessions/nothing/rin/{dpid}.xml", StatusCode::NOT_FOUND, "NOT_FOUND"),
            ("/sessions/{feed}/rin/{dpid}.xml", StatusCode::NOT_FOUND, "NOT_FOUND"),
        ] {
            let refused = get(path).await;
            assert_eq!(refused.status(), status, "{path}");
            assert!(refused.text().await.unwrap().contains(code), "{path}");
        }
    })
    .await;
}
