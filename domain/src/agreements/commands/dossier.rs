//! An agreement under its row lock, with its signers: what every command here works on.

use std::collections::BTreeSet;

use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, LockType},
};
use serde_json::{Value, json};

use super::{
    super::{
        AgreementError,
        document::Reading,
        entity::{
            AgreementNotice, AgreementState, EvidenceKind, LinkReason, SignerState, agreement, evidence, link, session,
            signer, version,
        },
        evidence as chain,
        queries::{self, Told},
        rules::{self, Fault, Standing, Step},
    },
    Device,
};
use crate::{
    actor::{Actor, Ctx},
    email::EmailAddress,
    ids::{AgreementId, SignerId, SigningLinkId},
    outbox::{self, Job},
    policy::{Action, Denied, visible},
    report::StoreError,
    store::Tx,
    visible::is_steering,
};

/// Who becomes a signer.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) name: String,
    pub(super) email: EmailAddress,
    pub(super) delegated_by: Option<SignerId>,
    /// What whoever handed it on says to them.
    pub(super) note: Option<String>,
}

/// An agreement held until the end of the transaction. [`Self::save`] writes what was changed of its row.
pub(super) struct Dossier<'a> {
    pub(super) tx: &'a Tx,
    pub(super) ctx: &'a Ctx,
    pub(super) row: agreement::Model,
    pub(super) signers: Vec<signer::Model>,
}

impl<'a> Dossier<'a> {
    /// Takes an agreement, whoever asks.
    pub(super) async fn open(tx: &'a Tx, ctx: &'a Ctx, id: AgreementId) -> Result<Option<Self>, StoreError> {
        let Some(row) = lock(tx, id).await? else { return Ok(None) };
        Ok(Some(Self::of(tx, ctx, row).await?))
    }

    /// Takes an agreement of a studio that the caller manages. Nothing more is read of a stranger's than of one that is nowhere.
    pub(super) async fn for_studio(tx: &'a Tx, ctx: &'a Ctx, id: AgreementId) -> Result<Self, AgreementError> {
        let found = lock(tx, id).await?;
        let managed = visible(&ctx.actor, Action::ManageAgreements, found, |row| row.studio_id)?;
        Ok(Self::of(tx, ctx, managed.ok_or(AgreementError::NotFound)?).await?)
    }

    async fn of(tx: &'a Tx, ctx: &'a Ctx, row: agreement::Model) -> Result<Self, StoreError> {
        let signers = queries::signers_of(tx, row.id).await?;
        Ok(Self { tx, ctx, row, signers })
    }

    /// Takes the agreement of the signer who acts, with their session.
    pub(super) async fn for_signer(
        tx: &'a Tx,
        ctx: &'a Ctx,
    ) -> Result<(Self, SignerId, session::Model), AgreementError> {
        let Actor::Signer { agreement, signer, session } = ctx.actor else {
            return Err(Denied::Unauthenticated.into());
        };
        let found = Self::open(tx, ctx, agreement).await?.ok_or(AgreementError::NotFound)?;
        let session = session::Entity::find_by_id(session)
            .filter(session::Column::AgreementId.eq(agreement))
            .filter(session::Column::SignerId.eq(signer))
            .filter(session::Column::ExpiresAt.gt(ctx.env.now()))
            .one(tx)
            .await?
            .ok_or(AgreementError::NoSession)?;
        Ok((found, signer, session))
    }

    /// The same for what may be done after a code has been entered, and while there is time.
    pub(super) async fn for_verified(
        tx: &'a Tx,
        ctx: &'a Ctx,
    ) -> Result<(Self, SignerId, session::Model), AgreementError> {
        let (found, signer, session) = Self::for_signer(tx, ctx).await?;
        if session.verified_at.is_none() {
            return Err(AgreementError::NotVerified);
        }
        if found.row.state == AgreementState::Expired {
            return Err(AgreementError::Over(AgreementState::Expired));
        }
        found.require_in_time()?;
        Ok((found, signer, session))
    }

    /// Refuses what is with the signers when the time to sign is over. The schedule ends it when it comes round; nothing is done in it until then.
    pub(super) fn require_in_time(&self) -> Result<(), AgreementError> {
        let late = self.row.state.is_out() && self.row.stands_at(self.ctx.env.now()) == AgreementState::Expired;
        if late { Err(AgreementError::Over(AgreementState::Expired)) } else { Ok(()) }
    }

