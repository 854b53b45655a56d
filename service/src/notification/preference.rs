//! Who wants which of the letters nobody has to receive; links that unsubscribe without signing in.

use crate::{Actor, Ctx, Result};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::id::UserId;
use domain::letter::{LetterKind, LetterPreference};
use domain::{Error, Noun};
use entity::{letter_opt_out, user};
use hmac::{Hmac, KeyInit, Mac};
use letter_opt_out::Column as C;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, Set};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// What a link unsubscribes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subscription {
    pub user: UserId,
    pub kind: LetterKind,
    pub is_wanted: bool,
}

pub(super) async fn is_wanted(db: &impl ConnectionTrait, user: UserId, kind: LetterKind) -> Result<bool> {
    let refused = letter_opt_out::Entity::find().filter(C::UserId.eq(user)).filter(C::Kind.eq(kind)).count(db).await?;
    Ok(refused == 0)
}

/// The optional letters the actor can get, and whether they want them.
pub async fn preferences(ctx: &Ctx, actor: &Actor) -> Result<Vec<LetterPreference>> {
    let user = actor.account()?;
    let refused = letter_opt_out::Entity::find().filter(C::UserId.eq(user.id)).all(&ctx.db).await?;
    let has_store = user.store().is_some();
    let kinds = LetterKind::ALL.iter().copied().filter(|k| k.is_optional() && (has_store || !k.is_business()));
    Ok(kinds.map(|kind| LetterPreference { kind, is_wanted: refused.iter().all(|r| r.kind != kind) }).collect())
}

/// Takes or leaves one of them; repeating changes nothing.
pub async fn set_preference(ctx: &Ctx, actor: &Actor, kind: LetterKind, is_wanted: bool) -> Result<()> {
    let user = actor.account()?.id;
    if !kind.is_optional() {
        return Err(Error::invalid("kind", "unknown_value").into());
    }
    if is_wanted { take(ctx, user, kind).await } else { leave(ctx, user, kind).await }
}

async fn take(ctx: &Ctx, user: UserId, kind: LetterKind) -> Result<()> {
    letter_opt_out::Entity::delete_many().filter(C::UserId.eq(user)).filter(C::Kind.eq(kind)).exec(&ctx.db).await?;
    Ok(())
}

async fn leave(ctx: &Ctx, user: UserId, kind: LetterKind) -> Result<()> {
    let row = letter_opt_out::ActiveModel { user_id: Set(user), kind: Set(kind), created_at: Set(ctx.now()) };
    letter_opt_out::Entity::insert(row)
        .on_conflict(OnConflict::columns([C::UserId, C::Kind]).do_nothing().to_owned())
        .exec_without_returning(&ctx.db)
        .await?;
    Ok(())
}

/// What a link is about; looking changes nothing (mail scanners open every link).
pub async fn subscription(ctx: &Ctx, token: &str) -> Result<Subscription> {
    let (user, kind) = read(ctx, token)?;
    if user::Entity::find_by_id(user).one(&ctx.db).await?.is_none() {
        return Err(Error::NotFound(Noun::Page).into());
    }
    Ok(Subscription { user, kind, is_wanted: is_wanted(&ctx.db, user, kind).await? })
}

/// Carries out what a link stands for. The token is the permission: it was in a letter to the reader.
pub async fn unsubscribe(ctx: &Ctx, token: &str) -> Result<()> {
    let found = subscription(ctx, token).await?;
    leave(ctx, found.user, found.kind).await
}

pub(super) fn link(ctx: &Ctx, user: UserId, kind: LetterKind) -> String {
    format!("{}/unsubscribe/{}", ctx.settings.public_url, token(ctx, user, kind))
}

/// `<user>.<kind>.<signature>`. It does not expire: neither do letters in a mailbox.
fn token(ctx: &Ctx, user: UserId, kind: LetterKind) -> String {
    let plain = format!("{}.{kind}", user.0.simple());
    let signature = sign(ctx, &plain);
    format!("{plain}.{signature}")
}

fn sign(ctx: &Ctx, plain: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&ctx.settings.token_secret) else { return String::new() };
    // Not to be mistaken for anything else signed with the secret.
    mac.update(b"unsubscribe:");
    mac.update(plain.as_bytes());
    URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
}

fn read(ctx: &Ctx, token: &str) -> Result<(UserId, LetterKind)> {
    let unknown = || crate::Error::from(Error::NotFound(Noun::Page));
    let (plain, signature) = token.rsplit_once('.').ok_or_else(unknown)?;
    let expected = sign(ctx, plain);
    if expected.is_empty() || !bool::from(expected.as_bytes().ct_eq(signature.as_bytes())) {
        return Err(unknown());
    }
    let (user, kind) = plain.split_once('.').ok_or_else(unknown)?;
    let user = user.parse().map_err(|_| unknown())?;
    let kind: LetterKind = kind.parse().map_err(|()| unknown())?;
    if kind.is_optional() { Ok((user, kind)) } else { Err(unknown()) }
}
