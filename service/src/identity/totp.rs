//! Codes of authenticator apps (RFC 6238: SHA-1, six digits, 30 seconds, one step of leeway). Each
//! works once: the step of the last one is kept.

use super::seal;
use crate::db::Tx;
use crate::{Ctx, Error, Result, qr};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::id::UserId;
use domain::identity::TwoFactorSetup;
use entity::two_factor::{self, Column as C};
use rand::Rng;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};
use totp_rs::{Builder, Totp};

const PURPOSE: &str = "two-factor";

/// Stores a new secret, not yet in force, in place of one from a set-up that was given up.
pub(super) async fn renew(ctx: &Ctx, tx: &Tx, user: UserId) -> Result<()> {
    let secret = rand::rng().random::<[u8; 20]>();
    let row = two_factor::ActiveModel {
        user_id: Set(user),
        secret: Set(seal::seal(ctx, PURPOSE, user.0.as_bytes(), &secret)?),
        last_step: Set(0),
        created_at: Set(ctx.now()),
    };
    let replace = OnConflict::column(C::UserId).update_columns([C::Secret, C::LastStep, C::CreatedAt]).to_owned();
    two_factor::Entity::insert(row).on_conflict(replace).exec_without_returning(&**tx).await?;
    Ok(())
}

/// What the app is told.
pub(super) fn setup(ctx: &Ctx, row: &two_factor::Model, email: &str) -> Result<TwoFactorSetup> {
    let totp = read(ctx, row, email)?.ok_or_else(|| Error::fault("secret of a set-up does not open"))?;
    let url = totp.to_url().map_err(|e| Error::fault(format!("otpauth: {e}")))?;
    let svg = qr::svg(&url).ok_or_else(|| Error::fault("otpauth address too long for a QR code"))?;
    Ok(TwoFactorSetup {
        secret: totp.secret().to_base32(),
        url,
        qr: format!("data:image/svg+xml;base64,{}", STANDARD.encode(svg)),
    })
}

/// Takes a code; `false` when it is wrong, or not newer than the last one taken.
pub(super) async fn take(ctx: &Ctx, tx: &Tx, user: UserId, digits: &str) -> Result<bool> {
    let Some(row) = two_factor::Entity::find_by_id(user).one(&**tx).await? else { return Ok(false) };
    let Some(totp) = read(ctx, &row, "")? else {
        tracing::error!(%user, "two-factor secret does not open: was BELANJAIN_TOKEN_SECRET changed?");
        return Ok(false);
    };
    let now = u64::try_from(ctx.now().timestamp()).unwrap_or_default();
    let Some(step) = totp.check(digits, now).and_then(|step| i64::try_from(step).ok()) else { return Ok(false) };
    let taken = two_factor::Entity::update_many()
        .col_expr(C::LastStep, Expr::value(step))
        .filter(C::UserId.eq(user))
        .filter(C::LastStep.lt(step))
        .exec(&**tx)
        .await?;
    Ok(taken.rows_affected == 1)
}

/// `None`: sealed with another secret of the installation.
fn read(ctx: &Ctx, row: &two_factor::Model, email: &str) -> Result<Option<Totp>> {
    let Some(secret) = seal::open(ctx, PURPOSE, row.user_id.0.as_bytes(), &row.secret)? else { return Ok(None) };
    // Colons separate issuer and account in the address; an email may hold one in theory.
    let account = if email.is_empty() { "-".to_owned() } else { email.replace(':', " ") };
    let totp = Builder::new().with_secret(secret).with_skew(1).with_issuer(Some("Belanjain")).with_account_name(account);
    totp.build().map(Some).map_err(|e| Error::fault(format!("TOTP: {e}")))
}
