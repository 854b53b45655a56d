//! Adds, changes and removes lines.

use super::{find, view};
use crate::catalog::goods::{self, Goods};
use crate::db::{Tx, new_id, transact};
use crate::{Actor, Ctx, Error, Result, identity};
use domain::cart::{AddItem, CartView, ChangeItem, MAX_LINES, MAX_QUANTITY};
use domain::id::{CartId, CartItemId, VariantId};
use domain::{Conflict, FieldError, Noun, ShortLine};
use entity::{cart, cart_item};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, Set};

/// Adds to the line of the same variant. A guest must carry a cart token (the edge makes one).
pub async fn add(ctx: &Ctx, actor: &Actor, input: AddItem) -> Result<CartView> {
    let input = &input.check()?;
    let cart = transact(ctx, |tx| async move {
        let good = on_sale(&tx, input.variant_id).await?;
        let cart = open(ctx, &tx, actor).await?;
        let line = cart_item::Entity::find()
            .filter(cart_item::Column::CartId.eq(cart))
            .filter(cart_item::Column::VariantId.eq(input.variant_id))
            .one(&*tx)
            .await?;
        let quantity = line.as_ref().map_or(0, |l| l.quantity) + input.quantity;
        check_quantity(&good, line.as_ref().map(|l| l.id), quantity)?;
        match line {
            Some(line) => {
                let mut line = line.into_active_model();
                line.quantity = Set(quantity);
                line.seen_price = Set(good.variant.price);
                line.is_selected = Set(true);
                line.is_saved = Set(false);
                line.update(&*tx).await?;
            }
            None => insert(ctx, &tx, cart, &good, quantity).await?,
        }
        Ok(cart)
    })
    .await?;
    view::of(ctx, cart).await
}

pub async fn change(ctx: &Ctx, actor: &Actor, item: CartItemId, input: ChangeItem) -> Result<CartView> {
    let input = &input.check()?;
    let cart = transact(ctx, |tx| async move {
        let line = own_line(&tx, actor, item).await?;
        let cart = line.cart_id;
        let good = goods::load(&*tx, [line.variant_id]).await?.remove(&line.variant_id);
        let good = good.ok_or(domain::Error::NotFound(Noun::Variant))?;
        let mut row = line.clone().into_active_model();
        if let Some(quantity) = input.quantity {
            // Lowering a quantity is always allowed, also to more than there is left.
            if quantity > line.quantity {
                check_quantity(&good, Some(item), quantity)?;
            }
            row.quantity = Set(quantity);
        }
        if let Some(selected) = input.selected {
            row.is_selected = Set(selected);
        }
        if let Some(saved) = input.saved_for_later {
            row.is_saved = Set(saved);
        }
        if input.accept_price == Some(true) {
            row.seen_price = Set(good.variant.price);
        }
        if row.is_changed() {
            row.update(&*tx).await?;
        }
        Ok(cart)
    })
    .await?;
    view::of(ctx, cart).await
}

pub async fn remove(ctx: &Ctx, actor: &Actor, item: CartItemId) -> Result<CartView> {
    let cart = transact(ctx, |tx| async move {
        let line = own_line(&tx, actor, item).await?;
        super::clear(&*tx, &[item]).await?;
        Ok(line.cart_id)
    })
    .await?;
    view::of(ctx, cart).await
}

async fn on_sale(tx: &Tx, variant: VariantId) -> Result<Goods> {
    let good = goods::load(&**tx, [variant]).await?.remove(&variant).filter(Goods::is_on_sale);
    good.ok_or_else(|| domain::Error::NotFound(Noun::Variant).into())
}

fn check_quantity(good: &Goods, item: Option<CartItemId>, quantity: i64) -> Result<()> {
    if quantity > MAX_QUANTITY {
        return Err(domain::Error::Invalid(vec![FieldError::new("quantity", "too_large").limit(MAX_QUANTITY)]).into());
    }
    if quantity > good.available {
        return Err(Conflict::StockInsufficient(vec![ShortLine {
            item_id: item,
            variant_id: good.variant.id,
            product_name: good.product.name.clone(),
            requested: quantity,
            available: good.available.max(0),
        }])
        .into());
    }
    Ok(())
}

async fn insert(ctx: &Ctx, tx: &Tx, cart: CartId, good: &Goods, quantity: i64) -> Result<()> {
    let lines = cart_item::Entity::find().filter(cart_item::Column::CartId.eq(cart)).count(&**tx).await?;
    if lines >= MAX_LINES as u64 {
        return Err(domain::Error::Invalid(vec![FieldError::new("items", "too_many").limit(MAX_LINES as i64)]).into());
    }
    let row = cart_item::ActiveModel {
        id: Set(new_id()),
        cart_id: Set(cart),
        variant_id: Set(good.variant.id),
        quantity: Set(quantity),
        seen_price: Set(good.variant.price),
        is_selected: Set(true),
        is_saved: Set(false),
        created_at: Set(ctx.now()),
    };
    row.insert(&**tx).await?;
    Ok(())
}

/// The actor's cart, made when missing. Two first clicks at once end in one cart.
async fn open(ctx: &Ctx, tx: &Tx, actor: &Actor) -> Result<CartId> {
    if let Some(cart) = find(&**tx, actor).await? {
        return Ok(cart);
    }
    let (user, token) = match (&actor.user, &actor.cart_token) {
        (Some(_), _) => (Some(actor.user()?.id), None),
        (None, Some(token)) => (None, Some(identity::token::hash(token))),
        (None, None) => return Err(Error::fault("a guest without a cart token adds to a cart")),
    };
    let now = ctx.now();
    let row = cart::ActiveModel {
        id: Set(new_id()),
        user_id: Set(user),
        token_hash: Set(token),
        created_at: Set(now),
        updated_at: Set(now),
    };
    cart::Entity::insert(row).on_conflict(OnConflict::new().do_nothing().to_owned()).exec_without_returning(&**tx).await?;
    find(&**tx, actor).await?.ok_or_else(|| Error::fault("cart vanished"))
}

async fn own_line(tx: &Tx, actor: &Actor, item: CartItemId) -> Result<cart_item::Model> {
    let missing = || Error::from(domain::Error::NotFound(Noun::CartItem));
    let cart = find(&**tx, actor).await?.ok_or_else(missing)?;
    let line = cart_item::Entity::find_by_id(item).filter(cart_item::Column::CartId.eq(cart)).one(&**tx).await?;
    line.ok_or_else(missing)
}
