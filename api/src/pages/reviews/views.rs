//! What the page of a review shows.

mod comments;

use std::{cmp::Ordering, collections::HashMap};

use actix_web::{HttpResponse, ResponseError, http::StatusCode};
use askama::Template;
use domain::{
    catalog,
    env::Instant,
    ids::{CommentId, MixVersionId, ReviewerId},
    mixes::{entity::sound, queries::find_sounds},
    page::PageRequest,
    reviews::{
        entity::{ReviewState, RoundOutcome, StepAct, level, reviewer, round, step},
        levels,
        queries::{self, SentVersion, Subject, Visitor},
        rules::Standing,
    },
    services::Services,
};

use super::{DecisionForm, form::Typed, marks::Mark};
use crate::pages::{
    chrome::{Chrome, render},
    errors::{PageError, sentences},
    texts::{language, t},
    waveform,
    wording::Wording,
    words,
};
use comments::{CommentView, PLACED, comment_views, marks};

/// The most rounds that are drawn one by one.
const MOST_ROUNDS: i32 = 12;

/// What of the review is to be shown.
#[derive(Debug, Clone, Default)]
pub(super) struct Chosen {
    /// The version's number; the latest, if none is named, or none of that number.
    pub(super) version: Option<i32>,
    /// The comment behind which the page of comments begins.
    pub(super) after: String,
}

/// What was refused, if anything was.
pub(super) enum Refused<'a> {
    Nothing,
    Comment(&'a Typed, &'a PageError),
    Decision(&'a DecisionForm, &'a PageError),
}

/// A version in the list.
struct VersionView {
    number: i32,
    href: String,
    is_chosen: bool,
    note: String,
    sent: String,
    /// What became of it: `Under review`, `Approved`, `Revised`, `Replaced`.
    status: String,
    /// Where it is heard; empty while it is being made ready, or if it was replaced.
    audio: String,
    is_replaced: bool,
    /// How far it is turned down: `3.2 dB`; empty if it is not.
    softer: String,
    comments: String,
}

/// The version whose comments are shown.
struct ChosenView {
    number: i32,
    waveform: String,
    length: String,
    length_ms: i64,
    marks: Vec<Mark>,
    comments: Vec<CommentView>,
    /// Where older comments are; empty if there are none.
    older: String,
}

/// What a decision is asked for.
struct DecisionView {
    version: i32,
    decides: bool,
    /// What an extra round costs that a revision would need; empty if it needs none, or none is for sale.
    price: String,
    seen_minor: i64,
    seen_currency: &'static str,
    /// Whether no revision can be asked for here.
    is_used_up: bool,
    words: String,
}

/// A round of those that were agreed upon.
struct RoundView {
    number: i32,
    /// A word for the style.
    state: &'static str,
    said: String,
    is_now: bool,
}

/// Somebody who listens.
struct PersonView {
    name: String,
    what: String,
}

/// What stands in the form of a comment.
#[derive(Default)]
struct FormView {
    from: String,
    to: String,
    words: String,
    parent: String,
    /// Which field is at fault; empty if none is.
    fault: String,
}

#[derive(Template)]
#[template(path = "review.html")]
struct ReviewPage {
    chrome: Chrome,
    of: String,
    heading: String,
    said: String,
    /// Those that were agreed upon; none before the first.
    rounds: Vec<RoundView>,
    problem: Wording,
    /// Where the addresses of this review begin.
    base: String,
    versions: Vec<VersionView>,
    chosen: Option<ChosenView>,
    decision: Option<DecisionView>,
    people: Vec<PersonView>,
    form: FormView,
    you: String,
}

/// A song and its project by their titles, once where both are called the same, as a single and its song are.
fn song_of(project: &str, song: &str) -> String {
    if project == song { song.to_owned() } else { format!("{project} · {song}") }
}

