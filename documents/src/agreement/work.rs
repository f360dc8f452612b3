//! The clauses on work that is done for somebody, or together.

use super::model::{Decisions, Services, Template, Terms};
use super::speaker::Speaker;
use crate::error::DocumentError;
use crate::format::WHOLE_PPM;
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
    let deposit_ppm = match &speaker.agreement.terms {
        Terms::Producer(terms) => {
            if speaker.is_free() {
                return Ok(voice.clause("fee", "fee.summary.advance.none").says("fee.advance.none")?.done());
            }
            let draft = voice.clause("fee", "fee.summary.advance");
            let kept = if terms.recoupable { "fee.recoupable" } else { "fee.kept" };
            return Ok(draft.says("fee.advance")?.says(kept)?.done());
        }
        Terms::MixMaster(terms) => terms.deposit_ppm,
        Terms::WorkForHire(_) | Terms::ComposerForHire(_) => 0,
        Terms::SplitSheet(_) | Terms::Collaboration(_) => {
            return Ok(voice.clause("fee", "fee.summary.none").says("fee.none")?.done());
        }
    };
    if speaker.is_free() {
        return Ok(voice.clause("fee", "fee.summary.none").says("fee.none")?.done());
    }
    // When it is invoiced; how soon an invoice is paid, the clause on payment says.
    let [invoiced, cancel] = match deposit_ppm {
        0 => ["fee.on_delivery", "fee.cancel"],
        WHOLE_PPM => ["fee.deposit.whole", "fee.cancel.deposit"],
        _ => ["fee.deposit", "fee.cancel.deposit"],
    };
    Ok(voice.clause("fee", "fee.summary.fee").says("fee.fee")?.says(invoiced)?.says(cancel)?.done())
}

pub(super) fn transfer(speaker: &Speaker<'_>) -> Result<Finished, DocumentError> {
    let voice = &speaker.voice;
    // Rights pass with the payment; where nothing is paid, with the delivery.
    let or_free = |paid: &'static str, free: &'static str| if speaker.is_free() { free } else { paid };
    Ok(match speaker.agreement.terms.template() {
        Template::SplitSheet | Template::Collaboration => {
            voice.clause("transfer", "transfer.summary.collaboration").says("transfer.collaboration")?.done()
        }
        Template::Producer => voice
            .clause("transfer", or_free("transfer.summary.producer", "transfer.summary.producer.free"))
            .says(or_free("transfer.producer", "transfer.producer.free"))?
            .says("transfer.producer.author")?
            .done(),
        Template::MixMaster => voice
            .clause("transfer", or_free("transfer.summary.mix_master", "transfer.summary.mix_master.free"))
            .says(or_free("transfer.mix_master", "transfer.mix_master.free"))?
            .says("transfer.mix_master.keep")?
            .done(),
        Template::WorkForHire => voice
            .clause("transfer", or_free("transfer.summary.work_for_hire", "transfer.summary.work_for_hire.free"))
            .says(or_free("transfer.work_for_hire", "transfer.work_for_hire.free"))?
            .says("transfer.work_for_hire.moral")?
            .done(),
        Template::ComposerForHire => voice
            .clause(
                "transfer",
                or_free("transfer.summary.composer_for_hire", "transfer.summary.composer_for_hire.free"),
            )
            .says(or_free("transfer.composer_for_hire", "transfer.composer_for_hire.free"))?
            .says("transfer.composer_for_hire.writer")?
            .says("transfer.composer_for_hire.moral")?
            .done(),
    })
}
