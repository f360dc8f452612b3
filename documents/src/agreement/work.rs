//! The clauses on work that is done for somebody, or together.

use super::model::{Decisions, Services, Template, Terms};
use super::speaker::Speaker;
use crate::error::DocumentError;
use crate::words::{Finished, clean};

fn cleaned(items: &[String]) -> Vec<String> {
    items.iter().map(|item| clean(item)).collect()
}

pub(super) fn engagement(speaker: &Speaker<'_>) -> Result<Finished, DocumentError> {
    let voice = &speaker.voice;
    let draft = |summary| voice.clause("engagement", summary);
    Ok(match &speaker.agreement.terms {
        Terms::SplitSheet(_) => voice.clause("engagement", "composition.summary").done(),
        Terms::Producer(terms) => draft("engagement.summary.producer")
            .says("engagement.producer")?
            .points(cleaned(&terms.recordings))
            .says("engagement.producer.duties")?
            .done(),
        Terms::MixMaster(terms) => {
            let says = match terms.services {
                Services::Mix => "engagement.mix_master.mix",
                Services::Master => "engagement.mix_master.master",
                Services::MixAndMaster => "engagement.mix_master.mix_and_master",
            };
            draft("engagement.summary.mix_master")
                .says(says)?
                .points(cleaned(&terms.songs))
                .says("engagement.mix_master.formats")?
                .points(cleaned(&terms.formats))
                .says("engagement.mix_master.source")?
                .done()
        }
        Terms::WorkForHire(terms) => draft("engagement.summary.work_for_hire")
            .says("engagement.work_for_hire")?
            .paragraph(clean(&terms.services))
            .says("engagement.work_for_hire.results")?
            .points(cleaned(&terms.results))
            .done(),
        Terms::Collaboration(terms) => {
            let mut points = Vec::new();
            for contribution in &terms.contributions {
                if speaker.concerns(&[contribution.party]) {
                    let (name, part) = (speaker.name(contribution.party), clean(&contribution.part));
                    let values = [("name", name.as_str()), ("part", part.as_str())];
                    points.push(voice.say_with("engagement.collaboration.part", &values)?);
                }
            }
            draft("engagement.summary.collaboration")
                .says("engagement.collaboration")?
                .paragraph(clean(&terms.project))
                .says("engagement.collaboration.each")?
                .points(points)
                .done()
        }
        Terms::ComposerForHire(terms) => draft("engagement.summary.composer_for_hire")
            .says("engagement.composer_for_hire")?
            .paragraph(clean(&terms.project))
            .says("engagement.composer_for_hire.works")?
            .points(cleaned(&terms.works))
            .done(),
    })
}

pub(super) fn delivery(speaker: &Speaker<'_>) -> Result<Finished, DocumentError> {
    let [summary, says] = match speaker.voice.value("deliver") {
        Some(_) => ["delivery.summary.on", "delivery.on"],
        None => ["delivery.summary.open", "delivery.open"],
    };
    Ok(speaker.voice.clause("delivery", summary).says(says)?.says("delivery.approval")?.done())
}

pub(super) fn decisions(speaker: &Speaker<'_>) -> Result<Finished, DocumentError> {
    let decisions = match &speaker.agreement.terms {
        Terms::Collaboration(terms) => terms.decisions,
        _ => Decisions::default(),
    };
    let [summary, says] = match decisions {
        Decisions::Unanimous => ["decisions.summary.unanimous", "decisions.unanimous"],
        Decisions::Majority => ["decisions.summary.majority", "decisions.majority"],
    };
    Ok(speaker.voice.clause("decisions", summary).says(says)?.says("decisions.leaving")?.done())
}

pub(super) fn fee(speaker: &Speaker<'_>) -> Result<Finished, DocumentError> {
    let voice = &speaker.voice;
    let (fee, deposit_ppm) = match &speaker.agreement.terms {
        Terms::Producer(terms) => {
            let draft = voice.clause("fee", "fee.summary.advance");
            if terms.advance.minor_units == 0 {
                return Ok(draft.says("fee.advance.none")?.done());
            }
            let kept = if terms.recoupable { "fee.recoupable" } else { "fee.kept" };
            return Ok(draft.says("fee.advance")?.says(kept)?.done());
        }
        Terms::MixMaster(terms) => (&terms.fee, terms.deposit_ppm),
        Terms::WorkForHire(terms) => (&terms.fee, 0),
        Terms::ComposerForHire(terms) => (&terms.fee, 0),
        Terms::SplitSheet(_) | Terms::Collaboration(_) => {
            return Ok(voice.clause("fee", "fee.summary.none").says("fee.none")?.done());
        }
    };
    if fee.minor_units == 0 {
        return Ok(voice.clause("fee", "fee.summary.none").says("fee.none")?.done());
    }
    let draft = voice.clause("fee", "fee.summary.fee").says("fee.fee")?;
    Ok(draft.says(if deposit_ppm > 0 { "fee.deposit" } else { "fee.on_delivery" })?.says("fee.cancel")?.done())
}

pub(super) fn transfer(speaker: &Speaker<'_>) -> Result<Finished, DocumentError> {
    let voice = &speaker.voice;
    Ok(match speaker.agreement.terms.template() {
        Template::SplitSheet | Template::Collaboration => {
            voice.clause("transfer", "transfer.summary.collaboration").says("transfer.collaboration")?.done()
        }
        Template::Producer => voice
            .clause("transfer", "transfer.summary.producer")
            .says("transfer.producer")?
            .says("transfer.producer.author")?
            .done(),
        Template::MixMaster => voice
            .clause("transfer", "transfer.summary.mix_master")
            .says("transfer.mix_master")?
            .says("transfer.mix_master.keep")?
            .done(),
        Template::WorkForHire => voice
            .clause("transfer", "transfer.summary.work_for_hire")
            .says("transfer.work_for_hire")?
            .says("transfer.work_for_hire.moral")?
            .done(),
        Template::ComposerForHire => voice
            .clause("transfer", "transfer.summary.composer_for_hire")
            .says("transfer.composer_for_hire")?
            .says("transfer.composer_for_hire.writer")?
            .says("transfer.composer_for_hire.moral")?
            .done(),
    })
}
