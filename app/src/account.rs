//! Sign-in, registration, account.

mod api;
mod letters;
mod page;
mod recover;
mod safety;
mod security;
mod sign_in;
mod two_factor;

pub(crate) use api::AddAddress;
pub use letters::UnsubscribePage;
pub use page::AccountPage;
pub use recover::{ForgotPasswordPage, ResetPasswordPage, VerifyEmailPage};
pub use sign_in::{CodePage, LoginPage, RegisterPage};
pub use two_factor::{RecoveryCodesPage, TwoFactorPage};
