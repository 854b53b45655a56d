//! The main pages ask the database the same number of times for few rows and for many.

use crate::shop::{Http, Person, on_each_database};
use service::fixture::Shop;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts the statements of a shop from now on.
fn counted(shop: &mut Shop) -> Arc<AtomicUsize> {
    let count = Arc::new(AtomicUsize::new(0));
    let counter = count.clone();
    shop.ctx.db.set_metric_callback(move |_| {
        counter.fetch_add(1, Ordering::Relaxed);
    });
    count
}

/// Statements per page; every page is opened once before, to fill what is kept for long, and
/// something is committed, to end what is kept until then.
async fn measure(http: &Http, count: &AtomicUsize, who: &Person, paths: &[&str]) -> Vec<usize> {
    let mut measured = vec![];
    for path in paths {
        for _ in 0..2 {
            let name = serde_json::json!({ "name": "Sama saja" });
            http.call(http::Method::PATCH, "/me").token(&who.token).json(&name).send().await.expect(200);
            count.store(0, Ordering::Relaxed);
            let page = http.page(path).token(&who.token).send().await;
            assert_eq!(page.status, 200, "{path}");
        }
        measured.push(count.load(Ordering::Relaxed));
    }
    measured
}

#[tokio::test]
async fn more_rows_do_not_mean_more_statements() {
    on_each_database(|mut shop| async move {
        let count = counted(&mut shop);
        let http = Http::new(&shop);
        let seller = http.person("seller", "Toko Satu").await;
        let buyer = http.person("customer", "Budi").await;
        let pages = ["/", "/search", "/s/toko-satu", "/cart", "/orders"];
        let centre =
            ["/seller", "/seller/products", "/seller/inventory", "/seller/orders", "/seller/analytics", "/seller/payouts"];
        let finance = http.staff(&shop, "finance").await;
        let books =
            ["/finance/transactions", "/finance/reports", "/finance/reconciliation", "/finance/payouts", "/finance/ledger"];
        let mut few = vec![];
        for round in 0..2 {
            for n in 0..if round == 0 { 2 } else { 10 } {
                let product = http.product(&seller, &format!("Sepatu {round} {n}"), 100_000, 50).await;
                http.add(&buyer, &product.variants[0], 1).await;
                let placed = http.check_out(&buyer, &format!("{round}-{n}")).await.expect(201);
                let payment = &placed["payment"];
                http.webhook(payment["id"].as_str().unwrap(), "paid", payment["amount"].as_i64().unwrap()).await.expect(200);
                http.add(&buyer, &product.variants[0], 1).await;
                let cart = http.get("/cart").token(&buyer.token).send().await.expect(200);
                let line = cart["groups"][0]["items"][0]["id"].as_str().unwrap().to_owned();
                let keep = serde_json::json!({ "selected": n < 5 });
                http.call(http::Method::PATCH, &format!("/cart/items/{line}"))
                    .token(&buyer.token)
                    .json(&keep)
                    .send()
                    .await
                    .expect(200);
            }
            let mut measured = measure(&http, &count, &buyer, &pages).await;
            measured.extend(measure(&http, &count, &seller, &centre).await);
            measured.extend(measure(&http, &count, &finance, &books).await);
            if round == 0 {
                few = measured;
            } else {
                assert_eq!(measured, few, "{pages:?} {centre:?} {books:?}");
            }
        }
        assert!(few.iter().all(|n| (1..=16).contains(n)), "{few:?}");
    })
    .await;
}
