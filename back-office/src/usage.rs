//! Warnings that a licensed song comes close to a cap, or has reached it: one to who holds the licence, one to who granted it.

use adapters::jobs::JobError;
use domain::{
    identity::entity::studio,
    ids::{JobId, LicenceId},
    licensing::{
        entity::licence,
        meter::{CapMeter, Side},
        terms::AtCap,
        upgrades::successors,
        usage::find_metered,
    },
    links::Purpose,
    money::grouped,
};
use sea_orm::EntityTrait;

use crate::{BackOffice, letters::Notice};

impl BackOffice {
    /// Warns of a cap, with what the meter shows now. A licence that was upgraded meanwhile needs no warning any more.
    pub(crate) async fn mail_usage(&self, job: JobId, id: LicenceId, threshold: i32, to: Side) -> Result<(), JobError> {
        let db = &self.services.db;
        let gone = || JobError::lasting("the licence is gone");
        let (licence, meters) = find_metered(db, id).await?.ok_or_else(gone)?;
        if !successors(db, &[id]).await?.is_empty() {
            tracing::info!(licence = licence.reference, "it was upgraded before anybody was warned");
            return Ok(());
        }
        let studio = studio::Entity::find_by_id(licence.studio_id).one(db).await?.ok_or_else(gone)?;
        let letter = letter(&licence, &meters, &studio, (threshold, to), self.upgrade_url(&licence));
        let address = match to {
            Side::Licensee => &licence.licensee_email,
            Side::Studio => &studio.contact_email,
        };
        self.send(job, (address, &studio), &letter).await
    }

    /// Where the holder of a licence upgrades it.
    pub(crate) fn upgrade_url(&self, licence: &licence::Model) -> String {
        let token = self.services.links.token(Purpose::Order, licence.order_id, None);
        format!("{}/orders/{token}/licences/{}/upgrade", self.services.public_url, licence.reference)
    }
}

fn letter(
    licence: &licence::Model,
    meters: &[CapMeter],
    studio: &studio::Model,
    (threshold, to): (i32, Side),
    upgrade_url: String,
) -> Notice {
    let is_full = threshold >= 100;
    let what = if is_full { "has reached a limit".to_owned() } else { format!("is at {threshold} % of a limit") };
    let (whom, whose) = match to {
        Side::Licensee => (licence.licensee_name.as_str(), "Your song"),
        Side::Studio => (studio.name.as_str(), "A song licensed from you"),
    };
    let mut paragraphs = vec![
        format!("Hello {whom},"),
        format!("by what was reported, {} {what} of the licence {}:", lower(whose), licence.reference),
    ];
    paragraphs.extend(meters.iter().map(|meter| {
        let (used, limit) = (grouped(&meter.used.to_string()), grouped(&meter.limit.to_string()));
        format!("{used} of {limit} {} ({} %)", meter.cap.noun(), meter.percent())
    }));
    paragraphs.push(consequence(licence.terms.at_cap, is_full, to).to_owned());
    let can_upgrade = !(is_full && licence.terms.at_cap == AtCap::Terminate);
    let button = (to == Side::Licensee && can_upgrade).then(|| ("See the upgrades".to_owned(), upgrade_url));
    Notice {
        subject: format!("{whose} {what}: licence {}", licence.reference),
        heading: format!("{whose} {what}"),
        paragraphs,
        button,
        small_print: format!("{} · licence {} · {}", studio.name, licence.reference, licence.terms.tier_name),
    }
}

/// What follows from it, by the licence's own terms.
const fn consequence(at_cap: AtCap, is_full: bool, to: Side) -> &'static str {
    match (at_cap, is_full, to) {
        (AtCap::Upgrade, true, Side::Licensee) => {
            "What happened so far stays licensed. Upgrade within 30 days to go on: what you have paid is credited, and you pay only the difference."
        }
        (AtCap::Upgrade, false, Side::Licensee) => {
            "Nothing has to be done yet. If the song goes on like this, you can upgrade at any time: what you have paid is credited, and you pay only the difference."
        }
        (AtCap::Terminate, true, Side::Licensee) => {
            "What happened so far stays licensed. With the limit the licence ends for further use; to go on, you need a new one."
        }
        (AtCap::Terminate, false, Side::Licensee) => {
            "At the limit the licence ends for further use. Until then you can upgrade: what you have paid is credited, and you pay only the difference."
        }
        (AtCap::Upgrade, _, Side::Studio) => {
            "The licensee was told, with the link to upgrade and pay the difference. Nothing has to be done by you."
        }
        (AtCap::Terminate, _, Side::Studio) => {
            "The licensee was told, and that by its terms the licence ends for further use at the limit."
        }
    }
}

fn lower(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use domain::{
        env::Env,
        identity::entity::UnsignedSplits,
        licensing::{meter::CapKind, rules::default_tiers},
        money::Currency,
    };

    use super::*;
    use crate::letters::Letter;

    fn studio(env: &Env) -> studio::Model {
        studio::Model {
            id: env.id(),
            slug: "nova".into(),
            name: "Nova".into(),
            currency: Currency::EUR,
            contact_email: "nova@example.com".parse().unwrap(),
            legal_name: None,
            address: None,
            governing_law: "Germany".into(),
            created_at: env.now(),
            unsigned_splits: UnsignedSplits::Refuse,
            accent: None,
        }
    }

    fn licence(env: &Env, at_cap: AtCap) -> licence::Model {
        let mut terms = default_tiers(Currency::EUR, "Nova").swap_remove(0).terms;
        terms.at_cap = at_cap;
        licence::Model {
            id: env.id(),
            studio_id: env.id(),
            order_id: env.id(),
            order_line_id: env.id(),
            beat_id: env.id(),
            work_id: env.id(),
            reference: "LL-7K3M9Q2X-1".into(),
            licensee_name: "Ada".into(),
            licensee_email: "ada@example.com".parse().unwrap(),
            exclusive: false,
            terms,
            price_minor: 3_000,
            currency: Currency::EUR,
            granted_at: env.now(),
        }
    }

    #[test]
    fn each_side_is_told_what_follows() {
        let env = Env::system();
        let used = |used| [CapMeter { cap: CapKind::Streams, used, limit: 10_000, sources: Vec::new() }];
        let write = |at_cap, used_streams, threshold, to| {
            let url = "http://127.0.0.1:8080/upgrade".to_owned();
            letter(&licence(&env, at_cap), &used(used_streams), &studio(&env), (threshold, to), url)
        };
        let close = write(AtCap::Upgrade, 8_123, 80, Side::Licensee);
        assert_eq!(close.subject, "Your song is at 80 % of a limit: licence LL-7K3M9Q2X-1");
        let text = close.text().unwrap();
        assert!(text.contains("8,123 of 10,000 streams (81 %)") && text.contains("http://127.0.0.1:8080/upgrade"));
        let full = write(AtCap::Upgrade, 10_000, 100, Side::Licensee);
        assert!(full.subject.starts_with("Your song has reached a limit") && full.button.is_some());
        let ended = write(AtCap::Terminate, 10_000, 100, Side::Licensee);
        assert!(ended.button.is_none() && ended.text().unwrap().contains("the licence ends for further use"));
        let studio = write(AtCap::Upgrade, 8_123, 80, Side::Studio);
        let text = studio.text().unwrap();
        assert!(studio.subject.starts_with("A song licensed from you is at 80 %"));
        assert!(!text.contains("http"), "the link is the licensee's own: {text}");
    }
}
