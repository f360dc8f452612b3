//! The OpenAPI document, gathered from the handlers. To describe a REST edge, give its handler `#[utoipa::path(…)]` and add it to `paths`.

use utoipa::OpenApi;

use crate::errors::ProblemBody;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Ledgerline",
        description = "The REST edges of Ledgerline. Everything else is GraphQL, under `POST /graphql`; see schema.graphql."
    ),
    paths(
        crate::health::health,
        crate::metrics::metrics,
        crate::graphql::http::post,
        crate::rest::agreements::download,
        crate::rest::calendars::feed,
        crate::rest::claims::claim_release,
        crate::rest::clients::clients_csv,
        crate::rest::clients::clients_vcf,
        crate::rest::clients::take_clients_csv,
        crate::rest::clients::take_clients_vcf,
        crate::rest::downloads::download,
        crate::rest::handoffs::download,
        crate::rest::invoices::download,
        crate::rest::ledger::beancount,
        crate::rest::ledger::csv,
        crate::rest::licensees::licensees,
        crate::rest::markers::markers,
        crate::rest::masters::download,
        crate::rest::masters::report,
        crate::rest::masters::report_text,
        crate::rest::media::media,
        crate::rest::royalties::inputs,
        crate::rest::royalties::outcome,
        crate::rest::registrations::catalogue,
        crate::rest::registrations::cwr,
        crate::rest::registrations::ern,
        crate::rest::payee_statements::direction,
        crate::rest::payee_statements::statement_pdf,
        crate::rest::payee_statements::statement_csv,
        crate::rest::payee_statements::year_totals,
        crate::rest::sessions::notification,
        crate::rest::uploads::parts::part_address,
        crate::rest::uploads::parts::part_arrived,
        crate::rest::uploads::single::upload,
        crate::rest::uploads::tus::options,
        crate::rest::uploads::tus::create,
        crate::rest::uploads::tus::head,
        crate::rest::uploads::tus::append,
        crate::rest::uploads::tus::terminate,
        crate::rest::webhooks::receive
    ),
    components(schemas(ProblemBody))
)]
struct Document;

/// The OpenAPI document as JSON, indented.
pub fn openapi_json() -> String {
    let mut text = Document::openapi().to_pretty_json().expect("an OpenAPI document is plain data");
    text.push('\n');
    text
}