/// All that is known of a review when its page is made.
struct Scene<'a> {
    visitor: &'a Visitor,
    subject: Subject,
    standing: Standing,
    last: Option<round::Model>,
    sent: Vec<SentVersion>,
    rounds: HashMap<MixVersionId, round::Model>,
    sounds: HashMap<MixVersionId, sound::Model>,
    heard: HashMap<MixVersionId, level::Model>,
    reviewers: Vec<reviewer::Model>,
    opinions: HashMap<ReviewerId, step::Model>,
    counted: HashMap<MixVersionId, i64>,
    base: String,
    now: Instant,
}

/// Makes the page.
pub(super) async fn render_page(
    services: &Services,
    visitor: &Visitor,
    token: &str,
    chosen: Chosen,
    refused: Refused<'_>,
) -> Result<HttpResponse, PageError> {
    let scene = look(services, visitor, token).await?;
    let (heading, said) = scene.told();
    let (problem, status) = match &refused {
        Refused::Nothing => (Wording::default(), StatusCode::OK),
        Refused::Comment(_, problem) | Refused::Decision(_, problem) => (sentences(problem), problem.status_code()),
    };
    let shown = scene.sent.iter().find(|sent| Some(sent.version.number) == chosen.version).or(scene.sent.first());
    let view = match shown {
        Some(shown) => Some(scene.chosen(services, shown, &chosen.after).await?),
        None => None,
    };
    let number = shown.map_or(0, |shown| shown.version.number);
    let page = ReviewPage {
        chrome: Chrome::private(t("review-title").with("song", &scene.subject.song))
            .of_sender(&scene.subject.studio.name)
            .with_island("keep")
            .with_island("review"),
        of: song_of(&scene.subject.project, &scene.subject.song),
        heading,
        said,
        rounds: scene.rounds_told(),
        problem,
        versions: scene.sent.iter().map(|sent| scene.version(sent, number)).collect(),
        chosen: view,
        decision: scene.decision(&refused),
        people: scene.people(),
        form: form_view(&refused),
        you: visitor.reviewer.name.clone(),
        base: scene.base,
    };
    render(status, &page)
}

async fn look<'a>(services: &Services, visitor: &'a Visitor, token: &str) -> Result<Scene<'a>, PageError> {
    let (db, review) = (&services.db, &visitor.review);
    let subject = queries::find_subject(db, review).await?.ok_or_else(PageError::not_found)?;
    let sent = queries::sent_versions(db, review.id).await?;
    let ids: Vec<MixVersionId> = sent.iter().map(|sent| sent.version.id).collect();
    let rounds = queries::rounds_of_reviews(db, &[review.id]).await?.remove(&review.id).unwrap_or_default();
    let last = rounds.last().cloned();
    let opinions = match &last {
        Some(last) => queries::opinions(db, last).await?,
        None => HashMap::new(),
    };
    Ok(Scene {
        visitor,
        subject,
        standing: queries::standing(db, review, last.as_ref()).await?,
        sounds: find_sounds(db, &ids).await?,
        heard: levels::find_heard(db, review.id).await?,
        reviewers: queries::standing_reviewers(db, review.id).await?,
        counted: queries::count_comments(db, &ids).await?,
        rounds: rounds.into_iter().map(|round| (round.version_id, round)).collect(),
        opinions,
        last,
        sent,
        base: format!("/review/{token}"),
        now: services.env.now(),
    })
}

fn form_view(refused: &Refused<'_>) -> FormView {
    let Refused::Comment(typed, problem) = refused else { return FormView::default() };
    FormView {
        from: typed.from.clone(),
        to: typed.to.clone(),
        words: typed.words.clone(),
        parent: typed.parent.clone(),
        fault: problem.report().field.clone().unwrap_or_default(),
    }
}

