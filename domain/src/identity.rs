//! Users, roles and permissions.

mod account;
mod permission;

pub use account::{
    AccountView, Address, AddressInput, AddressView, Credentials, NewAccount, PasswordChange, ProfileInput, Registration,
    RegistrationInput, RoleView, SessionView, StoreRef, TokenPair,
};
pub use permission::{BUILT_IN_ROLES, BuiltInRole, Permission, RoleScope};
