//! What a user may do, and the view of their account made from it.

use crate::db::{Tx, dialect};
use crate::identity::{Grant, SignedIn};
use crate::{Ctx, Error, Result, picture};
use domain::id::{SessionId, StoreId, UserId};
use domain::identity::{AccountView, Permission, RoleView, StoreRef, is_staff};
use entity::{role, store, user, user_role};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use std::collections::BTreeMap;

/// A user with their roles.
pub(super) struct Account {
    pub user: user::Model,
    pub roles: Vec<RoleView>,
    pub grants: Vec<Grant>,
    two_factor_missing: bool,
}

/// Three statements.
pub(super) async fn load(ctx: &Ctx, user: user::Model) -> Result<Account> {
    let db = &ctx.db;
    let held: Vec<(user_role::Model, Option<role::Model>)> = {
        let held = user_role::Entity::find().filter(user_role::Column::UserId.eq(user.id)).all(db).await?;
        let roles = role::Entity::find().filter(role::Column::Id.is_in(held.iter().map(|h| h.role_id))).all(db).await?;
        held.into_iter().map(|h| (h.clone(), roles.iter().find(|r| r.id == h.role_id).cloned())).collect()
    };
    let stores = stores(db, held.iter().filter_map(|(h, _)| h.store_id)).await?;
    let (mut roles, mut grants) = (vec![], vec![]);
    for (held, role) in held {
        let role = role.ok_or_else(|| Error::fault("user holds a role that does not exist"))?;
        // Permissions of a newer version that this one does not know are skipped.
        let names: Vec<String> = serde_json::from_value(role.permissions)?;
        let permissions = names.iter().filter_map(|name| name.parse::<Permission>().ok()).collect();
        roles.push(RoleView { name: role.name, store_id: held.store_id });
        grants.push(Grant { store: held.store_id.and_then(|id| stores.get(&id).cloned()), permissions });
    }
    let platform = grants.iter().filter(|g: &&Grant| g.store.is_none()).flat_map(|g| &g.permissions);
    let two_factor_missing = ctx.settings.staff_two_factor && user.two_factor_at.is_none() && is_staff(platform);
    Ok(Account { user, roles, grants, two_factor_missing })
}

async fn stores(db: &impl ConnectionTrait, ids: impl Iterator<Item = StoreId>) -> Result<BTreeMap<StoreId, StoreRef>> {
    let ids: Vec<_> = ids.collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows = store::Entity::find().filter(store::Column::Id.is_in(ids)).all(db).await?;
    Ok(rows.into_iter().map(|s| (s.id, StoreRef { id: s.id, slug: s.slug, name: s.name })).collect())
}

impl Account {
    pub fn view(&self) -> AccountView {
        let permissions: std::collections::BTreeSet<Permission> =
            self.grants.iter().flat_map(|g| g.permissions.iter().copied()).collect();
        AccountView {
            id: self.user.id,
            name: self.user.name.clone(),
            email: self.user.email.clone(),
            phone: self.user.phone.clone(),
            avatar_url: self.user.avatar_key.as_deref().map(|key| picture::url(key, "s")),
            locale: self.user.locale,
            roles: self.roles.clone(),
            permissions: permissions.into_iter().collect(),
            email_verified: self.user.email_verified_at.is_some(),
            two_factor: self.user.two_factor_at.is_some(),
            two_factor_missing: self.two_factor_missing,
            store: self.grants.iter().find_map(|g| g.store.clone()),
        }
    }

    pub fn signed_in(self, session: SessionId) -> SignedIn {
        SignedIn {
            id: self.user.id,
            session,
            name: self.user.name,
            email: self.user.email,
            grants: self.grants,
            two_factor_missing: self.two_factor_missing,
        }
    }
}

/// The user as stored, if active.
pub(super) async fn active_user(db: &impl ConnectionTrait, id: UserId) -> Result<user::Model> {
    let row = user::Entity::find_by_id(id).one(db).await?.filter(|u| u.is_active);
    row.ok_or_else(|| domain::Error::SessionEnded.into())
}

/// As [`active_user`], held until the transaction ends.
pub(super) async fn locked_user(tx: &Tx, id: UserId) -> Result<user::Model> {
    let mut query = user::Entity::find_by_id(id);
    if dialect::is_postgres(&**tx) {
        query = query.lock_exclusive();
    }
    let row = query.one(&**tx).await?.filter(|u| u.is_active);
    row.ok_or_else(|| domain::Error::SessionEnded.into())
}
