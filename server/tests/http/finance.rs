//! The pages of finance as browsers without scripts use them.

use crate::shop::{Answered, Http, Person, on_each_database, verify};
use axum::http::header;
use serde_json::{Value, json};

const SITE: &str = "http://127.0.0.1:3000";

/// Sends a form; answers the page it leads to, with its address.
async fn submit(http: &Http, who: &Person, page: &str, endpoint: &str, fields: &[(&str, &str)]) -> (String, Answered) {
    let escape = |text: &str| text.bytes().map(|b| format!("%{b:02X}")).collect::<String>();
    let form: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", escape(value))).collect();
    let call = http.post(&format!("/!/api/finance/{endpoint}")).token(&who.token).header("accept", "text/html");
    let call = call.header("referer", &format!("{SITE}{page}"));
    let answer = call.raw("application/x-www-form-urlencoded", form.join("&")).send().await;
    assert_eq!(answer.status, 302, "{}", answer.text);
    follow(http, who, &answer).await
}

async fn follow(http: &Http, who: &Person, answer: &Answered) -> (String, Answered) {
    let location = answer.headers[header::LOCATION].to_str().unwrap().trim_start_matches(SITE).to_owned();
    let shown = http.page(&location).token(&who.token).send().await;
    (location, shown)
}

/// Paid orders of one pair each.
async fn paid(http: &Http, seller: &Person, buyer: &Person, keys: &[&str]) -> Vec<Value> {
    let sold = http.product(seller, "Sepatu", 100_000, 50).await;
    let mut placed = vec![];
    for key in keys {
        http.add(buyer, &sold.variants[0], 1).await;
        let group = http.check_out(buyer, key).await.expect(201);
        let payment = &group["payment"];
        http.webhook(payment["id"].as_str().unwrap(), "paid", payment["amount"].as_i64().unwrap()).await.expect(200);
        placed.push(group);
    }
    placed
}

fn number(group: &Value) -> &str {
    group["orders"][0]["number"].as_str().unwrap()
}

