//! What is sealed at rest follows the installation's secrets: sealed anew under the one that seals now.

use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Value, sea_query::Expr,
};

use super::{Use, beginning, open, seal};
use crate::{
    env::Env,
    identity::entity::second_factor,
    ids::{TypedId, UserId, WebhookId},
    links::LinkKey,
    report::StoreError,
    secrets::SecretId,
    store::{self, Db, Tx},
    webhooks::entity::webhook,
};

/// How many rows one transaction seals anew.
const BATCH: u64 = 100;

/// A column of sealed secrets.
struct Column<E: EntityTrait, K> {
    of: Use,
    /// Whose each is; the table's key.
    owner: E::Column,
    sealed: E::Column,
    read: fn(&E::Model) -> (K, Option<&str>),
}

const SECOND_FACTORS: Column<second_factor::Entity, UserId> = Column {
    of: Use::SecondFactor,
    owner: second_factor::Column::UserId,
    sealed: second_factor::Column::SealedSecret,
    read: |row| (row.user_id, Some(&row.sealed_secret)),
};

const WEBHOOKS: Column<webhook::Entity, WebhookId> = Column {
    of: Use::Webhook,
    owner: webhook::Column::Id,
    sealed: webhook::Column::SealedSecret,
    read: |row| (row.id, Some(&row.sealed_secret)),
};

const WEBHOOKS_BEFORE: Column<webhook::Entity, WebhookId> = Column {
    of: Use::Webhook,
    owner: webhook::Column::Id,
    sealed: webhook::Column::SealedSecretBefore,
    read: |row| (row.id, row.sealed_secret_before.as_deref()),
};

/// What became of what earlier secrets had sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Resealed {
    /// Sealed anew.
    pub resealed: u64,
    /// Left as it was: none of the secrets opens it.
    pub unreadable: u64,
}

/// How much is sealed at rest under which of the installation's secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Under each of those that are there, in their order.
    pub under: Vec<(SecretId, u64)>,
    /// Under any other: nobody can read that.
    pub unreadable: u64,
}

impl Sealed {
    /// How much is sealed under a secret.
    pub fn by(&self, id: SecretId) -> u64 {
        self.under.iter().filter(|(of, _)| *of == id).map(|(_, count)| count).sum()
    }
}

/// Counts what is sealed at rest. For whoever runs the program: it reads nothing of what is sealed.
pub async fn count_sealed(db: &Db, links: &LinkKey) -> Result<Sealed, StoreError> {
    let secrets = links.secrets();
    let mut all = Sealed { under: secrets.all().map(|secret| (secret.id(), 0)).collect(), unreadable: 0 };
    SECOND_FACTORS.count(db, links, &mut all).await?;
    WEBHOOKS.count(db, links, &mut all).await?;
    WEBHOOKS_BEFORE.count(db, links, &mut all).await?;
    Ok(all)
}

/// Seals anew, a batch a transaction, whatever is not sealed under the present secret. One that breaks off has done whole batches, and all of it is read by the
/// secrets as before; the next goes on from there.
pub async fn reseal(db: &Db, env: &Env, links: &LinkKey) -> Result<Resealed, StoreError> {
    let mut all = Resealed::default();
    SECOND_FACTORS.reseal(db, env, links, &mut all).await?;
    WEBHOOKS.reseal(db, env, links, &mut all).await?;
    WEBHOOKS_BEFORE.reseal(db, env, links, &mut all).await?;
    Ok(all)
}

/// Seals so many second factors anew, of accounts behind the one before; with the last account that was looked at, none if there was none any more.
pub async fn reseal_second_factors(
    tx: &Tx,
    env: &Env,
    links: &LinkKey,
    after: Option<UserId>,
    most: u64,
) -> Result<(Resealed, Option<UserId>), StoreError> {
    SECOND_FACTORS.batch(tx, env, links, (after, most)).await
}

impl<E, K> Column<E, K>
where
    E: EntityTrait<Model: Sync>,
    K: TypedId + Into<Value>,
{
    async fn count(&self, db: &Db, links: &LinkKey, all: &mut Sealed) -> Result<(), StoreError> {
        let rows = || E::find().filter(self.sealed.is_not_null());
        let (oldest, mut unreadable) = (links.secrets().oldest().id(), rows().count(db).await?);
        for (id, sealed) in &mut all.under {
            let mut is_sealed = Condition::any().add(self.sealed.starts_with(beginning(*id)));
            if *id == oldest {
                is_sealed = is_sealed.add(self.sealed.not_like("%.%"));
            }
            let count = rows().filter(is_sealed).count(db).await?;
            unreadable = unreadable.saturating_sub(count);
            *sealed += count;
        }
        all.unreadable += unreadable;
        Ok(())
    }

    async fn reseal(&self, db: &Db, env: &Env, links: &LinkKey, all: &mut Resealed) -> Result<(), StoreError> {
        let mut after = None;
        loop {
            let tx = store::begin(db).await?;
            let (of_batch, last) = self.batch(&tx, env, links, (after, BATCH)).await?;
            tx.commit().await?;
            all.resealed += of_batch.resealed;
            all.unreadable += of_batch.unreadable;
            match last {
                Some(last) => after = Some(last),
                None => return Ok(()),
            }
        }
    }

    /// Seals so many anew, of owners behind the one before; with the last owner that was looked at.
    async fn batch(
        &self,
        tx: &Tx,
        env: &Env,
        links: &LinkKey,
        (after, most): (Option<K>, u64),
    ) -> Result<(Resealed, Option<K>), StoreError> {
        let present = format!("{}%", beginning(links.current().id()));
        let mut due = E::find()
            .filter(self.sealed.is_not_null())
            .filter(self.sealed.not_like(present))
            .order_by_asc(self.owner)
            .limit(most);
        if let Some(after) = after {
            due = due.filter(self.owner.gt(after));
        }
        let (due, mut done) = (due.all(tx).await?, Resealed::default());
        for row in &due {
            let (owner, Some(sealed)) = (self.read)(row) else { continue };
            let Some(secret) = open(links, (self.of, owner), sealed) else {
                done.unreadable += 1;
                continue;
            };
            // Unless somebody has set it up anew meanwhile.
            let resealed = E::update_many()
                .col_expr(self.sealed, Expr::value(seal(env, links, (self.of, owner), &secret)))
                .filter(self.owner.eq(owner))
                .filter(self.sealed.eq(sealed))
                .exec(tx)
                .await?;
            done.resealed += resealed.rows_affected;
        }
        Ok((done, due.last().map(|row| (self.read)(row).0)))
    }
}
