//! What gateways report: duplicated, out of order, forged, wrong, too late.

use crate::shop::{Http, Person, on_each_database, verify};
use domain::payment::PaymentEventKind;
use domain::webhook::WebhookState;
use entity::{payment_event, refund, webhook};
use futures::future::join_all;
use gateway::payment::tripay::{Tripay, TripayConfig};
use http_body_util::BodyExt;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};
use service::fixture::Shop;
use service::port::{PaymentGateway, Ports};
use service::{Ctx, Settings};
use std::sync::Arc;
use std::sync::atomic::Ordering;

struct Pending {
    http: Http,
    buyer: Person,
    payment: String,
    amount: i64,
    numbers: Vec<String>,
}

/// Two orders of two stores under one payment.
async fn pending(shop: &Shop) -> Pending {
    let http = Http::new(shop);
    let buyer = http.person("customer", "Budi").await;
    for (store, price) in [("Toko Satu", 100_000), ("Toko Dua", 45_000)] {
        let seller = http.person("seller", store).await;
        let product = http.product(&seller, "Sepatu", price, 10).await;
        http.add(&buyer, &product.variants[0], 2).await;
    }
    let placed = http.check_out(&buyer, "k").await.expect(201);
    let orders = placed["orders"].as_array().unwrap();
    Pending {
        payment: placed["payment"]["id"].as_str().unwrap().to_owned(),
        amount: placed["payment"]["amount"].as_i64().unwrap(),
        numbers: orders.iter().map(|o| o["number"].as_str().unwrap().to_owned()).collect(),
        http,
        buyer,
    }
}

impl Pending {
    async fn payment(&self) -> Value {
        self.http.get(&format!("/payments/{}", self.payment)).token(&self.buyer.token).send().await.expect(200)
    }

