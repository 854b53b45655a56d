//! Links by email and the second factor.

use crate::identity::Permission;
use crate::macros::{states, view};
use crate::validate::{Checks, is_email};
use crate::{Error, Result};
use chrono::{DateTime, Utc};

states! {
    /// What a link in an email is good for, once.
    pub enum LinkPurpose { ResetPassword = "reset_password", VerifyEmail = "verify_email" }
}

view! {
    /// Body of `POST /auth/password/forgot` and `/auth/email/resend`.
    pub struct EmailInput { pub email: String }
    /// Body of `POST /auth/password/reset`; the token is the one of the link.
    pub struct PasswordReset { pub token: String, pub new_password: String }
    /// Body of `POST /auth/email/verify`.
    pub struct LinkToken { pub token: String }
    /// Answer to a registration whose email has to be proven before the first sign-in; the same
    /// whether the email had an account already or not.
    pub struct ConfirmEmail { pub confirm_email: bool }
    /// State of the second factor.
    pub struct TwoFactorView {
        pub enabled: bool,
        /// Whether the account's role demands it.
        pub required: bool,
        pub since: Option<DateTime<Utc>>,
        /// Unused recovery codes.
        pub recovery_codes_left: i64,
    }
    /// Body of `POST /me/two-factor`.
    pub struct PasswordProof { pub password: String }
    /// What the authenticator app is given.
    pub struct TwoFactorSetup {
        /// Base32, for typing.
        pub secret: String,
        /// `otpauth://…`, for phones.
        pub url: String,
        /// The same as QR code: a `data:` URL of an SVG.
        pub qr: String,
    }
    /// Body of `POST /me/two-factor/confirm`.
    pub struct CodeInput { pub code: String }
    /// Body of `DELETE /me/two-factor` and `POST /me/two-factor/recovery-codes`. `code` is one of the app or
    /// a recovery code.
    pub struct TwoFactorProof { pub password: String, pub code: String }
    /// Recovery codes, shown this once.
    pub struct RecoveryCodes { pub codes: Vec<String> }
}

/// What a person types as second factor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecondFactor {
    /// Six digits of the app.
    App(String),
    /// A recovery code without its dashes, in capitals.
    Recovery(String),
}

impl SecondFactor {
    /// Characters of a recovery code: 5 bits each.
    pub const RECOVERY_LENGTH: usize = 24;

    /// Reads a code as people write it, with blanks, dashes and in lower case.
    pub fn parse(text: &str) -> Option<Self> {
        let bare: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').map(|c| c.to_ascii_uppercase()).collect();
        if bare.len() == 6 && bare.bytes().all(|b| b.is_ascii_digit()) {
            return Some(Self::App(bare));
        }
        let is_code = bare.len() == Self::RECOVERY_LENGTH && bare.bytes().all(|b| b.is_ascii_alphanumeric());
        is_code.then_some(Self::Recovery(bare))
    }
}

/// Whether platform permissions make a member of staff: any beyond those of a customer.
pub fn is_staff<'a>(mut platform: impl Iterator<Item = &'a Permission>) -> bool {
    platform.any(|permission| *permission != Permission::Shop)
}

impl EmailInput {
    /// The email as accounts are found by: lower-cased.
    pub fn key(self) -> Result<String> {
        let mut checks = Checks::new();
        let email = checks.line("email", &self.email, 254);
        checks.require(email.is_empty() || is_email(&email), "email", "invalid_email");
        checks.finish(email.to_lowercase())
    }
}

/// A link that is unknown, spent, replaced by a newer one or too old: never told apart.
pub fn dead_link() -> Error {
    Error::invalid("token", "link_expired")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_codes_as_people_write_them() {
        assert_eq!(SecondFactor::parse(" 123 456 "), Some(SecondFactor::App("123456".into())));
        let recovery = "abcd-EFGH-2345-6789-jkmn-PQRS";
        assert_eq!(SecondFactor::parse(recovery), Some(SecondFactor::Recovery("ABCDEFGH23456789JKMNPQRS".into())));
        for bad in ["", "12345", "1234567", "abcdef", "abcd-efgh", "１２３４５６"] {
            assert_eq!(SecondFactor::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn staff_is_who_may_more_than_a_customer() {
        for role in crate::identity::BUILT_IN_ROLES.iter().filter(|r| r.scope == crate::identity::RoleScope::Platform) {
            assert_eq!(is_staff(role.permissions.iter()), role.name != "customer", "{}", role.name);
        }
    }

    #[test]
    fn an_email_is_found_in_any_case() {
        assert_eq!(EmailInput { email: " Budi@Contoh.ID ".into() }.key(), Ok("budi@contoh.id".into()));
        assert_eq!(EmailInput { email: "budi".into() }.key(), Err(Error::invalid("email", "invalid_email")));
    }
}
