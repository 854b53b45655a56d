//! Roles are data; the built-in ones are seeded.

use crate::db::new_id;
use crate::{Error, Result};
use domain::id::{RoleId, StoreId, UserId};
use domain::identity::BUILT_IN_ROLES;
use entity::{role, user_role};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Set};

/// Writes the built-in roles that are missing; safe to repeat.
pub async fn seed_built_in(db: &impl ConnectionTrait) -> Result<()> {
    for built_in in BUILT_IN_ROLES {
        let row = role::ActiveModel {
            id: Set(new_id()),
            name: Set(built_in.name.to_owned()),
            scope: Set(built_in.scope),
            permissions: Set(serde_json::to_value(built_in.permissions)?),
            is_built_in: Set(true),
        };
        role::Entity::insert(row)
            .on_conflict(OnConflict::column(role::Column::Name).do_nothing().to_owned())
            .exec_without_returning(db)
            .await?;
    }
    Ok(())
}

/// Gives a built-in role, on the platform or in a store.
pub(crate) async fn assign(db: &impl ConnectionTrait, user: UserId, name: &str, store: Option<StoreId>) -> Result<()> {
    let role = role::Entity::find().filter(role::Column::Name.eq(name)).one(db).await?;
    let role: RoleId = role.ok_or_else(|| Error::fault(format!("role {name} is not seeded")))?.id;
    let row = user_role::ActiveModel { id: Set(new_id()), user_id: Set(user), role_id: Set(role), store_id: Set(store) };
    row.insert(db).await?;
    Ok(())
}
