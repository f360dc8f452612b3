//! The meter of a licence on its order's page: what the song has come to, and the form by which the licensee tells it.

use actix_web::{HttpResponse, web};
use domain::{
    actor::Ctx,
    licensing::{
        LicensingError,
        entity::licence,
        meter::{CapKind, CapMeter, NewUsage, SourceUse},
        usage,
    },
    report::Kind,
    services::Services,
};
use sea_orm::Iterable;

use super::{
    chrome::see_other,
    errors::{PageError, sentences},
    orders::{self, Refused},
    texts::{language, t},
    wording::Wording,
    words,
};
use crate::Caller;

/// What a licensee types.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct UsageForm {
    pub(super) cap: String,
    pub(super) source: String,
    pub(super) total: String,
    pub(super) as_of: String,
}

/// A report that is refused.
pub(super) struct RefusedUsage {
    pub(super) reference: String,
    pub(super) form: UsageForm,
    pub(super) problem: PageError,
}

/// One cap as a bar.
pub(super) struct Bar {
    /// What is counted, with a capital letter.
    pub(super) label: String,
    /// How much of the bar is filled, 0 to 100.
    pub(super) filled: i64,
    /// The same in words: `12,000 of 100,000 (12 %)`.
    pub(super) said: String,
    /// What each source counts: `Spotify 12,000 on 3 November 2026`.
    pub(super) sources: Vec<String>,
    /// Whether it is close to its end, or at it.
    pub(super) note: String,
}

/// A kind of use in the form.
pub(super) struct Choice {
    pub(super) word: &'static str,
    pub(super) noun: String,
    pub(super) is_chosen: bool,
}

/// The meter of one licence.
pub(super) struct MeterPart {
    pub(super) reference: String,
    /// What the addresses of the licence's pages begin with.
    pub(super) licence: String,
    pub(super) bars: Vec<Bar>,
    pub(super) choices: Vec<Choice>,
    pub(super) form: UsageForm,
    /// What is wrong with what was typed; empty if nothing is.
    pub(super) problem: Wording,
    /// The reference of the licence that it replaced; empty if it replaced none.
    pub(super) replaces: String,
    /// The reference of the licence that took its place; empty if none has.
    pub(super) superseded_by: String,
    /// Whether there can be anything to upgrade to.
    pub(super) is_lease: bool,
}

/// What is known of a licence beside itself.
pub(super) struct Facts {
    pub(super) meters: Vec<CapMeter>,
    pub(super) replaces: Option<licence::Model>,
    pub(super) superseded_by: Option<licence::Model>,
    /// Whether its studio still sells.
    pub(super) is_open: bool,
}

impl MeterPart {
    /// The part of a licence whose pages' addresses begin with `address`, with what was refused of it, if anything was.
    pub(super) fn new(
        services: &Services,
        licence: &licence::Model,
        facts: Facts,
        address: String,
        refused: Option<&RefusedUsage>,
    ) -> Self {
        let Facts { meters, replaces, superseded_by, is_open } = facts;
        let refused = refused.filter(|refused| refused.reference == licence.reference);
        let today = services.env.now().date_naive().to_string();
        let form = match refused {
            Some(refused) => refused.form.clone(),
            None => UsageForm { as_of: today, ..UsageForm::default() },
        };
        let reference_of = |other: Option<licence::Model>| other.map_or_else(String::new, |other| other.reference);
        let choice = |meter: &CapMeter| Choice {
            word: meter.cap.word(),
            noun: noun(meter.cap),
            is_chosen: meter.cap.word() == form.cap,
        };
        Self {
            reference: licence.reference.clone(),
            licence: address,
            choices: meters.iter().map(choice).collect(),
            bars: meters.iter().map(bar).collect(),
            problem: refused.map(|refused| sentences(&refused.problem)).unwrap_or_default(),
            form,
            replaces: reference_of(replaces),
            superseded_by: reference_of(superseded_by),
            is_lease: !licence.exclusive && is_open,
        }
    }
}

/// What is counted.
fn noun(cap: CapKind) -> String {
    let key = match cap {
        CapKind::Streams => "meter-streams",
        CapKind::Copies => "meter-copies",
        CapKind::MusicVideos => "meter-music-videos",
        CapKind::RadioStations => "meter-radio-stations",
        CapKind::Performances => "meter-performances",
    };
    t(key).into()
}

