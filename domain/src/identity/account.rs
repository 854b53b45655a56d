//! Accounts: what is entered, what is stored of it, what is shown.

use crate::id::{AddressId, SessionId, StoreId, UserId};
use crate::macros::{states, view};
use crate::validate::{Checks, is_email, is_phone};
use crate::{Locale, Result, identity::Permission};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

states! {
    /// What a person registers as.
    pub enum NewAccount { Customer = "customer", Seller = "seller" }
}

view! {
    /// Body of `POST /auth/register`. Store name and location are needed for sellers only.
    pub struct RegistrationInput {
        pub name: String,
        pub email: String,
        pub password: String,
        pub role: NewAccount,
        #[serde(default)]
        pub store_name: Option<String>,
        /// City or regency the store sends from.
        #[serde(default)]
        pub store_location: Option<String>,
    }
    /// Body of `POST /auth/login`.
    pub struct Credentials {
        pub email: String,
        pub password: String,
        #[serde(default)]
        pub totp: Option<String>,
    }
    /// Body of `POST /me/password`.
    pub struct PasswordChange { pub current_password: String, pub new_password: String }
    /// Body of `PATCH /me`; absent fields stay as they are.
    pub struct ProfileInput {
        #[serde(default)]
        pub name: Option<String>,
        #[serde(default)]
        pub phone: Option<String>,
        #[serde(default)]
        pub locale: Option<Locale>,
    }
    /// An account as its owner sees it.
    pub struct AccountView {
        pub id: UserId,
        pub name: String,
        pub email: String,
        pub phone: Option<String>,
        pub avatar_url: Option<String>,
        pub locale: Locale,
        pub roles: Vec<RoleView>,
        pub permissions: Vec<Permission>,
        /// Whether the owner has shown that the email is theirs.
        pub email_verified: bool,
        /// Whether signing in takes a second factor.
        pub two_factor: bool,
        /// Staff without the second factor their role demands: nothing but their own account opens until
        /// it is set up.
        pub two_factor_missing: bool,
        /// The store the account sells from, if any.
        pub store: Option<StoreRef>,
    }
    /// A role held on the platform, or in one store.
    pub struct RoleView { pub name: String, pub store_id: Option<StoreId> }
    /// A store in one line.
    pub struct StoreRef { pub id: StoreId, pub slug: String, pub name: String }
    /// Answer to registration, log-in and refresh.
    pub struct TokenPair {
        pub user: AccountView,
        /// JWT, 15 minutes.
        pub access_token: String,
        /// Seconds until the access token expires.
        pub expires_in: i64,
        /// Opaque, single use, 30 days.
        pub refresh_token: String,
    }
    /// A signed-in device.
    pub struct SessionView {
        pub id: SessionId,
        pub device: String,
        pub created_at: DateTime<Utc>,
        pub last_seen_at: DateTime<Utc>,
        /// Whether this is the session that asks.
        pub current: bool,
    }
    /// Body of `POST /me/addresses`.
    pub struct AddressInput {
        #[serde(default)]
        pub label: String,
        pub recipient: String,
        pub phone: String,
        pub street: String,
        pub district: String,
        pub regency: String,
        pub province: String,
        pub postal_code: String,
        #[serde(default)]
        pub is_default: bool,
    }
    /// An address of the address book.
    pub struct AddressView {
        pub id: AddressId,
        pub label: String,
        #[serde(flatten)]
        pub address: Address,
        pub is_default: bool,
    }
    /// Where a parcel goes. Checked; copied into orders as it was at the sale.
    pub struct Address {
        pub recipient: String,
        pub phone: String,
        /// Street, number, RT/RW.
        pub street: String,
        /// Kecamatan.
        pub district: String,
        /// Kota or kabupaten.
        pub regency: String,
        pub province: String,
        /// Five digits.
        pub postal_code: String,
    }
}

/// A valid registration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    pub name: String,
    pub email: String,
    pub password: String,
    /// Name and location of the store, for sellers.
    pub store: Option<(String, String)>,
}

/// Passwords longer than this only serve to keep the hash busy.
pub const MAX_PASSWORD: usize = 256;

