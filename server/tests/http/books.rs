//! Payouts, statements, transactions, reports and settlements over HTTP.

use crate::shop::{Http, Person, on_each_database, verify};
use axum::http::header;
use chrono::TimeDelta;
use serde_json::{Value, json};
use service::fixture::Shop;

/// A delivered order of the seller; answers the payment.
async fn delivered(http: &Http, seller: &Person, buyer: &Person, key: &str) -> Value {
    let sold = http.product(seller, &format!("Sepatu {key}"), 200_000, 10).await;
    http.add(buyer, &sold.variants[0], 1).await;
    let placed = http.check_out(buyer, key).await.expect(201);
    let payment = placed["payment"].clone();
    http.webhook(payment["id"].as_str().unwrap(), "paid", payment["amount"].as_i64().unwrap()).await.expect(200);
    let number = placed["orders"][0]["number"].as_str().unwrap();
    let path = format!("/seller/orders/{number}");
    http.post(&format!("{path}/accept")).token(&seller.token).send().await.expect(200);
    let ship = json!({ "courier": "JNE", "tracking_number": "JX1" });
    http.post(&format!("{path}/ship")).token(&seller.token).json(&ship).send().await.expect(200);
    http.post(&format!("/orders/{number}/confirm-receipt")).token(&buyer.token).send().await.expect(200);
    payment
}

async fn with_account(shop: &Shop, http: &Http, seller: &Person) {
    let account = json!({ "bank": "BCA", "account_number": "1234567890", "holder": "Budi" });
    http.call(http::Method::PUT, "/seller/payout-account").token(&seller.token).json(&account).send().await.expect(200);
    shop.advance(TimeDelta::hours(24));
}

/// Signs in again: the clock has moved past the life of the token.
async fn again(http: &Http, who: Person) -> Person {
    let body = json!({ "email": who.email, "password": crate::shop::PASSWORD });
    let made = http.post("/auth/login").json(&body).send().await.expect(200);
    Person { token: made["access_token"].as_str().unwrap().to_owned(), ..who }
}

