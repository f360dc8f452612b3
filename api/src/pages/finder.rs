//! The tier finder on a beat's page: a form of what somebody plans, and the answer of [`domain::licensing::finder`] in words. Its address holds what was
//! typed, so that it works without a script and can be passed on.

use domain::licensing::{
    finder::{Found, Plan, Shortfall, find},
    meter::{CapKind, MAX_TOTAL},
    queries::Offer,
    terms::{Caps, TierCode},
};
use sea_orm::Iterable;

use super::{
    texts::{Text, t},
    words,
};

/// What an address asks of a beat's page, as typed.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct FinderQuery {
    /// What prices are shown in.
    pub(super) currency: String,
    streams: String,
    copies: String,
    music_videos: String,
    radio_stations: String,
    performances: String,
    wav: String,
    stems: String,
    exclusive: String,
}

impl FinderQuery {
    fn typed(&self, kind: CapKind) -> &str {
        match kind {
            CapKind::Streams => &self.streams,
            CapKind::Copies => &self.copies,
            CapKind::MusicVideos => &self.music_videos,
            CapKind::RadioStations => &self.radio_stations,
            CapKind::Performances => &self.performances,
        }
    }
}

/// A field of the form for how far somebody wants to go.
pub(super) struct Amount {
    pub(super) name: &'static str,
    pub(super) label: String,
    pub(super) typed: String,
    pub(super) is_wrong: bool,
    /// Whether it stands before the others.
    pub(super) is_first: bool,
}

/// A box of the form.
pub(super) struct Wish {
    pub(super) name: &'static str,
    pub(super) label: String,
    pub(super) chosen: bool,
}

/// The tier that was found.
pub(super) struct Fit {
    code: TierCode,
    pub(super) word: &'static str,
    pub(super) name: String,
    pub(super) price: String,
}

/// A tier that falls short, and in what.
pub(super) struct Short {
    pub(super) name: String,
    pub(super) price: String,
    pub(super) lacks: String,
}

/// The form, and what was found.
pub(super) struct Finder {
    pub(super) action: String,
    /// The currency that the address asks for; empty if it asks for none.
    pub(super) currency: String,
    pub(super) amounts: Vec<Amount>,
    pub(super) wishes: Vec<Wish>,
    /// Whether something was planned.
    pub(super) is_asked: bool,
    /// What cannot be read of what was typed; empty if all of it can.
    pub(super) problem: String,
    pub(super) fit: Option<Fit>,
    /// What costs less and does not do.
    pub(super) short: Vec<Short>,
}

impl Finder {
    /// For some offers of a beat, all of them in one currency.
    pub(super) fn new(beat: &str, query: &FinderQuery, offers: &[Offer]) -> Self {
        let mut plan = Plan {
            wav: !query.wav.is_empty(),
            stems: !query.stems.is_empty(),
            exclusive: !query.exclusive.is_empty(),
            ..Plan::default()
        };
        let mut amounts = Vec::new();
        for kind in CapKind::iter() {
            let typed = query.typed(kind).trim();
            let count = read_count(typed);
            if let Some(count) = count {
                *planned(&mut plan.uses, kind) = Some(count);
            }
            amounts.push(Amount {
                name: kind.word(),
                label: label(kind),
                typed: typed.chars().take(40).collect(),
                is_wrong: count.is_none() && !typed.is_empty(),
                is_first: matches!(kind, CapKind::Streams | CapKind::MusicVideos),
            });
        }
        let wrong: Vec<&str> =
            amounts.iter().filter(|amount| amount.is_wrong).map(|amount| amount.label.as_str()).collect();
        let problem = match wrong.as_slice() {
            [] => String::new(),
            wrong => t("finder-unread").with("fields", &wrong.join(", ")).into(),
        };
        let is_asked = problem.is_empty() && !plan.is_empty();
        let Found { fit, cheaper } =
            if is_asked { find(offers, &plan) } else { Found { fit: None, cheaper: Vec::new() } };
        let wish = |name, label: Text<'_>, chosen| Wish { name, label: label.into(), chosen };
        Self {
            action: format!("{beat}#finder"),
            currency: query.currency.trim().to_ascii_uppercase(),
            amounts,
            wishes: vec![
                wish("wav", t("finder-wav"), plan.wav),
                wish("stems", t("finder-stems"), plan.stems),
                wish("exclusive", t("finder-exclusive"), plan.exclusive),
            ],
            is_asked,
            problem,
            fit: fit.map(|offer| Fit {
                code: offer.terms.tier,
                word: offer.terms.tier.word(),
                name: words::tier_name(&offer.terms),
                price: words::price(offer.price),
            }),
            short: cheaper
                .into_iter()
                .map(|(offer, lacks)| Short {
                    name: words::tier_name(&offer.terms),
                    price: words::price(offer.price),
                    lacks: enumerate(&lacks),
                })
                .collect(),
        }
    }

    /// Whether a tier is the one that was found.
    pub(super) fn found(&self, tier: TierCode) -> bool {
        self.fit.as_ref().is_some_and(|fit| fit.code == tier)
    }
}

fn label(kind: CapKind) -> String {
    let key = match kind {
        CapKind::Streams => "finder-streams",
        CapKind::Copies => "finder-copies",
        CapKind::MusicVideos => "finder-videos",
        CapKind::RadioStations => "finder-stations",
        CapKind::Performances => "finder-performances",
    };
    t(key).into()
}

