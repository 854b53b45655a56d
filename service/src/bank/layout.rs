//! Layouts: those that are built in, and those the desk entered.

use crate::audit::{self, Deed};
use crate::db::transact;
use crate::{Actor, Ctx, Result};
use domain::Conflict;
use domain::bank::{Layout, built_in};
use domain::identity::Permission;
use entity::statement_layout::{self as row, Column as C};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Set};
use serde_json::json;

/// Every layout a statement can have.
pub async fn layouts(ctx: &Ctx, actor: &Actor) -> Result<Vec<Layout>> {
    actor.require(Permission::PaymentVerify)?;
    let own = row::Entity::find().order_by_asc(C::Name).all(&ctx.db).await?;
    let own = own.into_iter().map(|r| serde_json::from_value(r.definition)).collect::<std::result::Result<Vec<Layout>, _>>()?;
    Ok(built_in().into_iter().chain(own).collect())
}

pub(super) async fn named(ctx: &Ctx, actor: &Actor, name: &str) -> Result<Layout> {
    let found = layouts(ctx, actor).await?.into_iter().find(|l| l.name == name.trim());
    found.ok_or_else(|| domain::Error::invalid("layout", "unknown_value").into())
}

/// Keeps a layout of the desk's own under its name; those that are built in stay as they are.
pub async fn save_layout(ctx: &Ctx, actor: &Actor, layout: Layout) -> Result<Layout> {
    let by = actor.require(Permission::PaymentVerify)?;
    let layout = &layout.check()?;
    if built_in().iter().any(|l| l.name.eq_ignore_ascii_case(&layout.name)) {
        return Err(Conflict::AlreadyExists(domain::Noun::BankStatement).into());
    }
    transact(ctx, |tx| async move {
        let before = row::Entity::find().filter(C::Name.eq(&layout.name)).one(&*tx).await?.map(|r| r.definition);
        let definition = serde_json::to_value(layout)?;
        let new = row::ActiveModel {
            id: Set(crate::db::new_id()),
            name: Set(layout.name.clone()),
            definition: Set(definition.clone()),
            updated_by: Set(by.id),
            updated_at: Set(ctx.now()),
        };
        let replace = OnConflict::column(C::Name).update_columns([C::Definition, C::UpdatedBy, C::UpdatedAt]).to_owned();
        row::Entity::insert(new).on_conflict(replace).exec_without_returning(&*tx).await?;
        let subject_id = layout.name.clone();
        let before = before.unwrap_or(json!(null));
        let deed = Deed { action: "layout.save", subject: "statement_layout", subject_id, before, after: definition };
        audit::record(ctx, &tx, by, deed).await
    })
    .await?;
    Ok(layout.clone())
}
