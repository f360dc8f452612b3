//! An agreement with its texts and the values that its sentences name; and for whom it speaks.

use super::clauses::side_keys;
use super::codes;
use super::model::{Agreement, Amount, Contributor, Party, PartyKind, Term, Terms};
use crate::error::DocumentError;
use crate::format;
use crate::texts::Language;
use crate::words::{Voice, clean};

/// Speaks an agreement: for everybody, or for one party alone, leaving out what concerns only the others.
pub(super) struct Speaker<'a> {
    pub(super) agreement: &'a Agreement,
    pub(super) voice: Voice,
    pub(super) language: Language,
    party: Option<usize>,
}

impl<'a> Speaker<'a> {
    pub(super) fn new(agreement: &'a Agreement, party: Option<usize>) -> Result<Self, DocumentError> {
        let language = agreement.language;
        let voice = Voice::new(language.agreement_texts());
        let mut speaker = Self { agreement, voice, language, party };
        let values = speaker.values()?;
        speaker.voice.add(values);
        Ok(speaker)
    }

    /// Whether something that concerns these parties is said.
    pub(super) fn concerns(&self, parties: &[usize]) -> bool {
        self.party.is_none_or(|party| parties.contains(&party))
    }

    /// A party's name; validation has made sure that there is one.
    pub(super) fn name(&self, party: usize) -> String {
        self.agreement.parties.get(party).map(|party| clean(&party.name)).unwrap_or_default()
    }

    /// The name of a party, or of somebody who is none.
    pub(super) fn who(&self, party: Option<usize>, name: Option<&str>) -> String {
        party.map_or_else(|| name.map(clean).unwrap_or_default(), |party| self.name(party))
    }

    pub(super) fn contributor(&self, contributor: &Contributor) -> String {
        self.who(contributor.party, contributor.name.as_deref())
    }

    pub(super) fn amount(&self, amount: &Amount) -> String {
        format::money(amount.minor_units, &amount.currency, amount.decimals, self.language)
    }

    /// What is paid for the work, and what that is called; none where nothing is done for pay.
    pub(super) fn price(&self) -> Option<(&'static str, &'a Amount)> {
        match &self.agreement.terms {
            Terms::SplitSheet(_) | Terms::Collaboration(_) => None,
            Terms::Producer(terms) => Some(("advance", &terms.advance)),
            Terms::MixMaster(terms) => Some(("fee", &terms.fee)),
            Terms::WorkForHire(terms) => Some(("fee", &terms.fee)),
            Terms::ComposerForHire(terms) => Some(("fee", &terms.fee)),
        }
    }

    /// Whether nothing is paid for it.
    pub(super) fn is_free(&self) -> bool {
        self.price().is_none_or(|(_, amount)| amount.minor_units == 0)
    }

    pub(super) fn percent(&self, ppm: u32) -> String {
        format::percent(ppm, self.language)
    }

    /// Points from hundredths: 350 is `3.5`.
    pub(super) fn points(&self, hundredths: u32) -> String {
        // A hundredth of a point is a hundred parts per million: the same digits without the sign.
        self.percent(hundredths.saturating_mul(100)).trim_end_matches('%').to_owned()
    }

    /// A number of things: `keys` are for one and for several.
    fn counted(&self, number: u16, keys: [&str; 2]) -> Result<String, DocumentError> {
        let key = if number == 1 { keys[0] } else { keys[1] };
        self.voice.say_with(key, &[("n", &format::number(u64::from(number), self.language))])
    }

