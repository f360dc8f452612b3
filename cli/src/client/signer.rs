//! A signer: no account, a browser without scripts, the link in the mail and the code in the next one.

use std::{collections::BTreeSet, path::Path, time::Duration};

use anyhow::{Context, Result, bail};
use reqwest::{StatusCode, redirect};

use super::{TIMEOUT, links, until};

/// How long a mail may take before something must be wrong.
const PATIENCE: Duration = Duration::from_mins(2);

/// A signer at one browser, which keeps its cookies.
#[derive(Debug, Clone)]
pub struct Signer {
    pub(super) browser: reqwest::Client,
    pub(super) base: String,
    name: String,
    email: String,
    /// The mails that were read already.
    read: BTreeSet<String>,
    /// The address of the signing pages, once the link was opened.
    pages: String,
}

/// A page as the signer sees it.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The status.
    pub status: StatusCode,
    /// Where the page leads on to, if it is a redirect.
    pub location: String,
    /// The HTML.
    pub text: String,
}

impl Seen {
    /// The value of a hidden field.
    pub fn hidden(&self, name: &str) -> Result<String> {
        let field = format!("name=\"{name}\" value=\"");
        let value = self.text.split(&field).nth(1).and_then(|rest| rest.split('"').next());
        value.map(str::to_owned).with_context(|| format!("the page has no field {name}: {}", self.text))
    }
}

impl Signer {
    /// A signer who has read no mail yet.
    pub fn new(base: &str, name: &str, email: &str) -> Result<Self> {
        let browser = reqwest::Client::builder()
            .timeout(TIMEOUT)
            .cookie_store(true)
            .redirect(redirect::Policy::none())
            .user_agent("Ledgerline trial signer")
            .build()?;
        Ok(Self {
            browser,
            base: base.to_owned(),
            name: name.to_owned(),
            email: email.to_owned(),
            read: BTreeSet::new(),
            pages: String::new(),
        })
    }

    /// The signer's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where the signer's mail goes.
    pub fn email(&self) -> &str {
        &self.email
    }

