//! Who comes to a shop: what its visitors look at, and what a buyer's page calls, from the cart by way of the gateway's pay page to the paid order.
//!
//! Every buyer comes from an address of their own, as behind a balancer, so that what counts orders by address counts theirs.

use std::net::SocketAddr;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::load::Connection;

/// Beats in a list.
const LISTED: usize = 20;
/// Tiers of each beat.
pub(crate) const TIERS: usize = 5;

const LIST: &str = "query($studio: String!, $title: String) { storefront(slug: $studio) { beats(first: 20, filter: { title: $title }) {
    nodes { id slug title bpmMilli musicalKey moods tags previewUrl waveformUrl artworkUrl
        offers { price { minor currency formatted } terms { tier tierName exclusive files { mp3 wav stems } } } }
    pageInfo { hasNextPage endCursor } } } }";
const DETAIL: &str = "query($studio: String!, $beat: String!) { storefront(slug: $studio) { beat(slug: $beat) {
    id slug title description bpmMilli musicalKey moods tags credits sold previewUrl waveformUrl artworkUrl samples { title source }
    offers { price { minor currency formatted } terms { tier tierName exclusive termMonths creditLine files { mp3 wav stems } caps { streams copies } } }
    contractHtml(tier: WAV) } } }";
const ADD: &str =
    "mutation($input: AddToCartInput!) { addToCart(input: $input) { secret userErrors { code message } } }";
const QUOTE: &str = "query($studio: ID!, $secret: String!) { cart(studio: $studio, secret: $secret) {
    total { minor currency } lines { stale price { formatted } beat { title } } discounts { name } needsCountry } }";
const PLACE: &str = "mutation($input: PlaceOrderInput!) { placeOrder(input: $input) {
    placed { order { reference } payUrl token } userErrors { code message } } }";
/// What is typed on the pay page.
const CARD: &str = "card=4242+4242+4242+4242&outcome=pay";

const JSON: &str = "Content-Type: application/json\r\n";
const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";

/// A beat on sale.
struct Beat {
    id: String,
    slug: String,
    title: String,
}

impl Beat {
    fn of(told: &Value) -> Result<Self> {
        Ok(Self { id: text(told, "/id")?, slug: text(told, "/slug")?, title: text(told, "/title")? })
    }
}

/// The shop, as visitors reach it.
pub(crate) struct Shop {
    /// Where it is served.
    pub(crate) server: SocketAddr,
    /// The studio's id.
    pub(crate) studio: String,
    slug: String,
    /// Those that are looked at and bought.
    beats: Vec<Beat>,
    /// The list is asked for in the same words each time.
    list: String,
}

impl Shop {
    /// The shop that was filled, where it is served.
    pub(crate) fn of(filled: &Value, server: SocketAddr) -> Result<Self> {
        let slug = text(filled, "/slug")?;
        let beats = filled["beats"].as_array().context("no beats were told")?;
        let beats: Vec<Beat> = beats.iter().map(Beat::of).collect::<Result<_>>()?;
        ensure!(!beats.is_empty(), "no beat is on sale");
        let list = json!({ "query": LIST, "variables": { "studio": slug } }).to_string();
        Ok(Self { server, studio: text(filled, "/studio")?, slug, beats, list })
    }

    /// Which beat a turn is about.
    fn beat(&self, turn: u64) -> &Beat {
        let place = usize::try_from(turn).unwrap_or_default();
        &self.beats[place.wrapping_mul(7_919) % self.beats.len()]
    }

    /// Looks once that what is measured is there at all: whole lists, every tier, words that are found, and a contract.
    pub(crate) fn require_whole(&self) -> Result<()> {
        let mut connection = Connection::open(self.server)?;
        let list = parsed(&posted(&mut connection, "list", "", &self.list)?)?;
        let nodes = list["storefront"]["beats"]["nodes"].as_array().context("a list has beats")?;
        let is_whole = |beat: &Value| beat["offers"].as_array().is_some_and(|offers| offers.len() == TIERS);
        ensure!(nodes.len() == LISTED && nodes.iter().all(is_whole), "the list is not whole: {list}");
        let found = self.search(&mut connection, 0)?;
        ensure!(found.contains(words(&self.beat(0).title)), "the search does not find what it is for: {found}");
        let detail = parsed(&self.detail(&mut connection, 0)?)?;
        ensure!(detail["storefront"]["beat"]["contractHtml"].is_string(), "there is no contract: {detail}");
        Ok(())
    }

    /// Asks for the newest beats with their tiers.
    pub(crate) fn list(&self, connection: &mut Connection) -> Result<String> {
        posted(connection, "list", "", &self.list)
    }

    /// Looks for beats by words of their titles.
    pub(crate) fn search(&self, connection: &mut Connection, turn: u64) -> Result<String> {
        let variables = json!({ "studio": self.slug, "title": words(&self.beat(turn).title) });
        asked(connection, "search", "", LIST, &variables)
    }

