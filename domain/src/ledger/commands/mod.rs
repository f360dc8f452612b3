//! Booking. All of it is for the program itself: who lets a thing happen lets it be booked; only closing a period asks who is there.
//!
//! **Locks come first, in one order.** A journal that moves what a payee is owed holds the payee's account before it writes anything, several in the
//! order of their ids: shared where it only adds, for additions do not disturb each other; alone (`FOR NO KEY UPDATE`) where it takes, or where the
//! payee owes something that is settled first. What takes of a sale holds the sale's journal before that. Who merges two
//! parties holds all accounts of both alone, in the same order, and the parties behind them: who posts refers to parties behind their accounts, too. The accounts of the studio's own, which every sale moves,
//! have no balance to hold: they are written to and folded later (see [`fold`]). SQLite has one writer and needs none of this.

mod accounts;
mod dues;
pub mod fold;
mod merges;
mod payouts;
mod periods;
mod post;
mod sales;

pub use dues::{book_due_returned, end_due_dispute, open_due_dispute};
pub use fold::fold_balances;
pub(crate) use merges::{book_merge, hold_accounts, standing_of_party};
pub use payouts::{Undone, book_payout, book_payout_undone, hold_owed, open_bank};
pub use periods::close_period;
pub(crate) use post::post_back;
pub use post::{Event, Posting, post, post_reversal};
pub use sales::{
    book_refund, book_refund_failed, book_release, book_sale, book_service, book_transfer, lock_sale, lose_dispute,
    open_dispute, win_dispute,
};
