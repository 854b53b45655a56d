//! The second factor: set-up, recovery codes, switching off. Every change is audited.

use super::{grants, password, recovery_code, session, totp};
use crate::audit::{self, Deed};
use crate::db::{Tx, transact};
use crate::event::{Event, emit};
use crate::{Actor, Ctx, Result};
use chrono::TimeDelta;
use domain::id::UserId;
use domain::identity::{
    CodeInput, PasswordProof, RecoveryCodes, SecondFactor, TwoFactorProof, TwoFactorSetup, TwoFactorView, is_staff,
};
use domain::{Conflict, Error, Noun};
use entity::{two_factor, user};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Set};
use serde_json::json;

/// How long a set-up that was begun may be finished.
const SETUP_LIFE: TimeDelta = TimeDelta::hours(1);

pub async fn two_factor(ctx: &Ctx, actor: &Actor) -> Result<TwoFactorView> {
    let me = actor.account()?;
    let user = grants::active_user(&ctx.db, me.id).await?;
    let platform = me.grants.iter().filter(|g| g.store.is_none()).flat_map(|g| &g.permissions);
    Ok(TwoFactorView {
        enabled: user.two_factor_at.is_some(),
        required: ctx.settings.staff_two_factor && is_staff(platform),
        since: user.two_factor_at,
        recovery_codes_left: recovery_code::unused(&ctx.db, me.id).await?,
    })
}

/// Begins (anew): the secret for the app, in force when a code of it was confirmed.
pub async fn begin_two_factor(ctx: &Ctx, actor: &Actor, input: PasswordProof) -> Result<TwoFactorSetup> {
    let me = actor.account()?;
    check_password(ctx, actor, input.password, "password").await?;
    transact(ctx, |tx| async move {
        if grants::locked_user(&tx, me.id).await?.two_factor_at.is_some() {
            return Err(Conflict::TwoFactorOn.into());
        }
        totp::renew(ctx, &tx, me.id).await
    })
    .await?;
    two_factor_setup(ctx, actor).await?.ok_or_else(|| Conflict::TwoFactorOff.into())
}

/// The set-up that was begun and waits for its first code.
pub async fn two_factor_setup(ctx: &Ctx, actor: &Actor) -> Result<Option<TwoFactorSetup>> {
    let me = actor.account()?;
    let user = grants::active_user(&ctx.db, me.id).await?;
    let row = two_factor::Entity::find_by_id(me.id).one(&ctx.db).await?;
    let begun = row.filter(|row| user.two_factor_at.is_none() && row.created_at > ctx.now() - SETUP_LIFE);
    begun.map(|row| totp::setup(ctx, &row, &me.email)).transpose()
}

/// Switches the second factor on; other sessions, begun without it, end.
pub async fn confirm_two_factor(ctx: &Ctx, actor: &Actor, input: CodeInput) -> Result<RecoveryCodes> {
    let me = actor.account()?;
    count_try(ctx, actor, me.id)?;
    let code = &input.code;
    transact(ctx, |tx| async move {
        let user = grants::locked_user(&tx, me.id).await?;
        if user.two_factor_at.is_some() {
            return Err(Conflict::TwoFactorOn.into());
        }
        let row = two_factor::Entity::find_by_id(me.id).one(&*tx).await?;
        if row.is_none_or(|row| row.created_at <= ctx.now() - SETUP_LIFE) {
            return Err(Conflict::TwoFactorOff.into());
        }
        let is_right = match SecondFactor::parse(code) {
            Some(SecondFactor::App(digits)) => totp::take(ctx, &tx, me.id, &digits).await?,
            _ => false,
        };
        if !is_right {
            return Err(Error::invalid("code", "wrong_code").into());
        }
        set(ctx, &tx, user, true).await?;
        session::end_others(ctx, &tx, me).await?;
        audit::record(ctx, &tx, me, deed("two_factor.enable", me.id, false, true)).await?;
        recovery_code::renew(&tx, me.id).await
    })
    .await
}

/// Switches the second factor off.
pub async fn disable_two_factor(ctx: &Ctx, actor: &Actor, input: TwoFactorProof) -> Result<()> {
    let me = actor.account()?;
    prove(ctx, actor, input.password).await?;
    let code = &input.code;
    transact(ctx, |tx| async move {
        let user = with_code(ctx, &tx, me.id, code).await?;
        forget(ctx, &tx, user).await?;
        audit::record(ctx, &tx, me, deed("two_factor.disable", me.id, true, false)).await
    })
    .await
}

