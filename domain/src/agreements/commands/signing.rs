//! What a signer does: read, consent, sign; or decline, hand it on, propose a change, ask for paper.

use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};
use serde_json::json;

use super::{
    super::{
        AgreementError,
        document::{Mark, PartyReading, Reading},
        entity::{AgreementNotice, AgreementState, EvidenceKind, SignerState, agreement, session, version},
        evidence, queries,
        rules::{self, Step, Typed},
    },
    CONSENT_TEXT, CONSENT_VERSION, Device, Prepared,
    dossier::{Dossier, Person, from_device, tidy},
    execution, note, reason, sha256_of,
    studio::require_work,
};
use crate::{
    actor::Ctx,
    catalog::Sha256,
    email::EmailAddress,
    identity::{commands::hold_open, rules as texts},
    ids::SignerId,
    store::Tx,
};

/// What was shown to a signer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The version.
    pub version: i32,
    /// SHA-256 of its text.
    pub text_sha256: Sha256,
    /// SHA-256 of what was shown: the document's HTML, to the byte.
    pub shown_sha256: Sha256,
}

/// A signature to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signing {
    /// The version that was read.
    pub version: i32,
    /// SHA-256 of its text.
    pub text_sha256: Sha256,
    /// The full name as the signer typed it: kept in the evidence beside a drawing, too.
    pub typed_name: String,
    /// In what capacity they sign for a company.
    pub capacity: Option<String>,
    /// The typed name again, once it was confirmed to be right although another was asked, or although it is the company's.
    pub confirmed_name: Option<String>,
    /// The visible mark.
    pub mark: Mark,
}

/// To whom a signer hands it on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delegation {
    /// The name.
    pub name: String,
    /// The address.
    pub email: String,
    /// What to say about it.
    pub note: Option<String>,
}

/// A change that a signer proposes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CounterProposal {
    /// The version that was read.
    pub expected_version: i32,
    /// The document as it should be.
    pub document: Prepared,
    /// What to say about it.
    pub note: Option<String>,
}

/// The document was shown to the signer. Showing another version than the current one is refused by name.
pub async fn shown(tx: &Tx, ctx: &Ctx, seen: &Seen, device: &Device) -> Result<(), AgreementError> {
    let (mut dossier, signer, session) = Dossier::for_verified(tx, ctx).await?;
    require_active(&dossier, signer)?;
    require_text(&dossier, seen.version, &seen.text_sha256).await?;
    let again =
        session.shown_version == Some(seen.version) && session.shown_sha256.as_ref() == Some(&seen.shown_sha256);
    if again {
        // Reading the same twice in a session is reading it.
        return Ok(());
    }
    let data = json!({
        "session": session.id, "version": seen.version, "text_sha256": seen.text_sha256, "shown_sha256": seen.shown_sha256,
    });
    let row = session::ActiveModel {
        shown_version: Set(Some(seen.version)),
        shown_sha256: Set(Some(seen.shown_sha256.clone())),
        ..session.into_active_model()
    };
    row.update(tx).await?;
    dossier.note(EvidenceKind::Shown, Some(signer), from_device(device, data)).await?;
    dossier.save().await?;
    Ok(())
}

/// The current version was not shown, for it would read otherwise than it was sent: a later program has other words for it. The studio is told,
/// once for each version, for nobody can sign it before it has changed it.
pub async fn worded_otherwise(tx: &Tx, ctx: &Ctx, seen: &Seen) -> Result<(), AgreementError> {
    let (mut dossier, signer, _) = Dossier::for_verified(tx, ctx).await?;
    let version = match require_text(&dossier, seen.version, &seen.text_sha256).await {
        Err(AgreementError::WordsChanged { version }) => version,
        other => return other,
    };
    if evidence::told_of_words(&queries::evidence_of(tx, dossier.row.id).await?, version) {
        return Ok(());
    }
    let data = json!({ "version": version, "reads_sha256": seen.text_sha256 });
    dossier.note(EvidenceKind::WordsChanged, Some(signer), data).await?;
    dossier.tell(None, AgreementNotice::WordsChanged, None).await?;
    dossier.save().await?;
    Ok(())
}

