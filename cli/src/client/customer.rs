//! What a studio's client does at their browser beside signing: answers a quote, pays, books a room, listens and decides, fetches files.

use std::{path::Path, time::Duration};

use anyhow::{Context, Result, bail};
use reqwest::{StatusCode, multipart};
use sha2::{Digest, Sha256};

use super::{Seen, Signer, Studio, until};

/// How long the worker may take to make a version heard.
const PATIENCE: Duration = Duration::from_mins(15);

/// A file as somebody has fetched it.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// Its length.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: String,
}

/// A request that was not answered with a file.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// The status.
    pub status: StatusCode,
    /// What was said of it.
    pub text: String,
}

impl Signer {
    /// Waits for a mail with a link to a page of some kind, such as `quotes`, but not to one that is known.
    pub async fn wait_for_page(&mut self, kind: &str, known: &[String]) -> Result<String> {
        let start = format!("{}/{kind}/", self.base);
        self.next_mail(&format!("a link to {start}"), |text| {
            let mut links = text.split_whitespace().filter(|word| word.starts_with(&start));
            links.find(|link| known.iter().all(|other| other != link)).map(str::to_owned)
        })
        .await
    }

    /// Reads a quote and accepts it.
    pub async fn accept_quote(&self, page: &str) -> Result<()> {
        let version = self.get(page).await?.hidden("version")?;
        self.send(page, &[("act", "accept"), ("version", &version), ("name", self.name())]).await?;
        let answered = self.get(page).await?;
        if answered.text.contains("You have accepted") {
            Ok(())
        } else {
            bail!("{page} does not say that it is accepted")
        }
    }

    /// Pays with the test card where the gateway has its page, and goes where that leads: to an address and what is seen there.
    async fn pay_at(&self, gateway: &str) -> Result<(String, Seen)> {
        let card = [("card", "4242 4242 4242 4242"), ("outcome", "pay")];
        let mut address = self.send(gateway, &card).await?.location;
        let mut seen = self.get(&address).await?;
        // An order's page leads to what it pays.
        if seen.status.is_redirection() {
            address = self.at(&seen.location);
            seen = self.get(&address).await?;
        }
        Ok((address, seen))
    }

    /// Pays what is left of an invoice.
    pub async fn pay_invoice(&self, page: &str) -> Result<()> {
        let gateway = self.send(&format!("{page}/pay"), &[]).await?.location;
        self.pay_at(&gateway).await?;
        until("a paid invoice", PATIENCE, async || {
            let seen = self.get(page).await?;
            Ok(seen.text.contains("nothing is owed for this invoice").then_some(()))
        })
        .await
    }

    /// Books the first time that is free of a room, pays the deposit, and gives the address of the booking's page.
    pub async fn book(&self, studio: &Studio, room: &str, minutes: i64, notes: &str) -> Result<String> {
        let room = format!("/book/{}/{room}", studio.slug);
        let free = self.get(&format!("{room}?length={minutes}m")).await?;
        let slot = format!("{room}/slot");
        let form = self.get(&link(&free, &slot).with_context(|| format!("nothing is free of {room}"))?).await?;
        let (length, at) = (form.hidden("length")?, form.hidden("at")?);
        let (minor, currency) = (form.hidden("seen_minor")?, form.hidden("seen_currency")?);
        let email = self.email().to_owned();
        let fields = [
            ("name", self.name()),
            ("email", &email),
            ("notes", notes),
            ("length", &length),
            ("at", &at),
            ("seen_minor", &minor),
            ("seen_currency", &currency),
        ];
        let gateway = self.send(&slot, &fields).await?.location;
        let (page, mut seen) = self.pay_at(&gateway).await?;
        if !seen.text.contains("Your booking is confirmed") {
            seen = self.get(&page).await?;
        }
        if seen.text.contains("Your booking is confirmed") {
            Ok(page)
        } else {
            bail!("the deposit is paid and the booking not confirmed: {}", seen.text)
        }
    }

    /// Listens to a version that is under review, once it is made ready.
    pub async fn hear(&self, page: &str, version: i64) -> Result<u64> {
        let file = format!("/versions/{version}.mp3");
        let audio =
            until("a version to be heard", PATIENCE, async || Ok(link_in(&self.get(page).await?, "src", &file)));
        let answer = self.browser.get(self.at(&audio.await?)).send().await?.error_for_status()?;
        Ok(answer.bytes().await?.len() as u64)
    }

    /// Says what should change, at a place or from one to another, as people write them: `0:04`.
    pub async fn comment(&self, page: &str, version: i64, (from, to): (&str, &str), words: &str) -> Result<()> {
        let fields = [("version", version.to_string()), ("from", from.to_owned()), ("to", to.to_owned())];
        let form = fields.into_iter().fold(multipart::Form::new(), |form, (name, value)| form.text(name, value));
        let request = self.browser.post(self.at(&format!("{page}/comments"))).header("origin", &self.base);
        let answer = request.multipart(form.text("words", words.to_owned())).send().await?;
        match answer.status() {
            StatusCode::SEE_OTHER => Ok(()),
            status => bail!("a comment was answered with {status}: {}", answer.text().await?),
        }
    }

    /// Decides on a version: `approve` or `revise`.
    pub async fn decide(&self, page: &str, version: i64, verdict: &str, words: &str) -> Result<()> {
        let version = version.to_string();
        let form = [("verdict", verdict), ("version", &version), ("words", words)];
        self.send(&format!("{page}/decision"), &form).await.map(drop)
    }

    /// Fetches a file and writes it where it is to lie; or gives why there is none.
    pub async fn fetch(&self, address: &str, to: &Path) -> Result<Result<Fetched, Refusal>> {
        let answer = self.browser.get(self.at(address)).header("accept", "application/json").send().await?;
        let status = answer.status();
        if status != StatusCode::OK {
            return Ok(Err(Refusal { status, text: answer.text().await? }));
        }
        let content = answer.bytes().await?;
        tokio::fs::write(to, &content).await.with_context(|| format!("cannot write {}", to.display()))?;
        Ok(Ok(Fetched { bytes: content.len() as u64, sha256: hex::encode(Sha256::digest(&content)) }))
    }

    /// Fetches a file that must be there.
    pub async fn save(&self, address: &str, to: &Path) -> Result<Fetched> {
        match self.fetch(address, to).await? {
            Ok(fetched) => Ok(fetched),
            Err(Refusal { status, text }) => bail!("{address} answered {status}: {text}"),
        }
    }
}

/// The first link of a page that leads where it says.
fn link(seen: &Seen, to: &str) -> Option<String> {
    link_in(seen, "href", to)
}

/// The first address in an attribute of a page that holds what is looked for.
fn link_in(seen: &Seen, attribute: &str, part: &str) -> Option<String> {
    let start = format!("{attribute}=\"");
    let mut addresses = seen.text.split(&start).skip(1).filter_map(|rest| rest.split('"').next());
    addresses.find(|address| address.contains(part)).map(|address| address.replace("&#38;", "&").replace("&amp;", "&"))
}
