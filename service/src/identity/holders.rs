//! Who may do something on the platform.

use crate::Result;
use domain::identity::{Permission, RoleScope};
use entity::{role, user, user_role};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

/// Active users who hold the permission on the platform, by any role.
pub(crate) async fn holders(db: &impl ConnectionTrait, permission: Permission) -> Result<Vec<user::Model>> {
    let roles = role::Entity::find().filter(role::Column::Scope.eq(RoleScope::Platform)).all(db).await?;
    let grants = |r: &role::Model| r.permissions.as_array().is_some_and(|all| all.iter().any(|p| p == permission.as_str()));
    let roles: Vec<_> = roles.into_iter().filter(grants).map(|r| r.id).collect();
    let held = user_role::Entity::find()
        .filter(user_role::Column::RoleId.is_in(roles))
        .filter(user_role::Column::StoreId.is_null())
        .all(db)
        .await?;
    let users = user::Entity::find()
        .filter(user::Column::Id.is_in(held.into_iter().map(|h| h.user_id)))
        .filter(user::Column::IsActive.eq(true));
    Ok(users.order_by_asc(user::Column::Id).all(db).await?)
}
