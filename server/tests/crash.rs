//! `kill -9` of the real server while orders come in: whatever was acknowledged is there, whole;
//! nothing is there by half; the books agree; each email was written once.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod real;

use rand::{Rng, SeedableRng};
use real::{Shop, mail_faults};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::time::timeout;

const CYCLES: usize = 30;
const BUYERS: usize = 4;

async fn post(client: &reqwest::Client, url: String, token: &str, key: Option<String>, body: &Value) -> Option<Value> {
    let mut request = client.post(url).bearer_auth(token).json(body);
    if let Some(key) = key {
        request = request.header("idempotency-key", key);
    }
    let answer = request.send().await.ok()?;
    let status = answer.status();
    let body: Value = answer.json().await.ok()?;
    assert!(!status.is_server_error(), "{status}: {body}");
    status.is_success().then_some(body)
}

/// Buys and pays until the server is gone, and says so at each checkout; answers what was
/// acknowledged: order numbers and the key.
async fn buy(
    url: String,
    token: String,
    goods: Vec<(Value, Value)>,
    name: String,
    done: UnboundedSender<()>,
) -> Vec<(String, Vec<String>)> {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let mut acknowledged = vec![];
    for n in 0.. {
        let mut shipping = vec![];
        for (store, variant) in &goods {
            let line = json!({ "variant_id": variant, "quantity": 1 });
            if post(&client, format!("{url}/api/v1/cart/items"), &token, None, &line).await.is_none() {
                return acknowledged;
            }
            shipping.push(json!({ "store_id": store, "service": "jne_reg" }));
        }
        let address = json!({
            "recipient": "Budi", "phone": "081234567890", "street": "Jl. Melati 5", "district": "Tebet",
            "regency": "Jakarta Selatan", "province": "DKI Jakarta", "postal_code": "12810",
        });
        let body = json!({ "address": address, "shipping": shipping, "payment_method": "sandbox" });
        let key = format!("{name}-{n}");
        let placed = post(&client, format!("{url}/api/v1/checkout"), &token, Some(key.clone()), &body).await;
        let Some(placed) = placed else { return acknowledged };
        let numbers = placed["orders"].as_array().unwrap().iter().map(|o| o["number"].as_str().unwrap().to_owned()).collect();
        acknowledged.push((key, numbers));
        let _ = done.send(());
        if n % 2 == 0
            && let Some(page) = placed["payment"]["redirect_url"].as_str()
        {
            let _ = client.post(page).form(&[("outcome", "paid")]).send().await;
        }
    }
    acknowledged
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_and_nothing_is_half_written() {
    let shop = Shop::new(None);
    let server = shop.start().await;
    let url = shop.url();
    let mut goods = vec![];
    for name in ["Toko Satu", "Toko Dua"] {
        let (token, store) = shop.register("seller", name).await;
        let body = json!({
            "name": "Sepatu", "description": "", "category": "sepatu-lari", "weight_grams": 500,
            "price": 75_000, "stock": 100_000, "status": "active",
        });
        let product = shop.post("/seller/products", &token, &body).await;
        goods.push((store, product["variants"][0]["id"].clone()));
    }
    let mut buyers = vec![];
    for n in 0..BUYERS {
        buyers.push(shop.register("customer", &format!("Pembeli {n}")).await.0);
    }
    let mut random = rand::rngs::StdRng::seed_from_u64(20_261_121);
    let mut acknowledged: BTreeMap<usize, Vec<(String, Vec<String>)>> = BTreeMap::new();
    let mut server = Some(server);
    for cycle in 0..CYCLES {
        let running = match server.take() {
            Some(running) => running,
            None => shop.start().await,
        };
        let (done, mut checkouts) = unbounded_channel();
        let load: Vec<_> = (0..BUYERS)
            .map(|n| tokio::spawn(buy(url.clone(), buyers[n].clone(), goods.clone(), format!("{cycle}-{n}"), done.clone())))
            .collect();
        // In the middle of the load, on a slow machine as well.
        for _ in 0..random.random_range(1..8) {
            timeout(Duration::from_secs(30), checkouts.recv()).await.unwrap().unwrap();
        }
        let moment = Duration::from_millis(random.random_range(0..150));
        let _ = timeout(moment, std::future::pending::<()>()).await;
        running.kill();
        for (n, buyer) in load.into_iter().enumerate() {
            acknowledged.entry(n).or_default().extend(buyer.await.unwrap());
        }
    }
    let total: usize = acknowledged.values().map(Vec::len).sum();
    assert!(total > CYCLES, "{total} checkouts are too few to prove anything");

    let server = shop.start().await;
    let client = reqwest::Client::new();
    for (n, groups) in &acknowledged {
        for (key, numbers) in groups {
            assert_eq!(numbers.len(), 2, "{key}");
            let mut group = None;
            for number in numbers {
                let order = client.get(format!("{url}/api/v1/orders/{number}")).bearer_auth(&buyers[*n]).send().await.unwrap();
                assert_eq!(order.status(), 200, "{key} {number}");
                let order: Value = order.json().await.unwrap();
                assert_eq!(order["items"].as_array().unwrap().len(), 1);
                let first = group.get_or_insert_with(|| order["group_id"].clone());
                assert_eq!(*first, order["group_id"], "{key}");
            }
        }
    }
    server.kill();
    shop.handle_events().await;
    shop.run(&["verify"]);
    let (emails, faults) = mail_faults(&shop.database().await, shop.data.path()).await;
    assert!(faults.is_empty(), "{faults:#?}");
    assert!(emails > 10, "{emails} emails");
}