/// The signer consents to electronic records, having read the current text.
pub async fn consent(tx: &Tx, ctx: &Ctx, text_version: &str, device: &Device) -> Result<(), AgreementError> {
    let (mut dossier, signer, session) = Dossier::for_verified(tx, ctx).await?;
    require_active(&dossier, signer)?;
    if dossier.signer(signer)?.state == SignerState::Paper {
        return Err(rules::Fault::WantsPaper.into());
    }
    if text_version != CONSENT_VERSION {
        return Err(AgreementError::ConsentChanged { current: CONSENT_VERSION });
    }
    if session.consent_version.as_deref() == Some(CONSENT_VERSION) {
        return Ok(());
    }
    let text = Sha256::of(CONSENT_TEXT.as_bytes());
    let data = json!({ "session": session.id, "consent": CONSENT_VERSION, "consent_sha256": text });
    let row = session::ActiveModel {
        consent_version: Set(Some(CONSENT_VERSION.to_owned())),
        consented_at: Set(Some(ctx.env.now())),
        ..session.into_active_model()
    };
    row.update(tx).await?;
    dossier.note(EvidenceKind::Consented, Some(signer), from_device(device, data)).await?;
    dossier.save().await?;
    Ok(())
}

/// Signs. With the last signature the agreement is executed, in this transaction.
pub async fn sign(tx: &Tx, ctx: &Ctx, signing: &Signing, device: &Device) -> Result<agreement::Model, AgreementError> {
    let (mut dossier, signer, session) = Dossier::for_verified(tx, ctx).await?;
    // Said before anything else: the second click of who signed last finds done what was wanted, and nothing refused.
    if dossier.signer(signer)?.state == SignerState::Signed {
        return Err(rules::Fault::AlreadySigned.into());
    }
    let before = dossier.standing();
    if before.state.is_final() {
        return Err(rules::Fault::Final(before.state).into());
    }
    require_active(&dossier, signer)?;
    require_text(&dossier, signing.version, &signing.text_sha256).await?;
    let mark = checked(&signing.mark)?;
    let reading = dossier.current().await?;
    let row = dossier.signer(signer)?;
    let party = usize::try_from(row.party_index).ok();
    let own = party.and_then(|party| reading.parties.get(party)).ok_or(rules::Fault::NotASigner)?;
    let typed = Typed {
        name: &signing.typed_name,
        capacity: signing.capacity.as_deref(),
        confirmed: signing.confirmed_name.as_deref(),
    };
    let hand = rules::hand(typed, &row.name, own, row.delegated_by.is_some())?;
    let shown = session.shown_sha256.filter(|_| session.shown_version == Some(signing.version));
    let shown = shown.ok_or(AgreementError::NotShown)?;
    let consent = session.consent_version.filter(|given| given == CONSENT_VERSION).ok_or(AgreementError::NoConsent)?;

    let concerns = own.concerns_sha256.clone();
    let after = dossier.take(&Step::Sign { by: signer, concerns: concerns.clone() }, |_| None).await?;
    let (now, from) = (ctx.env.now(), tidy(device));
    let mark_json = serde_json::to_value(&mark).map_err(|cause| sea_orm::DbErr::Json(cause.to_string()))?;
    let data = json!({
        "session": session.id, "name": dossier.signer(signer)?.name, "typed_name": hand.name, "party": party,
        "capacity": hand.capacity, "name_confirmed": hand.is_confirmed, "version": signing.version,
        "text_sha256": signing.text_sha256, "concerns_sha256": concerns, "shown_sha256": shown, "consent": consent,
        "mark_sha256": Sha256::of(evidence::canonical(&mark_json).as_bytes()),
    });
    dossier
        .change(signer, |row| {
            row.signed_version = Some(signing.version);
            row.signed_text_sha256 = Some(signing.text_sha256.clone());
            row.concerns_sha256 = Some(concerns);
            row.shown_sha256 = Some(shown);
            row.consent_version = Some(consent);
            row.mark = Some(mark_json);
            row.signed_at = Some(now);
            row.ip = Some(from.ip);
            row.user_agent = Some(from.user_agent);
        })
        .await?;
    dossier.note(EvidenceKind::Signed, Some(signer), from_device(device, data)).await?;
    if after.state == AgreementState::Executed {
        execution::execute(&mut dossier, &reading).await?;
    } else {
        dossier.mail_new_turn(&before, &after).await?;
    }
    Ok(dossier.save().await?)
}

