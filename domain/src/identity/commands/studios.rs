//! Founding studios and changing their settings.

use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};

use super::{
    super::{
        IdentityError,
        entity::{Accent, UnsignedSplits, member, studio, user},
        rules,
    },
    closing,
};
use crate::{
    actor::{Ctx, Role},
    acts::{self, NewAct, entity::Act},
    catalog,
    edit::Edit,
    email::EmailAddress,
    ids::{PartyId, StudioId},
    licensing,
    money::Currency,
    parties::{
        self,
        entity::{self as party, PartyKind},
    },
    policy::{Action, Denied, require},
    store::{self, Tx},
};

/// Founds another studio for a signed-in person.
pub async fn create_studio(tx: &Tx, ctx: &Ctx, name: &str, currency: Currency) -> Result<studio::Model, IdentityError> {
    let id = ctx.actor.user().ok_or(Denied::Unauthenticated)?;
    let name = rules::name(name, 200).map_err(|fault| IdentityError::Name { field: "name", fault })?;
    let owner = closing::open_account(tx, id).await?.ok_or(Denied::Unauthenticated)?;
    found(tx, ctx, &owner, &name, currency).await
}

/// A studio with its first owner, the owner as a party, and the default tiers.
pub(super) async fn found(
    tx: &Tx,
    ctx: &Ctx,
    owner: &user::Model,
    name: &str,
    currency: Currency,
) -> Result<studio::Model, IdentityError> {
    let now = ctx.env.now();
    let studio = insert_studio(tx, ctx, owner, name, currency).await?;
    member::ActiveModel {
        studio_id: Set(studio.id),
        user_id: Set(owner.id),
        role: Set(Role::Owner),
        joined_at: Set(now),
    }
    .insert(tx)
    .await?;
    let party = party::ActiveModel {
        id: Set(ctx.env.id::<PartyId>()),
        studio_id: Set(studio.id),
        kind: Set(PartyKind::Person),
        name: Set(owner.name.clone()),
        legal_name: Set(None),
        email: Set(Some(owner.email.clone())),
        ipi: Set(None),
        isni: Set(None),
        created_at: Set(now),
    }
    .insert(tx)
    .await?;
    parties::index_party(tx, &party).await?;
    licensing::commands::seed_default_tiers(tx, ctx, studio.id, currency, &studio.name).await?;
    Ok(studio)
}

/// Takes the name's slug, or if that is gone the same with a random suffix.
async fn insert_studio(
    tx: &Tx,
    ctx: &Ctx,
    owner: &user::Model,
    name: &str,
    currency: Currency,
) -> Result<studio::Model, IdentityError> {
    let id: StudioId = ctx.env.id();
    let mut slug = rules::slug(name, None);
    loop {
        let row = studio::ActiveModel {
            id: Set(id),
            slug: Set(slug.clone()),
            name: Set(name.to_owned()),
            currency: Set(currency),
            contact_email: Set(owner.email.clone()),
            legal_name: Set(None),
            address: Set(None),
            governing_law: Set(rules::DEFAULT_GOVERNING_LAW.to_owned()),
            created_at: Set(ctx.env.now()),
            // A handshake is no split: until the studio says otherwise, what several have made is sold when all have signed.
            unsigned_splits: Set(UnsignedSplits::Refuse),
            accent: Set(None),
        };
        if rules::slug_is_free_to_use(&slug) && store::insert_new(tx, row).await? {
            let row = studio::Entity::find_by_id(id).one(tx).await?;
            return Ok(row.ok_or(sea_orm::DbErr::RecordNotInserted)?);
        }
        slug = rules::slug(name, Some(&hex::encode(ctx.env.random::<3>())));
    }
}

/// A studio's settings, texts as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StudioSettings {
    /// Its name.
    pub name: String,
    /// Where it is reached.
    pub contact_email: EmailAddress,
    /// Its legal name, where it differs.
    pub legal_name: Option<String>,
    /// Its postal address.
    pub address: Option<String>,
    /// Whose law governs its contracts.
    pub governing_law: String,
    /// What becomes of sales whose split is unsigned. What has been parked stays so until it is signed for, whatever is set.
    pub unsigned_splits: Edit<UnsignedSplits>,
    /// The colour of its public pages; `To(None)` is the house's own.
    pub accent: Edit<Option<Accent>>,
}

/// Changes a studio's settings. Contracts already made keep what they say; masters name the studio as the artist, so those of beats on sale are
/// bounced anew under another name.
pub async fn update_studio(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    settings: StudioSettings,
) -> Result<studio::Model, IdentityError> {
    require(&ctx.actor, Action::ManageStudio, studio)?;
    let field = |field| move |fault| IdentityError::Name { field, fault };
    let row = studio::Entity::find_by_id(studio).one(tx).await?.ok_or(Denied::Stranger)?;
    let name = rules::name(&settings.name, 200).map_err(field("name"))?;
    if name != row.name {
        catalog::rebounce_masters(tx, ctx, studio).await?;
    }
    let unsigned_splits = settings.unsigned_splits.or(row.unsigned_splits);
    let accent = settings.accent.or(row.accent);
    let before = row.clone();
    let mut row = row.into_active_model();
    row.name = Set(name);
    row.unsigned_splits = Set(unsigned_splits);
    row.accent = Set(accent);
    row.contact_email = Set(settings.contact_email);
    row.legal_name = Set(match settings.legal_name.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        Some(text) => Some(rules::name(text, 200).map_err(field("legalName"))?),
        None => None,
    });
    row.address = Set(rules::optional_text(settings.address.as_deref(), 500).map_err(field("address"))?);
    row.governing_law = Set(rules::name(&settings.governing_law, 200).map_err(field("governingLaw"))?);
    let row = row.update(tx).await?;
    acts::record(tx, ctx, studio, changed(&before, &row)).await?;
    Ok(row)
}

/// What has become of a studio's settings. Where it is reached, its legal name and its address may be those of a person.
fn changed(before: &studio::Model, now: &studio::Model) -> NewAct {
    NewAct::of(Act::StudioChanged)
        .set("name", Some(&before.name), Some(&now.name))
        .set_unseen("contactEmail", &before.contact_email, &now.contact_email)
        .set_unseen("legalName", &before.legal_name, &now.legal_name)
        .set_unseen("address", &before.address, &now.address)
        .set("governingLaw", Some(&before.governing_law), Some(&now.governing_law))
        .set("unsignedSplits", Some(before.unsigned_splits), Some(now.unsigned_splits))
        .set("accent", before.accent, now.accent)
}
