//! Accounts, sessions, roles: who acts, and what they may do.

mod access;
mod account;
mod actor;
mod address;
mod avatar;
pub mod cookie;
mod grants;
mod password;
pub mod role;
mod session;
pub mod throttle;
pub mod token;

pub use account::{change_password, create_staff, me, register, update_profile};
pub use actor::{Actor, Grant, SignedIn};
pub use address::{add_address, addresses, remove_address, update_address};
pub use avatar::{remove_avatar, set_avatar};
pub use session::{BrowserSession, authenticate, end_session, login, logout, refresh, refresh_browser, sessions};