    fn values(&self) -> Result<Vec<(&'static str, String)>, DocumentError> {
        let (agreement, language) = (self.agreement, self.language);
        let general = &agreement.general;
        let rounds = match general.revision_limit.as_ref().map_or(0, |limit| limit.rounds) {
            0 => self.voice.say("rounds.none")?,
            rounds => self.counted(rounds, ["rounds.one", "rounds.other"])?,
        };
        let mut values = vec![
            ("date", format::date(agreement.dated, language)),
            ("title", clean(&agreement.title)),
            ("territory", clean(&general.territory)),
            ("law", clean(&general.governing_law)),
            ("due", self.counted(general.payment_terms.due_days, ["days.one", "days.other"])?),
            ("rounds_text", rounds),
            ("sample_count", format::number(general.samples.len() as u64, language)),
        ];
        values.extend(agreement.reference.work.iter().map(|id| ("work_id", clean(id))));
        values.extend(agreement.reference.supersedes.iter().map(|hash| ("supersedes", hash.clone())));
        if let Some([engaged, engaging]) = side_keys(agreement) {
            values.extend([("engaged", self.voice.say(engaged)?), ("engaging", self.voice.say(engaging)?)]);
        }
        match general.term {
            Term::Perpetual { starts_on } => {
                values.push(("starts", format::date(starts_on.unwrap_or(agreement.dated), language)));
            }
            Term::Months { starts_on, months } => {
                let first = starts_on.unwrap_or(agreement.dated);
                values.push(("starts", format::date(first, language)));
                values.push(("term", format::months(months, language)));
                values.extend(format::last_day_from(first, months).map(|day| ("expires", format::date(day, language))));
            }
        }
        values.extend(self.terms_values());
        Ok(values)
    }

    fn terms_values(&self) -> Vec<(&'static str, String)> {
        let language = self.language;
        let mut values = Vec::new();
        let (fee, deliver_on) = match &self.agreement.terms {
            Terms::SplitSheet(sheet) => {
                values.push(("work_title", clean(&sheet.composition.title)));
                let written = sheet.composition.written_on.map(|day| ("written", format::date(day, language)));
                let of_work = sheet.composition.iswc.as_deref().map(|code| ("iswc", printed(codes::iswc, code)));
                let of_recording = sheet.master.isrc.as_deref().map(|code| ("isrc", printed(codes::isrc, code)));
                let effective = sheet.effective_on.map(|day| ("effective", format::date(day, language)));
                values.extend([written, of_work, of_recording, effective].into_iter().flatten());
                (None, None)
            }
            Terms::Producer(terms) => {
                values.push(("advance", self.amount(&terms.advance)));
                (None, terms.deliver_on)
            }
            Terms::MixMaster(terms) => {
                values.push(("deposit", self.percent(terms.deposit_ppm)));
                (Some(&terms.fee), terms.deliver_on)
            }
            Terms::WorkForHire(terms) => (Some(&terms.fee), terms.deliver_on),
            Terms::Collaboration(_) => (None, None),
            Terms::ComposerForHire(terms) => {
                values.push(("kept", self.percent(terms.writer_share_kept_ppm)));
                (Some(&terms.fee), terms.deliver_on)
            }
        };
        values.extend(fee.map(|fee| ("fee", self.amount(fee))));
        values.extend(deliver_on.map(|day| ("deliver", format::date(day, language))));
        values
    }

    /// A party as the clause on the parties names it.
    pub(super) fn party_point(&self, party: &Party) -> Result<String, DocumentError> {
        let name = clean(&party.name);
        let who = match party.legal_name.as_deref().map(clean) {
            Some(legal) if legal != name => {
                self.voice.say_with("parties.legal", &[("legal", &legal), ("name", &name)])?
            }
            _ => name,
        };
        let mut more = String::new();
        if party.kind == PartyKind::Company {
            more.push_str(&self.voice.say("parties.company")?);
        }
        let details = [
            ("address", party.address.as_deref().map(clean)),
            ("email", party.email.as_deref().map(clean)),
            ("pro", party.pro.as_deref().map(clean)),
            ("ipi", party.ipi.as_deref().map(|code| printed(codes::ipi, code))),
            ("isni", party.isni.as_deref().map(|code| printed(codes::isni, code))),
        ];
        for (name, value) in details {
            if let Some(value) = value {
                more.push_str(&self.voice.say_with(&format!("parties.{name}"), &[(name, &value)])?);
            }
        }
        let role = self.voice.say(&format!("role.{}", party.role.code()))?;
        self.voice.say_with("parties.point", &[("who", &who), ("role", &role), ("more", &more)])
    }
}

/// A code as it is printed; validation has made sure that it is one.
pub(super) fn printed(read: fn(&str) -> Result<String, codes::CodeFault>, code: &str) -> String {
    read(code).unwrap_or_else(|_| clean(code))
}
