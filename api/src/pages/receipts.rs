//! The receipt of an order, for whoever holds its link: made anew each time, so that it says what was given back since.

use actix_web::{HttpResponse, http::header, web};
use domain::sales;

use super::{
    errors::PageError,
    orders::{keep_to_itself, open},
    texts::t,
};
use crate::Caller;

/// Shows the receipt, a PDF. Of an order that is not paid there is none.
pub(super) async fn show(caller: Caller, token: web::Path<String>) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let (_, order) = open(services, &token).await?;
    let missing = || PageError::not_found().leading_to(format!("/orders/{token}"), t("order-back"));
    let receipt = sales::receipt::receipt(&services.db, &order).await?.ok_or_else(missing)?;
    let contracts = services.contracts.clone();
    let typeset = tokio::task::spawn_blocking(move || contracts.receipt(&receipt)).await;
    let pdf = typeset.map_err(|cause| PageError::broken(&cause))?.map_err(|cause| PageError::broken(&cause))?;
    let name = format!("inline; filename=\"Receipt {}.pdf\"", order.reference);
    let mut response =
        HttpResponse::Ok().content_type("application/pdf").insert_header((header::CONTENT_DISPOSITION, name)).body(pdf);
    keep_to_itself(&mut response);
    Ok(response)
}
