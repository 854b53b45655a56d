//! Sellers, the desk and finance: each works off what lists show.

use crate::Work;
use crate::client::{Answer, Client};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};

/// A list's rows; empty without an answer.
async fn list(work: &Work, client: &Client, path: &str) -> Vec<Value> {
    let answer = client.send(&work.history, "list", client.request(Method::GET, path)).await;
    let Answer::Done(page) = answer else { return vec![] };
    page["items"].as_array().cloned().unwrap_or_default()
}

fn pace() -> tokio::time::Interval {
    let mut tick = interval(Duration::from_millis(60));
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    tick
}

fn text<'a>(row: &'a Value, field: &str) -> &'a str {
    row[field].as_str().unwrap_or_default()
}

async fn post(work: &Work, client: &Client, what: &'static str, path: &str, body: &Value) -> Option<Value> {
    match client.send(&work.history, what, client.request(Method::POST, path).json(body)).await {
        Answer::Done(answer) => Some(answer),
        _ => None,
    }
}

/// Accepts, ships, and sometimes cannot deliver.
pub async fn seller(work: Work, client: Client) {
    let mut random = StdRng::seed_from_u64(7);
    let mut tick = pace();
    while !work.is_over() {
        tick.tick().await;
        for (status, action) in [("pending", "accept"), ("processing", "ship")] {
            let rows = list(&work, &client, &format!("/seller/orders?status={status}&per_page=20")).await;
            let Some(row) = rows.choose(&mut random) else { continue };
            let (what, body) = match action {
                _ if random.random_bool(0.1) => ("cancel", json!({ "reason": "stok rusak" })),
                "ship" => ("ship", json!({ "courier": "JNE", "tracking_number": "JX123" })),
                _ => ("accept", json!({})),
            };
            let path = format!("/seller/orders/{}/{what}", text(row, "number"));
            if let Some(order) = post(&work, &client, what, &path, &body).await {
                work.history.saw_order(&order);
            }
        }
    }
}

/// Approves most proofs, rejects some, finds that some transferred less.
pub async fn desk(work: Work, client: Client) {
    let mut random = StdRng::seed_from_u64(8);
    let mut tick = pace();
    while !work.is_over() {
        tick.tick().await;
        let rows = list(&work, &client, "/desk/payments?state=open&per_page=20").await;
        let Some(row) = rows.choose(&mut random) else { continue };
        let id = text(row, "payment_id");
        let path = |action: &str| format!("/desk/payments/{id}/{action}");
        if post(&work, &client, "claim", &path("claim"), &json!({})).await.is_none() {
            continue;
        }
        if random.random_bool(0.15) {
            post(&work, &client, "reject", &path("reject"), &json!({ "reason": "tidak terbaca" })).await;
            continue;
        }
        let asked = row["expected"].as_i64().unwrap_or_default();
        let body = if random.random_bool(0.15) { json!({ "amount": asked - 50_000 }) } else { json!({ "amount": asked }) };
        if let Some(decided) = post(&work, &client, "approve", &path("approve"), &body).await
            && text(&decided, "status") == "approved"
        {
            work.history.note(|told| told.approved.insert(id.to_owned()));
        }
    }
}

/// Sends back by hand what no gateway can.
pub async fn finance(work: Work, client: Client) {
    let mut random = StdRng::seed_from_u64(9);
    let mut tick = pace();
    while !work.is_over() {
        tick.tick().await;
        let rows = list(&work, &client, "/finance/refunds?status=requested&per_page=50").await;
        let by_hand: Vec<&Value> = rows.iter().filter(|r| r["is_by_hand"] == true).collect();
        let Some(row) = by_hand.choose(&mut random) else { continue };
        let id = text(row, "id");
        let body = json!({ "reference": format!("TRF {id}") });
        if post(&work, &client, "refund", &format!("/finance/refunds/{id}/complete"), &body).await.is_some() {
            work.history.note(|told| told.refunds.insert(id.to_owned()));
        }
    }
}
