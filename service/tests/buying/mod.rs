//! Two stores, two products, one buyer with both in the cart.
#![allow(dead_code, reason = "each test binary uses its part")]

use domain::cart::AddItem;
use domain::checkout::{CheckoutInput, CheckoutView};
use domain::id::VariantId;
use domain::identity::Permission;
use domain::order::ShipInput;
use domain::payment::RefundStatus;
use domain::shipping::ShippingChoice;
use domain::{Conflict, Error, Money, ShortLine};
use entity::{refund, stock_level, variant};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, Set};
use service::checkout::Placed;
use service::fixture::{FakeGateway, Shop, Sold};
use service::{Actor, Ctx, cart, checkout, order, payment};

#[derive(Clone)]
pub struct Buying {
    pub ctx: Ctx,
    pub sellers: Vec<Actor>,
    pub sold: Vec<Sold>,
    pub buyer: Actor,
}

impl Buying {
    /// Stock 10 and 5, prices 100 000 and 45 000; one of each in the cart.
    pub async fn two_stores(shop: &Shop) -> Self {
        let sellers = vec![shop.seller("Toko Satu").await.unwrap(), shop.seller("Toko Dua").await.unwrap()];
        let sold = vec![
            shop.product(&sellers[0], "Sepatu lari", 100_000, 10).await.unwrap(),
            shop.product(&sellers[1], "Kaus kaki", 45_000, 5).await.unwrap(),
        ];
        let buyer = shop.customer("Budi").await.unwrap();
        let buying = Self { ctx: shop.ctx.clone(), sellers, sold, buyer };
        buying.fill_cart(&[1, 1]).await;
        buying
    }

    pub async fn fill_cart(&self, quantities: &[i64]) {
        for (sold, quantity) in self.sold.iter().zip(quantities) {
            let item = AddItem { variant_id: sold.variants[0], quantity: *quantity };
            cart::add(&self.ctx, &self.buyer, item).await.unwrap();
        }
    }

    pub async fn place(&self, key: &str) -> service::Result<Placed> {
        let input = checkout_input(&self.ctx, &self.buyer).await;
        checkout::place(&self.ctx, &self.buyer, key, input).await
    }

    /// Places by a method.
    pub async fn place_by(&self, key: &str, method: &str) -> CheckoutView {
        let mut input = checkout_input(&self.ctx, &self.buyer).await;
        input.payment_method = method.into();
        checkout::place(&self.ctx, &self.buyer, key, input).await.unwrap().view
    }

    /// Places and pays.
    pub async fn pay(&self, key: &str) -> CheckoutView {
        let placed = self.place(key).await.unwrap().view;
        let paid = FakeGateway::paid(placed.payment.id, placed.payment.amount);
        assert_eq!(payment::apply_event(&self.ctx, "sandbox", &paid).await.unwrap(), "settled");
        placed
    }

    pub async fn ship(&self, seller: usize, number: &str) {
        let seller = &self.sellers[seller];
        order::accept(&self.ctx, seller, number).await.unwrap();
        let input = ShipInput { courier: "JNE".into(), tracking_number: "JX1".into() };
        order::ship(&self.ctx, seller, number, input).await.unwrap();
    }

    pub async fn deliver(&self, seller: usize, number: &str) {
        self.ship(seller, number).await;
        order::confirm_receipt(&self.ctx, &self.buyer, number).await.unwrap();
    }

    /// Order numbers in the order of `sellers`.
    pub fn numbers_by_seller(&self, placed: &CheckoutView) -> Vec<String> {
        let number = |seller: &Actor| {
            let store = seller.store(Permission::OrderView).unwrap();
            placed.orders.iter().find(|o| o.store.id == store).unwrap().number.clone()
        };
        self.sellers.iter().map(number).collect()
    }

    /// Available units of the two products.
    pub async fn available(&self) -> Vec<i64> {
        let mut available = vec![];
        for sold in &self.sold {
            let (on_hand, reserved) = self.stock(sold.variants[0]).await;
            available.push(on_hand - reserved);
        }
        available
    }

    /// On hand and reserved.
    pub async fn stock(&self, variant: VariantId) -> (i64, i64) {
        let row = stock_level::Entity::find().filter(stock_level::Column::VariantId.eq(variant));
        let row = row.one(&self.ctx.db).await.unwrap().unwrap();
        (row.on_hand, row.reserved)
    }

    /// All books balance.
    pub async fn verify(&self) {
        assert_eq!(service::verify::books(&self.ctx).await.unwrap(), Vec::<String>::new());
    }

    pub async fn change_price(&self, product: usize, price: i64) {
        let row = variant::Entity::find_by_id(self.sold[product].variants[0]).one(&self.ctx.db).await.unwrap().unwrap();
        let mut row = row.into_active_model();
        row.price = Set(Money(price));
        row.update(&self.ctx.db).await.unwrap();
    }

    /// Carries out every requested refund, oldest first.
    pub async fn refund_all(&self) {
        let open = refund::Entity::find()
            .filter(refund::Column::Status.eq(RefundStatus::Requested))
            .order_by_asc(refund::Column::Id)
            .all(&self.ctx.db)
            .await
            .unwrap();
        for row in open {
            payment::execute_refund(&self.ctx, row.id).await.unwrap();
        }
    }
}

/// A checkout of everything in the buyer's cart, by a regular service.
pub async fn checkout_input(ctx: &Ctx, buyer: &Actor) -> CheckoutInput {
    let cart = cart::view(ctx, buyer).await.unwrap();
    CheckoutInput {
        address_id: None,
        address: Some(Shop::address()),
        item_ids: None,
        shipping: cart.groups.iter().map(|g| ShippingChoice { store_id: g.store.id, service: "jne_reg".into() }).collect(),
        vouchers: None,
        notes: None,
        payment_method: "sandbox".into(),
    }
}

pub fn short_lines(error: Error) -> Vec<ShortLine> {
    match error {
        Error::Conflict(Conflict::StockInsufficient(lines)) => lines,
        other => panic!("{other}"),
    }
}

/// The refusal of a result; a fault fails the test.
pub fn refusal<T: std::fmt::Debug>(result: service::Result<T>) -> Error {
    match result.unwrap_err() {
        service::Error::Domain(error) => error,
        fault => panic!("a fault, not a refusal: {fault}"),
    }
}
