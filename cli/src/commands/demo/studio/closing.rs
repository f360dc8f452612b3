//! The end: masters that are locked until the balance is paid, then delivered; the split sheet, the recording information, the closed project, and the
//! portfolio.

use std::time::Instant;

use anyhow::{Context, Result, anyhow, bail};
use serde_json::Value;
use url::Url;

use super::{ARTIST, DeliveredMaster, Engagement};
use crate::{
    client::{Guest, MasterFacts, MasterSet},
    commands::demo::Walk,
};

/// What whoever fetches a master before the balance is paid is told, in one word.
const UNPAID: &str = "BALANCE_UNPAID";

impl Walk {
    /// That the masters are made, and that the client gets none of them while something is left to pay.
    pub(super) async fn refuse_unpaid(&mut self, engagement: &Engagement) -> Result<()> {
        let began = Instant::now();
        let set = engagement.producer.wait_for_master_set(&engagement.commission, "LOCKED").await?;
        self.told(&format!("{} masters made of the approved mix", set.masters.len()), began, &set.url);
        let (began, path) = (Instant::now(), self.kept().join("unpaid"));
        let mut told = String::new();
        for master in &set.masters {
            let Err(refusal) = engagement.artist.fetch(&address(&set, master)?, &path).await? else {
                bail!("{} was given out before the balance was paid", master.file_name);
            };
            let said: Value = serde_json::from_str(&refusal.text).unwrap_or_default();
            if refusal.status != reqwest::StatusCode::FORBIDDEN || said["code"] != UNPAID {
                bail!("{} was refused with {}: {}", master.file_name, refusal.status, refusal.text);
            }
            said["detail"].as_str().unwrap_or(UNPAID).clone_into(&mut told);
        }
        self.told("the client cannot download them: the balance is unpaid", began, "");
        self.say(&format!("      {told}"));
        self.commissioned().masters_refused = told;
        Ok(())
    }

    /// The masters as the client fetches them by the mailed link, once nothing is left to pay.
    pub(super) async fn deliver_masters(&mut self, engagement: &mut Engagement) -> Result<()> {
        let began = Instant::now();
        let set = engagement.producer.wait_for_master_set(&engagement.commission, "OPEN").await?;
        let page = engagement.artist.wait_for_page("masters", &[]).await?;
        if page != set.url {
            bail!("the mail leads to {page}, and the masters are at {}", set.url);
        }
        let folder = self.kept().join("masters");
        tokio::fs::create_dir_all(&folder).await?;
        let mut delivered = Vec::with_capacity(set.masters.len());
        for master in &set.masters {
            let path = folder.join(&master.file_name);
            let fetched = engagement.artist.save(&address(&set, master)?, &path).await?;
            if fetched.sha256 != master.sha256 {
                bail!("{} has SHA-256 {}, and {} was told", path.display(), fetched.sha256, master.sha256);
            }
            let (profile, sha256) = (master.profile.clone(), fetched.sha256);
            delivered.push(DeliveredMaster { profile, path, bytes: fetched.bytes, sha256, passed: master.passed });
        }
        let report = folder.join("quality report.txt");
        engagement.artist.save(&format!("{page}/qc/{}/report.txt", set.id), &report).await?;
        self.told(&format!("delivered: {} masters, checksums right", delivered.len()), began, &page);
        for master in &delivered {
            let judged = if master.passed { "passed" } else { "see the report" };
            let DeliveredMaster { profile, bytes, path, .. } = master;
            self.say(&format!("      {profile:<10} {bytes:>10} B  {judged:<14} {}", path.display()));
        }
        let commissioned = self.commissioned();
        commissioned.masters = delivered;
        commissioned.quality_report = Some(report);
        Ok(())
    }

    /// Whose the song is, prefilled from the log and signed, and what was recorded, for labels.
    pub(super) async fn settle_rights(&mut self, engagement: &mut Engagement, session: &str) -> Result<()> {
        let sheet = engagement.producer.logged_split_sheet(&engagement.commission).await?;
        let drafted = engagement.producer.draft_agreement(&engagement.studio, &sheet).await?;
        self.sign_both(engagement, &drafted, "split_sheet").await?;
        let (began, rin) = (Instant::now(), self.kept().join("recording information.xml"));
        engagement.producer.save_rin(session, &rin).await?;
        self.told("recording information (DDEX RIN) written", began, "");
        self.commissioned().rin = Some(rin);
        Ok(())
    }

    /// The last stage, the delivered project, and books that hold.
    pub(super) async fn close(&mut self, engagement: &Engagement) -> Result<()> {
        let Engagement { producer, studio, commission, client, .. } = engagement;
        let began = Instant::now();
        producer.close_stage(commission, "MASTERING").await?;
        let state = producer.deliver(commission).await?;
        let client = producer.move_client(&client.id, "DELIVERED", "The masters are delivered").await?;
        self.told("project delivered, all its stages closed", began, "");
        let began = Instant::now();
        let ledger = producer.ledger(studio).await?;
        self.check_ledger(&ledger)?;
        self.told("the ledger sums to zero", began, "");
        for account in &ledger.balances {
            self.say(&format!("      {:<36} {:>16}", account.name, account.balance));
        }
        self.facts.ledger = Some(ledger);
        let authority = self.folder.join("seal-authority.pem");
        Guest::new(&self.base)?.save_seal_authority(&authority).await?;
        self.facts.seal_ca_pem = Some(authority);
        let commissioned = self.commissioned();
        commissioned.state = state;
        commissioned.client = Some(client);
        Ok(())
    }

    /// The song in the studio's portfolio, as anybody sees it there.
    pub(super) async fn show(&mut self, engagement: &Engagement) -> Result<()> {
        let Engagement { producer, studio, commission, artist, .. } = engagement;
        let (began, kept) = (Instant::now(), self.kept().join("portfolio.html"));
        let page = producer.show_in_portfolio(studio, commission, ARTIST.0).await?;
        let seen = artist.get(&page).await?;
        if seen.status != reqwest::StatusCode::OK {
            bail!("{page} answered {}: {}", seen.status, seen.text);
        }
        tokio::fs::write(&kept, &seen.text).await?;
        self.told("the song is in the studio’s public portfolio", began, &page);
        self.commissioned().portfolio = Some(kept);
        Ok(())
    }
}

/// Where the client fetches a master.
fn address(set: &MasterSet, master: &MasterFacts) -> Result<String> {
    let mut address = Url::parse(&set.url).with_context(|| format!("{} is no address", set.url))?;
    let mut path = address.path_segments_mut().map_err(|()| anyhow!("{} has no path", set.url))?;
    path.extend(["files", master.id.as_str(), master.file_name.as_str()]);
    drop(path);
    Ok(address.into())
}
