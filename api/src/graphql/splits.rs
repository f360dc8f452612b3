//! Splits: what was signed of a work, by which document a journal divides, and what waits for a signature.

use std::collections::HashMap;

use async_graphql::{ComplexObject, Context, Object, SimpleObject, dataloader::Loader};
use chrono::{DateTime, Utc};
use domain::{
    ids::{AgreementId, BeatId, JournalId, OrderId, OrderLineId, PartyId, SplitVersionId, StudioId, WorkId},
    money::Money as DomainMoney,
    parties,
    splits::{self, Basis, entity::split_version, rules::Shares},
};

use super::{
    caller,
    connection::{Connection, connection, page, page_cost},
    errors::Failure,
    loader,
    loaders::CallerLoader,
    parties::Party,
    scalars::{Id, Money, Share},
};

/// A version of a work's split, as it was signed. From its effective date on, sales follow its master shares, until a later one is effective.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct SplitVersion {
    /// The id.
    pub id: Id<SplitVersionId>,
    /// The work.
    pub work_id: Id<WorkId>,
    /// Its number among the work's versions, in the order in which they were executed, from 1.
    pub number: i32,
    /// The agreement that was executed.
    pub agreement_id: Id<AgreementId>,
    /// SHA-256 of the text that was executed, in hexadecimal.
    pub document_sha256: String,
    /// From when on money follows it.
    pub effective_at: DateTime<Utc>,
    /// When the last signature was given.
    pub executed_at: DateTime<Utc>,
    #[graphql(skip)]
    key: SplitVersionId,
}

impl From<split_version::Model> for SplitVersion {
    fn from(row: split_version::Model) -> Self {
        Self {
            id: row.id.into(),
            work_id: row.work_id.into(),
            number: row.number,
            agreement_id: row.agreement_id.into(),
            document_sha256: row.document_sha256.to_string(),
            effective_at: row.effective_at,
            executed_at: row.executed_at,
            key: row.id,
        }
    }
}

#[ComplexObject]
impl SplitVersion {
    /// The writers' shares of the composition: 100 % together.
    async fn composition(&self, ctx: &Context<'_>) -> Result<Vec<SplitShare>, Failure> {
        Ok(shares_of(ctx, self.key).await?.0)
    }

    /// Who is paid of the master's income, points on net receipts before the owners: 100 % together.
    async fn master(&self, ctx: &Context<'_>) -> Result<Vec<SplitShare>, Failure> {
        Ok(shares_of(ctx, self.key).await?.1)
    }
}

/// A party's part of one side of a split.
#[derive(Debug, Clone, SimpleObject)]
pub struct SplitShare {
    /// Who.
    pub party: Party,
    /// Their part.
    pub share: Share,
}

async fn shares_of(ctx: &Context<'_>, version: SplitVersionId) -> Result<(Vec<SplitShare>, Vec<SplitShare>), Failure> {
    let (composition, master) = loader(ctx)?.load_one(SharesOfVersion(version)).await?.unwrap_or_default();
    let parties = composition.iter().chain(&master).map(|(party, _)| PartyOfSplit(*party));
    let parties = loader(ctx)?.load_many(parties).await?;
    let side = |shares: Shares| -> Vec<SplitShare> {
        let named = shares.into_iter().filter_map(|(party, share)| {
            // A foreign key holds that there is one.
            let party = parties.get(&PartyOfSplit(party))?.clone();
            Some(SplitShare { party: party.into(), share: share.into() })
        });
        named.collect()
    };
    Ok((side(composition), side(master)))
}

/// The signed document by which a journal divides a line of an order.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct JournalBasis {
    /// The line.
    pub order_line_id: Id<OrderLineId>,
    /// Its work.
    pub work_id: Id<WorkId>,
    /// The agreement that was executed.
    pub agreement_id: Id<AgreementId>,
    /// SHA-256 of the text that was executed, in hexadecimal.
    pub document_sha256: String,
    /// The version of the work's split that it became.
    pub version: SplitVersion,
}

impl From<Basis> for JournalBasis {
    fn from(Basis { row, version }: Basis) -> Self {
        Self {
            order_line_id: row.order_line_id.into(),
            work_id: row.work_id.into(),
            agreement_id: row.agreement_id.into(),
            document_sha256: row.document_sha256.to_string(),
            version: version.into(),
        }
    }
}

/// A line of an order whose money was parked because its makers had not signed their split.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct ParkedLine {
    /// The line.
    pub order_line_id: Id<OrderLineId>,
    /// Its order.
    pub order_id: Id<OrderId>,
    /// The work.
    pub work_id: Id<WorkId>,
    /// The line's price less its part of the gateway's fee.
    pub amount: Money,
    /// When it was paid.
    pub sold_at: DateTime<Utc>,
    /// The journal of its sale.
    pub journal_id: Id<JournalId>,
    /// When it was given out, or went back to its buyer; absent while it waits.
    pub released_at: Option<DateTime<Utc>>,
    /// The journal that did so.
    pub release_journal_id: Option<Id<JournalId>>,
    /// The version that divided it; absent while it waits, and if it went back.
    pub split_version_id: Option<Id<SplitVersionId>>,
}

