//! A guest: no account, a cart, a pay page, and the link in the mail.

use std::{path::Path, time::Duration};

use anyhow::{Context, Result, bail};
use reqwest::{StatusCode, header, redirect};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;

use super::{Api, Beat, DeliveredFile, Studio, TIMEOUT, links, text, until};

/// How long a delivery may take before something must be wrong.
const PATIENCE: Duration = Duration::from_mins(15);

/// A guest at one computer.
#[derive(Debug, Clone)]
pub struct Guest {
    api: Api,
    /// Follows no redirect by itself, so that the guest sees where the pay page sends them.
    browser: reqwest::Client,
}

/// An order that a guest has placed.
#[derive(Debug, Clone)]
pub struct PlacedOrder {
    /// Its reference.
    pub reference: String,
    /// What it costs, as it is read.
    pub total: String,
    /// Opens its page.
    pub token: String,
    /// Its page.
    pub url: String,
    /// Where it is paid.
    pub pay_url: String,
}

impl Guest {
    /// A guest who has been nowhere yet.
    pub fn new(base: &str) -> Result<Self> {
        let browser = reqwest::Client::builder().timeout(TIMEOUT).redirect(redirect::Policy::none()).build()?;
        Ok(Self { api: Api::new(base)?, browser })
    }

    /// Puts a beat into the cart and orders it.
    pub async fn place_order(
        &self,
        studio: &Studio,
        beat: &Beat,
        tier: &str,
        name: &str,
        email: &str,
    ) -> Result<PlacedOrder> {
        let add = "mutation ($input: AddToCartInput!) { addToCart(input: $input) { secret cart { total { minor currency } } userErrors { field message remedy } } }";
        let input = json!({ "studio": studio.id, "beat": beat.id, "tier": tier.to_uppercase() });
        let cart = self.api.mutate("addToCart", add, json!({ "input": input })).await?;
        let place = "mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) {
            placed { order { reference total { formatted } } payUrl token url } userErrors { field message remedy } } }";
        let input = json!({
            "studio": studio.id,
            "secret": cart["secret"],
            "buyerName": name,
            "buyerEmail": email,
            "seenTotal": cart["cart"]["total"],
        });
        let placed = self.api.mutate("placeOrder", place, json!({ "input": input })).await?;
        Ok(PlacedOrder {
            reference: text(&placed, "/placed/order/reference")?,
            total: text(&placed, "/placed/order/total/formatted")?,
            token: text(&placed, "/placed/token")?,
            url: text(&placed, "/placed/url")?,
            pay_url: text(&placed, "/placed/payUrl")?,
        })
    }

    /// Pays with the test card, and goes where the pay page sends the browser.
    pub async fn pay(&self, order: &PlacedOrder) -> Result<()> {
        let back = self.pay_and_leave(order).await?;
        let page = self.browser.get(back).send().await?;
        if !(page.status().is_success() || page.status().is_redirection()) {
            bail!("the order page answered {}", page.status());
        }
        Ok(())
    }

    /// Pays with the test card and closes the browser, so that the gateway alone knows of it; gives where the pay page would have led.
    pub async fn pay_and_leave(&self, order: &PlacedOrder) -> Result<String> {
        let form = [("card", "4242 4242 4242 4242"), ("outcome", "pay")];
        let answer = self.browser.post(&order.pay_url).form(&form).send().await?;
        let status = answer.status();
        let to = answer.headers().get("location").and_then(|to| to.to_str().ok()).map(str::to_owned);
        to.with_context(|| format!("the pay page answered {status} and led nowhere"))
    }

    /// Waits until the order is delivered.
    pub async fn wait_for_delivery(&self, order: &PlacedOrder) -> Result<()> {
        let query = "query ($token: String!) { buyerOrder(token: $token) { state closedReason } }";
        until("the delivery", PATIENCE, async || {
            let data = self.api.graphql(query, json!({ "token": order.token })).await?;
            match data["buyerOrder"]["state"].as_str() {
                Some("DELIVERED") => Ok(Some(())),
                Some("AWAITING_PAYMENT" | "PAID") => Ok(None),
                other => bail!("the order ended {other:?}: {}", data["buyerOrder"]["closedReason"]),
            }
        })
        .await
    }

    /// Waits for a mail to an address that names the order, and gives its address in the mailbox.
    pub async fn wait_for_mail(&self, order: &PlacedOrder) -> Result<String> {
        until("the mail", PATIENCE, async || {
            let page =
                self.browser.get(format!("{}/mailbox", self.api.base)).send().await?.error_for_status()?.text().await?;
            // The list links each letter with its subject, and the subject names the order; the studio's own letter of the sale names it too.
            let letter = page.split("<a ").find(|link| {
                link.contains("/mailbox/")
                    && link
                        .split("</a>")
                        .next()
                        .is_some_and(|text| text.contains(&order.reference) && text.contains("Your files"))
            });
            let address = letter.and_then(|link| links(link).next());
            Ok(address.map(|address| format!("{}{address}", self.api.base)))
        })
        .await
    }

    /// Downloads every file of an order into a folder and compares it with its checksum.
    pub async fn download_all(&self, order: &PlacedOrder, folder: &Path) -> Result<Vec<DeliveredFile>> {
        let folder = folder.join(&order.reference);
        tokio::fs::create_dir_all(&folder).await?;
        let mut files = Vec::new();
        for row in &self.deliverables(order).await? {
            let path = folder.join(text(row, "/fileName")?);
            let (sha256, bytes) = self.download(&text(row, "/url")?, &path).await?;
            let is_promised = |row: &Value| row["sha256"].is_null() || row["sha256"] == *sha256;
            // A contract may have got its timestamp in between.
            if !is_promised(row)
                && !self.deliverables(order).await?.iter().any(|now| now["kind"] == row["kind"] && is_promised(now))
            {
                bail!("{} has SHA-256 {sha256}, and {} was promised", path.display(), row["sha256"]);
            }
            files.push(DeliveredFile { kind: text(row, "/kind")?.to_lowercase(), path, bytes, sha256 });
        }
        Ok(files)
    }

    async fn deliverables(&self, order: &PlacedOrder) -> Result<Vec<Value>> {
        let query = "query ($token: String!) { deliverablesByToken(token: $token) { kind fileName sha256 url } }";
        let mut data = self.api.graphql(query, json!({ "token": order.token })).await?;
        match data["deliverablesByToken"].take() {
            Value::Array(rows) => Ok(rows),
            other => bail!("deliverables are a list, not {other}"),
        }
    }

    /// Saves the root certificate that the seals on contracts lead to.
    pub async fn save_seal_authority(&self, to: &Path) -> Result<()> {
        self.download(&format!("{}/verify/authority.pem", self.api.base), to).await?;
        Ok(())
    }

    async fn download(&self, url: &str, to: &Path) -> Result<(String, u64)> {
        use sha2::Digest;
        let mut answer = self.browser.get(url).send().await?;
        if answer.status() == StatusCode::FOUND {
            // The store gives the file out itself.
            let address = answer.headers().get(header::LOCATION).context("a redirect leads somewhere")?.to_str()?;
            let at_the_store = self.browser.get(address);
            answer = at_the_store.send().await?;
        }
        if answer.status() != StatusCode::OK {
            bail!("{url} answered {}", answer.status());
        }
        let mut file = tokio::fs::File::create(to).await.with_context(|| format!("cannot write {}", to.display()))?;
        let (mut digest, mut bytes) = (sha2::Sha256::new(), 0);
        while let Some(piece) = answer.chunk().await? {
            digest.update(&piece);
            bytes += piece.len() as u64;
            file.write_all(&piece).await?;
        }
        file.flush().await?;
        Ok((hex::encode(digest.finalize()), bytes))
    }

    /// Whether a beat has left the storefront and can no longer be put into a cart.
    pub async fn finds_it_sold(&self, studio: &Studio, beat: &Beat) -> Result<bool> {
        let query = "query ($studio: String!, $beat: String!) { storefront(slug: $studio) { beat(slug: $beat) { sold offers { price { minor } } } } }";
        let data = self.api.graphql(query, json!({ "studio": studio.slug, "beat": beat.slug })).await?;
        let beat = &data["storefront"]["beat"];
        Ok(beat["sold"] == true && beat["offers"].as_array().is_some_and(Vec::is_empty))
    }
}