    pub(super) fn at(&self, path: &str) -> String {
        if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.base) }
    }

    /// Looks at a page.
    pub async fn get(&self, path: &str) -> Result<Seen> {
        seen(self.browser.get(self.at(path)).header("accept", "text/html")).await
    }

    /// Sends a form, as a browser does that says where the form stood.
    pub async fn post(&self, path: &str, form: &[(String, String)]) -> Result<Seen> {
        seen(self.browser.post(self.at(path)).header("origin", &self.base).form(form)).await
    }

    /// Sends a form that must be taken.
    pub(super) async fn send(&self, path: &str, form: &[(&str, &str)]) -> Result<Seen> {
        let form: Vec<_> = form.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let seen = self.post(path, &form).await?;
        if seen.status != StatusCode::SEE_OTHER {
            bail!("{}: {path} was answered with {}: {}", self.name, seen.status, seen.text);
        }
        Ok(seen)
    }

    /// Waits for a mail to this signer, one not read before, that holds what is looked for.
    pub(super) async fn next_mail(&mut self, what: &str, find: impl Fn(&str) -> Option<String>) -> Result<String> {
        let mut read = self.read.clone();
        let found = until(&format!("a mail to {} with {what}", self.email), PATIENCE, async || {
            let list = self.get("/mailbox").await?.text;
            let to = format!("To {}", self.email);
            let letters = list.split("<a ").filter(|link| link.contains("/mailbox/") && link.contains(&to));
            let addresses: Vec<_> = letters.filter_map(|link| links(link).next()).collect();
            for (place, address) in addresses.iter().copied().enumerate() {
                if read.contains(address) {
                    continue;
                }
                let letter = self.get(address).await?.text;
                read.insert(address.to_owned());
                let text = letter.split("<pre ").nth(1).and_then(|rest| rest.split_once('>')?.1.split("</pre>").next());
                if let Some(found) = text.and_then(&find) {
                    // The latest come first: what lies behind is older than what was looked for, and may be of an earlier agreement.
                    read.extend(addresses[place..].iter().map(|&older| older.to_owned()));
                    return Ok(Some(found));
                }
            }
            Ok(None)
        })
        .await?;
        self.read = read;
        Ok(found)
    }

    /// Waits for the mail with the link, and gives its address.
    pub async fn wait_for_link(&mut self) -> Result<String> {
        let start = format!("{}/sign/", self.base);
        self.next_mail("a link to sign", |text| {
            let place = text.find(&start)?;
            text[place..].split_whitespace().next().map(str::to_owned)
        })
        .await
    }

    /// Opens the link from the mail and proves with the code from the next one that the address is theirs.
    pub async fn open(&mut self, link: &str) -> Result<Seen> {
        let landing = self.get(link).await?;
        if landing.status != StatusCode::OK {
            bail!("{}: the link was answered with {}: {}", self.name, landing.status, landing.text);
        }
        let opened = self.send(link, &[]).await?;
        opened.location.trim_end_matches("/code").clone_into(&mut self.pages);
        let code = self.next_mail("a code", six_digits).await?;
        self.send(&format!("{}/code", self.pages), &[("code", &code)]).await?;
        self.document().await
    }

    /// The address of the signer's pages.
    pub fn pages(&self) -> String {
        self.at(&self.pages)
    }

    /// The document's page.
    pub async fn document(&self) -> Result<Seen> {
        self.get(&self.pages).await
    }

    /// Reads the agreement as it is now, agrees to sign electronically, and signs.
    pub async fn sign(&self) -> Result<Seen> {
        self.document().await?;
        let consent = self.get(&format!("{}/consent", self.pages)).await?;
        if consent.status == StatusCode::OK {
            self.send(&format!("{}/consent", self.pages), &[("version", &consent.hidden("version")?)]).await?;
        }
        let page = self.get(&format!("{}/signature", self.pages)).await?;
        let (version, text) = (page.hidden("version")?, page.hidden("text")?);
        let form = [("version", version.as_str()), ("text", &text), ("drawing", ""), ("name", &self.name)];
        self.send(&format!("{}/signature", self.pages), &form).await?;
        self.get(&format!("{}/done", self.pages)).await
    }

    /// Proposes other shares of a split sheet: the form's fields that change, and why.
    pub async fn counter(&self, shares: &[(&str, &str)], why: &str) -> Result<Seen> {
        let path = format!("{}/counter", self.pages);
        let page = self.get(&path).await?;
        let mut form = vec![("version".to_owned(), page.hidden("version")?), ("words".to_owned(), why.to_owned())];
        for input in page.text.split("<input ").skip(1).filter(|input| input.contains("inputmode=\"decimal\"")) {
            let attribute = |name: &str| input.split(&format!("{name}=\"")).nth(1)?.split('"').next();
            let (name, value) = (attribute(" name").context("a share has a name")?, attribute(" value"));
            let changed = shares.iter().find(|(field, _)| *field == name).map(|(_, value)| *value);
            let value = changed.or(value).context("a share has a value")?;
            form.push((name.to_owned(), value.to_owned()));
        }
        self.post(&path, &form).await
    }

    /// Downloads the sealed PDF from the last page.
    pub async fn download_sealed(&self, to: &Path) -> Result<()> {
        let link = until("the sealed file", PATIENCE, async || {
            let page = self.get(&format!("{}/done", self.pages)).await?.text;
            let anchor = page.split("<a ").find(|link| link.contains("Download the sealed PDF"));
            Ok(anchor.and_then(|link| links(link).next()).map(str::to_owned))
        })
        .await?;
        // By the link alone, as somebody does who got it from the signer.
        let answer = reqwest::get(self.at(&link)).await?.error_for_status()?;
        tokio::fs::write(to, answer.bytes().await?).await.with_context(|| format!("cannot write {}", to.display()))
    }
}

/// The code in a mail: six digits that stand alone.
fn six_digits(text: &str) -> Option<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    words.map(str::to_owned).find(|word| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit()))
}

async fn seen(request: reqwest::RequestBuilder) -> Result<Seen> {
    let answer = request.send().await?;
    let location = answer.headers().get("location").and_then(|to| to.to_str().ok()).unwrap_or_default().to_owned();
    Ok(Seen { status: answer.status(), location, text: answer.text().await? })
}