    /// Asks for all there is to know of a beat, with the contract of a tier.
    pub(crate) fn detail(&self, connection: &mut Connection, turn: u64) -> Result<String> {
        let variables = json!({ "studio": self.slug, "beat": self.beat(turn).slug });
        asked(connection, "detail", "", DETAIL, &variables)
    }

    /// Opens the page of the shop, or that of a turn's beat.
    pub(crate) fn page(&self, connection: &mut Connection, turn: Option<u64>) -> Result<()> {
        let (call, path) = match turn {
            None => ("page of the shop", format!("/s/{}", self.slug)),
            Some(turn) => ("page of a beat", format!("/s/{}/{}", self.slug, self.beat(turn).slug)),
        };
        let answer = connection.get(call, &path)?;
        ensure!(answer.status == 200, "{path} answered {}: {}", answer.status, answer.body);
        Ok(())
    }

    /// Buys a beat: puts it into a cart, looks what that comes to, orders, and pays at the gateway.
    pub(crate) fn buy(&self, connection: &mut Connection, turn: u64) -> Result<()> {
        let from = address_of(turn);
        let input = json!({ "studio": self.studio, "beat": self.beat(turn).id, "tier": "MP3" });
        let added = parsed(&asked(connection, "cart", &from, ADD, &json!({ "input": input }))?)?;
        let secret = text(&added, "/addToCart/secret")?;
        let cart = json!({ "studio": self.studio, "secret": secret });
        let quoted = parsed(&asked(connection, "quote", &from, QUOTE, &cart)?)?;
        let input = json!({
            "studio": self.studio,
            "secret": secret,
            "buyerName": "Ada Lovelace",
            "buyerEmail": format!("buyer{turn}@example.com"),
            "seenTotal": quoted["cart"]["total"],
        });
        let placed = parsed(&asked(connection, "order", &from, PLACE, &json!({ "input": input }))?)?;
        let pay = text(&placed, "/placeOrder/placed/payUrl")?;
        let path = pay.strip_prefix(&format!("http://{}", self.server));
        let path = path.with_context(|| format!("it is paid elsewhere: {pay}"))?;
        let paid = connection.post("payment", path, FORM, CARD)?;
        ensure!(paid.status == 303, "the pay page answered {}: {}", paid.status, paid.body);
        Ok(())
    }
}

/// The header that names the address of a turn's buyer, as a balancer sets it.
fn address_of(turn: u64) -> String {
    let [.., a, b, c] = turn.to_be_bytes();
    format!("X-Forwarded-For: 10.{a}.{b}.{c}\r\n")
}

/// The words of a title that it is looked for by: all but its number.
fn words(title: &str) -> &str {
    title.rsplit_once(' ').map_or(title, |(words, _)| words)
}

/// What is answered to a document.
fn asked(
    connection: &mut Connection,
    call: &'static str,
    headers: &str,
    query: &str,
    variables: &Value,
) -> Result<String> {
    posted(connection, call, headers, &json!({ "query": query, "variables": variables }).to_string())
}

/// What is answered to a GraphQL request. It is looked at as text alone: to take every answer apart would cost the machine as much as many a list.
fn posted(connection: &mut Connection, call: &'static str, headers: &str, body: &str) -> Result<String> {
    let answer = connection.post(call, "/graphql", &format!("{JSON}{headers}"), body)?;
    let is_fine = answer.status == 200 && !answer.body.contains("\"errors\":");
    ensure!(is_fine, "{call} was answered with {}: {}", answer.status, answer.body);
    Ok(answer.body)
}

/// The data of an answer.
fn parsed(answer: &str) -> Result<Value> {
    let mut answer: Value = serde_json::from_str(answer).context("an answer is JSON")?;
    Ok(answer["data"].take())
}

/// The text at a path of an answer.
fn text(value: &Value, path: &str) -> Result<String> {
    let found = value.pointer(path).and_then(Value::as_str);
    Ok(found.with_context(|| format!("there is no text at {path} of {value}"))?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_buyer_has_an_address_of_their_own() {
        assert_eq!(address_of(0), "X-Forwarded-For: 10.0.0.0\r\n");
        assert_eq!(address_of(66_051), "X-Forwarded-For: 10.1.2.3\r\n");
    }

    #[test]
    fn a_title_is_looked_for_without_its_number() {
        assert_eq!(words("Night Drive 17"), "Night Drive");
        assert_eq!(words("Drive"), "Drive");
    }

    #[test]
    fn what_is_filled_is_bought_beat_by_beat() {
        let beats: Vec<Value> =
            (0..3).map(|n| json!({ "id": format!("beat_{n}"), "slug": format!("s-{n}"), "title": "T" })).collect();
        let filled = json!({ "studio": "studio_1", "slug": "nova", "beats": beats });
        let shop = Shop::of(&filled, SocketAddr::from(([127, 0, 0, 1], 1))).unwrap();
        let chosen: std::collections::BTreeSet<&str> = (0..3).map(|turn| shop.beat(turn).id.as_str()).collect();
        assert_eq!(chosen.len(), 3);
        assert!(Shop::of(&json!({ "studio": "studio_1", "slug": "nova", "beats": [] }), shop.server).is_err());
    }
}