    /// Refuses when there is nothing to sign, or the signer of a link does not sign (any more): no link of theirs opens anything.
    pub(super) fn require_open_to(&self, signer: SignerId) -> Result<(), AgreementError> {
        let state = self.row.stands_at(self.ctx.env.now());
        if !state.is_out() {
            return Err(AgreementError::Over(state));
        }
        if self.signer(signer)?.state.counts() { Ok(()) } else { Err(Fault::NotASigner.into()) }
    }

    /// Refuses who has read another version than the current one.
    pub(super) fn require_version(&self, expected: i32) -> Result<(), AgreementError> {
        let current = self.row.version;
        if expected == current { Ok(()) } else { Err(AgreementError::Changed { current }) }
    }

    /// How it stands.
    pub(super) fn standing(&self) -> Standing {
        queries::standing(&self.row, &self.signers)
    }

    /// A signer's row.
    pub(super) fn signer(&self, id: SignerId) -> Result<&signer::Model, AgreementError> {
        self.signers.iter().find(|row| row.id == id).ok_or(Fault::NotASigner.into())
    }

    /// Lets the machine take a step and writes what follows for the signers; `who` tells about those who are new.
    pub(super) async fn take(
        &mut self,
        step: &Step,
        who: impl Fn(&rules::Signer) -> Option<Person>,
    ) -> Result<Standing, AgreementError> {
        let next = self.standing().apply(step)?;
        self.row.state = next.state;
        self.row.counter_by = next.counter_by;
        if next.counter_by.is_none() {
            self.row.counter_version = None;
        }
        for after in &next.signers {
            let counted = self.signers.iter().any(|row| row.id == after.id && row.state.counts());
            match self.signers.iter_mut().find(|row| row.id == after.id) {
                Some(row) => {
                    let before = row.clone();
                    place(row, after);
                    if *row != before {
                        row.clone().into_active_model().reset_all().update(self.tx).await?;
                    }
                }
                None => self.add(after, who(after).ok_or(Fault::NotASigner)?).await?,
            }
            if counted && !after.counts() {
                self.void_links(Some(after.id)).await?;
            }
        }
        if next.state.is_final() {
            self.void_links(None).await?;
            if next.state != AgreementState::Executed {
                self.row.closed_at = Some(self.ctx.env.now());
            }
        }
        Ok(next)
    }

    /// The same for a step that seats the signers at a document's parties.
    pub(super) async fn seat(&mut self, step: &Step, reading: &Reading) -> Result<Standing, AgreementError> {
        let party = |index: usize| reading.parties.get(index);
        let next = self
            .take(step, |fresh| {
                let row = party(fresh.party)?;
                Some(Person { name: row.name.clone(), email: row.email.clone()?, delegated_by: None, note: None })
            })
            .await?;
        for row in &mut self.signers {
            let own = usize::try_from(row.party_index).ok().and_then(party);
            let Some(own) = own.filter(|own| own.name != row.name) else { continue };
            if row.delegated_by.is_none() && matches!(row.state, SignerState::Waiting | SignerState::Paper) {
                row.name.clone_from(&own.name);
                row.clone().into_active_model().reset_all().update(self.tx).await?;
            }
        }
        Ok(next)
    }

    async fn add(&mut self, after: &rules::Signer, person: Person) -> Result<(), StoreError> {
        let row = signer::Model {
            id: after.id,
            agreement_id: self.row.id,
            party_index: index(after.party),
            party_key: after.key.clone(),
            position: after.position,
            name: person.name,
            email: person.email,
            state: after.state,
            delegated_by: person.delegated_by,
            replaced_by: None,
            reason: None,
            note: person.note,
            refusal: None,
            party_id: None,
            signed_version: None,
            signed_text_sha256: None,
            concerns_sha256: None,
            shown_sha256: None,
            consent_version: None,
            mark: None,
            signed_at: None,
            ip: None,
            user_agent: None,
            mailed_at: None,
            reminders: 0,
            created_at: self.ctx.env.now(),
        };
        row.clone().into_active_model().insert(self.tx).await?;
        self.signers.push(row);
        Ok(())
    }

    /// Changes a signer's row.
    pub(super) async fn change(
        &mut self,
        id: SignerId,
        change: impl FnOnce(&mut signer::Model),
    ) -> Result<(), AgreementError> {
        let row = self.signers.iter_mut().find(|row| row.id == id).ok_or(Fault::NotASigner)?;
        change(row);
        row.clone().into_active_model().reset_all().update(self.tx).await?;
        Ok(())
    }

