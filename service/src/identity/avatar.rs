//! One's own picture.

use super::{grants, me};
use crate::db::transact;
use crate::port::Upload;
use crate::{Actor, Ctx, Result, picture};
use domain::identity::AccountView;
use sea_orm::{ActiveModelTrait, IntoActiveModel, Set};

/// Shows a new picture; the one before is removed.
pub async fn set_avatar(ctx: &Ctx, actor: &Actor, upload: Upload) -> Result<AccountView> {
    actor.account()?;
    let stored = picture::store(ctx, upload).await?;
    replace(ctx, actor, Some(stored.key)).await
}

pub async fn remove_avatar(ctx: &Ctx, actor: &Actor) -> Result<AccountView> {
    replace(ctx, actor, None).await
}

async fn replace(ctx: &Ctx, actor: &Actor, key: Option<String>) -> Result<AccountView> {
    let id = actor.account()?.id;
    let new = &key;
    let written = transact(ctx, |tx| async move {
        let row = grants::active_user(&*tx, id).await?;
        let old = row.avatar_key.clone();
        let mut row = row.into_active_model();
        row.avatar_key = Set(new.clone());
        row.updated_at = Set(ctx.now());
        row.update(&*tx).await?;
        Ok(old)
    })
    .await;
    // What nobody shows any more: the old picture, or the new one when it could not be kept.
    let useless = if written.is_ok() { written.as_ref().ok().cloned().flatten() } else { key };
    if let Some(key) = useless {
        picture::remove(ctx, &key).await;
    }
    written?;
    me(ctx, actor).await
}
