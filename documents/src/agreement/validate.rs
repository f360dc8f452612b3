//! What must be true before an agreement is written. Every fault is reported at once, with its field and its remedy.

use std::collections::BTreeSet;

use super::codes::{self, CodeFault};
use super::model::{
    AGREEMENT_VERSION, Agreement, Amount, CollaborationTerms, Contributor, General, Master, Ownership, Party, Points,
    Publisher, Role, RoyaltyBase, Share, SplitSheet, Term, Terms, Writer,
};
use crate::error::DocumentError;
use crate::faults::{Faults, MAX_PARAGRAPH_CHARS};
use crate::format::{WHOLE_PPM, last_day_from, percent};

/// Checks the whole agreement.
pub(super) fn validate(agreement: &Agreement) -> Result<(), DocumentError> {
    let mut check = Check { faults: Faults::default(), agreement };
    check.head();
    for (index, party) in agreement.parties.iter().enumerate() {
        check.party(&format!("parties[{index}]"), party);
    }
    check.terms();
    check.general(&agreement.general);
    super::edits::check(&mut check.faults, agreement.template(), &agreement.clauses);
    check.faults.done()
}

struct Check<'a> {
    faults: Faults,
    agreement: &'a Agreement,
}

impl Check<'_> {
    fn head(&mut self) {
        let agreement = self.agreement;
        if agreement.version != AGREEMENT_VERSION {
            let problem = format!("is {}", agreement.version);
            self.faults.add_as("range", "version", problem, format!("give {AGREEMENT_VERSION}"));
        }
        self.faults.line("title", &agreement.title);
        self.faults.optional("reference.number", agreement.reference.number.as_deref());
        self.faults.optional("reference.work", agreement.reference.work.as_deref());
        if let Some(hash) = &agreement.reference.supersedes {
            self.faults.sha256("reference.supersedes", hash);
        }
        if agreement.parties.len() < 2 {
            let problem = format!("has {} entries", agreement.parties.len());
            self.faults.add_as("too_few", "parties", problem, "name at least two");
        }
        self.faults.most("parties", agreement.parties.len(), 50);
        if !agreement.parties.iter().any(|party| party.signs) {
            self.faults.add_as("missing", "parties", "nobody signs", "let at least one party sign");
        }
        let mut mails = BTreeSet::new();
        for (index, party) in agreement.parties.iter().enumerate() {
            let mail = party.email.as_deref().map(str::to_lowercase);
            if party.signs && mail.is_some_and(|mail| !mails.insert(mail)) {
                let field = format!("parties[{index}].email");
                let remedy = "give each signer an address of their own: it is how they prove who they are";
                self.faults.add_as("twice", field, "is another signer’s too", remedy);
            }
        }
    }

    fn party(&mut self, path: &str, party: &Party) {
        self.faults.line(format!("{path}.name"), &party.name);
        self.faults.optional(format!("{path}.legal_name"), party.legal_name.as_deref());
        if let Some(address) = &party.address {
            self.faults.text(format!("{path}.address"), address, MAX_PARAGRAPH_CHARS);
        }
        match &party.email {
            Some(email) => self.faults.email(format!("{path}.email"), email),
            None if party.signs => {
                let remedy = "give an address to mail the link to, or say that this party does not sign";
                self.faults.add_as("missing", format!("{path}.email"), "is missing of a signer", remedy);
            }
            None => {}
        }
        self.faults.optional(format!("{path}.pro"), party.pro.as_deref());
        self.code(format!("{path}.ipi"), "IPI", party.ipi.as_deref(), codes::ipi);
        self.code(format!("{path}.isni"), "ISNI", party.isni.as_deref(), codes::isni);
    }

    fn code(
        &mut self,
        field: impl Into<String>,
        name: &str,
        value: Option<&str>,
        read: fn(&str) -> Result<String, CodeFault>,
    ) {
        match value.map(read) {
            None | Some(Ok(_)) => {}
            Some(Err(CodeFault::Form(form))) => self.faults.add_as("form", field, format!("is no {name}"), form),
            Some(Err(CodeFault::Check(expected))) => {
                let remedy = format!("look at the number again: with these digits it would end in {expected}");
                self.faults.add_as("check_digit", field, format!("is no {name}, its check digit is wrong"), remedy);
            }
        }
    }

    fn terms(&mut self) {
        match &self.agreement.terms {
            Terms::SplitSheet(sheet) => self.split_sheet(sheet),
            Terms::Producer(terms) => {
                self.sides();
                self.lines("terms.recordings", &terms.recordings, 100);
                self.amount("terms.advance", &terms.advance);
                self.points("terms.points", &terms.points);
                self.ownership(&terms.ownership, true, true);
            }
            Terms::MixMaster(terms) => {
                self.sides();
                self.lines("terms.songs", &terms.songs, 100);
                self.lines("terms.formats", &terms.formats, 50);
                self.amount("terms.fee", &terms.fee);
                self.part("terms.deposit_ppm", terms.deposit_ppm);
                self.points("terms.points", &terms.points);
                self.ownership(&terms.ownership, false, true);
            }
            Terms::WorkForHire(terms) => {
                self.sides();
                self.faults.text("terms.services", &terms.services, MAX_PARAGRAPH_CHARS);
                self.lines("terms.results", &terms.results, 100);
                self.amount("terms.fee", &terms.fee);
                self.ownership(&terms.ownership, false, true);
            }
            Terms::Collaboration(terms) => self.collaboration(terms),
            Terms::ComposerForHire(terms) => {
                self.sides();
                self.faults.text("terms.project", &terms.project, MAX_PARAGRAPH_CHARS);
                self.lines("terms.works", &terms.works, 100);
                self.amount("terms.fee", &terms.fee);
                self.part("terms.writer_share_kept_ppm", terms.writer_share_kept_ppm);
                self.ownership(&terms.ownership, true, false);
            }
        }
    }

    /// Both sides of the agreement must be among the parties.
    fn sides(&mut self) {
        let Some(sides) = super::clauses::sides(self.agreement.terms.template()) else { return };
        for roles in [sides.engaged_roles, sides.engaging_roles] {
            if !self.agreement.parties.iter().any(|party| roles.contains(&party.role)) {
                let names: Vec<&str> = roles.iter().map(|role| role.code()).collect();
                let names = names.join(" or ");
                let remedy = format!("give one of the parties the role {names}");
                self.faults.add_as("missing", "parties", format!("there is no {names} among them"), remedy);
            }
        }
        for (index, party) in self.agreement.parties.iter().enumerate() {
            let side = sides.engaged_roles.contains(&party.role) || sides.engaging_roles.contains(&party.role);
            if side && !party.signs {
                let problem = "does not sign what it is bound by";
                let remedy = "let it sign, or give it another role";
                self.faults.add_as("missing", format!("parties[{index}].signs"), problem, remedy);
            }
        }
    }

    fn split_sheet(&mut self, sheet: &SplitSheet) {
        let composition = &sheet.composition;
        self.faults.line("terms.composition.title", &composition.title);
        self.code("terms.composition.iswc", "ISWC", composition.iswc.as_deref(), codes::iswc);
        for (index, writer) in composition.writers.iter().enumerate() {
            self.writer(&format!("terms.composition.writers[{index}]"), writer);
        }
        let shares: Vec<Share> = composition
            .writers
            .iter()
            .map(|writer| Share { party: writer.party, share_ppm: writer.share_ppm })
            .collect();
        self.whole("terms.composition.writers", &shares, true);
        self.master(&sheet.master);
    }

    fn writer(&mut self, path: &str, writer: &Writer) {
        self.faults.optional(format!("{path}.pro"), writer.pro.as_deref());
        self.code(format!("{path}.ipi"), "IPI", writer.ipi.as_deref(), codes::ipi);
        self.faults.most(format!("{path}.publishers"), writer.publishers.len(), 20);
        let mut owned: u64 = 0;
        for (index, publisher) in writer.publishers.iter().enumerate() {
            self.publisher(&format!("{path}.publishers[{index}]"), publisher, &writer.publishers[..index]);
            owned += if publisher.role.owns() { u64::from(publisher.share_ppm) } else { 0 };
        }
        if owned > u64::from(WHOLE_PPM) {
            let problem = format!("own {} of this writer’s publishing together", spoken(owned));
            let remedy = "make the original and co-publishers total at most 100%; what is left stays with the writer";
            self.faults.add_as("total", format!("{path}.publishers"), problem, remedy);
        }
    }

    fn publisher(&mut self, path: &str, publisher: &Publisher, earlier: &[Publisher]) {
        self.who(path, publisher.party, publisher.name.as_deref());
        self.code(format!("{path}.ipi"), "IPI", publisher.ipi.as_deref(), codes::ipi);
        self.faults.optional(format!("{path}.pro"), publisher.pro.as_deref());
        self.faults.optional(format!("{path}.territory"), publisher.territory.as_deref());
        self.part(&format!("{path}.share_ppm"), publisher.share_ppm);
        match (publisher.role.owns(), publisher.of) {
            (true, Some(_)) => {
                let remedy = "leave it out: only an administrator or sub-publisher acts for somebody";
                self.faults.add_as("value", format!("{path}.of"), "is given for an owner", remedy);
            }
            (false, None) => {
                let remedy = "give the position of the publisher that it acts for";
                self.faults.add_as("missing", format!("{path}.of"), "is missing", remedy);
            }
            (false, Some(of)) if of >= earlier.len() => {
                let remedy = "give the position of a publisher that stands before this one";
                self.faults.add_as("range", format!("{path}.of"), format!("is {of}"), remedy);
            }
            _ => {}
        }
    }

    fn master(&mut self, master: &Master) {
        self.code("terms.master.isrc", "ISRC", master.isrc.as_deref(), codes::isrc);
        self.whole("terms.master.owners", &master.owners, true);
        let groups = [("featured", &master.featured), ("performers", &master.performers), ("mixers", &master.mixers)];
        for (name, group) in groups {
            self.faults.most(format!("terms.master.{name}"), group.len(), 100);
            for (index, contributor) in group.iter().enumerate() {
                self.contributor(&format!("terms.master.{name}[{index}]"), contributor);
            }
        }
        self.points("terms.master.points", &master.points);
    }

    fn contributor(&mut self, path: &str, contributor: &Contributor) {
        self.who(path, contributor.party, contributor.name.as_deref());
        self.faults.optional(format!("{path}.part"), contributor.part.as_deref());
    }

    fn collaboration(&mut self, terms: &CollaborationTerms) {
        self.faults.text("terms.project", &terms.project, MAX_PARAGRAPH_CHARS);
        self.faults.most("terms.contributions", terms.contributions.len(), 100);
        for (index, contribution) in terms.contributions.iter().enumerate() {
            self.index(format!("terms.contributions[{index}].party"), contribution.party);
            self.faults.line(format!("terms.contributions[{index}].part"), &contribution.part);
        }
        let parties = &self.agreement.parties;
        if parties.iter().filter(|party| party.role == Role::Collaborator).count() < 2 {
            let remedy = "give at least two parties the role collaborator";
            self.faults.add_as("missing", "parties", "there are not two collaborators among them", remedy);
        }
        for (index, _) in parties.iter().enumerate().filter(|(_, party)| party.role == Role::Collaborator) {
            if !terms.contributions.iter().any(|contribution| contribution.party == index) {
                let problem = format!("says nothing of the collaborator parties[{index}]");
                self.faults.add_as("missing", "terms.contributions", problem, "say what each of them brings");
            }
        }
        self.whole("terms.costs", &terms.costs, false);
        self.ownership(&terms.ownership, true, true);
    }

    fn ownership(&mut self, ownership: &Ownership, composition: bool, master: bool) {
        self.whole("terms.ownership.composition", &ownership.composition, composition);
        self.whole("terms.ownership.master", &ownership.master, master);
    }

    /// Shares total exactly the whole; nobody stands there twice, and whoever holds one signs.
    fn whole(&mut self, field: &str, shares: &[Share], required: bool) {
        if shares.is_empty() {
            if required {
                self.faults.add_as("empty", field, "is empty", "say who owns it: the shares total exactly 100%");
            }
            return;
        }
        self.faults.most(field, shares.len(), 100);
        let mut seen = BTreeSet::new();
        for (index, share) in shares.iter().enumerate() {
            let path = format!("{field}[{index}]");
            self.index(format!("{path}.party"), share.party);
            if share.share_ppm == 0 {
                let remedy = "give a share above zero, or leave the party out";
                self.faults.add_as("range", format!("{path}.share_ppm"), "is zero", remedy);
            }
            if !seen.insert(share.party) {
                let remedy = "join the party’s shares in one entry";
                self.faults.add_as("twice", format!("{path}.party"), "stands there twice", remedy);
            }
            if self.agreement.parties.get(share.party).is_some_and(|party| !party.signs) {
                let field = format!("parties[{}].signs", share.party);
                let remedy = "let the party sign: a share that its owner has not signed is disputed later";
                self.faults.add_as("missing", field, "holds a share and does not sign", remedy);
            }
        }
        let total: u64 = shares.iter().map(|share| u64::from(share.share_ppm)).sum();
        if total != u64::from(WHOLE_PPM) {
            let problem = format!("total {}", spoken(total));
            self.faults.add_as(
                "total",
                field,
                problem,
                "make the shares total exactly 100% (1,000,000 parts per million)",
            );
        }
    }

    fn points(&mut self, field: &str, points: &[Points]) {
        let on_receipts = points.iter().filter(|points| points.base == RoyaltyBase::NetReceipts);
        let sum: u64 = on_receipts.map(|points| u64::from(points.hundredths)).sum();
        if sum > 10_000 {
            let remedy =
                "give at most 10000 hundredths of a point on net receipts in all: that is all that is received";
            self.faults.add_as("range", field, format!("come to {sum} hundredths of a point"), remedy);
        }
        self.faults.most(field, points.len(), 100);
        for (index, points) in points.iter().enumerate() {
            self.index(format!("{field}[{index}].party"), points.party);
            if !(1..=10_000).contains(&points.hundredths) {
                let remedy = "give 1 to 10000 hundredths of a point: 350 are 3.5 points";
                let field = format!("{field}[{index}].hundredths");
                self.faults.add_as("range", field, format!("is {}", points.hundredths), remedy);
            }
        }
    }

    fn general(&mut self, general: &General) {
        if general.payment_terms.due_days > 365 {
            let problem = format!("is {}", general.payment_terms.due_days);
            self.faults.add_as("range", "general.payment_terms.due_days", problem, "give 0 to 365");
        }
        if let Some(notes) = &general.payment_terms.notes {
            self.faults.text("general.payment_terms.notes", notes, MAX_PARAGRAPH_CHARS);
        }
        for (index, credit) in general.credit.iter().enumerate() {
            self.index(format!("general.credit[{index}].party"), credit.party);
            self.faults.line(format!("general.credit[{index}].line"), &credit.line);
        }
        self.faults.most("general.credit", general.credit.len(), 100);
        if let Some(extra) = general.revision_limit.as_ref().and_then(|limit| limit.extra.as_ref()) {
            self.amount("general.revision_limit.extra", extra);
        }
        if let Term::Months { starts_on, months } = general.term {
            let first = starts_on.unwrap_or(self.agreement.dated);
            if !(1..=1_200).contains(&months) || last_day_from(first, months).is_none() {
                let remedy = "give 1 to 1200 months, or a perpetual term";
                self.faults.add_as("range", "general.term.months", format!("is {months}"), remedy);
            }
        }
        self.faults.line("general.territory", &general.territory);
        self.faults.text("general.governing_law", &general.governing_law, MAX_PARAGRAPH_CHARS);
        self.faults.most("general.samples", general.samples.len(), 100);
        for (index, sample) in general.samples.iter().enumerate() {
            self.faults.line(format!("general.samples[{index}].title"), &sample.title);
            self.faults.line(format!("general.samples[{index}].source"), &sample.source);
        }
    }

    fn lines(&mut self, field: &str, lines: &[String], most: usize) {
        self.faults.count(field, lines.len(), most);
        for (index, line) in lines.iter().enumerate() {
            self.faults.line(format!("{field}[{index}]"), line);
        }
    }

    fn amount(&mut self, field: &str, amount: &Amount) {
        self.faults.currency(field, &amount.currency, amount.decimals);
    }

    fn part(&mut self, field: &str, ppm: u32) {
        if ppm > WHOLE_PPM {
            let problem = format!("is {}", spoken(u64::from(ppm)));
            self.faults.add_as("range", field, problem, "give at most 100% (1,000,000 parts per million)");
        }
    }

    fn who(&mut self, path: &str, party: Option<usize>, name: Option<&str>) {
        match (party, name) {
            (Some(party), None) => self.index(format!("{path}.party"), party),
            (None, Some(name)) => self.faults.line(format!("{path}.name"), name),
            (None, None) => {
                let remedy = "give the position of a party, or a name";
                self.faults.add_as("missing", format!("{path}.name"), "nobody is named", remedy);
            }
            (Some(_), Some(_)) => {
                let remedy = "give one of the two: a party has its name already";
                self.faults.add_as("twice", format!("{path}.name"), "stands beside a party", remedy);
            }
        }
    }

    fn index(&mut self, field: String, party: usize) {
        let count = self.agreement.parties.len();
        if party >= count {
            let remedy = format!("give the position of one of the {count} parties, from 0");
            self.faults.add_as("range", field, format!("is {party}"), remedy);
        }
    }
}

/// A total as a percentage, however large.
fn spoken(ppm: u64) -> String {
    percent(u32::try_from(ppm).unwrap_or(u32::MAX), crate::texts::Language::En)
}
