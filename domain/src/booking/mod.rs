//! Booking: rooms and equipment, their hours, rates and terms, and who has booked them when.
//!
//! The path of a client: a slot on the public page → [`hold_slot`](commands::hold_slot), which keeps its time for a while → the deposit is paid at the gateway
//! ([`open_deposit`](commands::open_deposit)), or, where none is asked, the address confirmed by the mailed link → the booking stands, with an invitation for the
//! client's calendar. The studio books in one step ([`create_booking`](commands::create_booking)), also week by week. Two bookings never share a quarter of an hour of
//! a room or a piece of equipment, buffers included: the primary keys of `room_slices` and `equipment_slices` decide, on both databases.
//!
//! A deposit is an order without lines (`booking_deposits`), collected, booked and given back as every order is.

pub mod calendar;
pub mod commands;
pub mod entity;
pub mod error;
pub mod queries;
pub mod rules;

pub use error::BookingError;
