//! Booking a room without an account: the rooms of a studio and what is free ([`choosing`]), a slot with its price and its form ([`asking`]), and the page of a
//! booking for whoever holds its link ([`own`]), who can also call it off ([`ending`]) or move it ([`moving`]). Its times and terms are said by [`told`].

mod asking;
mod choosing;
mod ending;
mod moving;
mod own;
mod slots;
mod told;

use actix_web::web::{self, ServiceConfig};

use crate::edge::look;
pub(super) use choosing::book_url;

pub(super) fn configure(app: &mut ServiceConfig) {
    app.route("/book/{studio}", look().to(choosing::rooms))
        .route("/book/{studio}/{room}", look().to(choosing::room))
        .route("/book/{studio}/{room}/slot", look().to(asking::show))
        .route("/book/{studio}/{room}/slot", web::post().to(asking::hold))
        .route("/bookings/{token}", look().to(own::show))
        .route("/bookings/{token}/pay", web::post().to(own::pay))
        .route("/bookings/{token}/confirm", web::post().to(own::confirm))
        .route("/bookings/{token}/booking.ics", look().to(own::calendar_file))
        .route("/bookings/{token}/cancel", look().to(ending::ask))
        .route("/bookings/{token}/cancel", web::post().to(ending::cancel))
        .route("/bookings/{token}/move", look().to(moving::ask))
        .route("/bookings/{token}/move", web::post().to(moving::go));
}
