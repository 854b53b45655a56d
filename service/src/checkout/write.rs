//! The rows of a checkout.

use super::basket::{Line, Part};
use crate::db::{Tx, new_id};
use crate::event::{Event, emit};
use crate::identity::SignedIn;
use crate::inventory::{self, Want};
use crate::{Ctx, Error, Result, cart, desk, picture};
use chrono::{DateTime, Utc};
use domain::checkout::{CheckoutView, PlacedOrder};
use domain::id::{GroupId, OrderId, OrderLineId, PaymentId};
use domain::identity::{Address, StoreRef};
use domain::order::{OrderItem, OrderStatus, Party, order_number};
use domain::payment::{COD, MANUAL_TRANSFER, PaymentStatus, PaymentView};
use domain::rate::TaxMode;
use domain::{Conflict, Money};
use entity::{order, order_event, order_group, order_line, payment, payment_split};
use rand::Rng;
use sea_orm::{ActiveModelTrait, EntityTrait, Set};

/// Writes group, orders, lines, history, payment, splits, holds and events, and empties the cart of
/// what was bought. Holds come last: their row locks are the ones others wait for.
pub(super) async fn checkout(
    ctx: &Ctx,
    tx: &Tx,
    buyer: &SignedIn,
    address: &Address,
    parts: Vec<Part>,
    method: &str,
) -> Result<CheckoutView> {
    let now = ctx.now();
    let total = Money::sum(parts.iter().map(|p| p.total))?;
    crate::payment::method(ctx, method)?.check(total)?;
    let is_cod = method == COD;
    let group: GroupId = new_id();
    let row = order_group::ActiveModel { id: Set(group), buyer_id: Set(buyer.id), total: Set(total), created_at: Set(now) };
    order_group::Entity::insert(row).exec_without_returning(&**tx).await?;

    // Who pays at the door has nothing more to do: the seller can begin.
    let status = if is_cod { OrderStatus::Pending } else { OrderStatus::PendingPayment };
    let mut rows = Rows { status, orders: vec![], lines: vec![], events: vec![], wants: vec![], totals: vec![] };
    let placed: Vec<PlacedOrder> = parts.iter().map(|part| rows.add(now, group, buyer, address, part)).collect::<Result<_>>()?;
    order::Entity::insert_many(std::mem::take(&mut rows.orders)).exec_without_returning(&**tx).await?;
    order_line::Entity::insert_many(std::mem::take(&mut rows.lines)).exec_without_returning(&**tx).await?;
    order_event::Entity::insert_many(std::mem::take(&mut rows.events)).exec_without_returning(&**tx).await?;

    let payment = write_payment(ctx, tx, buyer, group, total, method, &rows.totals).await?;
    emit(&**tx, now, Event::CheckoutPlaced { group }).await?;
    if is_cod {
        for (order, _) in &rows.totals {
            emit(&**tx, now, Event::CodPlaced { order: *order }).await?;
        }
    }
    let bought: Vec<_> = parts.iter().flat_map(|p| &p.lines).map(|l| l.item.id).collect();
    cart::clear(&**tx, &bought).await?;
    inventory::hold(&**tx, now, &rows.wants).await.map_err(|error| name_items(error, &parts))?;

    let numbers = placed.iter().map(|o| o.number.clone()).collect();
    Ok(CheckoutView { group_id: group, payment: PaymentView { orders: numbers, ..payment }, orders: placed })
}

/// Rows collected for one insert per table.
struct Rows {
    /// Of the new orders.
    status: OrderStatus,
    orders: Vec<order::ActiveModel>,
    lines: Vec<order_line::ActiveModel>,
    events: Vec<order_event::ActiveModel>,
    wants: Vec<Want>,
    totals: Vec<(OrderId, Money)>,
}

