//! Letters about reviews of mixes.

use adapters::jobs::JobError;
use domain::{
    env::Instant,
    ids::{JobId, MixVersionId, ReviewRoundId, ReviewerId},
    links::Purpose,
    reviews::{
        entity::{ReviewNotice, StepAct, reviewer, step},
        queries::{RoundFacts, clock_of, find_reviewer, find_round_facts, standing_reviewers, steps_of_round},
    },
};

use crate::{BackOffice, letters::Notice};

impl BackOffice {
    /// Tells a reviewer, or the studio, how a round stands. Whose link was revoked meanwhile is told nothing, nor is anybody of a version whose place another
    /// has taken; and of a round that was decided, or
    /// that another decides on, nobody is warned.
    pub(crate) async fn mail_review(
        &self,
        job: JobId,
        (round, version): (ReviewRoundId, Option<MixVersionId>),
        reviewer: Option<ReviewerId>,
        what: ReviewNotice,
    ) -> Result<(), JobError> {
        let db = &self.services.db;
        let gone = || JobError::lasting("the round is gone");
        let facts = find_round_facts(db, round).await?.ok_or_else(gone)?;
        if version.is_some_and(|version| version != facts.round.version_id) {
            tracing::info!(%round, "another version took its place before it was told");
            return Ok(());
        }
        let is_over = facts.round.outcome.is_some();
        let is_warning = matches!(what, ReviewNotice::HalfTime | ReviewNotice::LastDay);
        if is_over && is_warning {
            tracing::info!(%round, "it was decided before its warning went out");
            return Ok(());
        }
        let Some(reviewer) = reviewer else {
            let steps = steps_of_round(db, &facts.round).await?;
            let letter = letter_to_studio(&facts, what, &steps);
            return self.send(job, (&facts.studio.contact_email, &facts.studio), &letter).await;
        };
        let reviewer = find_reviewer(db, reviewer).await?.ok_or_else(gone)?;
        if reviewer.revoked_at.is_some() {
            tracing::info!(reviewer = %reviewer.id, "their link was revoked");
            return Ok(());
        }
        if is_warning && !reviewer.decides {
            tracing::info!(reviewer = %reviewer.id, "another decides by now");
            return Ok(());
        }
        let decider = standing_reviewers(db, facts.review.id).await?.into_iter().find(|other| other.decides);
        let token = self.services.links.token(Purpose::Review, reviewer.id, None);
        let url = format!("{}/review/{token}", self.services.public_url);
        let to = Addressee { reviewer: &reviewer, decider: decider.as_ref(), url };
        let letter = letter_to_reviewer(&facts, what, to, self.services.env.now());
        self.send(job, (&reviewer.email, &facts.studio), &letter).await
    }
}

/// Whom a letter goes to.
struct Addressee<'a> {
    reviewer: &'a reviewer::Model,
    decider: Option<&'a reviewer::Model>,
    url: String,
}

fn moment(at: Instant) -> String {
    at.format("%-d %B %Y, %H:%M UTC").to_string()
}