impl From<splits::ParkedLine> for ParkedLine {
    fn from(splits::ParkedLine { parking, release }: splits::ParkedLine) -> Self {
        Self {
            order_line_id: parking.order_line_id.into(),
            order_id: parking.order_id.into(),
            work_id: parking.work_id.into(),
            amount: DomainMoney::new(parking.amount_minor, parking.currency).into(),
            sold_at: parking.sold_at,
            journal_id: parking.journal_id.into(),
            released_at: release.as_ref().map(|release| release.released_at),
            release_journal_id: release.as_ref().map(|release| release.journal_id.into()),
            split_version_id: release.and_then(|release| release.version_id).map(Id::from),
        }
    }
}

/// Loads the shares of a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SharesOfVersion(pub SplitVersionId);

impl Loader<SharesOfVersion> for CallerLoader {
    type Value = (Shares, Shares);
    type Error = Failure;

    async fn load(&self, keys: &[SharesOfVersion]) -> Result<HashMap<SharesOfVersion, Self::Value>, Failure> {
        let versions: Vec<SplitVersionId> = keys.iter().map(|key| key.0).collect();
        let found = splits::of_versions(&self.caller.services.db, &versions).await?;
        Ok(found.into_iter().map(|(version, shares)| (SharesOfVersion(version), shares)).collect())
    }
}

/// Loads a party of a split that the caller has been shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PartyOfSplit(pub PartyId);

impl Loader<PartyOfSplit> for CallerLoader {
    type Value = parties::entity::Model;
    type Error = Failure;

    async fn load(&self, keys: &[PartyOfSplit]) -> Result<HashMap<PartyOfSplit, Self::Value>, Failure> {
        let ids: Vec<PartyId> = keys.iter().map(|key| key.0).collect();
        let found = parties::find_parties_by_ids(&self.caller.services.db, &ids).await?;
        Ok(found.into_iter().map(|(id, party)| (PartyOfSplit(id), party)).collect())
    }
}

/// Loads the documents by which a journal divides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BasesOfJournal(pub JournalId);

impl Loader<BasesOfJournal> for CallerLoader {
    type Value = Vec<Basis>;
    type Error = Failure;

    async fn load(&self, keys: &[BasesOfJournal]) -> Result<HashMap<BasesOfJournal, Self::Value>, Failure> {
        let journals: Vec<JournalId> = keys.iter().map(|key| key.0).collect();
        let found = splits::bases_of_journals(&self.caller.services.db, &journals).await?;
        Ok(found.into_iter().map(|(journal, bases)| (BasesOfJournal(journal), bases)).collect())
    }
}

/// Loads whether a beat's makers have still to sign its split.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct UnsignedBeat(pub BeatId);

impl Loader<UnsignedBeat> for CallerLoader {
    type Value = ();
    type Error = Failure;

    async fn load(&self, keys: &[UnsignedBeat]) -> Result<HashMap<UnsignedBeat, ()>, Failure> {
        let beats: Vec<BeatId> = keys.iter().map(|key| key.0).collect();
        let found = splits::unsigned_beats(&self.caller.services.db, &beats).await?;
        Ok(found.into_iter().map(|beat| (UnsignedBeat(beat), ())).collect())
    }
}

/// Queries about splits.
#[derive(Debug, Default)]
pub struct SplitsQuery;

#[Object]
impl SplitsQuery {
    /// The version of a work's split that holds at a moment: of those effective then, the last executed; null if none is. Without a moment, now.
    async fn split_at(
        &self,
        ctx: &Context<'_>,
        work: Id<WorkId>,
        at: Option<DateTime<Utc>>,
    ) -> Result<Option<SplitVersion>, Failure> {
        let caller = caller(ctx)?;
        let at = at.unwrap_or_else(|| caller.services.env.now());
        let found = splits::find_rule_at(&caller.services.db, &caller.ctx, work.named("work")?, at).await?;
        Ok(found.map(SplitVersion::from))
    }

    /// The lines whose money was parked until their makers sign, newest first; only those that still wait, if so asked.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "the four of every connection and what narrows the list")]
    async fn parked_lines(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        #[graphql(default)] waiting: bool,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<ParkedLine>, Failure> {
        let caller = caller(ctx)?;
        let (studio, request) = (studio.named("studio")?, page(first, after, last, before)?);
        let rows = splits::list_parked(&caller.services.db, &caller.ctx, studio, waiting, request).await?;
        Ok(connection(rows, |row| row.parking.order_line_id, ParkedLine::from))
    }
}
