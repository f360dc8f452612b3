//! What identity does.
//!
//! Those that must leave a mark even when they refuse (a counted attempt, an ended sign-in) take [`crate::services::Services`] and commit by
//! themselves; the others take a transaction.

mod accounts;
mod api_keys;
mod closing;
mod closures;
mod forgetting;
mod invitations;
mod mail_links;
mod members;
mod notices;
mod passkeys;
mod proving;
mod second_factors;
mod sign_ins;
mod studios;
pub(crate) mod throttle;

pub use accounts::{AcceptedSignUp, SignUp, prepare_sign_up, sign_up};
pub use api_keys::{NewApiKey, create_api_key, revoke_api_key};
pub use closing::{close_account, close_account_of, end_sign_ins};
pub(crate) use closures::hold_open;
pub use closures::{close_studio, close_studio_of, reopen_studio, reopen_studio_of};
pub use forgetting::forget_ways_in;
pub use invitations::{
    NewMember, accept_invitation, accept_invitation_as_new, invite, prepare_new_member, revoke_invitation,
};
pub use mail_links::{
    complete_password_reset, prepare_password_reset, request_password_reset, request_verification, verify_email,
};
pub use members::{change_role, remove_member};
pub use passkeys::{
    Ceremony, Taken, add_passkey, begin_passkey, begin_passkey_proof, begin_passkey_sign_in, remove_passkey,
    sign_in_with_passkey, step_up_with_passkey, take_ceremony,
};
pub use proving::{begin_proof, change_password, step_up};
pub use second_factors::{NewSecondFactor, confirm_second_factor, set_up_second_factor, turn_off_second_factor};
pub use sign_ins::{
    Attempt, Checked, Device, SignedIn, begin_sign_in, finish_sign_in, refresh, revoke_other_sign_ins, revoke_sign_in,
    sign_out,
};
pub use studios::{StudioSettings, create_studio, update_studio};