fn letter_to_reviewer(facts: &RoundFacts, what: ReviewNotice, to: Addressee<'_>, now: Instant) -> Notice {
    let RoundFacts { song, version, studio, round, rounds, .. } = facts;
    let number = version.number;
    let end = clock_of(round).ends_at(now).map(moment);
    let until = end.as_deref().unwrap_or("the end of the time");
    let mut paragraphs = vec![format!("Hello {},", to.reviewer.name)];
    let (subject, button) = match what {
        ReviewNotice::HalfTime => {
            paragraphs.push(format!(
                "version {number} of {song} waits for your word. Half the time is over: without an answer by {until} it counts as approved."
            ));
            (format!("{song}: half the time to decide is over"), "Listen and decide")
        }
        ReviewNotice::LastDay => {
            paragraphs.push(format!(
                "version {number} of {song} still waits for your word. Without an answer by {until} it counts as approved."
            ));
            (format!("{song}: the last day to decide"), "Listen and decide")
        }
        ReviewNotice::SignedOff | ReviewNotice::Approved | ReviewNotice::Revision => {
            paragraphs.push(format!(
                "nobody objected to version {number} of {song} in the time that was agreed upon, so it counts as approved. If that is not what you want, answer {} now.",
                studio.name
            ));
            (format!("{song}: version {number} counts as approved"), "See the review")
        }
        ReviewNotice::Sent => {
            paragraphs.push(format!(
                "{} has sent version {number} of {song}. This is round {} of {rounds}.",
                studio.name, round.number
            ));
            paragraphs.extend(version.note.as_ref().map(|note| format!("“{note}”")));
            let is_over = round.outcome.is_some();
            paragraphs.push(match (to.reviewer.decides, to.decider) {
                _ if is_over => "It has been decided on already; you can listen, and read what was said.".to_owned(),
                (true, _) => {
                    let silence = end.as_ref().map_or_else(String::new, |end| {
                        format!(" Without an answer by {end} it counts as approved.")
                    });
                    format!("Listen, comment where something should change, then approve it or ask for a revision: your word decides.{silence}")
                }
                (false, Some(decider)) => {
                    format!("Listen, comment where something should change, and say what you think. {} decides.", decider.name)
                }
                (false, None) => "Listen, comment where something should change, and say what you think.".to_owned(),
            });
            (format!("{song}: version {number} is there to be heard"), "Listen and comment")
        }
    };
    Notice {
        heading: subject.clone(),
        subject,
        paragraphs,
        button: Some((button.to_owned(), to.url)),
        small_print: format!(
            "{} · this link is yours: whoever holds it listens, comments and decides in your name.",
            studio.name
        ),
    }
}

fn letter_to_studio(facts: &RoundFacts, what: ReviewNotice, steps: &[step::Model]) -> Notice {
    let RoundFacts { song, version, studio, round, rounds, .. } = facts;
    let number = version.number;
    let of = |act: StepAct| steps.iter().rev().find(|step| step.act == act);
    let (subject, told, said) = match what {
        ReviewNotice::Revision => (
            format!("{song}: a revision of version {number} is asked for"),
            format!("Round {} of {rounds} has ended: version {number} of {song} is to be revised.", round.number),
            of(StepAct::RevisionAsked),
        ),
        ReviewNotice::SignedOff => (
            format!("{song}: version {number} counts as approved"),
            format!(
                "Nobody objected to version {number} of {song} in the time that was agreed upon: it counts as approved."
            ),
            None,
        ),
        ReviewNotice::Approved | ReviewNotice::Sent | ReviewNotice::HalfTime | ReviewNotice::LastDay => (
            format!("{song}: version {number} is approved"),
            format!("Round {} of {rounds} has ended: version {number} of {song} is approved.", round.number),
            of(StepAct::Approved),
        ),
    };
    let mut paragraphs = vec![told];
    paragraphs.extend(said.and_then(|step| step.words.as_ref()).map(|words| format!("“{words}”")));
    let extra = of(StepAct::ExtraAgreed).and_then(|step| step.words.as_ref());
    paragraphs.extend(extra.map(|price| {
        format!("All rounds that were included are used: an extra one was agreed upon with it, for {price}, which is yours to bill.")
    }));
    let small_print = format!("{} · review {}", studio.name, facts.review.id);
    Notice { heading: subject.clone(), subject, paragraphs, button: None, small_print }
}

#[cfg(test)]
mod tests {
    use domain::{
        env::{Env, testing},
        identity::entity::{UnsignedSplits, studio},
        mixes::entity::{MixKind, version},
        money::Currency,
        reviews::entity::{ReviewState, RoundOutcome, StepSide, review, round},
    };

    use super::*;