    /// Appends to the evidence chain.
    pub(super) async fn note(
        &mut self,
        kind: EvidenceKind,
        signer: Option<SignerId>,
        data: Value,
    ) -> Result<(), StoreError> {
        let event = chain::Event { at: self.ctx.env.now(), kind, signer, data };
        let entry: evidence::Model =
            chain::follow(self.row.id, self.row.evidence_count, &self.row.evidence_head, &event);
        self.row.evidence_count = entry.seq;
        self.row.evidence_head = entry.hash.clone();
        entry.into_active_model().insert(self.tx).await?;
        Ok(())
    }

    /// Mails a signer a fresh link; earlier ones that were not opened are void.
    pub(super) async fn mail(&mut self, to: SignerId, reason: LinkReason) -> Result<SigningLinkId, AgreementError> {
        self.void_links(Some(to)).await?;
        let (id, now): (SigningLinkId, _) = (self.ctx.env.id(), self.ctx.env.now());
        let row = link::ActiveModel {
            id: Set(id),
            agreement_id: Set(self.row.id),
            signer_id: Set(to),
            reason: Set(reason),
            created_at: Set(now),
            expires_at: Set(now + rules::LINK_LIFE),
            mailed_at: Set(None),
            used_at: Set(None),
            voided_at: Set(None),
        };
        row.insert(self.tx).await?;
        outbox::put(self.tx, self.ctx, Some(self.row.studio_id), &Job::MailSigner { link: id }).await?;
        self.change(to, |row| row.mailed_at = Some(now)).await?;
        Ok(id)
    }

    /// Mails a signer whose turn it is: for this reason, unless they are asked for the first time.
    pub(super) async fn ask(&mut self, to: SignerId, reason: LinkReason) -> Result<(), AgreementError> {
        let row = self.signer(to)?;
        let reason = match (row.mailed_at, row.delegated_by) {
            (Some(_), _) => reason,
            (None, Some(_)) => LinkReason::Delegated,
            (None, None) => LinkReason::Invited,
        };
        self.mail(to, reason).await?;
        Ok(())
    }

    /// Mails everybody whose turn it is.
    pub(super) async fn mail_turn(&mut self, standing: &Standing, reason: LinkReason) -> Result<(), AgreementError> {
        for id in standing.turn() {
            self.ask(id, reason).await?;
        }
        Ok(())
    }

    /// Mails those whose turn has come with a step.
    pub(super) async fn mail_new_turn(&mut self, before: &Standing, after: &Standing) -> Result<(), AgreementError> {
        let earlier: BTreeSet<SignerId> = before.turn().into_iter().collect();
        for id in after.turn().into_iter().filter(|id| !earlier.contains(id)) {
            self.ask(id, LinkReason::Invited).await?;
        }
        Ok(())
    }

    /// Tells a signer, or the studio, how it stands, and by whom.
    pub(super) async fn tell(
        &self,
        signer: Option<SignerId>,
        what: AgreementNotice,
        by: Option<SignerId>,
    ) -> Result<(), StoreError> {
        let job = Job::MailAgreement { agreement: self.row.id, signer, what, by };
        outbox::put(self.tx, self.ctx, Some(self.row.studio_id), &job).await?;
        Ok(())
    }

    /// Tells the studio, and all signers who have been asked but for whose doing it is.
    pub(super) async fn tell_all(&self, what: AgreementNotice, by: Option<SignerId>) -> Result<(), StoreError> {
        self.tell(None, what, by).await?;
        self.tell_asked(what, by).await?;
        Ok(())
    }

    /// Tells all signers who have been asked, but for whose doing it is; gives whether the studio must tell somebody on paper.
    pub(super) async fn tell_asked(&self, what: AgreementNotice, by: Option<SignerId>) -> Result<bool, StoreError> {
        let rows = queries::evidence_of(self.tx, self.row.id).await?;
        let mut on_paper = false;
        for row in self.signers.iter().filter(|row| Some(row.id) != by) {
            match queries::told(row, what, &rows) {
                Told::ByMail => self.tell(Some(row.id), what, by).await?,
                Told::OnPaper => on_paper = true,
                Told::NotAtAll => {}
            }
        }
        Ok(on_paper)
    }