/// Declines, with a reason that everybody who was asked is told.
pub async fn decline(tx: &Tx, ctx: &Ctx, why: &str, device: &Device) -> Result<agreement::Model, AgreementError> {
    let (mut dossier, signer, session) = Dossier::for_verified(tx, ctx).await?;
    let why = reason(why)?;
    dossier.take(&Step::Decline(signer), |_| None).await?;
    dossier.row.closed_reason = Some(why.clone());
    dossier.change(signer, |row| row.reason = Some(why.clone())).await?;
    let data = json!({ "session": session.id, "reason": why });
    dossier.note(EvidenceKind::Declined, Some(signer), from_device(device, data)).await?;
    dossier.tell_all(AgreementNotice::Declined, Some(signer)).await?;
    Ok(dossier.save().await?)
}

/// Hands it on to somebody who signs for the same party; gives who that is. Not in a closed studio, whose members could not take it back.
pub async fn delegate(tx: &Tx, ctx: &Ctx, to: &Delegation, device: &Device) -> Result<SignerId, AgreementError> {
    let (mut dossier, signer, session) = Dossier::for_verified(tx, ctx).await?;
    hold_open(tx, dossier.row.studio_id).await??;
    let name =
        texts::name(&to.name, rules::MAX_NAME_CHARS).map_err(|fault| AgreementError::Text { field: "name", fault })?;
    let email: EmailAddress = to.email.parse().map_err(AgreementError::Email)?;
    let said = note("note", to.note.as_deref())?;
    let before = dossier.standing();
    let counts = |id: SignerId| before.signers.iter().any(|row| row.id == id && row.counts());
    let signs = dossier.signers.iter().any(|row| row.email.account_key() == email.account_key() && counts(row.id));
    if signs {
        return Err(AgreementError::DelegateSigns);
    }
    let fresh: SignerId = ctx.env.id();
    let person = Person { name: name.clone(), email: email.clone(), delegated_by: Some(signer), note: said.clone() };
    let after = dossier.take(&Step::Delegate { by: signer, to: fresh }, |_| Some(person.clone())).await?;
    dossier.change(signer, |row| row.replaced_by = Some(fresh)).await?;
    let data = json!({
        "session": session.id, "to": fresh, "name": name, "email": email, "note_sha256": sha256_of(said.as_ref()),
    });
    dossier.note(EvidenceKind::Delegated, Some(signer), from_device(device, data)).await?;
    dossier.tell(None, AgreementNotice::Delegated, Some(signer)).await?;
    dossier.mail_new_turn(&before, &after).await?;
    dossier.save().await?;
    Ok(fresh)
}

/// Proposes a change; gives the number of the version that is proposed. Nobody can sign until the studio has answered. Whoever has proposed one
/// may propose another: it takes the place of the earlier, which stays on record. Not in a closed studio, which answers nothing.
pub async fn counter(tx: &Tx, ctx: &Ctx, proposal: &CounterProposal, device: &Device) -> Result<i32, AgreementError> {
    let (mut dossier, signer, session) = Dossier::for_verified(tx, ctx).await?;
    hold_open(tx, dossier.row.studio_id).await??;
    require_active(&dossier, signer)?;
    dossier.require_version(proposal.expected_version)?;
    let said = note("note", proposal.note.as_deref())?;
    let (reading, current) = (proposal.document.of(&dossier.row.reference)?, dossier.current().await?);
    if reading.template != current.template {
        return Err(AgreementError::TemplateChanged);
    }
    // The same document with a note is a change that is asked for in words: of a split sheet too, where a name, a number or a publisher may be wrong
    // while the shares are right. Without words it would keep everybody from signing for nothing.
    if reading.text_sha256 == current.text_sha256 && said.is_none() {
        return Err(AgreementError::CounterSame);
    }
    let open = dossier.row.counter_version.filter(|_| dossier.row.counter_by == Some(signer));
    if let Some(open) = open
        && says_again(&dossier, open, reading, said.as_deref()).await?
    {
        // A second click: it is on its way.
        return Ok(open);
    }
    let own = dossier.signer(signer)?.party_index;
    let work = |reading: &Reading| reading.splits.as_ref().and_then(|splits| splits.work);
    let same_parties = reading.parties.len() == current.parties.len()
        && (0..).zip(reading.parties.iter().zip(&current.parties)).all(|(index, (new, old))| {
            let key = |party: &PartyReading| party.email.as_ref().map(EmailAddress::account_key);
            key(new) == key(old) && new.signs == old.signs && (new.name == old.name || index == own)
        });
    if !same_parties || work(reading) != work(&current) {
        return Err(AgreementError::CounterParties);
    }
    let title = |reading: &Reading| reading.splits.as_ref().map(|splits| splits.title.clone());
    // A work that the studio has renamed meanwhile holds up no proposal.
    if title(reading) != title(&current) {
        require_work(tx, dossier.row.studio_id, reading).await?;
    }
    dossier.take(&Step::Counter(signer), |_| None).await?;
    let number = dossier.write(reading, Some(signer), said.clone()).await?;
    dossier.row.counter_version = Some(number);
    let data = json!({
        "session": session.id, "version": number, "text_sha256": reading.text_sha256, "against": proposal.expected_version,
        "note_sha256": sha256_of(said.as_ref()), "instead_of": open,
    });
    dossier.note(EvidenceKind::Countered, Some(signer), from_device(device, data)).await?;
    dossier.tell(None, AgreementNotice::Countered, Some(signer)).await?;
    dossier.save().await?;
    Ok(number)
}

