//! Single-use links sent by email. The request only says that one is wanted (an event of the outbox);
//! whether the email has an account is looked up by the worker that writes the letter.
//!
//! A link's secret is derived from its id and the installation's secret: an event that is handled twice
//! writes the same link, and the database alone opens nothing.

use super::{grants, seal, token};
use crate::db::{self, Tx, transact};
use crate::{Ctx, Result};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use domain::id::{LinkId, UserId};
use domain::identity::{LinkPurpose, dead_link};
use entity::account_link::{self as link, Column as C};
use entity::user;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, Set};

fn life(purpose: LinkPurpose) -> TimeDelta {
    match purpose {
        LinkPurpose::ResetPassword => TimeDelta::hours(1),
        LinkPurpose::VerifyEmail => TimeDelta::hours(24),
    }
}

/// Makes the link that was asked for, if the email has an account that needs it; older ones of the
/// purpose end. Safe to repeat, in any order: the link that was asked for last stays.
pub(crate) async fn issue(ctx: &Ctx, purpose: LinkPurpose, id: LinkId, email_key: &str) -> Result<()> {
    let secret = secret(ctx, id)?;
    let hash = &token::hash(&secret);
    transact(ctx, |tx| async move {
        let user = user::Entity::find().filter(user::Column::EmailKey.eq(email_key)).one(&*tx).await?;
        let Some(user) = user.filter(|u| u.is_active) else { return Ok(()) };
        // Two requests of one person are handled one after the other.
        let user = grants::locked_user(&tx, user.id).await?;
        let is_needed = purpose == LinkPurpose::ResetPassword || user.email_verified_at.is_none();
        let own = C::UserId.eq(user.id).and(C::Purpose.eq(purpose));
        let is_replaced = link::Entity::find().filter(own.clone()).filter(C::Id.gt(id)).count(&*tx).await? > 0;
        if !is_needed || is_replaced {
            return Ok(());
        }
        link::Entity::delete_many().filter(own).filter(C::UsedAt.is_null()).filter(C::Id.lt(id)).exec(&*tx).await?;
        let now = ctx.now();
        let row = link::ActiveModel {
            id: Set(id),
            user_id: Set(user.id),
            purpose: Set(purpose),
            token_hash: Set(hash.clone()),
            created_at: Set(now),
            expires_at: Set(now + life(purpose)),
            used_at: Set(None),
        };
        link::Entity::insert(row).on_conflict(OnConflict::new().do_nothing().to_owned()).exec_without_returning(&*tx).await?;
        Ok(())
    })
    .await
}

/// Whom a link goes to, and its secret. `None`: there is none, or it is spent, replaced or over.
pub(crate) async fn to_send(ctx: &Ctx, id: LinkId) -> Result<Option<(user::Model, String)>> {
    let works = C::UsedAt.is_null().and(C::ExpiresAt.gt(ctx.now()));
    let row = link::Entity::find_by_id(id).filter(works).one(&ctx.db).await?;
    let Some(row) = row else { return Ok(None) };
    let user = user::Entity::find_by_id(row.user_id).one(&ctx.db).await?;
    user.map(|user| Ok((user, secret(ctx, id)?))).transpose()
}

/// Whose link it is, while it works. Does not spend it.
pub(super) async fn owner(ctx: &Ctx, purpose: LinkPurpose, secret: &str) -> Result<user::Model> {
    let row = link::Entity::find()
        .filter(C::TokenHash.eq(token::hash(secret)))
        .filter(C::Purpose.eq(purpose))
        .filter(C::UsedAt.is_null())
        .filter(C::ExpiresAt.gt(ctx.now()))
        .one(&ctx.db)
        .await?
        .ok_or_else(dead_link)?;
    grants::active_user(&ctx.db, row.user_id).await.map_err(|_| dead_link().into())
}

/// Spends the link: of many who try at once, one succeeds.
pub(super) async fn spend(ctx: &Ctx, tx: &Tx, purpose: LinkPurpose, secret: &str) -> Result<UserId> {
    let hash = token::hash(secret);
    let now = ctx.now();
    let spent = link::Entity::update_many()
        .col_expr(C::UsedAt, Expr::value(now))
        .filter(C::TokenHash.eq(&hash))
        .filter(C::Purpose.eq(purpose))
        .filter(C::UsedAt.is_null())
        .filter(C::ExpiresAt.gt(now))
        .exec(&**tx)
        .await?;
    let row = link::Entity::find().filter(C::TokenHash.eq(&hash)).one(&**tx).await?;
    match row.filter(|_| spent.rows_affected == 1) {
        Some(row) => Ok(row.user_id),
        None => Err(dead_link().into()),
    }
}

/// Unused links to a new password end when the password has changed in another way.
pub(super) async fn end_resets(tx: &Tx, user: UserId) -> Result<()> {
    link::Entity::delete_many()
        .filter(C::UserId.eq(user))
        .filter(C::Purpose.eq(LinkPurpose::ResetPassword))
        .filter(C::UsedAt.is_null())
        .exec(&**tx)
        .await?;
    Ok(())
}

/// Removes links that nobody can use any more; answers how many.
pub async fn forget_old_links(ctx: &Ctx) -> Result<u64> {
    db::remove::<link::Entity>(ctx, C::ExpiresAt.lt(ctx.now() - TimeDelta::days(7))).await
}

fn secret(ctx: &Ctx, id: LinkId) -> Result<String> {
    Ok(URL_SAFE_NO_PAD.encode(seal::derive(ctx, "link", id.0.as_bytes())?))
}
