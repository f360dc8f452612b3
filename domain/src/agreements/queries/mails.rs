//! What the mails say.

use sea_orm::{ConnectionTrait, EntityTrait};

use super::{
    super::{
        entity::{
            AgreementNotice, AgreementState, LinkReason, SignerState, agreement, evidence, link, session, signer,
            version,
        },
        evidence::{self as chain, PaperRecord},
        rules::WITHDRAWAL_LIFE,
    },
    code,
    proposals::{self, Proposal},
};
use crate::{
    env::Instant,
    identity::entity::studio,
    ids::{AgreementId, SignerId, SigningLinkId, SigningSessionId, StudioId},
    links::{LinkKey, Purpose},
    report::StoreError,
    store::Db,
};

pub(super) async fn studio(db: &impl ConnectionTrait, id: StudioId) -> Result<Option<studio::Model>, StoreError> {
    Ok(studio::Entity::find_by_id(id).one(db).await?)
}

/// What a link's mail says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkMail {
    /// The link.
    pub link: link::Model,
    /// The agreement.
    pub agreement: agreement::Model,
    /// The studio that asks.
    pub studio: studio::Model,
    /// To whom.
    pub signer: signer::Model,
    /// Who handed it on to them.
    pub delegated_by: Option<String>,
    /// Who proposed the version that they are asked to sign now, if a signer did.
    pub proposed_by: Option<String>,
    /// What is said to them with it: by who handed it on, by the studio that did not take their change, or about what has changed.
    pub said: Option<String>,
    /// What they knew last beside what they are asked to sign now, if it has changed.
    pub compared: Option<Compared>,
}

/// Two versions of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// The one that was known.
    pub before: String,
    /// The one that is current.
    pub after: String,
    /// Whether both read the same, word for word.
    pub same_text: bool,
    /// Whether the earlier one was signed.
    pub had_signed: bool,
}

impl LinkMail {
    /// Where the link leads.
    pub fn url(&self, public_url: &str, links: &LinkKey) -> String {
        // Without an expiry of its own: the row says until when it opens, and who comes late can ask for another.
        format!("{public_url}/sign/{}", links.token(Purpose::Sign, self.link.id, None))
    }

    /// Whether there is still something to mail.
    pub fn is_open(&self, now: Instant) -> bool {
        let link = &self.link;
        self.agreement.stands_at(now).is_out()
            && link.used_at.is_none()
            && link.voided_at.is_none()
            && link.mailed_at.is_none()
            && link.expires_at > now
    }
}

/// What a link's mail says; none if there is no such link. For the job that sends it.
pub async fn find_link_mail(db: &Db, id: SigningLinkId) -> Result<Option<LinkMail>, StoreError> {
    let Some(link) = link::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    let Some(signer) = signer::Entity::find_by_id(link.signer_id).one(db).await? else { return Ok(None) };
    let Some(agreement) = agreement::Entity::find_by_id(link.agreement_id).one(db).await? else { return Ok(None) };
    let delegated_by = match signer.delegated_by {
        Some(id) => signer::Entity::find_by_id(id).one(db).await?.map(|row| row.name),
        None => None,
    };
    let (mut proposed_by, mut said, mut compared) = (None, None, None);
    match link.reason {
        LinkReason::Delegated => said = chain::said_to_delegate(&super::evidence_of(db, agreement.id).await?, &signer),
        LinkReason::CounterRefused => {
            said = chain::said_of_refusal(&super::evidence_of(db, agreement.id).await?, &signer);
        }
        LinkReason::Changed => {
            if let Some(current) = super::find_version(db, agreement.id, agreement.version).await? {
                compared = known(db, &signer, &current).await?;
                if let Some(id) = current.proposed_by {
                    proposed_by = signer::Entity::find_by_id(id).one(db).await?.map(|row| row.name);
                }
                said = current.note;
            }
        }
        LinkReason::Invited | LinkReason::Reminded | LinkReason::Requested => {}
    }
    let studio = studio(db, agreement.studio_id).await?;
    Ok(studio.map(|studio| LinkMail { link, agreement, studio, signer, delegated_by, proposed_by, said, compared }))
}

/// What a signer knew last beside the current version; none if they have seen no other.
async fn known(db: &Db, signer: &signer::Model, current: &version::Model) -> Result<Option<Compared>, StoreError> {
    let rows = super::evidence_of(db, current.agreement_id).await?;
    let Some((number, had_signed)) = chain::last_known(&rows, signer.id, current.number) else { return Ok(None) };
    let known = super::find_version(db, current.agreement_id, number).await?;
    Ok(known.map(|known| Compared {
        same_text: known.text_sha256 == current.text_sha256,
        before: known.document,
        after: current.document.clone(),
        had_signed,
    }))
}

/// What a code's mail says.
#[derive(Clone, PartialEq, Eq)]
pub struct CodeMail {
    /// The code, six digits.
    pub code: String,
    /// Its number, for [`super::super::commands::record_code_mailed`].
    pub number: i32,
    /// Until when it is good.
    pub expires_at: Instant,
    /// To whom.
    pub signer: signer::Model,
    /// What for.
    pub agreement: agreement::Model,
    /// The studio that asks.
    pub studio: studio::Model,
}

impl std::fmt::Debug for CodeMail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CodeMail")
            .field("signer", &self.signer.id)
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
}

