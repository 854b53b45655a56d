//! Registration and profile.

use crate::{Actor, Ctx, Error, Result};
use domain::identity::{AccountView, PasswordChange, ProfileInput, RegistrationInput, TokenPair};

/// Creates the account (and store), merges the guest's cart, signs in.
pub async fn register(_ctx: &Ctx, _actor: &Actor, _input: RegistrationInput) -> Result<TokenPair> {
    Err(Error::fault("pending"))
}

pub async fn me(_ctx: &Ctx, _actor: &Actor) -> Result<AccountView> {
    Err(Error::fault("pending"))
}

pub async fn update_profile(_ctx: &Ctx, _actor: &Actor, _input: ProfileInput) -> Result<AccountView> {
    Err(Error::fault("pending"))
}

/// Ends every other session.
pub async fn change_password(_ctx: &Ctx, _actor: &Actor, _input: PasswordChange) -> Result<()> {
    Err(Error::fault("pending"))
}