/// Two or more of a kind of use, within a sentence.
fn uses(kind: CapKind) -> Text<'static> {
    t(match kind {
        CapKind::Streams => "finder-some-streams",
        CapKind::Copies => "finder-some-copies",
        CapKind::MusicVideos => "finder-some-videos",
        CapKind::RadioStations => "finder-some-stations",
        CapKind::Performances => "finder-some-performances",
    })
}

fn planned(uses: &mut Caps, kind: CapKind) -> &mut Option<i64> {
    match kind {
        CapKind::Streams => &mut uses.streams,
        CapKind::Copies => &mut uses.copies,
        CapKind::MusicVideos => &mut uses.music_videos,
        CapKind::RadioStations => &mut uses.radio_stations,
        CapKind::Performances => &mut uses.performances,
    }
}

/// What a tier lacks, said of it: `comes without the WAV`.
fn lacking(lack: Shortfall) -> String {
    match lack {
        Shortfall::Cap { kind, limit: 0, .. } => t("finder-lacks-uses").with("uses", &uses(kind)).into(),
        Shortfall::Cap { kind, limit, planned } => {
            t("finder-lacks-some").with("limit", &limit).with("planned", &planned).with("uses", &uses(kind)).into()
        }
        Shortfall::NoWav => t("finder-lacks-wav").into(),
        Shortfall::NoStems => t("finder-lacks-stems").into(),
        Shortfall::NotExclusive => t("finder-lacks-exclusivity").into(),
    }
}

/// What a tier lacks, one after the other: `a, b and c`.
fn enumerate(lacks: &[Shortfall]) -> String {
    let said: Vec<String> = lacks.iter().copied().map(lacking).collect();
    match said.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        [before @ .., last] => t("finder-lacks-and").with("before", &before.join(", ")).with("last", last).into(),
    }
}

/// A number as people type it: `80000`, `80,000`, `80 000`, `80k`, `1.5m`. None for what is no number, or beyond what anybody counts.
fn read_count(typed: &str) -> Option<i64> {
    let text: String =
        typed.to_lowercase().chars().filter(|c| !c.is_whitespace() && !matches!(c, '_' | '\'' | '’')).collect();
    let unit = match text.chars().last()? {
        'k' => 1_000,
        'm' => 1_000_000,
        _ => 1,
    };
    let count = if unit == 1 { read_grouped(&text) } else { read_short(&text[..text.len() - 1], unit) };
    count.filter(|count| (0..=MAX_TOTAL).contains(count))
}

fn digits(text: &str) -> Option<i64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// Digits, in groups of three or in one.
fn read_grouped(text: &str) -> Option<i64> {
    let groups: Vec<&str> = text.split(['.', ',']).collect();
    let is_grouped = groups.iter().skip(1).all(|group| group.len() == 3);
    digits(&groups.concat()).filter(|_| is_grouped)
}

/// So many thousands or millions, with up to six decimals.
fn read_short(text: &str, unit: i64) -> Option<i64> {
    let (whole, rest) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let millionths = digits(&format!("{rest:0<6}")).filter(|_| rest.len() <= 6)?;
    digits(whole)?.checked_mul(unit)?.checked_add(millionths * unit / 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::{super::texts::in_german, *};

    #[test]
    fn a_count_is_read_as_people_type_it() {
        for (typed, count) in [
            ("80000", 80_000),
            ("80,000", 80_000),
            ("80.000", 80_000),
            ("1 000 000", 1_000_000),
            ("80K", 80_000),
            ("1.5m", 1_500_000),
            ("2,25 k", 2_250),
            ("0", 0),
        ] {
            assert_eq!(read_count(typed), Some(count), "{typed}");
        }
        for typed in ["", " ", "k", "many", "-5", "1.5", "1,00,000", "9999999999999999999", "8e4", "1.2.3m", "٣"] {
            assert_eq!(read_count(typed), None, "{typed}");
        }
    }

    #[test]
    fn what_is_lacking_is_said_to_germans_too() {
        let cap = |kind, limit, planned| Shortfall::Cap { kind, limit, planned };
        for (kind, limit) in CapKind::iter().flat_map(|kind| [(kind, 0), (kind, 1_000)]) {
            let short = cap(kind, limit, 2_000_000);
            assert_eq!(lacking(short), short.to_string(), "in English it is what the rule says");
        }
        let lacks = [cap(CapKind::Streams, 10_000, 80_000), cap(CapKind::Performances, 0, 1), Shortfall::NoWav];
        in_german(|| {
            assert_eq!(
                enumerate(&lacks),
                "reicht nur für 10.000 der geplanten 80.000 Streams, erlaubt keine bezahlten Auftritte und kommt ohne WAV"
            );
            assert_eq!(
                lacking(cap(CapKind::Performances, 1, 2)),
                "reicht nur für 1 der geplanten 2 bezahlten Auftritte"
            );
        });
    }

    #[test]
    fn what_is_lacking_is_said_one_after_the_other() {
        let lacks = [Shortfall::NoWav, Shortfall::NoStems, Shortfall::NotExclusive];
        assert_eq!(enumerate(&lacks[..1]), "comes without the WAV");
        assert_eq!(
            enumerate(&lacks),
            "comes without the WAV, comes without the stems and leaves the beat on sale for others"
        );
    }
}
