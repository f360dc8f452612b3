//! The server-rendered public pages. They work without JavaScript; the content security policy of [`crate::edge`] allows nothing inline.

use actix_web::web::ServiceConfig;

pub(crate) fn configure(_app: &mut ServiceConfig) {}
