//! Sign-in: password, then the second factor where there is one.

use super::{access, grants, password, session, token, two_factor};
use crate::db::transact;
use crate::{Actor, Ctx, Result, cart};
use domain::Error;
use domain::identity::{Credentials, MAX_PASSWORD, TokenPair};
use entity::user;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

/// How far a sign-in got.
pub enum SignIn {
    Done(Box<TokenPair>),
    /// The password was right; [`sign_in_with_code`] takes this proof and the code.
    CodeNeeded(String),
}

/// Signs in and takes over the guest's cart; an account with a second factor needs its code as well.
pub async fn login(ctx: &Ctx, actor: &Actor, input: Credentials) -> Result<TokenPair> {
    match sign_in(ctx, actor, input).await? {
        SignIn::Done(pair) => Ok(*pair),
        SignIn::CodeNeeded(_) => Err(Error::TotpRequired.into()),
    }
}

/// As [`login`], in two steps for a browser.
pub async fn sign_in(ctx: &Ctx, actor: &Actor, input: Credentials) -> Result<SignIn> {
    let code = input.totp.clone().filter(|code| !code.trim().is_empty());
    let user = proven(ctx, actor, input).await?;
    if user.two_factor_at.is_none() {
        return Ok(SignIn::Done(Box::new(enter(ctx, actor, user, None).await?)));
    }
    match code {
        None => access::sign_challenge(ctx, &user).map(SignIn::CodeNeeded),
        Some(code) => Ok(SignIn::Done(Box::new(enter(ctx, actor, user, Some(&code)).await?))),
    }
}

/// The second step.
pub async fn sign_in_with_code(ctx: &Ctx, actor: &Actor, challenge: &str, code: &str) -> Result<TokenPair> {
    ctx.limits.take(actor, None)?;
    let (id, password) = access::verify_challenge(ctx, challenge)?;
    let user = grants::active_user(&ctx.db, id).await?;
    // The password was changed, or the factor switched off meanwhile: from the beginning.
    if user.two_factor_at.is_none() || token::hash(&user.password_hash) != password {
        return Err(Error::SessionEnded.into());
    }
    enter(ctx, actor, user, Some(code)).await
}

/// The user whose password this is.
async fn proven(ctx: &Ctx, actor: &Actor, input: Credentials) -> Result<user::Model> {
    let email_key = input.email.trim().to_lowercase();
    ctx.limits.take(actor, Some(&email_key))?;
    let user = user::Entity::find().filter(user::Column::EmailKey.eq(&email_key)).one(&ctx.db).await?;
    // Outside of a demo an account opens when its email is proven; until then it answers like none.
    let user = user.filter(|u| u.is_active && (ctx.settings.demo || u.email_verified_at.is_some()));
    let stored = user.as_ref().map(|u| u.password_hash.clone());
    let fits = password::verify(input.password.chars().take(MAX_PASSWORD).collect(), stored).await?;
    user.filter(|_| fits).ok_or_else(|| Error::InvalidCredentials.into())
}

async fn enter(ctx: &Ctx, actor: &Actor, user: user::Model, code: Option<&str>) -> Result<TokenPair> {
    let id = user.id;
    if code.is_some() {
        two_factor::count_try(ctx, actor, id)?;
    }
    let proven = &user.password_hash;
    let issued = transact(ctx, |tx| async move {
        // Checking a password takes a while: one that was changed meanwhile, or a second factor switched on,
        // has ended all sessions, and this one must not begin after that.
        let now = grants::locked_user(&tx, id).await?;
        if now.password_hash != *proven || (now.two_factor_at.is_some() && code.is_none()) {
            return Err(Error::SessionEnded.into());
        }
        if let Some(code) = code
            && !two_factor::take_code(ctx, &tx, id, code).await?
        {
            return Err(Error::TotpInvalid.into());
        }
        if let Some(token) = &actor.cart_token {
            cart::merge(ctx, &tx, id, token).await?;
        }
        session::open(ctx, &tx, id, actor).await
    })
    .await?;
    session::pair(ctx, &grants::load(ctx, user).await?, issued)
}