impl Rows {
    fn add(
        &mut self,
        now: DateTime<Utc>,
        group: GroupId,
        buyer: &SignedIn,
        address: &Address,
        part: &Part,
    ) -> Result<PlacedOrder> {
        let id: OrderId = new_id();
        let number = order_number(now, rand::rng().random());
        self.totals.push((id, part.total));
        let status = self.status;
        self.orders.push(order::ActiveModel { status: Set(status), ..order_row(now, id, &number, group, buyer, address, part) });
        self.events.push(order_event::ActiveModel {
            id: Set(new_id()),
            order_id: Set(id),
            status: Set(status),
            party: Set(Party::Buyer),
            actor_id: Set(Some(buyer.id)),
            note: Set(None),
            created_at: Set(now),
        });
        let mut items = vec![];
        for (position, line) in part.lines.iter().enumerate() {
            let line_id: OrderLineId = new_id();
            self.lines.push(line_row(line_id, id, position, line));
            items.push(item(line_id, line, part.tax.mode)?);
            // A promise to pay in cash commits the seller as a payment does.
            if part.holds_stock() || status == OrderStatus::Pending {
                self.wants.push(Want {
                    line: line_id,
                    store: part.store.id,
                    variant: line.item.variant_id,
                    quantity: line.item.quantity,
                    product_name: line.good.product.name.clone(),
                    reference: number.clone(),
                });
            }
        }
        Ok(PlacedOrder {
            number,
            store: StoreRef { id: part.store.id, slug: part.store.slug.clone(), name: part.store.name.clone() },
            status,
            items_total: part.items_total,
            shipping_cost: part.service.cost,
            discount: Money::ZERO,
            tax: part.tax.clone(),
            total: part.total,
            items,
        })
    }
}

fn order_row(
    now: DateTime<Utc>,
    id: OrderId,
    number: &str,
    group: GroupId,
    buyer: &SignedIn,
    address: &Address,
    part: &Part,
) -> order::ActiveModel {
    let names: Vec<&str> = part.lines.iter().map(|l| l.good.product.name.as_str()).collect();
    let search_text = format!("{number} {} {}", buyer.name, names.join(" ")).to_lowercase();
    let service = part.service.clone();
    order::ActiveModel {
        id: Set(id),
        number: Set(number.to_owned()),
        group_id: Set(group),
        store_id: Set(part.store.id),
        buyer_id: Set(buyer.id),
        buyer_name: Set(buyer.name.clone()),
        items_total: Set(part.items_total),
        shipping_cost: Set(service.cost),
        discount: Set(Money::ZERO),
        total: Set(part.total),
        item_count: Set(part.lines.iter().map(|l| l.item.quantity).sum()),
        commission: Set(part.commission),
        shipping_service: Set(service.code),
        courier: Set(service.courier),
        shipping_name: Set(service.name),
        eta_days: Set(service.eta_days),
        tracking_number: Set(None),
        recipient: Set(address.recipient.clone()),
        phone: Set(address.phone.clone()),
        street: Set(address.street.clone()),
        district: Set(address.district.clone()),
        regency: Set(address.regency.clone()),
        province: Set(address.province.clone()),
        postal_code: Set(address.postal_code.clone()),
        note: Set(part.note.clone()),
        search_text: Set(search_text),
        first_item: Set(part.lines[0].good.product.name.clone()),
        first_image_key: Set(part.lines[0].good.image_key().map(str::to_owned)),
        created_at: Set(now),
        shipped_at: Set(None),
        delivered_at: Set(None),
        updated_at: Set(now),
        tax_mode: Set(part.tax.mode),
        tax_bps: Set(part.tax.basis_points),
        tax: Set(part.tax.amount),
        commission_tax: Set(part.commission_tax),
        ..Default::default()
    }
}

fn line_row(id: OrderLineId, order: OrderId, position: usize, line: &Line) -> order_line::ActiveModel {
    let good = &line.good;
    order_line::ActiveModel {
        id: Set(id),
        order_id: Set(order),
        position: Set(i32::try_from(position).unwrap_or(i32::MAX)),
        product_id: Set(good.product.id),
        variant_id: Set(good.variant.id),
        product_slug: Set(good.product.slug.clone()),
        product_name: Set(good.product.name.clone()),
        options: Set(good.variant.options.clone()),
        sku: Set(good.variant.sku.clone()),
        image_key: Set(good.image_key().map(str::to_owned)),
        unit_price: Set(good.variant.price),
        quantity: Set(line.item.quantity),
        line_total: Set(line.total),
        weight_grams: Set(good.product.weight_grams),
        tax: Set(line.tax),
        commission: Set(line.commission),
        commission_bps: Set(line.commission_bps),
    }
}

