//! Accounts, sessions, roles: who acts, and what they may do.

mod access;
mod account;
mod actor;
mod address;
mod avatar;
pub mod cookie;
mod grants;
mod holders;
mod link;
mod password;
mod recovery;
mod recovery_code;
pub mod role;
mod seal;
mod session;
mod sign_in;
pub mod throttle;
pub mod token;
mod totp;
mod two_factor;

pub use access::SECOND_STEP_LIFE;
pub use account::{Registered, change_password, create_staff, me, register, update_profile};
pub use actor::{Actor, Grant, SignedIn};
pub use address::{add_address, addresses, remove_address, update_address};
pub use avatar::{remove_avatar, set_avatar};
pub(crate) use holders::holders;
pub use link::forget_old_links;
pub(crate) use link::{issue as issue_link, to_send as link_to_send};
pub(crate) use recovery::reopen;
pub use recovery::{forgot_password, resend_verification, reset_password, verify_email};
pub use recovery_code::{open_codes, seal_codes};
pub use session::{BrowserSession, authenticate, end_session, logout, refresh, refresh_browser, sessions};
pub use sign_in::{SignIn, login, sign_in, sign_in_with_code};
pub use two_factor::{
    begin_two_factor, confirm_two_factor, disable_two_factor, renew_recovery_codes, reset_two_factor, two_factor,
    two_factor_setup,
};
