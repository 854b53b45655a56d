//! `Idempotency-Key` on what moves stock or money.

use crate::shop::{Answered, Call, Http, Person, on_each_database};
use axum::http::header::CONTENT_TYPE;
use chrono::TimeDelta;
use entity::{idempotency_key, refund};
use futures::future::join_all;
use sea_orm::sea_query::Expr;
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};
use service::fixture::Shop;

/// A paid order of two pairs of shoes.
struct Sale {
    http: Http,
    seller: Person,
    finance: Person,
    number: String,
    line: Value,
}

async fn sale(shop: &Shop) -> Sale {
    let http = Http::new(shop);
    let (seller, buyer) = (http.person("seller", "Toko Satu").await, http.person("customer", "Budi").await);
    let finance = http.staff(shop, "finance").await;
    let sold = http.product(&seller, "Sepatu", 132_000, 10).await;
    http.add(&buyer, &sold.variants[0], 2).await;
    let group = http.check_out(&buyer, "kunci").await.expect(201);
    let (payment, amount) = (group["payment"]["id"].as_str().unwrap(), group["payment"]["amount"].as_i64().unwrap());
    http.webhook(payment, "paid", amount).await.expect(200);
    let order = &group["orders"][0];
    let (number, line) = (order["number"].as_str().unwrap().to_owned(), order["items"][0]["id"].clone());
    Sale { http, seller, finance, number, line }
}

impl Sale {
    /// Asks for one pair's money back.
    fn ask(&self, key: &str, note: &str) -> Call {
        let body = json!({ "lines": [{ "line_id": self.line, "quantity": 1 }], "note": note });
        let call = self.http.post(&format!("/seller/orders/{}/refunds", self.number)).token(&self.seller.token);
        call.header("idempotency-key", key).json(&body)
    }

    fn finance(&self, refund: &Value, verb: &str, key: &str) -> Call {
        let path = format!("/finance/refunds/{}/{verb}", refund["id"].as_str().unwrap());
        self.http.post(&path).token(&self.finance.token).header("idempotency-key", key)
    }
}

async fn refunds(shop: &Shop) -> u64 {
    refund::Entity::find().count(&shop.ctx.db).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_refund_asked_for_twenty_times_is_one() {
    on_each_database(|shop| async move {
        let sale = sale(&shop).await;
        let tries = (0..20).map(|_| tokio::spawn(sale.ask("satu", "cacat").send()));
        let answers: Vec<Answered> = join_all(tries).await.into_iter().map(Result::unwrap).collect();
        for answer in &answers {
            assert_eq!((answer.status.as_u16(), &answer.text), (201, &answers[0].text));
            assert_eq!(answer.headers[CONTENT_TYPE], "application/json");
        }
        assert_eq!(refunds(&shop).await, 1);
        assert_eq!(sale.ask("satu", "salah ukuran").send().await.refusal(), (422, "idempotency.mismatch".into()));
        assert_eq!(sale.ask(&"x".repeat(256), "cacat").send().await.fields(), ["Idempotency-Key:required"]);
        // Approved twice under one key: the second is told the same. Another address is another request.
        let made = answers[0].json();
        let approved = sale.finance(&made, "approve", "setuju").send().await;
        let again = sale.finance(&made, "approve", "setuju").send().await;
        assert_eq!((approved.status.as_u16(), &approved.text), (200, &again.text));
        let reject = sale.finance(&made, "reject", "setuju").json(&json!({ "reason": "tidak cacat" })).send().await;
        assert_eq!(reject.refusal(), (422, "idempotency.mismatch".into()));
    })
    .await;
}

#[tokio::test]
async fn keys_belong_to_their_callers() {
    on_each_database(|shop| async move {
        let sale = sale(&shop).await;
        let first = sale.ask("sama", "cacat").send().await.expect(201);
        let reason = json!({ "reason": "tidak cacat" });
        sale.finance(&first, "reject", "sama").json(&reason).send().await.expect(200);
        // The seller's own answer stays what it was.
        assert_eq!(sale.ask("sama", "cacat").send().await.expect(201), first);
        assert_eq!(refunds(&shop).await, 1);
        let second = sale.ask("baru", "cacat").send().await.expect(201);
        assert_ne!(second["id"], first["id"]);
    })
    .await;
}

#[tokio::test]
async fn a_refusal_takes_no_key() {
    on_each_database(|shop| async move {
        let sale = sale(&shop).await;
        assert_eq!(sale.ask("k", "").send().await.fields(), ["note:required"]);
        sale.ask("k", "cacat").send().await.expect(201);
        let guest = sale.http.post("/seller/payouts").header("idempotency-key", "k").json(&json!({ "amount": 1 })).send().await;
        assert_eq!(guest.refusal().0, 401);
    })
    .await;
}

/// The first process died between its commit and its answer.
#[tokio::test]
async fn a_lost_answer_is_said_to_be_lost() {
    on_each_database(|shop| async move {
        let sale = sale(&shop).await;
        sale.ask("k", "cacat").send().await.expect(201);
        let lost = idempotency_key::Entity::update_many().col_expr(idempotency_key::Column::Status, Expr::value(0));
        lost.exec(&shop.ctx.db).await.unwrap();
        shop.advance(TimeDelta::minutes(3));
        assert_eq!(sale.ask("k", "cacat").send().await.refusal(), (409, "idempotency.answer_lost".into()));
        assert_eq!(refunds(&shop).await, 1, "and nothing happens twice");
        sale.ask("k2", "cacat").send().await.expect(201);
    })
    .await;
}