fn item(id: OrderLineId, line: &Line, mode: TaxMode) -> Result<OrderItem> {
    let good = &line.good;
    Ok(OrderItem {
        id,
        variant_id: good.variant.id,
        product_slug: good.product.slug.clone(),
        product_name: good.product.name.clone(),
        sku: good.variant.sku.clone(),
        options: serde_json::from_value(good.variant.options.clone())?,
        image_url: good.image_key().map(|key| picture::url(key, "s")),
        unit_price: good.variant.price,
        quantity: line.item.quantity,
        line_total: line.total,
        added_tax: mode.on_top(line.tax),
        reviewed: false,
    })
}

async fn write_payment(
    ctx: &Ctx,
    tx: &Tx,
    buyer: &SignedIn,
    group: GroupId,
    total: Money,
    method: &str,
    totals: &[(OrderId, Money)],
) -> Result<PaymentView> {
    let now = ctx.now();
    let id: PaymentId = new_id();
    let expires_at = now + ctx.settings.deadline(method);
    let (account, transfer) = match method {
        MANUAL_TRANSFER => desk::assign_transfer(ctx, tx, None, total).await.map(|(account, sum)| (Some(account), Some(sum)))?,
        _ => (None, None),
    };
    let row = payment::ActiveModel {
        id: Set(id),
        group_id: Set(group),
        buyer_id: Set(buyer.id),
        method: Set(method.to_owned()),
        gateway: Set(crate::payment::gateway_of(method).to_owned()),
        amount: Set(total),
        status: Set(PaymentStatus::Pending),
        gateway_reference: Set(None),
        redirect_url: Set(None),
        instructions: Set(None),
        transfer_account: Set(account),
        transfer_amount: Set(transfer),
        attempt: Set(1),
        attempted_at: Set(None),
        reminded_at: Set(None),
        ask_at: Set(crate::payment::first_ask(method, now)),
        expires_at: Set(expires_at),
        paid_at: Set(None),
        created_at: Set(now),
        updated_at: Set(now),
    };
    row.insert(&**tx).await?;
    let weights: Vec<Money> = totals.iter().map(|t| t.1).collect();
    let shares = total.split(&weights)?;
    let splits = totals.iter().zip(shares).map(|((order, _), amount)| payment_split::ActiveModel {
        payment_id: Set(id),
        order_id: Set(*order),
        amount: Set(amount),
        refunded: Set(Money::ZERO),
        refund_held: Set(Money::ZERO),
    });
    payment_split::Entity::insert_many(splits).exec_without_returning(&**tx).await?;
    Ok(PaymentView {
        id,
        group_id: group,
        method: method.to_owned(),
        amount: total,
        status: PaymentStatus::Pending,
        redirect_url: None,
        instructions: None,
        pay_with: None,
        simulator_url: None,
        transfer: None,
        proof: None,
        expires_at,
        expires_in: if method == COD { 0 } else { (expires_at - now).num_seconds() },
        paid_at: None,
        orders: vec![],
        can_change_method: method != COD,
        can_renew: false,
        attempts: vec![],
    })
}

/// The stock knows variants; the buyer knows the lines of the cart.
fn name_items(error: Error, parts: &[Part]) -> Error {
    let Error::Domain(domain::Error::Conflict(Conflict::StockInsufficient(mut short))) = error else { return error };
    let lines: Vec<&Line> = parts.iter().flat_map(|p| &p.lines).collect();
    for line in &mut short {
        line.item_id = lines.iter().find(|l| l.item.variant_id == line.variant_id).map(|l| l.item.id);
    }
    Conflict::StockInsufficient(short).into()
}
