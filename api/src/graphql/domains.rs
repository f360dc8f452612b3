//! Domains: a studio's shop under a name of the studio's own.

use async_graphql::{Context, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::{
    domains::{
        commands,
        entity::claim,
        rules::{address_at, in_letters, record_name, target},
    },
    ids::{DomainId, StudioId},
};

use super::{caller, errors::Failure, scalars::Id};
use crate::payload;

/// A domain that a studio claims, or has shown to be its own.
#[derive(Debug, SimpleObject)]
pub struct Domain {
    /// The id.
    pub id: Id<DomainId>,
    /// Its name.
    pub host: String,
    /// Its name in its own letters, if it is kept in others: of `xn--bcher-kva.example`, `bücher.example`.
    pub unicode_host: Option<String>,
    /// The host that it must point to. None while the installation's public address is no name that a record can lead to, but a machine's or this machine's own.
    pub points_to: Option<String>,
    /// The name of the TXT record that shows whose it is.
    pub record_name: String,
    /// What that record must say.
    pub record_value: String,
    /// Where the shop is once that is shown.
    pub url: String,
    /// When it was claimed.
    pub created_at: DateTime<Utc>,
    /// When it was shown to be the studio's; none while it is a mere claim, by which nothing is reached.
    pub verified_at: Option<DateTime<Utc>>,
}

impl Domain {
    pub(super) fn of(row: claim::Model, platform_url: &str) -> Self {
        Self {
            id: row.id.into(),
            unicode_host: in_letters(&row.host),
            points_to: target(platform_url),
            record_name: record_name(&row.host),
            record_value: row.token,
            url: address_at(platform_url, &row.host),
            host: row.host,
            created_at: row.created_at,
            verified_at: row.verified_at,
        }
    }
}

payload! {
    /// What came of a change of a studio's domains.
    pub struct DomainPayload {
        /// The domain.
        domain: Domain,
    }
}

/// Mutations of domains.
#[derive(Debug, Default)]
pub struct DomainsMutation;

#[Object]
impl DomainsMutation {
    /// Claims a domain for a studio: its name alone, such as `beats.example.com`. A claim holds nothing until `verifyDomain` has found its record.
    async fn claim_domain(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        host: String,
    ) -> Result<DomainPayload, Failure> {
        let caller = caller(ctx)?;
        let services = &caller.services;
        let outcome = async {
            let tx = services.begin().await?;
            let wanted = (host.as_str(), services.platform_url());
            let row = commands::claim_domain(&tx, &caller.ctx, studio.named("studio")?, wanted).await?;
            services.commit(tx).await?;
            Ok::<_, Failure>(Domain::of(row, services.platform_url()))
        };
        DomainPayload::of(outcome.await)
    }

    /// Looks for the record of a domain that was claimed. If it is there, the shop is at that domain from now on.
    async fn verify_domain(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        domain: Id<DomainId>,
    ) -> Result<DomainPayload, Failure> {
        let caller = caller(ctx)?;
        let services = &caller.services;
        let outcome = async {
            let (studio, id) = (studio.named("studio")?, domain.named("domain")?);
            let row = commands::verify_domain(services, &caller.ctx, studio, id).await?;
            Ok::<_, Failure>(Domain::of(row, services.platform_url()))
        };
        DomainPayload::of(outcome.await)
    }

    /// Gives a domain up. If the shop was there, it is on the platform alone from now on.
    async fn remove_domain(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        domain: Id<DomainId>,
    ) -> Result<DomainPayload, Failure> {
        let caller = caller(ctx)?;
        let services = &caller.services;
        let outcome = async {
            let (studio, id) = (studio.named("studio")?, domain.named("domain")?);
            let tx = services.begin().await?;
            let row = commands::remove_domain(&tx, &caller.ctx, studio, id).await?;
            services.commit(tx).await?;
            Ok::<_, Failure>(Domain::of(row, services.platform_url()))
        };
        DomainPayload::of(outcome.await)
    }
}