fn bar(meter: &CapMeter) -> Bar {
    let percent = meter.percent();
    let mut label = noun(meter.cap);
    if let Some(first) = label.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    Bar {
        label,
        filled: percent.min(100),
        said: t("meter-said")
            .with("used", &meter.used)
            .with("limit", &meter.limit)
            .with("percent", &percent.to_string())
            .into(),
        sources: meter.sources.iter().map(source).collect(),
        note: match percent {
            100.. => t("meter-reached").into(),
            80.. => t("meter-close").into(),
            _ => String::new(),
        },
    }
}

fn source(of: &SourceUse) -> String {
    t("meter-source").with("source", &of.source).with("total", &of.total).with("day", &words::date(of.as_of)).into()
}

/// Takes in what the licensee tells.
pub(super) async fn report(
    caller: Caller,
    path: web::Path<(String, String)>,
    form: web::Form<UsageForm>,
) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let (token, reference) = path.into_inner();
    let (ctx, order) = orders::open(services, &token).await?;
    let form = form.into_inner();
    let told = match read(&form) {
        Ok(new) => tell(services, &ctx, &reference, &new).await.map_err(PageError::from),
        Err(unread) => Err(unread),
    };
    match told {
        Ok(()) => Ok(see_other(&format!("/orders/{token}"))),
        Err(problem) if matches!(problem.report().kind, Kind::Invalid | Kind::Conflict) => {
            let refused = RefusedUsage { reference, form, problem };
            let refused = Refused { usage: Some(&refused), ..Refused::default() };
            orders::page(services, &ctx, &order, &token, (None, refused)).await
        }
        Err(problem) => Err(problem.leading_to(format!("/orders/{token}"), t("order-back"))),
    }
}

fn read(form: &UsageForm) -> Result<NewUsage, PageError> {
    let invalid = |code, message: &'static str, remedy: &'static str| {
        PageError::saying(Kind::Invalid, code, t(message)).advising(t(remedy))
    };
    let cap = CapKind::iter()
        .find(|cap| cap.word() == form.cap)
        .ok_or_else(|| invalid("USAGE_CAP", "meter-no-cap", "meter-no-cap-remedy"))?;
    let total =
        whole_number(&form.total).ok_or_else(|| invalid("USAGE_TOTAL", "meter-no-total", "meter-no-total-remedy"))?;
    let as_of = form.as_of.trim().parse();
    let as_of = as_of.map_err(|_| invalid("USAGE_DAY", "meter-no-day", "meter-no-day-remedy"))?;
    Ok(NewUsage { cap, source: form.source.clone(), total, as_of })
}

/// A whole number as people type it: with blanks anywhere, or with their own language's mark between the thousands, a comma in English. One that stands elsewhere, or
/// another mark, may be that of decimals.
fn whole_number(typed: &str) -> Option<i64> {
    let digits: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    let mark = language().group_mark();
    if let Some((first, rest)) = digits.split_once(mark) {
        let are_thousands = matches!(first.len(), 1..=3) && rest.split(mark).all(|group| group.len() == 3);
        if !are_thousands {
            return None;
        }
    }
    digits.replace(mark, "").parse().ok()
}

async fn tell(services: &Services, ctx: &Ctx, reference: &str, new: &NewUsage) -> Result<(), LicensingError> {
    let tx = services.begin().await?;
    usage::report_own_usage(&tx, ctx, reference, new).await?;
    Ok(services.commit(tx).await?)
}

#[cfg(test)]
mod tests {
    use super::{super::texts::in_german, whole_number};

    #[test]
    fn thousands_are_grouped_by_blanks_or_the_languages_mark() {
        in_german(|| {
            assert_eq!(
                ["85.000", "85 000", "85,000", "8.5"].map(whole_number),
                [Some(85_000), Some(85_000), None, None]
            );
        });
        for typed in ["1085000", "1 085 000", "1,085,000", " 1,085, 000 ", "1\u{a0}085\u{a0}000"] {
            assert_eq!(whole_number(typed), Some(1_085_000), "{typed}");
        }
        for typed in ["", "many", "8,5", "85,00", "1085,000", ",085", "85,000,", "85.000", "1,0x5"] {
            assert_eq!(whole_number(typed), None, "{typed}");
        }
    }
}
