//! The GraphQL schema, mirrored per aggregate: each has one file with its part of the three roots.

pub mod acts;
pub mod agreements;
pub mod booking;
pub mod catalog;
pub mod changes;
pub mod clients;
pub mod connection;
pub mod delivery;
pub mod domains;
pub mod errors;
pub mod first_refusal;
pub mod free_downloads;
pub mod handoffs;
pub mod http;
pub mod identity;
pub mod invoices;
pub mod jobs;
pub mod json;
pub mod ledger;
pub mod licensing;
pub mod limits;
pub mod loaders;
pub mod managers;
pub mod masters;
pub mod mixes;
pub mod offers;
pub mod parties;
pub mod payee_statements;
pub mod payouts;
pub mod portfolio;
pub mod pricing;
pub mod production;
pub mod registrations;
pub mod reviews;
pub mod royalties;
pub mod sales;
pub mod scalars;
pub mod session_log;
pub mod splits;
pub mod statements;
pub mod storefront;
pub mod system;
mod unfit;
pub mod webhooks;

use async_graphql::{
    Context, MergedObject, MergedSubscription, Request, Response, SDLExportOptions, Schema, dataloader::DataLoader,
};

use crate::{caller::Caller, config::Limits, state::ApiState};
use errors::Failure;
use loaders::CallerLoader;

/// What can be asked. The parts are merged in groups: merging nests them one in another, and a field of the last of forty would be resolved that deep
/// in a worker's stack.
#[derive(MergedObject, Default)]
pub struct Query(HouseQueries, BeatQueries, ShopQueries, MoneyQueries, ClientQueries, StudioQueries, RoyaltyQueries);

/// The house: who is there, what runs, and what strangers see of it.
#[derive(MergedObject, Default)]
pub struct HouseQueries(
    system::SystemQuery,
    identity::IdentityQuery,
    acts::ActsQuery,
    storefront::StorefrontQuery,
    portfolio::types::PortfolioQuery,
    parties::PartiesQuery,
    webhooks::WebhooksQuery,
    jobs::JobsQuery,
);

/// Beats, and on which terms they are sold.
#[derive(MergedObject, Default)]
pub struct BeatQueries(
    licensing::LicensingQuery,
    licensing::UsageQuery,
    pricing::PricingQuery,
    delivery::DeliveryQuery,
    splits::SplitsQuery,
    catalog::CatalogQuery,
    agreements::AgreementsQuery,
);

/// Sales, and what comes of them.
#[derive(MergedObject, Default)]
pub struct ShopQueries(
    sales::SalesQuery,
    sales::UpgradeQuery,
    sales::DisputeQuery,
    offers::OffersQuery,
    first_refusal::FirstRefusalQuery,
    free_downloads::FreeDownloadsQuery,
);

/// Money: the ledger, payouts, invoices.
#[derive(MergedObject, Default)]
pub struct MoneyQueries(
    ledger::LedgerQuery,
    ledger::periods::PeriodsQuery,
    ledger::explain::ExplainQuery,
    payouts::PayoutsQuery,
    payouts::PayeeBanksQuery,
    invoices::InvoicesQuery,
);

/// Clients and their projects.
#[derive(MergedObject, Default)]
pub struct ClientQueries(
    production::ProductionQuery,
    clients::ClientsQuery,
    clients::ProfilesQuery,
    clients::MergingQuery,
    clients::ImportsQuery,
);

/// Sessions, mixes and what is made of them.
#[derive(MergedObject, Default)]
pub struct StudioQueries(
    booking::bookings::BookingQuery,
    booking::rooms::RoomsQuery,
    booking::feeds::FeedsQuery,
    booking::public::BookableRoomsQuery,
    session_log::sessions::SessionLogQuery,
    mixes::MixesQuery,
    handoffs::HandoffsQuery,
    reviews::ReviewsQuery,
    masters::MastersQuery,
);

/// Royalties: statements, what they come to, whom it is told, and where works are registered.
#[derive(MergedObject, Default)]
pub struct RoyaltyQueries(
    statements::StatementsQuery,
    royalties::RoyaltiesQuery,
    payee_statements::PayeeStatementsQuery,
    registrations::types::RegistrationsQuery,
    managers::ManagersQuery,
    json::JsonInputsQuery,
);

/// What can be done. Each mutation answers with what it made or changed, and with user errors if it was refused.
#[derive(MergedObject, Default)]
pub struct Mutation(
    HouseMutations,
    BeatMutations,
    ShopMutations,
    MoneyMutations,
    ClientMutations,
    StudioMutations,
    RoyaltyMutations,
);

