//! `GET /orders/{token}/licences/{reference}/claim-release.zip`: what a licensee shows a service that has claimed their song. It is made of the contract
//! each time, for as long as the order's files may be fetched.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    http::Method,
    web::{self, Path, ServiceConfig},
};
use domain::{
    actor::{Actor, Ctx},
    catalog::entity::asset,
    delivery::{
        self,
        entity::{DeliverableKind, deliverable},
        error::DeliveryError,
    },
    ids::OrderId,
    licensing::{
        LicensingError,
        channels::find_own_licence,
        contract::{ClaimRelease, Contract},
        entity::licence,
        queries,
    },
    links::Purpose,
    seals::rules::verify_url,
    services::Services,
};

use super::{
    downloads::{log, refused, wants_html},
    zip::{Content, Member, archive_answer, zip_stream},
};
use crate::{
    caller::Caller,
    edge::look,
    errors::Problem,
    pages::{PageError, texts::t},
};

pub(crate) fn configure(app: &mut ServiceConfig) {
    app.service(
        web::resource("/orders/{token}/licences/{reference}/claim-release.zip").route(look().to(claim_release)),
    );
}

/// What answers a claim on a licensee's song.
pub(crate) struct Claim {
    pub(crate) licence: licence::Model,
    pub(crate) release: ClaimRelease,
    /// The sealed contract as it was delivered, once it is.
    pub(crate) sealed: Option<(deliverable::Model, asset::Model)>,
    contract: Contract,
    verify_url: String,
}

/// Makes what answers a claim, for the holder of the order's link.
pub(crate) async fn find(services: &Services, token: &str, reference: &str) -> Result<Claim, Problem> {
    let (db, now) = (&services.db, services.env.now());
    let order: OrderId = services.links.open(Purpose::Order, token, now).map_err(|error| refused(error.into()))?;
    let ctx = services.ctx(Actor::Buyer { order });
    let licence = find_own_licence(db, &ctx, reference).await.map_err(|error| match error {
        LicensingError::Closed(closed) => refused(closed),
        other => Problem::from(other),
    })?;
    let contract = queries::contract(db, licence.id).await?;
    let contract = contract.ok_or_else(|| Problem::broken("the licence's beat has lost its source"))?;
    let verify_url = verify_url(services.platform_url(), &licence.reference);
    let release = services.contracts.claim_release(&contract, &verify_url, now);
    let release = release.map_err(|error| Problem::broken(crate::errors::chain(&error)))?;
    let sealed = sealed_contract(services, &ctx, &licence).await?;
    Ok(Claim { licence, release, sealed, contract, verify_url })
}

async fn sealed_contract(
    services: &Services,
    ctx: &Ctx,
    licence: &licence::Model,
) -> Result<Option<(deliverable::Model, asset::Model)>, DeliveryError> {
    let order = delivery::queries::find_order(&services.db, ctx, licence.order_id).await?;
    let files = delivery::queries::list_of_order(&services.db, ctx, &order).await?;
    Ok(files.into_iter().find_map(|file| {
        let is_it = file.deliverable.licence_id == licence.id && file.deliverable.kind == DeliverableKind::Contract;
        if is_it { Some((file.deliverable, file.asset?)) } else { None }
    }))
}

/// Downloads what answers a claim on a licensee's song as one archive, made as it is sent: the certificate of the licence, the sealed contract
/// once it is ready, and the text for the service's form. The contract in it counts as a download of it.
#[utoipa::path(
    get, path = "/orders/{token}/licences/{reference}/claim-release.zip", tag = "files",
    params(
        ("token" = String, Path, description = "The token of the order's page"),
        ("reference" = String, Path, description = "The licence's reference, such as `LL-7K3M9Q2X-1`"),
    ),
    responses(
        (status = 200, description = "The archive: `certificate.pdf`, the sealed contract, `dispute.txt`"),
        (status = 403, description = "The order is not paid", body = crate::errors::ProblemBody),
        (status = 404, description = "Not a link of ours, or no licence of its order", body = crate::errors::ProblemBody),
        (status = 410, description = "The link has expired, or the licence is withdrawn", body = crate::errors::ProblemBody),
    ),
)]
pub async fn claim_release(
    request: HttpRequest,
    caller: Caller,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (token, reference) = path.into_inner();
    match send(&request, &caller, &token, &reference).await {
        Err(problem) if wants_html(&request) => {
            Ok(PageError::of_problem(&problem, t("errors-file-not-given")).error_response())
        }
        other => other,
    }
}

async fn send(request: &HttpRequest, caller: &Caller, token: &str, reference: &str) -> Result<HttpResponse, Problem> {
    let services = &caller.services;
    let Claim { licence, release, sealed, contract, verify_url } = find(services, token, reference).await?;
    let mut response = archive_answer(&format!("Claim release {}.zip", licence.reference));
    if request.method() == Method::HEAD {
        return Ok(response.finish());
    }
    let contracts = Arc::clone(&services.contracts);
    let certificate = web::block(move || contracts.certificate(&contract, &verify_url)).await;
    let certificate = certificate.map_err(Problem::broken)?;
    let certificate = certificate.map_err(|error| Problem::broken(crate::errors::chain(&error)))?;
    let made_at = services.env.now();
    let made = |name: &str, bytes| Member { name: name.to_owned(), made_at, content: Content::Made(bytes) };
    let mut members = vec![made("certificate.pdf", certificate)];
    if let Some((deliverable, asset)) = sealed {
        log(caller, &deliverable, None).await?;
        let content = Content::Stored(asset.sha256);
        members.push(Member { name: deliverable.file_name, made_at: asset.created_at, content });
    }
    members.push(made("dispute.txt", format!("{}\n", release.dispute).into()));
    Ok(response.streaming(zip_stream(services.files.clone(), members)))
}