/// Asks for paper, and withdraws the consent to electronic records, if it was given. A signature made in this agreement is void; the studio is told.
pub async fn withdraw(
    tx: &Tx,
    ctx: &Ctx,
    why: Option<&str>,
    device: &Device,
) -> Result<agreement::Model, AgreementError> {
    let (mut dossier, signer, session) = Dossier::for_verified(tx, ctx).await?;
    let why = note("reason", why)?;
    if dossier.signer(signer)?.paper().is_some() {
        // It rests on no consent to electronic records.
        return Err(rules::Fault::AlreadySigned.into());
    }
    dossier.take(&Step::Withdraw(signer), |_| None).await?;
    dossier.change(signer, |row| row.reason.clone_from(&why)).await?;
    let consented = evidence::has_consented(&queries::evidence_of(tx, dossier.row.id).await?, signer);
    let data = json!({ "session": session.id, "reason_sha256": sha256_of(why.as_ref()), "consented": consented });
    let row =
        session::ActiveModel { consent_version: Set(None), consented_at: Set(None), ..session.into_active_model() };
    row.update(tx).await?;
    dossier.note(EvidenceKind::Withdrawn, Some(signer), from_device(device, data)).await?;
    dossier.tell(None, AgreementNotice::PaperWanted, Some(signer)).await?;
    Ok(dossier.save().await?)
}

/// Whether a proposal is the one that is open already, word for word.
async fn says_again(
    dossier: &Dossier<'_>,
    open: i32,
    reading: &Reading,
    said: Option<&str>,
) -> Result<bool, AgreementError> {
    let row = version::Entity::find_by_id((dossier.row.id, open)).one(dossier.tx).await?;
    Ok(row.is_some_and(|row| row.document == reading.canonical_json && row.note.as_deref() == said))
}

/// Reading and consenting are for those who count, while something can be signed.
fn require_active(dossier: &Dossier<'_>, signer: SignerId) -> Result<(), AgreementError> {
    let standing = dossier.standing();
    if standing.state.is_final() {
        return Err(AgreementError::Over(standing.state));
    }
    let counts = standing.signers.iter().any(|row| row.id == signer && row.counts());
    if counts { Ok(()) } else { Err(rules::Fault::NotASigner.into()) }
}

/// The version is the current one and was read with the words in which it was written.
async fn require_text(dossier: &Dossier<'_>, number: i32, text_sha256: &Sha256) -> Result<(), AgreementError> {
    dossier.require_version(number)?;
    let row = version::Entity::find_by_id((dossier.row.id, number)).one(dossier.tx).await?;
    let same = row.is_some_and(|row| row.text_sha256 == *text_sha256);
    if same { Ok(()) } else { Err(AgreementError::WordsChanged { version: number }) }
}

/// A mark that can be printed: a name on one line, or strokes within the field.
fn checked(mark: &Mark) -> Result<Mark, AgreementError> {
    match mark {
        Mark::Typed(name) => {
            texts::name(name, rules::MAX_NAME_CHARS).map(Mark::Typed).map_err(|_| AgreementError::Mark)
        }
        Mark::Drawn(strokes) => {
            let points: usize = strokes.iter().map(Vec::len).sum();
            let inside = strokes.iter().flatten().all(|(x, y)| *x <= Mark::WIDTH && *y <= Mark::HEIGHT);
            let drawn = strokes.iter().any(|stroke| stroke.len() > 1) && points <= rules::MAX_MARK_POINTS && inside;
            if drawn { Ok(mark.clone()) } else { Err(AgreementError::Mark) }
        }
        // The studio has the paper, and says so: see `paper`.
        Mark::Paper(_) => Err(AgreementError::Mark),
    }
}