    async fn void_links(&self, of: Option<SignerId>) -> Result<(), StoreError> {
        let mut void = link::Entity::update_many()
            .col_expr(link::Column::VoidedAt, Expr::value(self.ctx.env.now()))
            .filter(link::Column::AgreementId.eq(self.row.id))
            .filter(link::Column::UsedAt.is_null())
            .filter(link::Column::VoidedAt.is_null());
        if let Some(signer) = of {
            void = void.filter(link::Column::SignerId.eq(signer));
        }
        void.exec(self.tx).await?;
        Ok(())
    }

    /// What the current version says.
    pub(super) async fn current(&self) -> Result<Reading, AgreementError> {
        self.reading(self.row.version).await
    }

    /// What a version says.
    pub(super) async fn reading(&self, number: i32) -> Result<Reading, AgreementError> {
        let row = version::Entity::find_by_id((self.row.id, number)).one(self.tx).await?;
        Ok(queries::reading(&row.ok_or(AgreementError::NotFound)?)?)
    }

    /// Writes a further version and gives its number. It is not the current one by that.
    pub(super) async fn write(
        &self,
        reading: &Reading,
        by: Option<SignerId>,
        note: Option<String>,
    ) -> Result<i32, StoreError> {
        let last = version::Entity::find()
            .filter(version::Column::AgreementId.eq(self.row.id))
            .order_by_desc(version::Column::Number)
            .one(self.tx)
            .await?;
        let number = last.map_or(0, |row| row.number).saturating_add(1);
        insert_version(self.tx, self.ctx, self.row.id, number, reading, by, note).await?;
        Ok(number)
    }

    /// Makes a version the current one.
    pub(super) fn adopt(&mut self, number: i32, reading: &Reading) {
        self.row.version = number;
        self.row.title.clone_from(&reading.title);
        self.row.work_id = reading.splits.as_ref().and_then(|splits| splits.work);
        self.row.term_ends_on = reading.term_ends_on;
    }

    /// Writes the agreement's row.
    pub(super) async fn save(self) -> Result<agreement::Model, StoreError> {
        Ok(self.row.into_active_model().reset_all().update(self.tx).await?)
    }
}

/// An agreement's row, held until the end of the transaction.
async fn lock(tx: &Tx, id: AgreementId) -> Result<Option<agreement::Model>, StoreError> {
    Ok(agreement::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx).await?)
}

/// Brings a signer's row to where the machine has them; a signature that no longer stands leaves nothing behind but evidence.
fn place(row: &mut signer::Model, after: &rules::Signer) {
    row.party_index = index(after.party);
    row.position = after.position;
    row.state = after.state;
    if after.signed.is_none() {
        row.signed_version = None;
        row.signed_text_sha256 = None;
        row.concerns_sha256 = None;
        row.shown_sha256 = None;
        row.consent_version = None;
        row.mark = None;
        row.signed_at = None;
        row.ip = None;
        row.user_agent = None;
    }
}

fn index(party: usize) -> i32 {
    i32::try_from(party).unwrap_or(i32::MAX)
}

/// Writes a version.
pub(super) async fn insert_version(
    tx: &Tx,
    ctx: &Ctx,
    agreement: AgreementId,
    number: i32,
    reading: &Reading,
    proposed_by: Option<SignerId>,
    note: Option<String>,
) -> Result<(), StoreError> {
    let mut told = serde_json::to_value(reading).map_err(|cause| sea_orm::DbErr::Json(cause.to_string()))?;
    if let Some(fields) = told.as_object_mut() {
        // The document itself stands beside it, to the byte.
        fields.insert("canonical_json".to_owned(), Value::from(""));
    }
    let row = version::ActiveModel {
        agreement_id: Set(agreement),
        number: Set(number),
        document: Set(reading.canonical_json.clone()),
        text_sha256: Set(reading.text_sha256.clone()),
        reading: Set(told),
        proposed_by: Set(proposed_by),
        note: Set(note),
        created_at: Set(ctx.env.now()),
    };
    row.insert(tx).await?;
    Ok(())
}

/// What is noted of a device: never longer than a line, and no text that a database refuses.
pub(super) fn tidy(device: &Device) -> Device {
    let line = |text: &str, max: usize| text.chars().filter(|c| !is_steering(*c)).take(max).collect::<String>();
    Device { user_agent: line(&device.user_agent, 400), ip: line(&device.ip, 64) }
}

/// An entry's particulars with the device they came from.
pub(super) fn from_device(device: &Device, mut data: Value) -> Value {
    let device = tidy(device);
    if let Some(fields) = data.as_object_mut() {
        fields.insert("ip".to_owned(), json!(device.ip));
        fields.insert("user_agent".to_owned(), json!(device.user_agent));
    }
    data
}