    async fn statuses(&self) -> Vec<String> {
        let mut statuses = vec![];
        for number in &self.numbers {
            let order = self.http.get(&format!("/orders/{number}")).token(&self.buyer.token).send().await.expect(200);
            statuses.push(order["status"].as_str().unwrap().to_owned());
        }
        statuses
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_same_report_a_hundred_times_pays_once() {
    on_each_database(|shop| async move {
        let p = pending(&shop).await;
        let tries = (0..100).map(|_| {
            let (http, payment, amount) = (p.http.clone(), p.payment.clone(), p.amount);
            tokio::spawn(async move { http.webhook(&payment, "paid", amount).await.status.as_u16() })
        });
        for status in join_all(tries).await {
            assert_eq!(status.unwrap(), 200);
        }
        assert_eq!(p.payment().await["status"], "paid");
        assert_eq!(p.statuses().await, ["pending", "pending"]);
        let paid = payment_event::Entity::find().filter(payment_event::Column::Kind.eq(PaymentEventKind::Paid));
        assert_eq!(paid.count(&shop.ctx.db).await.unwrap(), 1, "booked once");
        verify(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn later_news_that_contradict_change_nothing() {
    on_each_database(|shop| async move {
        let p = pending(&shop).await;
        p.http.webhook(&p.payment, "failed", p.amount).await.expect(200);
        assert_eq!(p.payment().await["status"], "pending", "a failed try may be followed by another");
        p.http.webhook(&p.payment, "paid", p.amount).await.expect(200);
        p.http.webhook(&p.payment, "expired", p.amount).await.expect(200);
        assert_eq!(p.payment().await["status"], "paid");
        assert_eq!(p.statuses().await, ["pending", "pending"]);
        verify(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn a_forged_report_is_refused_and_changes_nothing() {
    on_each_database(|shop| async move {
        let p = pending(&shop).await;
        let body = serde_json::json!({ "payment": p.payment, "kind": "paid", "amount": p.amount, "reference": "x" });
        let forged = p.http.post("/webhooks/sandbox").header("x-fake-signature", "no").json(&body).send().await;
        assert_eq!(forged.refusal().0, 403);
        assert_eq!(p.http.post("/webhooks/lain").json(&body).send().await.refusal().0, 404);
        assert_eq!(p.payment().await["status"], "pending");
        verify(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn a_wrong_amount_or_an_unknown_payment_pays_nothing() {
    on_each_database(|shop| async move {
        let p = pending(&shop).await;
        p.http.webhook(&p.payment, "paid", p.amount - 1).await.expect(200);
        p.http.webhook("0199a0b0-0000-7000-8000-000000000000", "paid", p.amount).await.expect(200);
        assert_eq!(p.payment().await["status"], "pending");
        assert_eq!(p.statuses().await, ["pending_payment", "pending_payment"]);
        verify(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn money_that_comes_after_the_cancellation_is_sent_back() {
    on_each_database(|shop| async move {
        let p = pending(&shop).await;
        for number in &p.numbers {
            p.http
                .post(&format!("/orders/{number}/cancel"))
                .token(&p.buyer.token)
                .json(&serde_json::json!({}))
                .send()
                .await
                .expect(200);
        }
        p.http.webhook(&p.payment, "paid", p.amount).await.expect(200);
        assert_eq!(p.statuses().await, ["cancelled", "cancelled"]);
        let refunds = refund::Entity::find().all(&shop.ctx.db).await.unwrap();
        assert_eq!(refunds.iter().map(|r| r.amount.rupiah()).sum::<i64>(), p.amount);
        verify(&shop).await;
    })
    .await;
}

/// Browsers ignore an event without data.
#[tokio::test]
async fn an_open_page_is_told_with_data() {
    on_each_database(|shop| async move {
        let p = pending(&shop).await;
        let events = p.http.get(&format!("/payments/{}/events", p.payment)).token(&p.buyer.token).open().await;
        let mut frames = events.into_body();
        p.http.webhook(&p.payment, "paid", p.amount).await.expect(200);
        let frame = frames.frame().await.unwrap().unwrap().into_data().unwrap();
        let text = String::from_utf8(frame.to_vec()).unwrap();
        let has_data = text.lines().any(|line| line.strip_prefix("data:").is_some_and(|data| !data.trim().is_empty()));
        assert!(text.contains("event: changed") && has_data, "{text}");
    })
    .await;
}

/// Key, callback and signature of payments-wire.md, 3.4.
const TRIPAY_KEY: &str = "priv-BELANJAIN-0001";
const TRIPAY_SIGNATURE: &str = "533e83cb9e50f3fffe91ab126624728a6fc1862c94a3e39380cfa14de834baa6";
const TRIPAY_CALLBACK: &str = r#"{"reference":"T12345000000000ABCDE","merchant_ref":"BLJ-20261001-0007","payment_method":"QRIS","payment_method_code":"QRIS2","total_amount":275000,"fee_merchant":2675,"fee_customer":0,"total_fee":2675,"amount_received":272325,"is_closed_payment":1,"status":"PAID","paid_at":1790000000,"note":null}"#;

/// Tripay repeats whatever is answered otherwise, a report that says nothing new among it.
#[tokio::test]
async fn tripay_hears_success_and_nothing_else() {
    on_each_database(|shop| async move {
        let config = TripayConfig {
            base_url: "http://127.0.0.1:9".into(),
            merchant_code: "T12345".into(),
            api_key: "DEV-1".into(),
            private_keys: vec![TRIPAY_KEY.into()],
        };
        let tripay: Arc<dyn PaymentGateway> = Arc::new(Tripay::new(config).unwrap());
        let of = &shop.ctx;
        let ports = Ports { gateways: Arc::new([("tripay".to_owned(), tripay)].into()), ..of.ports.clone() };
        let http = Http::of(Ctx::new(of.db.clone(), of.clock.clone(), Settings::clone(&of.settings), ports));
        let report = |signature: &str| {
            let call = http.post("/webhooks/tripay").raw("application/json", TRIPAY_CALLBACK);
            call.header("x-callback-event", "payment_status").header("x-callback-signature", signature).send()
        };
        for _ in 0..2 {
            let answer = report(TRIPAY_SIGNATURE).await;
            assert_eq!((answer.status.as_u16(), answer.text.as_str()), (200, r#"{"success":true}"#));
        }
        assert_eq!(report(&TRIPAY_SIGNATURE.replace('5', "6")).await.refusal().0, 403);
    })
    .await;
}

#[tokio::test]
async fn forged_reports_are_throttled_and_good_ones_never() {
    on_each_database(|shop| async move {
        let p = pending(&shop).await;
        let http = Http::limited(&shop);
        let body = json!({ "payment": p.payment, "kind": "paid", "amount": p.amount, "reference": "x" });
        let forged = |from: &str| http.post("/webhooks/sandbox").peer(from).json(&body);
        let mut statuses = vec![];
        for _ in 0..6 {
            statuses.push(forged("203.0.113.9").send().await.refusal());
        }
        assert_eq!(statuses[..5], vec![(403, "auth.forbidden".into()); 5]);
        assert_eq!(statuses[5], (429, "request.rate_limited".into()));
        let again = forged("203.0.113.9").send().await;
        let wait: u64 = again.headers["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=60).contains(&wait), "{wait}");
        assert_eq!(forged("203.0.113.10").send().await.refusal().0, 403, "another sender");
        let forged = webhook::Entity::find().filter(webhook::Column::State.eq(WebhookState::Forged));
        assert_eq!(forged.count(&shop.ctx.db).await.unwrap(), 6, "what is refused unread is not kept");
        let good = http.post("/webhooks/sandbox").peer("203.0.113.9").header("x-fake-signature", "ok").json(&body).send().await;
        good.expect(200);
        assert_eq!(p.payment().await["status"], "paid");
    })
    .await;
}

#[tokio::test]
async fn a_report_that_cannot_be_confirmed_now_is_asked_for_again() {
    on_each_database(|shop| async move {
        let p = pending(&shop).await;
        shop.gateway.confirms_by_query.store(true, Ordering::Relaxed);
        shop.gateway.is_down.store(true, Ordering::Relaxed);
        let answer = p.http.webhook(&p.payment, "paid", p.amount).await;
        assert_eq!(answer.refusal(), (503, "server.unavailable".into()));
    })
    .await;
}

#[tokio::test]
async fn finance_looks_through_what_came() {
    on_each_database(|shop| async move {
        let p = pending(&shop).await;
        let finance = p.http.staff(&shop, "finance").await;
        for _ in 0..2 {
            p.http.webhook("0199a0b0-0000-7000-8000-000000000000", "paid", p.amount).await.expect(200);
        }
        p.http.webhook(&p.payment, "paid", p.amount).await.expect(200);
        let get = |path: &str| p.http.get(path).token(&finance.token);
        let part = get("/finance/webhooks?state=not_applied&gateway=sandbox&per_page=1").send().await.expect(200);
        assert_eq!(part["items"][0]["outcome"], "unknown reference");
        let next = part["next_cursor"].as_str().unwrap();
        let rest = get(&format!("/finance/webhooks?state=not_applied&per_page=1&cursor={next}")).send().await.expect(200);
        assert_ne!(rest["items"][0]["id"], part["items"][0]["id"]);
        assert!(rest["next_cursor"].is_null());
        let one = get(&format!("/finance/webhooks/{}", part["items"][0]["id"].as_str().unwrap())).send().await.expect(200);
        assert!(one["body"].as_str().unwrap().contains("0199a0b0"));
        assert!(one["payment_id"].is_null(), "nobody's");
        let ours = get("/finance/webhooks?state=applied").send().await.expect(200)["items"][0]["id"].clone();
        let ours = format!("/finance/webhooks/{}", ours.as_str().unwrap());
        assert_eq!(get(&ours).send().await.expect(200)["payment_id"], p.payment.as_str());
        let page = get(&format!("/!{ours}")).header("accept", "text/html").send().await.text;
        assert!(page.contains(&format!("href=\"/finance/transactions?q={}\"", p.payment)), "the way to its payment");
        let bad = get("/finance/webhooks?state=lost&from=kemarin&cursor=x").send().await.fields();
        assert_eq!(bad, ["state:unknown_value", "from:invalid_date", "cursor:unknown_value"]);
        let missing = get("/finance/webhooks/0199a0b0-0000-7000-8000-000000000000").send().await.refusal();
        assert_eq!(missing, (404, "webhook.not_found".into()));
        let list = get("/!/finance/webhooks?state=not_applied").header("accept", "text/html").send().await;
        assert!(list.status == 200 && list.text.contains("Pembayaran tidak dikenal"), "{}", list.status);
        let page = get(&format!("/!/finance/webhooks/{}", part["items"][0]["id"].as_str().unwrap()));
        assert!(page.header("accept", "text/html").send().await.text.contains("0199a0b0-0000-7000-8000-000000000000"));
        let metrics = get("/!/metrics").send().await.text;
        assert!(metrics.contains("belanjain_webhooks_unattributed 2"), "{metrics}");
        assert_eq!(p.http.get("/finance/webhooks").token(&p.buyer.token).send().await.refusal().0, 403);
    })
    .await;
}