/// Ten new recovery codes; the old ones end.
pub async fn renew_recovery_codes(ctx: &Ctx, actor: &Actor, input: TwoFactorProof) -> Result<RecoveryCodes> {
    let me = actor.account()?;
    prove(ctx, actor, input.password).await?;
    let code = &input.code;
    transact(ctx, |tx| async move {
        with_code(ctx, &tx, me.id, code).await?;
        audit::record(ctx, &tx, me, deed("two_factor.renew_codes", me.id, true, true)).await?;
        recovery_code::renew(&tx, me.id).await
    })
    .await
}

/// Switches it off for somebody who lost app and recovery codes. For the command line, not for requests.
pub async fn reset_two_factor(ctx: &Ctx, email: &str) -> Result<()> {
    let email_key = &email.trim().to_lowercase();
    transact(ctx, |tx| async move {
        let user = user::Entity::find().filter(user::Column::EmailKey.eq(email_key)).one(&*tx).await?;
        let user = user.ok_or(Error::NotFound(Noun::User))?;
        let (id, was_on) = (user.id, user.two_factor_at.is_some());
        forget(ctx, &tx, user).await?;
        let after = json!({ "two_factor": false, "by": "command line" });
        audit::record_for(ctx, &tx, id, Deed { after, ..deed("two_factor.reset", id, was_on, false) }).await
    })
    .await
}

/// Counts a try at a code: six digits must not be guessed.
pub(super) fn count_try(ctx: &Ctx, actor: &Actor, user: UserId) -> Result<()> {
    ctx.limits.take_few(actor, &format!("code:{user}"))
}

/// Takes a code of the app or a recovery code; each works once.
pub(super) async fn take_code(ctx: &Ctx, tx: &Tx, user: UserId, text: &str) -> Result<bool> {
    match SecondFactor::parse(text) {
        Some(SecondFactor::App(digits)) => totp::take(ctx, tx, user, &digits).await,
        Some(SecondFactor::Recovery(code)) => recovery_code::take(ctx, tx, user, &code).await,
        None => Ok(false),
    }
}

/// The password of one's own account, counted as a try.
async fn check_password(ctx: &Ctx, actor: &Actor, given: String, field: &str) -> Result<()> {
    let me = actor.account()?;
    ctx.limits.take(actor, Some(&me.email.to_lowercase()))?;
    let user = grants::active_user(&ctx.db, me.id).await?;
    if password::verify(given, Some(user.password_hash)).await? {
        return Ok(());
    }
    Err(Error::invalid(field, "wrong_password").into())
}

async fn prove(ctx: &Ctx, actor: &Actor, password: String) -> Result<()> {
    count_try(ctx, actor, actor.account()?.id)?;
    check_password(ctx, actor, password, "password").await
}

/// The user, who showed a code.
async fn with_code(ctx: &Ctx, tx: &Tx, id: UserId, code: &str) -> Result<user::Model> {
    let user = grants::locked_user(tx, id).await?;
    if user.two_factor_at.is_none() {
        return Err(Conflict::TwoFactorOff.into());
    }
    if take_code(ctx, tx, id, code).await? { Ok(user) } else { Err(Error::invalid("code", "wrong_code").into()) }
}

async fn set(ctx: &Ctx, tx: &Tx, user: user::Model, is_on: bool) -> Result<()> {
    let (id, was_on) = (user.id, user.two_factor_at.is_some());
    let mut row = user.into_active_model();
    row.two_factor_at = Set(is_on.then(|| ctx.now()));
    row.updated_at = Set(ctx.now());
    row.update(&**tx).await?;
    if was_on != is_on {
        emit(&**tx, ctx.now(), Event::TwoFactorChanged { user: id, is_on }).await?;
    }
    Ok(())
}

async fn forget(ctx: &Ctx, tx: &Tx, user: user::Model) -> Result<()> {
    let id = user.id;
    set(ctx, tx, user, false).await?;
    two_factor::Entity::delete_by_id(id).exec(&**tx).await?;
    recovery_code::forget(tx, id).await
}

pub(super) fn deed(action: &str, user: UserId, before: bool, after: bool) -> Deed<'_> {
    Deed {
        action,
        subject: "user",
        subject_id: user.to_string(),
        before: json!({ "two_factor": before }),
        after: json!({ "two_factor": after }),
    }
}