/// The house: who is there, what runs, and what strangers see of it.
#[derive(MergedObject, Default)]
pub struct HouseMutations(
    identity::IdentityMutation,
    domains::DomainsMutation,
    webhooks::WebhooksMutation,
    portfolio::mutations::PortfolioMutation,
    parties::PartiesMutation,
    jobs::JobsMutation,
);

/// Beats, and on which terms they are sold.
#[derive(MergedObject, Default)]
pub struct BeatMutations(
    licensing::LicensingMutation,
    licensing::UsageMutation,
    pricing::PricingMutation,
    pricing::CartPricesMutation,
    catalog::CatalogMutation,
    agreements::AgreementsMutation,
);

/// Sales, and what comes of them.
#[derive(MergedObject, Default)]
pub struct ShopMutations(
    sales::SalesMutation,
    sales::UpgradeMutation,
    sales::MoneyBackMutation,
    offers::OffersMutation,
    first_refusal::FirstRefusalMutation,
    free_downloads::FreeDownloadsMutation,
);

/// Money: the ledger, payouts, invoices.
#[derive(MergedObject, Default)]
pub struct MoneyMutations(ledger::periods::PeriodsMutation, payouts::PayoutsMutation, invoices::InvoicesMutation);

/// Clients and their projects.
#[derive(MergedObject, Default)]
pub struct ClientMutations(
    production::ProductionMutation,
    clients::ClientsMutation,
    clients::ProfilesMutation,
    clients::MergingMutation,
    clients::ImportsMutation,
);

/// Sessions, mixes and what is made of them.
#[derive(MergedObject, Default)]
pub struct StudioMutations(
    booking::mutations::BookingMutation,
    booking::settings::RoomsMutation,
    booking::feeds::FeedsMutation,
    booking::public::RequestBookingMutation,
    session_log::mutations::SessionLogMutation,
    mixes::MixesMutation,
    handoffs::HandoffsMutation,
    reviews::ReviewsMutation,
    masters::MastersMutation,
);

/// Royalties: statements, what they come to, whom it is told, and where works are registered.
#[derive(MergedObject, Default)]
pub struct RoyaltyMutations(
    statements::mutations::StatementsMutation,
    royalties::RoyaltiesMutation,
    payee_statements::PayeeStatementsMutation,
    registrations::mutations::RegistrationsMutation,
    managers::ManagersMutation,
);

/// What can be followed.
#[derive(MergedSubscription, Default)]
pub struct Subscription(delivery::DeliverySubscription, changes::ChangesSubscription);

/// The schema.
pub type ApiSchema = Schema<Query, Mutation, Subscription>;

/// Builds the schema under limits.
pub(crate) fn build(limits: &Limits) -> ApiSchema {
    let schema = Schema::build(Query::default(), Mutation::default(), Subscription::default());
    limits::apply(schema, limits).extension(errors::Finish).finish()
}

/// The schema under the default limits, for whoever wants to look it through.
pub fn graphql_schema() -> ApiSchema {
    build(&Limits::default())
}

/// The schema in the schema definition language, sorted, as committed in `openapi/schema.graphql`.
pub fn schema_sdl() -> String {
    let options = SDLExportOptions::new().sorted_fields().sorted_arguments().sorted_enum_items().use_space_ident();
    graphql_schema().sdl_with_options(options)
}

/// Executes a query or mutation for a caller.
pub async fn execute(request: Request, state: &ApiState, caller: Caller) -> Response {
    let response = state.schema.execute(attend(request, state, caller.clone())).await;
    errors::finish(response, Some(&caller), Some(&state.metrics))
}

/// Gives a request what its resolvers need: who is asking, their loader, the keys, the counters, and the studios that are followed.
pub fn attend(request: Request, state: &ApiState, caller: Caller) -> Request {
    request
        .data(loaders::of(&caller))
        .data(state.metrics.clone())
        .data(state.tokens.clone())
        .data(state.watches.clone())
        .data(caller)
}

/// Who is asking, in a resolver.
pub fn caller<'a>(ctx: &Context<'a>) -> Result<&'a Caller, Failure> {
    ctx.data_opt::<Caller>().ok_or_else(|| Failure::broken("a request was executed without its caller"))
}

/// The request's loader; see [`loaders`].
pub fn loader<'a>(ctx: &Context<'a>) -> Result<&'a DataLoader<CallerLoader>, Failure> {
    ctx.data_opt::<DataLoader<CallerLoader>>()
        .ok_or_else(|| Failure::broken("a request was executed without its loader"))
}