#[tokio::test]
async fn a_store_is_paid_out_and_reads_its_statement() {
    on_each_database(|shop| async move {
        let http = Http::new(&shop);
        let (one, buyer) = (http.person("seller", "Toko Satu").await, http.person("customer", "Budi").await);
        let admin = http.staff(&shop, "admin").await;
        let rate = json!({ "kind": "commission", "basis_points": 500 });
        http.call(http::Method::PUT, "/finance/rates").token(&admin.token).json(&rate).send().await.expect(200);
        delivered(&http, &one, &buyer, "a").await;
        let refused = http.post("/seller/payouts").token(&one.token).json(&json!({ "amount": 60_000 })).send().await;
        assert_eq!(refused.refusal(), (409, "payout.account_missing".into()));
        let bad = json!({ "bank": "Antah", "account_number": "12", "holder": "" });
        let bad = http.call(http::Method::PUT, "/seller/payout-account").token(&one.token).json(&bad).send().await;
        assert_eq!(bad.fields(), ["bank:unknown_value", "account_number:out_of_range", "holder:required"]);
        with_account(&shop, &http, &one).await;
        let one = again(&http, one).await;
        let finance = http.staff(&shop, "finance").await;
        let (cs, two) = (http.staff(&shop, "cs1").await, http.person("seller", "Toko Dua").await);

        let balance = http.get("/seller/balance").token(&one.token).send().await.expect(200);
        let available = balance["available"].as_i64().unwrap();
        assert!(available > 190_000, "{balance}");
        let small = http.post("/seller/payouts").token(&one.token).json(&json!({ "amount": 1 })).send().await;
        assert_eq!(small.fields(), ["amount:too_small"]);
        let ask = json!({ "amount": available });
        let row = http.post("/seller/payouts").token(&one.token).json(&ask).send().await.expect(201);
        let path = format!("/finance/payouts/{}", row["id"].as_str().unwrap());
        for stranger in [&one, &two, &cs] {
            assert_eq!(http.post(&format!("{path}/approve")).token(&stranger.token).send().await.refusal().0, 403);
            assert_eq!(http.get(&path).token(&stranger.token).send().await.refusal().0, 403);
        }
        let fields =
            http.post(&format!("{path}/refuse")).token(&finance.token).json(&json!({ "reason": "" })).send().await.fields();
        assert_eq!(fields, ["reason:required"]);
        http.post(&format!("{path}/approve")).token(&finance.token).send().await.expect(200);
        let body = json!({ "payouts": [row["id"]] });
        let batch = http.post("/finance/payout-batches").token(&finance.token).json(&body).send().await.expect(201);
        let batch = format!("/finance/payout-batches/{}", batch["id"].as_str().unwrap());
        let file = http.get(&format!("{batch}/file")).token(&finance.token).send().await;
        assert!(file.text.contains("1234567890") && file.headers[header::CONTENT_DISPOSITION].to_str().unwrap().contains(".csv"));
        let settle = json!({ "reference": "BCA-7" });
        let done = http.post(&format!("{batch}/settle")).token(&finance.token).json(&settle).send().await.expect(200);
        assert_eq!(done["open"], 0);
        let sent = http.get("/finance/payouts?status=settled").token(&finance.token).send().await.expect(200);
        assert_eq!(sent["items"][0]["reference"], "BCA-7");
        assert_eq!(http.get("/finance/payouts?status=foo").token(&finance.token).send().await.fields(), ["status:unknown_value"]);

        let statement = http.get("/seller/statement?month=2026-11").token(&one.token).send().await.expect(200);
        assert_eq!((&statement["closing"], &statement["lines"][1]["kind"]), (&json!(0), &json!("shipping")));
        let pdf = http.get("/seller/statement/file?month=2026-11&format=pdf").token(&one.token).send().await;
        assert_eq!(pdf.headers[header::CONTENT_TYPE], "application/pdf");
        let foreign = http.get("/seller/statement?month=2026-11").token(&two.token).send().await.expect(200);
        assert_eq!((&foreign["lines"], &foreign["store"]), (&json!([]), &json!("Toko Dua")));
        assert_eq!(http.get("/seller/payouts").token(&two.token).send().await.expect(200)["total"], 0);
        assert_eq!(http.get("/seller/statement").token(&buyer.token).send().await.status, 401, "signed out meanwhile");
        verify(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn an_invoice_is_for_its_buyer_its_store_and_finance() {
    on_each_database(|shop| async move {
        let http = Http::new(&shop);
        let (seller, buyer) = (http.person("seller", "Toko Satu").await, http.person("customer", "Budi").await);
        let finance = http.staff(&shop, "finance").await;
        let tax = json!({ "name": "Toko Satu", "location": "Bandung", "stock_policy": "reserve_at_checkout",
            "tax": { "mode": "added", "basis_points": 1_100 } });
        http.call(http::Method::PATCH, "/seller/store").token(&seller.token).json(&tax).send().await.expect(200);
        let name = format!("Sepatu {}", "panjang sekali ".repeat(8));
        let sold = http.product(&seller, &name, 100_000, 10).await;
        http.add(&buyer, &sold.variants[0], 2).await;
        let placed = http.check_out(&buyer, "a").await.expect(201);
        let number = placed["orders"][0]["number"].as_str().unwrap().to_owned();
        let path = format!("/orders/{number}/invoice");

        let unpaid = http.get(&path).token(&buyer.token).send().await.expect(200);
        assert_eq!((&unpaid["status"], &unpaid["order"]["totals"]["tax"]["amount"]), (&json!("unpaid"), &json!(22_000)));
        let payment = &placed["payment"];
        http.webhook(payment["id"].as_str().unwrap(), "paid", payment["amount"].as_i64().unwrap()).await.expect(200);
        for reader in [&buyer, &seller, &finance] {
            let invoice = http.get(&path).token(&reader.token).send().await.expect(200);
            assert_eq!((&invoice["status"], &invoice["payment_method"]), (&json!("paid"), &json!("Gateway Sandbox")));
            assert_eq!(invoice["number"], number.replace("BLJ", "INV"));
        }
        let file = http.get(&format!("{path}/file")).token(&buyer.token).send().await;
        assert_eq!(file.status, 200);
        assert_eq!(file.headers[header::CONTENT_TYPE], "application/pdf");
        for part in ["(Lunas)", "(PPN 11%)", "(Rp 22.000)", "(Penjual: Toko Satu)", "(sekali panjang sekali panjang"] {
            assert!(file.text.contains(part), "{part} in {}", file.text);
        }

        // Nobody else learns that there is such an order.
        let (other, store, desk) =
            (http.person("customer", "Ani").await, http.person("seller", "Toko Dua").await, http.staff(&shop, "cs1").await);
        for stranger in [&other, &store, &desk] {
            for path in [path.clone(), format!("{path}/file")] {
                assert_eq!(http.get(&path).token(&stranger.token).send().await.refusal().0, 404);
            }
        }
        assert_eq!(http.get(&path).send().await.status, 401);
    })
    .await;
}

#[tokio::test]
async fn finance_explains_every_rupiah() {
    on_each_database(|shop| async move {
        let http = Http::new(&shop);
        let (seller, buyer) = (http.person("seller", "Toko Satu").await, http.person("customer", "Budi").await);
        let finance = http.staff(&shop, "finance").await;
        let payment = delivered(&http, &seller, &buyer, "a").await;
        let (id, amount) = (payment["id"].as_str().unwrap(), payment["amount"].as_i64().unwrap());
        let found = http.get("/finance/transactions?kind=charge&gateway=sandbox").token(&finance.token).send().await.expect(200);
        assert_eq!((&found["totals"]["count"], &found["totals"]["amount"]), (&json!(1), &json!(amount)));
        let bad = http.get("/finance/transactions?kind=x&from=kemarin").token(&finance.token).send().await;
        assert_eq!(bad.fields(), ["kind:unknown_value", "from:invalid_date"]);
        let path = format!("/finance/transactions/{}", found["page"]["items"][0]["id"].as_str().unwrap());
        let entries = http.get(&path).token(&finance.token).send().await.expect(200);
        assert_eq!(entries["entries"].as_array().unwrap().len(), 2);
        let report = http.get("/finance/report").token(&finance.token).send().await.expect(200);
        assert_eq!((&report["total"]["received"], report["rows"].as_array().unwrap().len()), (&json!(amount), 30));
        let fees = http.get("/finance/transactions?account=gateway_fee").token(&finance.token).send().await.expect(200);
        assert_eq!((&fees["totals"]["count"], &fees["totals"]["sides"]["debit"]), (&json!(0), &json!(0)));
        let owed = http.get("/finance/accounts?account=seller_payable").token(&finance.token).send().await.expect(200);
        let line = &owed["items"][0];
        assert_eq!(
            (&owed["total"], &line["store"]["slug"], &line["is_negative"]),
            (&json!(1), &json!("toko-satu"), &json!(false))
        );
        let none = http.get("/finance/accounts?negative=true").token(&finance.token).send().await.expect(200);
        assert_eq!(none["total"], 0);
        let told = http.get("/finance/stores/toko-satu/statement").token(&finance.token).send().await.expect(200);
        assert_eq!(told["closing"].as_i64().unwrap(), -line["balance"].as_i64().unwrap());
        let file = http.get("/finance/stores/toko-satu/statement/file?format=pdf").token(&finance.token).send().await;
        assert_eq!(file.headers[header::CONTENT_TYPE], "application/pdf");
        assert_eq!(http.get("/finance/stores/tidak-ada/statement").token(&finance.token).send().await.refusal().0, 404);
        let file = http.get("/finance/ledger/file?format=csv&account=seller_payable").token(&finance.token).send().await;
        assert_eq!(file.text.lines().count(), 2, "{}", file.text);
        let bad = http.get("/finance/ledger?account=kas&from=x").token(&finance.token).send().await;
        assert_eq!(bad.fields(), ["account:unknown_value", "from:invalid_date"]);
        let file = http.get("/finance/transactions/file?format=csv").token(&finance.token).send().await;
        assert_eq!(file.text.lines().count(), 3, "{}", file.text);
        assert_eq!(
            http.get("/finance/report/file?format=exe").token(&finance.token).send().await.fields(),
            ["format:unknown_value"]
        );

        let csv = format!("payment_id,gross_amount,fee\n{id},{amount},1000\nX-1,5000,0\n");
        let send = |csv: String, who: &Person| {
            let call = http.post("/finance/settlements").token(&who.token);
            call.form(&[("gateway", "sandbox")], "file", "laporan.csv", "text/csv", csv.as_bytes()).send()
        };
        assert_eq!(send(csv.clone(), &seller).await.refusal().0, 403);
        assert_eq!(send("a;b\n".into(), &finance).await.fields(), ["column_reference:required", "column_gross:required"]);
        let done = send(csv.clone(), &finance).await.expect(200);
        assert_eq!((&done["matched"], &done["unknown"], &done["fee"]), (&json!(1), &json!(1), &json!(1_000)));
        assert_eq!(send(csv, &finance).await.expect(200)["is_repeat"], true);
        let lines = format!("/finance/settlements/{}?outcome=unknown", done["id"].as_str().unwrap());
        let lines = http.get(&lines).token(&finance.token).send().await.expect(200);
        assert_eq!((&lines["lines"]["total"], &lines["lines"]["items"][0]["line"]), (&json!(1), &json!(3)));
        assert_eq!(http.get("/finance/unsettled").token(&finance.token).send().await.expect(200)["total"], 0);
        verify(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn every_page_of_the_books_opens_for_whom_it_is_for() {
    on_each_database(|shop| async move {
        let http = Http::new(&shop);
        let (seller, buyer) = (http.person("seller", "Toko Satu").await, http.person("customer", "Budi").await);
        let finance = http.staff(&shop, "finance").await;
        delivered(&http, &seller, &buyer, "a").await;
        let pages = [
            (&finance, "/finance/payouts", "Pencairan"),
            (&finance, "/finance/transactions?kind=release", "data-testid=\"transactions\""),
            (&finance, "/finance/reports?period=month", "data-testid=\"report-totals\""),
            (&finance, "/finance/ledger?account=escrow&from=2026-11-21", "data-testid=\"ledger-totals\""),
            (&finance, "/finance/ledger/accounts?account=seller_payable", "href=\"/finance/ledger/stores/toko-satu\""),
            (&finance, "/finance/ledger/stores/toko-satu", "data-testid=\"statement\""),
            (&finance, "/finance/reconciliation", "data-testid=\"import-form\""),
            (&finance, "/finance/rates", "data-testid=\"rates\""),
            (&seller, "/seller/payouts", "data-testid=\"account-form\""),
            (&seller, "/seller/statement", "data-testid=\"statement\""),
        ];
        for (who, path, mark) in pages {
            let page = http.page(path).token(&who.token).send().await;
            assert!(page.status == 200 && page.text.contains(mark), "{path}: {}", page.status);
            let page = http.page(path).token(&buyer.token).send().await;
            assert!(!page.text.contains(mark) || mark == "Pencairan", "{path}");
        }
        // Who may not set a rate is not shown how; who may do nothing else is led nowhere else.
        let (admin, business) = (http.staff(&shop, "admin").await, http.staff(&shop, "business").await);
        for (who, may_set, may_view) in [(&finance, false, true), (&admin, true, true), (&business, true, false)] {
            let page = http.page("/finance/rates").token(&who.token).send().await;
            assert!(page.status == 200 && page.text.contains("data-testid=\"rates\""), "{}", page.status);
            assert_eq!(page.text.contains("name=\"basis_points\""), may_set);
            assert_eq!(page.text.contains("href=\"/finance/payouts\""), may_view);
            let home = http.page("/").token(&who.token).send().await;
            let leads_to = |path: &str| home.text.contains(&format!("href=\"{path}\""));
            assert_eq!((leads_to("/finance"), leads_to("/finance/rates")), (may_view, !may_view));
        }
        // A figure of the report is a link, with its whole filter.
        let page = http.page("/finance/reports").token(&finance.token).send().await;
        let href = "/finance/transactions?kind=charge%2Cunexpected_money%2Csurplus&amp;account=gateway_clearing&amp;from=";
        assert!(page.text.contains(href) || page.text.contains(&href.replace("&amp;", "&")), "{}", page.text);
    })
    .await;
}