impl RegistrationInput {
    /// Everything but the strength of the password, which needs a dictionary the browser does not carry.
    pub fn check(self) -> Result<Registration> {
        let mut checks = Checks::new();
        let name = checks.line("name", &self.name, 100);
        let email = checks.line("email", &self.email, 254);
        checks.require(email.is_empty() || is_email(&email), "email", "invalid_email");
        check_password(&mut checks, "password", &self.password);
        let store = (self.role == NewAccount::Seller).then(|| {
            (
                checks.line("store_name", self.store_name.as_deref().unwrap_or_default(), 60),
                checks.line("store_location", self.store_location.as_deref().unwrap_or_default(), 60),
            )
        });
        checks.finish(Registration { name, email, password: self.password, store })
    }
}

/// 8 to 256 characters, nothing else (OWASP ASVS V6.2.1: no composition rules).
pub fn check_password(checks: &mut Checks, field: &str, password: &str) {
    let length = password.chars().count();
    if length < 8 {
        checks.add(crate::FieldError::new(field, "password_too_short").limit(8));
    } else if length > MAX_PASSWORD {
        checks.add(crate::FieldError::new(field, "too_long").limit(MAX_PASSWORD as i64));
    }
}

impl ProfileInput {
    pub fn check(self) -> Result<Self> {
        let mut checks = Checks::new();
        let name = self.name.map(|n| checks.line("name", &n, 100));
        let phone = self.phone.map(|p| checks.optional_line("phone", &p, 30));
        checks.require(phone.as_deref().is_none_or(|p| p.is_empty() || is_phone(p)), "phone", "invalid_phone");
        checks.finish(Self { name, phone, locale: self.locale })
    }
}

impl Address {
    /// Checks every part; postal codes of Indonesia have five digits.
    pub fn check(self) -> Result<Self> {
        let mut checks = Checks::new();
        let address = Self {
            recipient: checks.line("recipient", &self.recipient, 100),
            phone: checks.line("phone", &self.phone, 30),
            street: checks.text("street", &self.street, 300),
            district: checks.line("district", &self.district, 100),
            regency: checks.line("regency", &self.regency, 100),
            province: checks.line("province", &self.province, 100),
            postal_code: checks.line("postal_code", &self.postal_code, 10),
        };
        checks.require(address.phone.is_empty() || is_phone(&address.phone), "phone", "invalid_phone");
        let five_digits = address.postal_code.len() == 5 && address.postal_code.bytes().all(|b| b.is_ascii_digit());
        checks.require(address.postal_code.is_empty() || five_digits, "postal_code", "invalid_postal_code");
        checks.finish(address)
    }
}

impl AddressInput {
    /// The label and the checked address.
    pub fn check(self) -> Result<(String, Address, bool)> {
        let mut checks = Checks::new();
        let label = checks.optional_line("label", &self.label, 40);
        let address = Address {
            recipient: self.recipient,
            phone: self.phone,
            street: self.street,
            district: self.district,
            regency: self.regency,
            province: self.province,
            postal_code: self.postal_code,
        };
        match address.check() {
            Ok(address) => checks.finish((label, address, self.is_default)),
            Err(crate::Error::Invalid(fields)) => {
                fields.into_iter().for_each(|f| checks.add(f));
                checks.finish(()).and(Err(crate::Error::Malformed("address".into())))
            }
            Err(other) => Err(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;

    fn seller() -> RegistrationInput {
        RegistrationInput {
            name: "Siti".into(),
            email: "siti@contoh.id".into(),
            password: "kopi tubruk pagi".into(),
            role: NewAccount::Seller,
            store_name: Some("Toko Siti".into()),
            store_location: Some("Bandung".into()),
        }
    }

    #[test]
    fn a_seller_needs_a_store() {
        assert!(seller().check().is_ok());
        let Err(Error::Invalid(errors)) = (RegistrationInput { store_name: None, store_location: None, ..seller() }).check()
        else {
            panic!("accepted")
        };
        assert_eq!(errors.iter().map(|e| e.field.as_str()).collect::<Vec<_>>(), ["store_name", "store_location"]);
    }

    #[test]
    fn short_passwords_are_refused_with_the_bound() {
        let Err(Error::Invalid(errors)) = (RegistrationInput { password: "pendek".into(), ..seller() }).check() else {
            panic!("accepted")
        };
        assert_eq!((errors[0].field.as_str(), errors[0].limit), ("password", Some(8)));
    }
}
