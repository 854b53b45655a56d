//! Sign-in, registration, account.

mod api;
mod page;
mod sign_in;

pub(crate) use api::AddAddress;
pub use page::AccountPage;
pub use sign_in::{LoginPage, RegisterPage};