impl Scene<'_> {
    /// How the review stands: a heading and a sentence.
    fn told(&self) -> (String, String) {
        let (version, round, rounds) = (self.standing.version, self.standing.round, self.standing.rounds);
        let studio = &self.subject.studio.name;
        match self.standing.state {
            ReviewState::Preparing => {
                (t("review-preparing").into(), t("review-preparing-said").with("studio", studio).into())
            }
            ReviewState::Open => (
                t("review-open").with("number", &version).into(),
                format!(
                    "{} {}",
                    t("review-round-of").with("number", &round).with("rounds", &rounds),
                    self.whose_word()
                ),
            ),
            ReviewState::Revising => (
                t("review-revising").with("number", &version).into(),
                t("review-revising-said").with("number", &round).with("rounds", &rounds).with("studio", studio).into(),
            ),
            ReviewState::Approved => (t("review-approved").with("number", &version).into(), self.approved()),
        }
    }

    /// The rounds that are over, the one that is open, and those that are left.
    fn rounds_told(&self) -> Vec<RoundView> {
        let Standing { state, round, rounds, .. } = self.standing;
        if state == ReviewState::Preparing || rounds > MOST_ROUNDS {
            return Vec::new();
        }
        let told = |number: i32| {
            let (word, key) = match (number.cmp(&round), state) {
                (Ordering::Less, _) | (Ordering::Equal, ReviewState::Revising) => ("over", "review-round-revised"),
                (Ordering::Equal, ReviewState::Approved) => ("over", "review-round-approved"),
                (Ordering::Equal, _) => ("now", "review-round-open"),
                (Ordering::Greater, ReviewState::Approved) => ("left", "review-round-not-needed"),
                (Ordering::Greater, _) => ("left", "review-round-left"),
            };
            RoundView { number, state: word, said: t(key).into(), is_now: word == "now" }
        };
        (1..=rounds.max(round)).map(told).collect()
    }

    fn whose_word(&self) -> String {
        let end = self.last.as_ref().and_then(|last| queries::clock_of(last).ends_at(self.now));
        let decider = self.reviewers.iter().find(|reviewer| reviewer.decides);
        let word: String = match decider {
            _ if self.visitor.reviewer.decides => t("review-decides-you").into(),
            Some(decider) => t("review-decides-other").with("name", &decider.name).into(),
            None => return t("review-say").into(),
        };
        match end {
            Some(end) => format!("{word} {}", t("review-silence").with("until", &words::moment(end))),
            None => word,
        }
    }

    fn approved(&self) -> String {
        // Whatever has an outcome was decided at some time.
        let Some((last, at)) = self.last.as_ref().and_then(|last| Some((last, last.decided_at?))) else {
            return String::new();
        };
        let when = words::moment(at);
        let by = last.decided_by.and_then(|id| self.reviewers.iter().find(|reviewer| reviewer.id == id));
        match (by, last.decided_by) {
            (Some(by), _) => t("review-approved-by").with("name", &by.name).with("when", &when).into(),
            (None, Some(_)) => t("review-approved-somebody").with("when", &when).into(),
            (None, None) => t("review-approved-silence").with("when", &when).into(),
        }
    }

    fn version(&self, sent: &SentVersion, chosen: i32) -> VersionView {
        let (id, number) = (sent.version.id, sent.version.number);
        let round = self.rounds.get(&id);
        let heard = self.heard.get(&id);
        let comments = self.counted.get(&id).copied().unwrap_or_default();
        let status = match round.map(|round| round.outcome) {
            None => "review-version-replaced",
            Some(None) => "review-version-open",
            Some(Some(RoundOutcome::Approved)) => "review-version-approved",
            Some(Some(RoundOutcome::Revision)) => "review-version-revised",
        };
        VersionView {
            number,
            href: format!("{}?version={number}", self.base),
            is_chosen: number == chosen,
            note: sent.version.note.clone().unwrap_or_default(),
            sent: words::day(sent.sent_at),
            status: t(status).into(),
            audio: heard.map_or_else(String::new, |_| format!("{}/versions/{number}.mp3", self.base)),
            is_replaced: round.is_none(),
            softer: heard
                .filter(|level| level.gain_mdb <= -50)
                .map_or_else(String::new, |level| decibels(level.gain_mdb)),
            comments: t("review-comments").with("count", &comments).into(),
        }
    }

    async fn chosen(&self, services: &Services, shown: &SentVersion, after: &str) -> Result<ChosenView, PageError> {
        let (db, id, number) = (&services.db, shown.version.id, shown.version.number);
        let sound = self.sounds.get(&id);
        let duration_ms = sound.and_then(|sound| sound.duration_ms).unwrap_or_default();
        let drawn = match sound.and_then(|sound| sound.waveform_asset_id) {
            Some(file) => match catalog::find_assets_by_ids(db, &[file]).await?.remove(&file) {
                Some(file) => waveform::drawn(services.files.as_ref(), &file.sha256).await,
                None => None,
            },
            None => None,
        };
        let request =
            PageRequest::<CommentId>::new(Some(50), Some(after).filter(|after| !after.is_empty()), None, None)?;
        let filter = queries::CommentFilter { review: self.visitor.review.id, version: Some(id), unsettled: false };
        let mut page = queries::list_comments(db, filter, request).await?;
        let older = page.rows.last().filter(|_| page.has_next).map(|last| last.id);
        // Along the song; what is about all of it comes first.
        page.rows.sort_by_key(|comment| (comment.from_ms, comment.id));
        let placed = queries::placed_comments(db, id, PLACED).await?;
        let here = format!("{}?version={number}", self.base);
        Ok(ChosenView {
            number,
            waveform: drawn.unwrap_or_default(),
            length: words::length(duration_ms),
            length_ms: duration_ms,
            marks: marks(&placed, duration_ms, &page.rows, &here),
            comments: comment_views(db, page.rows, &self.base).await?,
            older: older.map_or_else(String::new, |last| format!("{here}&after={last}")),
        })
    }

    /// What a decision is asked for; none while nothing is under review.
    fn decision(&self, refused: &Refused<'_>) -> Option<DecisionView> {
        if self.standing.state != ReviewState::Open {
            return None;
        }
        let needs_extra = self.visitor.reviewer.decides && self.standing.round >= self.standing.rounds;
        let price = self.standing.extra_price.filter(|_| needs_extra);
        Some(DecisionView {
            version: self.standing.version,
            decides: self.visitor.reviewer.decides,
            price: price.map_or_else(String::new, words::amount),
            seen_minor: price.map_or(0, |price| price.minor),
            seen_currency: price.map_or("", |price| price.currency.code()),
            is_used_up: needs_extra && price.is_none(),
            words: match refused {
                Refused::Decision(form, _) => form.words.clone(),
                Refused::Nothing | Refused::Comment(..) => String::new(),
            },
        })
    }

    fn people(&self) -> Vec<PersonView> {
        let person = |reviewer: &reviewer::Model| {
            let opinion = self.opinions.get(&reviewer.id).map(|step| match step.act {
                StepAct::InFavour => "review-person-approves",
                _ => "review-person-revises",
            });
            let what = match (reviewer.decides, opinion) {
                (true, _) => "review-person-decides",
                (false, Some(opinion)) => opinion,
                (false, None) => "review-person-listens",
            };
            let is_you = reviewer.id == self.visitor.reviewer.id;
            let name =
                if is_you { t("review-you").with("name", &reviewer.name).to_string() } else { reviewer.name.clone() };
            PersonView { name, what: t(what).into() }
        };
        self.reviewers.iter().map(person).collect()
    }
}

/// By how much something is turned down, to a tenth: `3.2 dB`.
fn decibels(gain_mdb: i32) -> String {
    let tenths = (gain_mdb.unsigned_abs() + 50) / 100;
    let plain = format!("{}.{}", tenths / 10, tenths % 10);
    format!("{} dB", language().figures(&plain))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::texts::in_german;

    #[test]
    fn a_single_is_called_as_its_song_is_once() {
        assert_eq!(song_of("Night Bus", "Night Bus"), "Night Bus");
        assert_eq!(song_of("Night Album", "Night Bus"), "Night Album · Night Bus");
    }

    #[test]
    fn a_gain_is_told_to_a_tenth() {
        assert_eq!([decibels(-3_250), decibels(-40), decibels(-12_000)], ["3.3 dB", "0.0 dB", "12.0 dB"]);
        in_german(|| assert_eq!(decibels(-3_250), "3,3 dB"));
    }
}
