//! Many buyers at once. Each case is a failure some well-known platform shipped.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod buying;

use buying::{Buying, checkout_input, refusal, short_lines};
use domain::cart::AddItem;
use futures::future::join_all;
use service::fixture::{Shop, on_each_database};
use service::{cart, checkout, payment};

/// Buyers with `lines` (variant, quantity) in their carts, ready to check out.
async fn buyers(shop: &Shop, count: usize, lines: &[(domain::id::VariantId, i64)]) -> Vec<service::Actor> {
    let mut buyers = vec![];
    for n in 0..count {
        let buyer = shop.customer(&format!("Pembeli {n}")).await.unwrap();
        for (variant_id, quantity) in lines {
            cart::add(&shop.ctx, &buyer, AddItem { variant_id: *variant_id, quantity: *quantity }).await.unwrap();
        }
        buyers.push(buyer);
    }
    buyers
}

async fn check_out_all(shop: &Shop, buyers: &[service::Actor]) -> Vec<service::Result<checkout::Placed>> {
    let tries = buyers.iter().map(|buyer| {
        let (ctx, buyer) = (shop.ctx.clone(), buyer.clone());
        tokio::spawn(async move {
            let input = checkout_input(&ctx, &buyer).await;
            checkout::place(&ctx, &buyer, "k", input).await
        })
    });
    join_all(tries).await.into_iter().map(|t| t.unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_last_unit_is_sold_once() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let last = shop.product(&b.sellers[0], "Barang terakhir", 75_000, 1).await.unwrap();
        let buyers = buyers(&shop, 100, &[(last.variants[0], 1)]).await;
        let (sold, refused): (Vec<_>, Vec<_>) = check_out_all(&shop, &buyers).await.into_iter().partition(Result::is_ok);
        assert_eq!((sold.len(), refused.len()), (1, 99));
        for error in refused {
            assert_eq!(short_lines(refusal(error))[0].available, 0);
        }
        b.verify().await;
        // The hold does not leak: it comes back when nobody pays.
        shop.advance(chrono::TimeDelta::hours(25));
        assert_eq!(payment::auto_cancel(&shop.ctx).await.unwrap(), 1);
        assert_eq!(b.stock(last.variants[0]).await, (1, 0));
        b.verify().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn carts_that_cross_products_in_opposite_order_do_not_deadlock() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let (one, two) = (b.sold[0].variants[0], b.sold[1].variants[0]);
        let mut crowd = buyers(&shop, 10, &[(one, 1), (two, 1)]).await;
        crowd.extend(buyers(&shop, 10, &[(two, 1), (one, 1)]).await);
        let sold = check_out_all(&shop, &crowd).await.into_iter().filter(Result::is_ok).count();
        assert_eq!(sold, 5, "the scarcer product decides");
        assert_eq!(b.available().await, [5, 0]);
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn two_variants_of_one_product_are_counted_apart() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let shoe = shop.product_with_variants(&b.sellers[0], "Sepatu", &[(10_000, 1), (20_000, 1)]).await.unwrap();
        let buyer = buyers(&shop, 1, &[(shoe.variants[0], 1), (shoe.variants[1], 1)]).await.remove(0);
        let again = cart::add(&shop.ctx, &buyer, AddItem { variant_id: shoe.variants[0], quantity: 1 }).await;
        assert_eq!(short_lines(refusal(again))[0].requested, 2, "the same line twice is summed");
        let results = check_out_all(&shop, &[buyer]).await;
        assert!(results[0].is_ok());
        assert_eq!((b.stock(shoe.variants[0]).await, b.stock(shoe.variants[1]).await), ((1, 1), (1, 1)));
        b.verify().await;
    })
    .await;
}
