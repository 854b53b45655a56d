//! Shows the cart: present prices and stock beside what the buyer saw.

use super::find;
use crate::catalog::goods::{self, Goods};
use crate::{Actor, Ctx, Result, picture};
use domain::Money;
use domain::cart::{CartGroup, CartLine, CartStore, CartView, Notice};
use domain::id::CartId;
use domain::rate::{Tax, TaxRule};
use entity::cart_item;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect};

/// Grouped by store, oldest line first. A constant number of statements whatever the size.
pub async fn view(ctx: &Ctx, actor: &Actor) -> Result<CartView> {
    match find(&ctx.db, actor).await? {
        Some(cart) => of(ctx, cart).await,
        None => Ok(CartView { groups: vec![], saved: vec![], total: Money::ZERO, count: 0 }),
    }
}

/// Units in the cart, for the badge: one cheap statement.
pub async fn count(ctx: &Ctx, actor: &Actor) -> Result<i64> {
    let Some(cart) = find(&ctx.db, actor).await? else { return Ok(0) };
    let sum: Option<Option<i64>> = cart_item::Entity::find()
        .select_only()
        .expr(Expr::col(cart_item::Column::Quantity).sum().cast_as("BIGINT"))
        .filter(cart_item::Column::CartId.eq(cart))
        .filter(cart_item::Column::IsSaved.eq(false))
        .into_tuple()
        .one(&ctx.db)
        .await?;
    Ok(sum.flatten().unwrap_or(0))
}

pub(super) async fn of(ctx: &Ctx, cart: CartId) -> Result<CartView> {
    let items = cart_item::Entity::find()
        .filter(cart_item::Column::CartId.eq(cart))
        .order_by_asc(cart_item::Column::Id)
        .all(&ctx.db)
        .await?;
    let goods = goods::load(&ctx.db, items.iter().map(|i| i.variant_id)).await?;
    let mut view = CartView { groups: vec![], saved: vec![], total: Money::ZERO, count: 0 };
    let mut rules = vec![];
    for item in items {
        let Some(good) = goods.get(&item.variant_id) else { continue };
        let line = line(&item, good)?;
        if item.is_saved {
            view.saved.push(line);
            continue;
        }
        view.count += item.quantity;
        let index = view.groups.iter().position(|g| g.store.id == good.store.id).unwrap_or_else(|| {
            view.groups.push(CartGroup { store: store(good), items: vec![], subtotal: Money::ZERO, tax: Tax::default() });
            rules.push(TaxRule { mode: good.store.tax_mode, basis_points: good.store.tax_bps });
            view.groups.len() - 1
        });
        let group = &mut view.groups[index];
        if line.selected {
            group.subtotal = group.subtotal.checked_add(line.line_total)?;
            view.total = view.total.checked_add(line.line_total)?;
        }
        group.items.push(line);
    }
    for (group, rule) in view.groups.iter_mut().zip(rules) {
        let selected: Vec<Money> = group.items.iter().filter(|i| i.selected).map(|i| i.line_total).collect();
        group.tax = rule.of(&selected)?;
        view.total = view.total.checked_add(group.tax.on_top())?;
    }
    Ok(view)
}

fn store(good: &Goods) -> CartStore {
    let store = &good.store;
    CartStore {
        id: store.id,
        slug: store.slug.clone(),
        name: store.name.clone(),
        location: store.location.clone(),
        is_open: store.is_open,
    }
}

fn line(item: &cart_item::Model, good: &Goods) -> Result<CartLine> {
    let price = good.variant.price;
    Ok(CartLine {
        id: item.id,
        variant_id: item.variant_id,
        product_slug: good.product.slug.clone(),
        product_name: good.product.name.clone(),
        options: serde_json::from_value(good.variant.options.clone())?,
        image_url: good.image_key().map(|key| picture::url(key, "s")),
        unit_price: price,
        seen_price: item.seen_price,
        quantity: item.quantity,
        available: Ord::max(good.available, 0),
        line_total: price.checked_mul(item.quantity)?,
        selected: item.is_selected,
        notices: notices(item, good),
        weight_grams: good.product.weight_grams,
    })
}

fn notices(item: &cart_item::Model, good: &Goods) -> Vec<Notice> {
    let mut notices = vec![];
    if !good.is_on_sale() {
        return vec![Notice::Unavailable];
    }
    if !good.store.is_open {
        notices.push(Notice::StoreClosed);
    }
    if good.available <= 0 {
        notices.push(Notice::OutOfStock);
    } else if good.available < item.quantity {
        notices.push(Notice::StockShort);
    }
    match good.variant.price.cmp(&item.seen_price) {
        std::cmp::Ordering::Greater => notices.push(Notice::PriceUp),
        std::cmp::Ordering::Less => notices.push(Notice::PriceDown),
        std::cmp::Ordering::Equal => {}
    }
    notices
}