    fn facts(env: &Env) -> RoundFacts {
        let (studio_id, song_id, review_id, version_id) = (env.id(), env.id(), env.id(), env.id());
        RoundFacts {
            round: round::Model {
                id: env.id(),
                review_id,
                studio_id,
                number: 2,
                version_id,
                began_at: env.now(),
                clock_from: env.now(),
                sign_off_days: Some(7),
                half_told_at: None,
                last_told_at: None,
                outcome: None,
                decided_by: None,
                decided_at: None,
            },
            review: review::Model {
                id: review_id,
                studio_id,
                song_id,
                state: ReviewState::Open,
                rounds: 3,
                extra_price_minor: None,
                currency: None,
                sign_off_days: Some(7),
                opened_at: env.now(),
            },
            rounds: 3,
            version: version::Model {
                id: version_id,
                studio_id,
                song_id,
                number: 4,
                kind: MixKind::File,
                file_asset_id: Some(env.id()),
                document_sha256: None,
                note: Some("Vocals up".to_owned()),
                made_by: None,
                made_at: env.now(),
            },
            song: "Night Drive".to_owned(),
            studio: studio::Model {
                id: studio_id,
                slug: "nova".to_owned(),
                name: "Nova".to_owned(),
                currency: Currency::EUR,
                contact_email: "nova@example.com".parse().unwrap(),
                legal_name: None,
                address: None,
                governing_law: "Germany".to_owned(),
                created_at: env.now(),
                unsigned_splits: UnsignedSplits::Refuse,
                accent: None,
            },
        }
    }

    fn reviewer(env: &Env, name: &str, decides: bool) -> reviewer::Model {
        reviewer::Model {
            id: env.id(),
            review_id: env.id(),
            studio_id: env.id(),
            name: name.to_owned(),
            email: "ada@example.com".parse().unwrap(),
            email_key: "ada@example.com".to_owned(),
            decides,
            invited_at: env.now(),
            expires_at: env.now(),
            revoked_at: None,
        }
    }

    #[test]
    fn a_reviewer_hears_whose_word_decides_and_until_when() {
        let (env, _) = testing::env(1);
        let (facts, ada, bob) = (facts(&env), reviewer(&env, "Ada", true), reviewer(&env, "Bob <b>", false));
        let to = |reviewer| Addressee { reviewer, decider: Some(&ada), url: "http://x/review/y".to_owned() };
        let letter = letter_to_reviewer(&facts, ReviewNotice::Sent, to(&ada), env.now());
        assert_eq!(letter.subject, "Night Drive: version 4 is there to be heard");
        let text = letter.paragraphs.join("\n");
        assert!(text.contains("round 2 of 3") && text.contains("“Vocals up”") && text.contains("your word decides"));
        assert!(text.contains("by 30 November 2026, 12:00 UTC it counts as approved"), "{text}");
        let letter = letter_to_reviewer(&facts, ReviewNotice::Sent, to(&bob), env.now());
        let text = letter.paragraphs.join("\n");
        assert!(text.contains("Ada decides") && !text.contains("counts as approved"), "{text}");
        assert!(!crate::letters::Letter::html(&letter).unwrap().contains("<b>"));
        let warned = letter_to_reviewer(&facts, ReviewNotice::LastDay, to(&ada), env.now());
        assert!(warned.paragraphs[1].contains("30 November 2026, 12:00 UTC"));
    }

    #[test]
    fn the_studio_hears_what_was_said_and_what_was_agreed_upon() {
        let (env, _) = testing::env(1);
        let mut facts = facts(&env);
        facts.round.outcome = Some(RoundOutcome::Revision);
        let step = |act, words: &str| step::Model {
            id: env.id(),
            review_id: facts.review.id,
            studio_id: facts.studio.id,
            side: StepSide::Reviewer,
            act,
            reviewer_id: None,
            user_id: None,
            round_id: Some(facts.round.id),
            version_id: None,
            comment_id: None,
            words: Some(words.to_owned()),
            ip: None,
            user_agent: None,
            at: env.now(),
        };
        let steps = [step(StepAct::ExtraAgreed, "EUR 50.00"), step(StepAct::RevisionAsked, "Snare <i>down</i>")];
        let letter = letter_to_studio(&facts, ReviewNotice::Revision, &steps);
        assert_eq!(letter.subject, "Night Drive: a revision of version 4 is asked for");
        assert_eq!(letter.paragraphs[1], "“Snare <i>down</i>”");
        assert!(letter.paragraphs[2].contains("EUR 50.00"));
        assert!(!crate::letters::Letter::html(&letter).unwrap().contains("<i>down"));
        let silent = letter_to_studio(&facts, ReviewNotice::SignedOff, &[]);
        assert_eq!(silent.subject, "Night Drive: version 4 counts as approved");
    }
}