#[tokio::test]
async fn a_dispute_leads_to_its_money_and_its_refusal_stands_in_its_own_form() {
    on_each_database(|shop| async move {
        let http = Http::new(&shop);
        let (seller, buyer) = (http.person("seller", "Toko Satu").await, http.person("customer", "Budi").await);
        let finance = http.staff(&shop, "finance").await;
        let groups = paid(&http, &seller, &buyer, &["a", "b"]).await;
        for group in &groups {
            let payment = &group["payment"];
            http.webhook(payment["id"].as_str().unwrap(), "disputed", payment["amount"].as_i64().unwrap()).await.expect(200);
        }
        let page = http.page("/finance/disputes").token(&finance.token).send().await.text;
        for about in [number(&groups[0]), groups[0]["payment"]["id"].as_str().unwrap()] {
            assert!(page.contains(&format!("href=\"/finance/transactions?q={about}\"")), "{about}");
        }
        assert!(page.contains("Gateway Sandbox"), "methods have names");

        let open = http.get("/finance/disputes").token(&finance.token).send().await.expect(200);
        let ids: Vec<&str> = open["items"].as_array().unwrap().iter().map(|d| d["id"].as_str().unwrap()).collect();
        let fields = [("dispute", ids[1]), ("outcome", "nothing"), ("amount", "0"), ("order", ""), ("resolution", "")];
        let (_, refused) = submit(&http, &finance, "/finance/disputes", "dispute/resolve", &fields).await;
        for field in ["amount", "resolution"] {
            let id = format!("{}-{field}-error", ids[1]);
            assert!(refused.text.contains(&format!("aria-describedby=\"{id}\"")), "{field}");
            assert_eq!(refused.text.matches(&format!("id=\"{id}\"")).count(), 1);
        }
        assert_eq!(refused.text.matches("aria-invalid=\"true\"").count(), 2, "in one form of two");
        assert!(!refused.text.contains("data-testid=\"done\""));

        let fields = [("dispute", ids[1]), ("outcome", "nothing"), ("amount", ""), ("order", ""), ("resolution", "menang")];
        let (location, done) = submit(&http, &finance, "/finance/disputes", "dispute/resolve", &fields).await;
        assert_eq!(location, "/finance/disputes?done=dispute_resolved");
        assert!(done.text.contains("data-testid=\"done\""));
        assert_eq!(done.text.matches("name=\"dispute\"").count(), 1);
        verify(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn a_rate_is_set_by_the_business_team_and_confirmed() {
    on_each_database(|shop| async move {
        let http = Http::new(&shop);
        http.person("seller", "Toko Satu").await;
        let business = http.staff(&shop, "business").await;
        let set = async |fields: &[(&str, &str)]| submit(&http, &business, "/finance/rates", "rate/set", fields).await;
        let of_store = |rate| [("form", "override"), ("kind", "commission"), ("store", "toko-satu"), ("basis_points", rate)];
        let (_, refused) = set(&of_store("20000")).await;
        assert!(refused.text.contains("aria-describedby=\"override-basis_points-error\""));
        assert_eq!(refused.text.matches("aria-invalid=\"true\"").count(), 1, "not in the rows above");
        let (location, done) = set(&of_store("300")).await;
        assert_eq!(location, "/finance/rates?done=rate_set");
        assert!(done.text.contains("Tarif disimpan") && done.text.contains("Toko Satu"));
        let rates = http.get("/finance/rates").token(&business.token).send().await.expect(200);
        let store = rates.as_array().unwrap().iter().find(|r| r["name"] == "Toko Satu").unwrap()["store_id"].clone();
        let fields = [("form", "x"), ("kind", "commission"), ("store_id", store.as_str().unwrap())];
        let (location, done) = set(&fields).await;
        assert_eq!(location, "/finance/rates?done=rate_removed");
        assert!(!done.text.contains(">Toko Satu<"));
    })
    .await;
}

#[tokio::test]
async fn a_refund_is_found_from_any_tab_and_sent_by_hand_with_its_proof() {
    on_each_database(|shop| async move {
        let http = Http::new(&shop);
        let (seller, buyer) = (http.person("seller", "Toko Satu").await, http.person("customer", "Budi").await);
        let finance = http.staff(&shop, "finance").await;
        let sold = http.product(&seller, "Sepatu", 100_000, 10).await;
        http.add(&buyer, &sold.variants[0], 2).await;
        let mut body = http.checkout_body(&buyer).await;
        body["payment_method"] = json!("cod");
        let call = http.post("/checkout").token(&buyer.token).header("idempotency-key", "cod").json(&body);
        let group = call.send().await.expect(201);
        let path = format!("/seller/orders/{}", number(&group));
        http.post(&format!("{path}/accept")).token(&seller.token).send().await.expect(200);
        let ship = json!({ "courier": "JNE", "tracking_number": "JX1" });
        http.post(&format!("{path}/ship")).token(&seller.token).json(&ship).send().await.expect(200);
        http.post(&format!("{path}/deliver")).token(&seller.token).send().await.expect(200);
        let line = &group["orders"][0]["items"][0]["id"];
        let ask = json!({ "lines": [{ "line_id": line, "quantity": 1 }], "note": "cacat" });
        let asked = http.post(&format!("{path}/refunds")).token(&seller.token).json(&ask).send().await.expect(201);
        let id = asked["id"].as_str().unwrap();

        let first = http.page("/finance").token(&finance.token).send().await.text;
        assert!(first.contains("data-status=\"waiting\""), "a request that waits is seen from here");
        let page = format!("/finance/refunds/{id}");
        let (location, approved) =
            submit(&http, &finance, &page, "refund/decide", &[("refund", id), ("action", "approve")]).await;
        assert_eq!(location, format!("{page}?done=refund_approved"));
        assert!(approved.text.contains("data-testid=\"completion\"") && approved.text.contains("Bayar di tempat"));
        assert!(approved.text.contains(&format!("href=\"/finance/transactions?q={}\"", number(&group))));

        let send = async |reference: &str, bytes: &[u8]| {
            let call = http.post(&format!("/!{page}/complete")).token(&finance.token).header("accept", "text/html");
            let call = call.form(&[("reference", reference)], "evidence", "bukti.pdf", "application/pdf", bytes);
            follow(&http, &finance, &call.send().await).await
        };
        let (location, refused) = send("", b"%PDF-1.7\n%%EOF\n").await;
        assert!(location.contains("?upload_error=") && refused.text.contains("data-testid=\"form-error\""), "{location}");
        let (location, done) = send("BCA-7", b"%PDF-1.7\n%%EOF\n").await;
        assert_eq!(location, format!("{page}?done=refund_sent"));
        assert!(done.text.contains("ditandai sudah dikirim") && done.text.contains("Lihat bukti transfer"));
        let shown = http.get(&page).token(&finance.token).send().await.expect(200);
        assert_eq!((&shown["status"], &shown["reference"]), (&json!("succeeded"), &json!("BCA-7")));
        verify(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn lists_go_on_and_wrong_filters_can_be_mended() {
    on_each_database(|shop| async move {
        let http = Http::new(&shop);
        let finance = http.staff(&shop, "finance").await;
        let get = async |path: &str| http.page(path).token(&finance.token).send().await.text;
        let mut last = Value::Null;
        for n in 0..25 {
            let csv = format!("payment_id,gross_amount,fee\nTIDAK-ADA-{n},5000,0\n");
            let call = http.post("/finance/settlements").token(&finance.token);
            let call = call.form(&[("gateway", "sandbox")], "file", &format!("laporan-{n}.csv"), "text/csv", csv.as_bytes());
            last = call.send().await.expect(200);
        }
        let first = get("/finance/reconciliation").await;
        assert_eq!(first.matches("data-testid=\"import\"").count(), 24);
        assert!(first.contains("page=2#import_page\""), "the way on");
        let second = get("/finance/reconciliation?import_page=2").await;
        assert_eq!(second.matches("data-testid=\"import\"").count(), 1);
        let none = get(&format!("/finance/reconciliation?import={}&outcome=matched", last["id"].as_str().unwrap())).await;
        assert!(none.contains("Tidak ada baris dengan hasil ini"));

        let wrong = get("/finance/reports?period=month&from=2026-11-20&to=2026-11-01").await;
        assert!(wrong.contains("name=\"from\"") && wrong.contains("value=\"2026-11-20\""), "the form stays");
    })
    .await;
}
