//! Bank transfers: proofs, the desk's decisions, and the money behind them, on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../buying/mod.rs"]
mod buying;
mod decisions;
mod letters;
mod queue;
mod stray;
mod suffix;

use buying::{Buying, checkout_input};
use bytes::Bytes;
use domain::Money;
use domain::desk::{Approval, ProofInput};
use domain::ledger::AccountKind;
use domain::order::OrderStatus;
use domain::payment::PaymentView;
use service::fixture::Shop;
use service::{Actor, checkout, desk, finance, order};
use std::io::Cursor;

/// A picture of stripes; another `seed` looks different.
pub fn picture(seed: u32, format: image::ImageFormat, side: u32) -> Bytes {
    let made = image::RgbImage::from_fn(side, side, |x, y| {
        let (column, row) = (x * 8 / side, y * 8 / side);
        let shade = (column * 31 + row * 17 + seed * (column * column + row * 3) * 29) % 256;
        image::Rgb([shade as u8; 3])
    });
    let mut bytes = Cursor::new(vec![]);
    made.write_to(&mut bytes, format).unwrap();
    bytes.into_inner().into()
}

pub fn proof(seed: u32) -> Bytes {
    picture(seed, image::ImageFormat::Png, 240)
}

pub fn input(amount: Money) -> ProofInput {
    ProofInput { amount, sender_name: "Budi Santoso".into(), sender_bank: "BCA".into() }
}

pub fn approval(amount: Option<Money>) -> Approval {
    Approval { amount, proof_id: None }
}

/// Places the cart by bank transfer.
pub async fn place(b: &Buying, buyer: &Actor, key: &str) -> PaymentView {
    let mut input = checkout_input(&b.ctx, buyer).await;
    input.payment_method = "manual_transfer".into();
    checkout::place(&b.ctx, buyer, key, input).await.unwrap().view.payment
}

/// Places, and sends a proof of the exact amount.
pub async fn prove(b: &Buying, key: &str) -> PaymentView {
    let placed = place(b, &b.buyer, key).await;
    let amount = placed.transfer.as_ref().unwrap().amount;
    desk::submit(&b.ctx, &b.buyer, placed.id, input(amount), proof(1)).await.unwrap()
}

pub async fn status(b: &Buying, number: &str) -> OrderStatus {
    order::find(&b.ctx, &b.buyer, number).await.unwrap().status
}

pub async fn balance(shop: &Shop, account: AccountKind) -> i64 {
    let finance = shop.staff("Fitri", "finance").await.unwrap();
    let balances = finance::balances(&shop.ctx, &finance).await.unwrap();
    balances.into_iter().find(|b| b.account == account).unwrap().balance.0
}
