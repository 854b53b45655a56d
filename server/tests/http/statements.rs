//! The main pages ask the database the same number of times for few rows and for many.

use crate::shop::{Http, Person, on_each_database};
use domain::settlement::ColumnNames;
use serde_json::json;
use service::fixture::Shop;
use service::settlement::Report;
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

/// Nobody else can write while a report is taken into the books of a shop on SQLite.
#[tokio::test]
async fn a_longer_report_of_a_gateway_takes_no_more_statements() {
    on_each_database(|mut shop| async move {
        let count = counted(&mut shop);
        let http = Http::new(&shop);
        let (seller, buyer) = (http.person("seller", "Toko Satu").await, http.person("customer", "Budi").await);
        let product = http.product(&seller, "Sepatu", 100_000, 500).await;
        let finance = shop.staff("Fitri", "finance").await.unwrap();
        let mut measured = vec![];
        for lines in [2, 12] {
            let mut text = String::from("order_id,amount,fee\n");
            for n in 0..lines {
                http.add(&buyer, &product.variants[0], 1).await;
                let placed = http.check_out(&buyer, &format!("{lines}-{n}")).await.expect(201);
                let (id, amount) = (placed["payment"]["id"].as_str().unwrap(), placed["payment"]["amount"].as_i64().unwrap());
                http.webhook(id, "paid", amount).await.expect(200);
                text += &format!("{id},{amount},700\n");
            }
            let (file_name, columns) = (format!("{lines}.csv"), ColumnNames::default());
            let report = Report { gateway: "sandbox".into(), file_name, bytes: text.into(), columns };
            count.store(0, Ordering::Relaxed);
            let done = service::settlement::import(&shop.ctx, &finance, report).await.unwrap();
            measured.push(count.load(Ordering::Relaxed));
            assert_eq!(done.matched, lines);
        }
        assert_eq!(measured[0], measured[1]);
        assert!(measured[0] > 0);
    })
    .await;
}

/// A paid order with a refund asked for and a dispute, and a transfer whose proof and bank line wait.
async fn work(http: &Http, seller: &Person, buyer: &Person, agent: &Person, key: &str) {
    let product = http.product(seller, &format!("Sepatu {key}"), 100_000, 50).await;
    http.add(buyer, &product.variants[0], 1).await;
    let placed = http.check_out(buyer, key).await.expect(201);
    let (payment, order) = (&placed["payment"], &placed["orders"][0]);
    let (id, amount) = (payment["id"].as_str().unwrap(), payment["amount"].as_i64().unwrap());
    http.webhook(id, "paid", amount).await.expect(200);
    http.webhook(id, "disputed", amount).await.expect(200);
    let ask = json!({ "lines": [{ "line_id": order["items"][0]["id"], "quantity": 1 }], "note": "cacat" });
    let path = format!("/seller/orders/{}/refunds", order["number"].as_str().unwrap());
    http.post(&path).token(&seller.token).json(&ask).send().await.expect(201);

    http.add(buyer, &product.variants[0], 1).await;
    let mut body = http.checkout_body(buyer).await;
    body["payment_method"] = json!("manual_transfer");
    let call = http.post("/checkout").token(&buyer.token).header("idempotency-key", &format!("{key}-transfer"));
    let payment = call.json(&body).send().await.expect(201)["payment"].clone();
    let amount = payment["transfer"]["amount"].to_string();
    let texts = [("amount", amount.as_str()), ("sender_name", "Budi"), ("sender_bank", "BCA")];
    let proof = http.post(&format!("/payments/{}/proof", payment["id"].as_str().unwrap())).token(&buyer.token);
    proof.form(&texts, "proof", "bukti.pdf", "application/pdf", b"%PDF-1.7\n%%EOF\n").send().await.expect(201);
    let csv = format!("TGL_TRAN,DESK_TRAN,MUTASI_DEBET,MUTASI_KREDIT,SALDO\n2026-11-21,TRF {key},0.00,{amount}.00,1\n");
    let statement = http.post("/desk/statements").token(&agent.token);
    let texts = [("layout", "BRI"), ("name", key)];
    statement.form(&texts, "statement", "mutasi.csv", "text/csv", csv.as_bytes()).send().await.expect(201);
}

#[tokio::test]
async fn more_work_for_staff_does_not_mean_more_statements() {
    on_each_database(|mut shop| async move {
        let count = counted(&mut shop);
        let http = Http::new(&shop);
        let (seller, buyer) = (http.person("seller", "Toko Satu").await, http.person("customer", "Budi").await);
        let (first, second) = (http.staff(&shop, "cs1").await, http.staff(&shop, "cs2").await);
        let finance = http.staff(&shop, "finance").await;
        let verifying = ["/desk", "/desk?state=approved", "/desk/statements"];
        let fulfilling = ["/desk/orders", "/desk/orders?status=pending"];
        let books = [
            "/finance?status=waiting",
            "/finance/disputes",
            "/finance/transactions?account=gateway_clearing&gateway=sandbox&from=2026-11-01",
            "/finance/ledger?account=escrow&store=toko-satu&from=2026-11-01",
            "/finance/ledger/accounts",
            "/finance/ledger/stores/toko-satu",
        ];
        let mut few = vec![];
        for round in 0..2 {
            for n in 0..if round == 0 { 2 } else { 10 } {
                work(&http, &seller, &buyer, &first, &format!("{round}-{n}")).await;
            }
            let mut measured = measure(&http, &count, &first, &verifying).await;
            measured.extend(measure(&http, &count, &second, &fulfilling).await);
            measured.extend(measure(&http, &count, &finance, &books).await);
            if round == 0 {
                few = measured;
            } else {
                assert_eq!(measured, few, "{verifying:?} {fulfilling:?} {books:?}");
            }
        }
        assert!(few.iter().all(|n| (1..=24).contains(n)), "{few:?}");
        let page = http.page("/finance/disputes").token(&finance.token).send().await;
        assert_eq!(page.text.matches("name=\"dispute\"").count(), 12, "there is something to show");
    })
    .await;
}
