//! Payments waiting for money, hundreds at a time: one real checkout is the template, its rows are
//! copied with ids of their own.

use domain::Money;
use domain::cart::AddItem;
use domain::checkout::CheckoutInput;
use domain::id::{GroupId, OrderId, OrderLineId, PaymentId};
use domain::identity::Permission;
use domain::shipping::ShippingChoice;
use entity::{order, order_group, order_line, payment, payment_split, reservation, stock_level, stock_movement};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder};
use service::db::{begin_write, new_id};
use service::fixture::Shop;
use service::{Actor, Ctx, cart, checkout};

/// More than any run can use.
const STOCK: i64 = 1_000_000;
const BATCH: usize = 100;

/// A payment of two orders of two stores.
#[derive(Clone, Debug)]
pub struct Item {
    pub payment: PaymentId,
    pub orders: Vec<OrderId>,
    pub numbers: Vec<String>,
    pub shares: Vec<i64>,
}

struct Part {
    order: order::Model,
    line: order_line::Model,
    held: reservation::Model,
    movement: stock_movement::Model,
    split: payment_split::Model,
}

pub struct Supply {
    pub buyer: Actor,
    /// In the order of an item's orders.
    pub sellers: Vec<Actor>,
    group: order_group::Model,
    payment: payment::Model,
    parts: Vec<Part>,
}

impl Supply {
    pub async fn open(shop: &Shop, gateway: &str) -> Self {
        let ctx = &shop.ctx;
        let buyer = shop.customer("Budi").await.unwrap();
        let mut sellers = vec![];
        let mut shipping = vec![];
        for (name, price) in [("Satu", 100_000), ("Dua", 45_000)] {
            let seller = shop.seller(&format!("Toko {name} {gateway}")).await.unwrap();
            let sold = shop.product(&seller, "Sepatu", price, STOCK).await.unwrap();
            cart::add(ctx, &buyer, AddItem { variant_id: sold.variants[0], quantity: 1 }).await.unwrap();
            let store_id = seller.store(Permission::OrderView).unwrap();
            shipping.push(ShippingChoice { store_id, service: "jne_reg".into() });
            sellers.push(seller);
        }
        let input = CheckoutInput {
            address_id: None,
            address: Some(Shop::address()),
            item_ids: None,
            shipping,
            vouchers: None,
            notes: None,
            payment_method: "sandbox".into(),
        };
        let placed = checkout::place(ctx, &buyer, gateway, input).await.unwrap().view;
        let payment = payment::Entity::find_by_id(placed.payment.id).one(&ctx.db).await.unwrap().unwrap();
        let group = order_group::Entity::find_by_id(placed.group_id).one(&ctx.db).await.unwrap().unwrap();
        let mut parts = vec![];
        for seller in &sellers {
            parts.push(part(ctx, seller, placed.group_id).await);
        }
        Self { buyer, sellers, group, payment, parts }
    }

    /// Payments at a gateway that nobody has paid yet.
    pub async fn make(&self, ctx: &Ctx, gateway: &str, method: &str) -> Vec<Item> {
        let now = ctx.now();
        let mut items = vec![];
        let (mut groups, mut payments, mut orders, mut lines) = (vec![], vec![], vec![], vec![]);
        let (mut held, mut movements, mut splits) = (vec![], vec![], vec![]);
        for _ in 0..BATCH {
            let (group_id, id): (GroupId, PaymentId) = (new_id(), new_id());
            groups.push(order_group::Model { id: group_id, ..self.group.clone() }.into_active_model());
            let row = payment::Model {
                id,
                group_id,
                gateway: gateway.to_owned(),
                method: method.to_owned(),
                gateway_reference: None,
                redirect_url: None,
                created_at: now,
                expires_at: now + chrono::TimeDelta::days(7),
                ..self.payment.clone()
            };
            payments.push(row.into_active_model());
            let mut item = Item { payment: id, orders: vec![], numbers: vec![], shares: vec![] };
            for part in &self.parts {
                let (order_id, line_id): (OrderId, OrderLineId) = (new_id(), new_id());
                let number = format!("UJI-{}", order_id.0.simple());
                let order = order::Model { id: order_id, group_id, number: number.clone(), ..part.order.clone() };
                orders.push(order.into_active_model());
                lines.push(order_line::Model { id: line_id, order_id, ..part.line.clone() }.into_active_model());
                let hold = reservation::Model { id: new_id(), order_line_id: line_id, ..part.held.clone() };
                held.push(hold.into_active_model());
                let movement = stock_movement::Model { id: new_id(), reference: Some(number.clone()), ..part.movement.clone() };
                movements.push(movement.into_active_model());
                let split = payment_split::Model { payment_id: id, order_id, ..part.split.clone() };
                item.shares.push(split.amount.0);
                splits.push(split.into_active_model());
                item.orders.push(order_id);
                item.numbers.push(number);
            }
            items.push(item);
        }
        let tx = begin_write(&ctx.db).await.unwrap();
        order_group::Entity::insert_many(groups).exec_without_returning(&tx).await.unwrap();
        order::Entity::insert_many(orders).exec_without_returning(&tx).await.unwrap();
        order_line::Entity::insert_many(lines).exec_without_returning(&tx).await.unwrap();
        reservation::Entity::insert_many(held).exec_without_returning(&tx).await.unwrap();
        stock_movement::Entity::insert_many(movements).exec_without_returning(&tx).await.unwrap();
        payment::Entity::insert_many(payments).exec_without_returning(&tx).await.unwrap();
        payment_split::Entity::insert_many(splits).exec_without_returning(&tx).await.unwrap();
        for part in &self.parts {
            use stock_level::Column as C;
            stock_level::Entity::update_many()
                .col_expr(C::Reserved, Expr::col(C::Reserved).add(BATCH as i64))
                .filter(C::VariantId.eq(part.line.variant_id))
                .exec(&tx)
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
        items
    }
}

/// The rows of one order of the template.
async fn part(ctx: &Ctx, seller: &Actor, group: GroupId) -> Part {
    let store = seller.store(Permission::OrderView).unwrap();
    let db = &ctx.db;
    let order = order::Entity::find().filter(order::Column::GroupId.eq(group)).filter(order::Column::StoreId.eq(store));
    let order = order.one(db).await.unwrap().unwrap();
    let line = order_line::Entity::find().filter(order_line::Column::OrderId.eq(order.id)).one(db).await.unwrap().unwrap();
    let held = reservation::Entity::find().filter(reservation::Column::OrderLineId.eq(line.id)).one(db).await.unwrap().unwrap();
    let movement = stock_movement::Entity::find()
        .filter(stock_movement::Column::VariantId.eq(line.variant_id))
        .order_by_desc(stock_movement::Column::Id)
        .one(db)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((movement.on_hand_delta, movement.reserved_delta), (0, 1), "the movement that holds the stock");
    let split = payment_split::Entity::find().filter(payment_split::Column::OrderId.eq(order.id)).one(db).await.unwrap().unwrap();
    assert_eq!(split.refunded, Money::ZERO);
    Part { order, line, held, movement, split }
}
