//! Users, roles and permissions.

mod account;
mod permission;
mod security;

pub use account::{
    AccountView, Address, AddressInput, AddressView, Credentials, MAX_PASSWORD, NewAccount, PasswordChange, ProfileInput,
    Registration, RegistrationInput, RoleView, SessionView, StoreRef, TokenPair, check_password,
};
pub use permission::{BUILT_IN_ROLES, BuiltInRole, Permission, RoleScope};
pub use security::{
    CodeInput, ConfirmEmail, EmailInput, LinkPurpose, LinkToken, PasswordProof, PasswordReset, RecoveryCodes, SecondFactor,
    TwoFactorProof, TwoFactorSetup, TwoFactorView, dead_link, is_staff,
};
