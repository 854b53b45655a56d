//! Ninety days of orders: through the real checkout, payment and delivery, at moments of the past.

use super::goods::Sold;
use chrono::TimeDelta;
use domain::cart::AddItem;
use domain::checkout::CheckoutInput;
use domain::order::ShipInput;
use domain::payment::{Attempt, PaymentEventKind};
use domain::review::ReviewInput;
use domain::shipping::ShippingChoice;
use rand::Rng;
use rand::rngs::StdRng;
use service::port::GatewayEvent;
use service::{Actor, Ctx, Result, cart, checkout, identity, order, payment, review};

const COMMENTS: &[&str] = &[
    "Barang sesuai gambar, pengiriman cepat.",
    "Kualitas bagus untuk harganya.",
    "Penjual ramah, packing rapi.",
    "Sudah dua kali beli, selalu puas.",
    "Lumayan, semoga awet.",
    "Mantap, akan pesan lagi.",
];

pub(super) async fn orders(
    ctx: &Ctx,
    sellers: &[Actor],
    buyers: &[Actor],
    sold: &[Sold],
    count: usize,
    random: &mut StdRng,
) -> Result<()> {
    if sold.is_empty() {
        return Ok(());
    }
    // The store of the demo's account is the one that is looked at.
    let shown: Vec<usize> = (0..sold.len()).filter(|n| sold[*n].seller == 0).collect();
    for index in 0..count {
        // Older first; a little more every week.
        let age = 90.0 * (1.0 - (index as f32 / count as f32)).powf(0.8);
        let minutes = (age * 1_440.0) as i64;
        let at = ctx.now() - TimeDelta::minutes(minutes.max(30));
        let buyer = &buyers[random.random_range(0..buyers.len())];
        // Popular goods sell more.
        let popular = (random.random_range(0.0..1.0_f32).powi(3) * sold.len() as f32) as usize % sold.len();
        let first = if index % 4 == 1 && !shown.is_empty() { shown[random.random_range(0..shown.len())] } else { popular };
        let second = random.random_range(0..sold.len());
        let picks: Vec<usize> = if index % 3 == 0 && second != first { vec![first, second] } else { vec![first] };
        sell(ctx, sellers, buyer, sold, &picks, at, index, random).await?;
    }
    Ok(())
}

#[allow(clippy::too_many_arguments, reason = "one sale and the cast it needs")]
async fn sell(
    ctx: &Ctx,
    sellers: &[Actor],
    buyer: &Actor,
    sold: &[Sold],
    picks: &[usize],
    at: chrono::DateTime<chrono::Utc>,
    index: usize,
    random: &mut StdRng,
) -> Result<()> {
    let then = ctx.at(at);
    for pick in picks {
        let variants = &sold[*pick].variants;
        let variant_id = variants[random.random_range(0..variants.len())];
        // Sold out by now: another day.
        if cart::add(&then, buyer, AddItem { variant_id, quantity: random.random_range(1..=2) }).await.is_err() {
            return Ok(());
        }
    }
    let view = cart::view(&then, buyer).await?;
    let address = identity::addresses(&then, buyer).await?.first().map(|a| a.id);
    let input = CheckoutInput {
        address_id: address,
        address: None,
        item_ids: None,
        shipping: view.groups.iter().map(|g| ShippingChoice { store_id: g.store.id, service: "jne_reg".into() }).collect(),
        vouchers: None,
        notes: None,
        payment_method: "sandbox".into(),
    };
    let placed = checkout::place(&then, buyer, &format!("seed-{index}"), input).await?.view;
    let paid = GatewayEvent {
        attempt: Some(Attempt::first(placed.payment.id)),
        reference: format!("seed-{}", placed.payment.id),
        kind: PaymentEventKind::Paid,
        amount: placed.payment.amount,
        refunds: vec![],
    };
    payment::apply_event(&then, "sandbox", &paid).await?;
    // The last days are still on their way.
    let age = ctx.now() - at;
    for placed in &placed.orders {
        let Some(pick) = picks.iter().find(|p| store_of(&sellers[sold[**p].seller]) == Some(placed.store.id)) else { continue };
        let seller = &sellers[sold[*pick].seller];
        if age < TimeDelta::hours(20) {
            continue;
        }
        order::accept(&ctx.at(at + TimeDelta::hours(3)), seller, &placed.number).await?;
        if age < TimeDelta::days(2) {
            continue;
        }
        let ship = ShipInput { courier: "JNE".into(), tracking_number: format!("JX{:09}", index * 7_919 + 13) };
        order::ship(&ctx.at(at + TimeDelta::hours(8)), seller, &placed.number, ship).await?;
        if age < TimeDelta::days(4) {
            continue;
        }
        let arrival = ctx.at(at + TimeDelta::days(2));
        order::confirm_receipt(&arrival, buyer, &placed.number).await?;
        if index.is_multiple_of(2) {
            let rating = [5, 5, 4, 5, 4, 3][index % 6];
            let comment = COMMENTS[index % COMMENTS.len()].into();
            review::add(&arrival, buyer, &sold[*pick].slug, ReviewInput { order_number: placed.number.clone(), rating, comment })
                .await?;
        }
    }
    Ok(())
}

fn store_of(seller: &Actor) -> Option<domain::id::StoreId> {
    seller.user.as_ref()?.store().map(|s| s.id)
}
