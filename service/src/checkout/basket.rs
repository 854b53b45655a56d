//! What is about to be bought: the lines, checked against the present catalogue, and what each
//! store's part costs.

use crate::catalog::goods::{self, Goods};
use crate::db::Tx;
use crate::rate::Rates;
use crate::{Actor, Result, cart};
use domain::checkout::Checkout;
use domain::id::{CartItemId, StoreId};
use domain::identity::Address;
use domain::rate::{Tax, TaxRule, WHOLE, apportion};
use domain::shipping::{self, ShippingService};
use domain::store::StockPolicy;
use domain::{ChangedPrice, Conflict, FieldError, Money, Noun, ShortLine};
use entity::{cart_item, store};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use std::collections::{BTreeMap, BTreeSet};

/// A line to be bought.
pub(super) struct Line {
    pub item: cart_item::Model,
    pub good: Goods,
    pub total: Money,
    /// Frozen with the sale; known once the parts are made.
    pub commission: Money,
    pub commission_bps: i64,
    pub tax: Money,
}

/// The part of one store: one order.
pub(super) struct Part {
    pub store: store::Model,
    pub lines: Vec<Line>,
    pub service: ShippingService,
    pub items_total: Money,
    /// PPN on the goods.
    pub tax: Tax,
    pub total: Money,
    pub commission: Money,
    /// PPN on the commission.
    pub commission_tax: Money,
    pub note: String,
}

/// The chosen lines with their goods. Everything that forbids the sale is reported by line:
/// unavailable products first, then stock, then prices.
pub(super) async fn lines(tx: &Tx, actor: &Actor, checkout: &Checkout) -> Result<Vec<Line>> {
    let items = chosen(tx, actor, checkout.item_ids.as_deref()).await?;
    let mut goods = goods::load(&**tx, items.iter().map(|i| i.variant_id)).await?;
    let mut lines = Vec::with_capacity(items.len());
    for item in items {
        let Some(good) = goods.remove(&item.variant_id) else { continue };
        let total = good.variant.price.checked_mul(item.quantity)?;
        lines.push(Line { item, good, total, commission: Money::ZERO, commission_bps: 0, tax: Money::ZERO });
    }
    let gone: Vec<_> =
        lines.iter().filter(|l| !l.good.is_on_sale() || !l.good.store.is_open).map(|l| l.item.variant_id).collect();
    if !gone.is_empty() {
        return Err(Conflict::ProductUnavailable(gone).into());
    }
    // The guarded update decides; this look only spares a hopeless checkout the work.
    let short: Vec<_> = lines.iter().filter(|l| l.good.available < l.item.quantity).map(short).collect();
    if !short.is_empty() {
        return Err(Conflict::StockInsufficient(short).into());
    }
    let changed: Vec<_> = lines.iter().filter(|l| l.good.variant.price != l.item.seen_price).map(changed).collect();
    if !changed.is_empty() {
        return Err(Conflict::PriceChanged(changed).into());
    }
    Ok(lines)
}

async fn chosen(tx: &Tx, actor: &Actor, ids: Option<&[CartItemId]>) -> Result<Vec<cart_item::Model>> {
    let Some(cart) = cart::find(&**tx, actor).await? else { return Err(Conflict::CartEmpty.into()) };
    let query = cart_item::Entity::find().filter(cart_item::Column::CartId.eq(cart)).order_by_asc(cart_item::Column::Id);
    let query = match ids {
        Some(ids) => query.filter(cart_item::Column::Id.is_in(ids.iter().copied())),
        None => query.filter(cart_item::Column::IsSelected.eq(true)).filter(cart_item::Column::IsSaved.eq(false)),
    };
    let items = query.all(&**tx).await?;
    if ids.is_some_and(|ids| ids.iter().collect::<BTreeSet<_>>().len() != items.len()) {
        return Err(domain::Error::NotFound(Noun::CartItem).into());
    }
    if items.is_empty() { Err(Conflict::CartEmpty.into()) } else { Ok(items) }
}

fn short(line: &Line) -> ShortLine {
    ShortLine {
        item_id: Some(line.item.id),
        variant_id: line.item.variant_id,
        product_name: line.good.product.name.clone(),
        requested: line.item.quantity,
        available: line.good.available.max(0),
    }
}

fn changed(line: &Line) -> ChangedPrice {
    ChangedPrice {
        item_id: line.item.id,
        variant_id: line.item.variant_id,
        product_name: line.good.product.name.clone(),
        seen: line.item.seen_price,
        now: line.good.variant.price,
    }
}

/// Groups the lines by store and prices each part.
pub(super) async fn parts(tx: &Tx, lines: Vec<Line>, checkout: &Checkout, address: &Address) -> Result<Vec<Part>> {
    let mut by_store: BTreeMap<StoreId, Vec<Line>> = BTreeMap::new();
    for line in lines {
        by_store.entry(line.good.store.id).or_default().push(line);
    }
    let missing: Vec<_> = by_store
        .keys()
        .filter(|store| !checkout.shipping.contains_key(store))
        .map(|store| FieldError::new(format!("shipping.{store}"), "required"))
        .collect();
    if !missing.is_empty() {
        return Err(domain::Error::Invalid(missing).into());
    }
    let stores: Vec<StoreId> = by_store.keys().copied().collect();
    let rates = Rates::load(tx, &stores).await?;
    by_store.into_iter().map(|(id, lines)| part(id, lines, checkout, address, &rates)).collect()
}

fn part(id: StoreId, mut lines: Vec<Line>, checkout: &Checkout, address: &Address, rates: &Rates) -> Result<Part> {
    let store = lines[0].good.store.clone();
    let weight: i64 = lines.iter().map(|l| l.good.product.weight_grams.saturating_mul(l.item.quantity)).sum();
    let code = checkout.shipping.get(&id).map(String::as_str).unwrap_or_default();
    let service = shipping::services(&store.location, &address.province, weight)
        .into_iter()
        .find(|s| s.code == code)
        .ok_or(Conflict::ShippingUnavailable)?;
    let items_total = Money::sum(lines.iter().map(|l| l.total))?;
    let rule = TaxRule { mode: store.tax_mode, basis_points: store.tax_bps };
    let tax = freeze(&mut lines, &rule, rates)?;
    let commission = Money::sum(lines.iter().map(|l| l.commission))?;
    Ok(Part {
        total: Money::sum([items_total, service.cost, tax.on_top()])?,
        commission,
        commission_tax: commission.basis_points(rates.commission_tax())?,
        tax,
        note: checkout.notes.get(&id).cloned().unwrap_or_default(),
        store,
        lines,
        service,
        items_total,
    })
}

/// Commission and tax of each line, as of now. The sums are rounded once, the lines share them.
fn freeze(lines: &mut [Line], rule: &TaxRule, rates: &Rates) -> Result<Tax> {
    let rated: Vec<(Money, i64)> =
        lines.iter().map(|l| (l.total, rates.commission(l.good.store.id, l.good.product.category_id))).collect();
    let totals: Vec<Money> = rated.iter().map(|r| r.0).collect();
    let shares = apportion(&rated, WHOLE)?.into_iter().zip(rule.of_lines(&totals)?);
    for ((line, (_, rate)), (commission, tax)) in lines.iter_mut().zip(rated).zip(shares) {
        (line.commission, line.commission_bps, line.tax) = (commission, rate, tax);
    }
    Ok(rule.of(&totals)?)
}

impl Part {
    /// Whether its stock is held now, or only when the payment is complete.
    pub fn holds_stock(&self) -> bool {
        self.store.stock_policy == StockPolicy::ReserveAtCheckout
    }
}
