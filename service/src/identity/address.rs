//! The address book: several addresses, one of them the default.

use crate::db::{Tx, new_id, transact};
use crate::{Actor, Ctx, Result};
use domain::id::{AddressId, UserId};
use domain::identity::{Address, AddressInput, AddressView};
use domain::{Error, FieldError, Noun};
use entity::address::{self, Column as C};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, Set};

/// Addresses a person may keep.
const MAX: u64 = 20;

/// The default first, then the newest.
pub async fn addresses(ctx: &Ctx, actor: &Actor) -> Result<Vec<AddressView>> {
    let user = actor.account()?.id;
    let rows =
        address::Entity::find().filter(C::UserId.eq(user)).order_by_desc(C::IsDefault).order_by_desc(C::Id).all(&ctx.db).await?;
    Ok(rows.into_iter().map(show).collect())
}

/// The first address becomes the default by itself.
pub async fn add_address(ctx: &Ctx, actor: &Actor, input: AddressInput) -> Result<AddressView> {
    let user = actor.account()?.id;
    let (label, address, is_default) = &input.check()?;
    let row = transact(ctx, |tx| async move {
        let count = address::Entity::find().filter(C::UserId.eq(user)).count(&*tx).await?;
        if count >= MAX {
            return Err(Error::Invalid(vec![FieldError::new("addresses", "too_many").limit(MAX as i64)]).into());
        }
        let is_default = *is_default || count == 0;
        if is_default {
            clear_default(&tx, user).await?;
        }
        let row = address::ActiveModel {
            id: Set(new_id()),
            user_id: Set(user),
            created_at: Set(ctx.now()),
            ..fields(label, address, is_default)
        };
        Ok(row.insert(&*tx).await?)
    })
    .await?;
    Ok(show(row))
}

pub async fn update_address(ctx: &Ctx, actor: &Actor, id: AddressId, input: AddressInput) -> Result<AddressView> {
    let user = actor.account()?.id;
    let (label, address, is_default) = &input.check()?;
    let row = transact(ctx, |tx| async move {
        let present = own(&tx, user, id).await?;
        if *is_default {
            clear_default(&tx, user).await?;
        }
        let row = address::ActiveModel {
            id: Set(id),
            // There is always a default: it moves, it is not switched off.
            ..fields(label, address, *is_default || present.is_default)
        };
        Ok(row.update(&*tx).await?)
    })
    .await?;
    Ok(show(row))
}

/// When the default goes, the newest of the others takes its place.
pub async fn remove_address(ctx: &Ctx, actor: &Actor, id: AddressId) -> Result<()> {
    let user = actor.account()?.id;
    transact(ctx, |tx| async move {
        let row = own(&tx, user, id).await?;
        address::Entity::delete_by_id(id).exec(&*tx).await?;
        if row.is_default {
            let next = address::Entity::find().filter(C::UserId.eq(user)).order_by_desc(C::Id).one(&*tx).await?;
            if let Some(next) = next {
                let mut next = next.into_active_model();
                next.is_default = Set(true);
                next.update(&*tx).await?;
            }
        }
        Ok(())
    })
    .await
}

async fn own(tx: &Tx, user: UserId, id: AddressId) -> Result<address::Model> {
    let row = address::Entity::find_by_id(id).filter(C::UserId.eq(user)).one(&**tx).await?;
    row.ok_or_else(|| Error::NotFound(Noun::Address).into())
}

async fn clear_default(tx: &Tx, user: UserId) -> Result<()> {
    address::Entity::update_many().col_expr(C::IsDefault, Expr::value(false)).filter(C::UserId.eq(user)).exec(&**tx).await?;
    Ok(())
}

fn fields(label: &str, address: &Address, is_default: bool) -> address::ActiveModel {
    address::ActiveModel {
        label: Set(label.to_owned()),
        recipient: Set(address.recipient.clone()),
        phone: Set(address.phone.clone()),
        street: Set(address.street.clone()),
        district: Set(address.district.clone()),
        regency: Set(address.regency.clone()),
        province: Set(address.province.clone()),
        postal_code: Set(address.postal_code.clone()),
        is_default: Set(is_default),
        ..Default::default()
    }
}

fn show(row: address::Model) -> AddressView {
    AddressView {
        id: row.id,
        label: row.label,
        address: Address {
            recipient: row.recipient,
            phone: row.phone,
            street: row.street,
            district: row.district,
            regency: row.regency,
            province: row.province,
            postal_code: row.postal_code,
        },
        is_default: row.is_default,
    }
}