/// What a code's mail says; none if there is nothing to mail (any more). For the job that sends it.
pub async fn find_code_mail(
    db: &Db,
    links: &LinkKey,
    id: SigningSessionId,
    now: Instant,
) -> Result<Option<CodeMail>, StoreError> {
    let Some(session) = session::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    let expires_at = session.code_expires_at.filter(|until| *until > now);
    let Some(expires_at) = expires_at.filter(|_| session.verified_at.is_none()) else { return Ok(None) };
    if session.codes_mailed >= session.codes {
        return Ok(None);
    }
    let Some(signer) = signer::Entity::find_by_id(session.signer_id).one(db).await? else { return Ok(None) };
    let Some(agreement) = agreement::Entity::find_by_id(session.agreement_id).one(db).await? else { return Ok(None) };
    let studio = studio(db, agreement.studio_id).await?;
    let Some(code) = code(links, &session) else { return Ok(None) };
    let number = session.codes;
    Ok(studio.map(|studio| CodeMail { code, number, expires_at, signer, agreement, studio }))
}

/// How a signer hears of what concerns everybody who was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// By mail.
    ByMail,
    /// From the studio, on paper.
    OnPaper,
    /// Not at all: they were never asked, or sign no longer.
    NotAtAll,
}

/// Who is mailed what, the one rule for it. Whoever asked for paper, signed on paper or has withdrawn the consent to electronic records is told on
/// paper; the executed document is owed to everybody who signed it, and is mailed to them too.
pub(crate) fn told(row: &signer::Model, what: AgreementNotice, rows: &[evidence::Model]) -> Told {
    let there = !matches!(row.state, SignerState::Replaced | SignerState::Released);
    if !there || row.mailed_at.is_none() {
        return Told::NotAtAll;
    }
    let due = what == AgreementNotice::Executed && row.state == SignerState::Signed;
    let on_paper = row.is_on_paper() || chain::wants_records_on_paper(rows, row.id);
    if on_paper && !due { Told::OnPaper } else { Told::ByMail }
}

/// What a mail without a signing link says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgreementMail {
    /// The agreement.
    pub agreement: agreement::Model,
    /// The studio.
    pub studio: studio::Model,
    /// To whom; none: the studio.
    pub to: Option<signer::Model>,
    /// The signer whose doing it is, if it is one's.
    pub by: Option<signer::Model>,
    /// Who signs in their place, if they have handed it on.
    pub successor: Option<signer::Model>,
    /// Until when they can withdraw the consent to electronic records by a link; none if none was asked for, or it is withdrawn.
    pub withdraw_until: Option<Instant>,
    /// What the studio recorded of their signature on paper, if it did.
    pub recorded: Option<PaperRecord>,
    /// The change that waits for the studio, in the mail that tells of one.
    pub proposal: Option<Proposal>,
    /// In the studio's mail: who is not mailed the same, by name, and is to be told on paper.
    pub on_paper: Vec<String>,
}

impl AgreementMail {
    /// Where the signer sees the executed agreement; none for the studio, which signs in, and before the execution.
    pub fn url(&self, public_url: &str, links: &LinkKey) -> Option<String> {
        let signed = |row: &&signer::Model| row.state == SignerState::Signed;
        let to = self.to.as_ref().filter(signed).filter(|_| self.agreement.state == AgreementState::Executed)?;
        Some(agreement_url(public_url, links, to.id))
    }

    /// Where the signer withdraws the consent to electronic records; none if there is no link to be mailed.
    pub fn withdraw_url(&self, public_url: &str, links: &LinkKey) -> Option<String> {
        let token = links.token(Purpose::WithdrawConsent, self.to.as_ref()?.id, Some(self.withdraw_until?));
        Some(format!("{public_url}/agreement/{token}/consent/confirm"))
    }
}

/// The lasting link under which a signer sees the executed agreement.
pub fn agreement_url(public_url: &str, links: &LinkKey, signer: SignerId) -> String {
    format!("{public_url}/agreement/{}", links.token(Purpose::Agreement, signer, None))
}

/// What a mail without a signing link says; none if there is no such agreement or signer. For the job that sends it.
pub async fn find_agreement_mail(
    db: &Db,
    id: AgreementId,
    signer: Option<SignerId>,
    what: AgreementNotice,
    by: Option<SignerId>,
) -> Result<Option<AgreementMail>, StoreError> {
    let Some(agreement) = agreement::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    let Some(studio) = studio(db, agreement.studio_id).await? else { return Ok(None) };
    let signers = super::signers_of(db, id).await?;
    let find = |id: Option<SignerId>| signers.iter().find(|row| Some(row.id) == id).cloned();
    let (to, by) = (find(signer), find(by));
    if signer.is_some() && to.is_none() {
        return Ok(None);
    }
    let successor = find(by.as_ref().and_then(|row| row.replaced_by));
    let rows = super::evidence_of(db, id).await?;
    let asked_at = |who| chain::withdrawal_asked_at(&rows, who).filter(|_| !chain::wants_records_on_paper(&rows, who));
    let withdraw_until = to.as_ref().and_then(|row| asked_at(row.id)).map(|at| at + WITHDRAWAL_LIFE);
    let recorded = to.as_ref().and_then(|row| chain::recorded_on_paper(&rows, row.id));
    let hears_on_paper = |row: &&signer::Model| {
        let theirs = by.as_ref().is_some_and(|by| by.id == row.id);
        !theirs && told(row, what, &rows) == Told::OnPaper
    };
    let on_paper = if signer.is_none() && what.is_for_all() {
        signers.iter().filter(hears_on_paper).map(|row| row.name.clone()).collect()
    } else {
        Vec::new()
    };
    let proposal = match what {
        AgreementNotice::Countered => proposals::open_proposal(db, &agreement).await?,
        _ => None,
    };
    Ok(Some(AgreementMail { agreement, studio, to, by, successor, withdraw_until, recorded, proposal, on_paper }))
}
